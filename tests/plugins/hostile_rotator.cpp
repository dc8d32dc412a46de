// A rotator that does what its name says, and mostly what it must not: the tests start it under the
// name of a fault. It speaks the protocol by hand, without the SDK that would not let it.
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include "plugins/protocol/control_frame.hpp"
#include "plugins/protocol/handshake.hpp"
#include "plugins/protocol/message.hpp"
#include "plugins/protocol/secret_frame.hpp"
#include "scanner/base/hash.hpp"

extern char** environ;

namespace nhi {
namespace {

constexpr int kControl = 3;
constexpr int kSecrets = 4;

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count <= 0) ::_exit(0);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void send(const RpcMessage& message) { write_all(kControl, control_frame(*to_text(message))); }
void say(const char* method, Json params) { send(RpcNotification{method, std::move(params)}); }

class Reader {
 public:
  RpcMessage next() {
    for (;;) {
      if (auto body = reader_.next(); body && *body) return *parse_message(**body);
      std::string buffer(4096, '\0');
      const ssize_t count = ::read(kControl, buffer.data(), buffer.size());
      if (count <= 0) ::_exit(0);
      reader_.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
    }
  }

 private:
  ControlReader reader_;
};

SecretFrame ask(SecretFrameType type, const std::string& handle, std::string_view value = {}) {
  static SecretReader reader;
  write_all(kSecrets, SecretFrame{type, handle, SecretText(value)}.encoded().reveal());
  for (;;) {
    if (auto frame = reader.next(); frame && *frame) return std::move(**frame);
    std::string buffer(4096, '\0');
    const ssize_t count = ::read(kSecrets, buffer.data(), buffer.size());
    if (count <= 0) ::_exit(0);
    reader.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
  }
}

std::string secret_of(const RpcRequest& request) {
  return std::string(
      ask(SecretFrameType::kGet, handle_in(member(request.params, "value"))).value.reveal());
}

Json description() {
  Capability can;
  can.automation = Automation::kRevokeOnly;
  PluginDescription it;
  it.protocol = kProtocolMax;
  it.name = "hostile";
  it.version = "1";
  it.types = {{"hostile.key", can, {{"name", FieldKind::kText, false, ""}}, {}, {}}};
  it.methods = {"inspect", "probe", "revoke"};
  return to_json(it);
}

// What a program sees of its surroundings.
Json surroundings(int argc, char** argv) {
  Json seen = {{"arguments", Json::array()},
               {"environment", Json::array()},
               {"descriptors", Json::array()},
               {"folder", ::get_current_dir_name()}};
  for (int i = 0; i < argc; ++i) seen["arguments"].push_back(argv[i]);
  for (char** one = environ; *one != nullptr; ++one) seen["environment"].push_back(*one);
  for (int i = 0; i < 1024; ++i) {
    if (::fcntl(i, F_GETFD) >= 0) seen["descriptors"].push_back(i);
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  seen["core"] = limit.rlim_cur;
  seen["no_new_privileges"] = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
  seen["umask"] = ::umask(0);
  return seen;
}

Json tried(long outcome) { return {{"errno", outcome < 0 ? errno : 0}}; }

Json try_to(const std::string& what, const std::string& name) {
  const long pid = ::getppid();
  if (what == "read") return tried(::open(name.c_str(), O_RDONLY));
  if (what == "write") return tried(::open(name.c_str(), O_WRONLY | O_CREAT, 0600));
  if (what == "socket") return tried(::socket(AF_INET, SOCK_STREAM, 0));
  if (what == "unix-socket") return tried(::socket(AF_UNIX, SOCK_STREAM, 0));
  if (what == "packet-socket") return tried(::socket(AF_PACKET, SOCK_RAW, 0));
  if (what == "connect") {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(name)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    return tried(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)));
  }
  if (what == "fork") {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return tried(child);
  }
  if (what == "run") {
    const pid_t child = ::fork();
    if (child == 0) {
      ::execl(name.c_str(), name.c_str(), nullptr);
      ::_exit(errno);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return {{"errno", WIFEXITED(status) ? WEXITSTATUS(status) : -1}};
  }
  if (what == "kill-parent") return tried(::kill(static_cast<pid_t>(pid), 0));
  if (what == "trace-parent") return tried(::syscall(SYS_ptrace, 16 /* ATTACH */, pid, 0, 0));
  if (what == "limit-parent") {
    const rlimit limit{1, 1};
    return tried(::prlimit(static_cast<pid_t>(pid), RLIMIT_NOFILE, &limit, nullptr));
  }
  if (what == "lift-limit") {
    const rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
    return tried(::setrlimit(RLIMIT_FSIZE, &limit));
  }
  if (what == "memory") {
    try {
      return {{"errno", std::string(std::stoul(name), 'x').empty() ? EINVAL : 0}};
    } catch (const std::bad_alloc&) {
      return {{"errno", ENOMEM}};
    }
  }
  if (what == "thread") {
    int done = 0;
    std::thread([&] { done = 1; }).join();
    return {{"errno", done == 1 ? 0 : EINVAL}};
  }
  return {{"errno", -1}};
}

using Act = std::function<void(const RpcRequest&)>;

void answer(const RpcRequest& request, Json result) {
  send(RpcAnswer{request.id, std::move(result)});
}

using Acts = std::map<std::string, Act>;

const Acts& acts_on_control() {
  static const Acts kActs = {
      {"good",
       [](const RpcRequest& request) {
         answer(request, {{"verdict", "accepted"}});
       }},
      {"garbage", [](const RpcRequest&) { write_all(kControl, "hello\r\n\r\nworld"); }},
      {"no-json", [](const RpcRequest&) { write_all(kControl, control_frame("{nonsense")); }},
      {"huge", [](const RpcRequest&) { write_all(kControl, "Content-Length: 67108864\r\n\r\n"); }},
      {"half",
       [](const RpcRequest&) { write_all(kControl, "Content-Length: 90\r\n\r\n{\"jsonrpc\""); }},
      {"slow",
       [](const RpcRequest& request) {
         const std::string frame = control_frame(*to_text(RpcAnswer{request.id, Json::object()}));
         for (const char c : frame) {
           write_all(kControl, std::string_view(&c, 1));
           ::usleep(1000);
         }
       }},
      {"silent", [](const RpcRequest&) {}},
      {"dies", [](const RpcRequest&) { ::_exit(3); }},
      {"crashes", [](const RpcRequest&) { ::raise(SIGKILL); }},
      {"closes",
       [](const RpcRequest&) {
         ::close(kControl);
         ::pause();
       }},
      {"floods",
       [](const RpcRequest&) {
         const std::string much(65536, 'x');
         for (;;) write_all(1, much);
       }},
      {"chatters",
       [](const RpcRequest& request) {
         for (int i = 0; i < 5000; ++i) say("$/log", {{"level", "info"}, {"text", "chatter"}});
         answer(request, Json::object());
       }},
      {"wrong-number",
       [](const RpcRequest& request) {
         send(RpcAnswer{request.id + 1, Json::object()});
       }},
      {"asks",
       [](const RpcRequest&) {
         send(RpcRequest{1, "give", Json::object()});
       }},
  };
  return kActs;
}

const Acts& acts_with_secrets() {
  static const Acts kActs = {
      {"leaks-output",
       [](const RpcRequest& request) {
         write_all(1, "the password is " + secret_of(request) + "\nand so on\n");
         answer(request, Json::object());
       }},
      {"leaks-log",
       [](const RpcRequest& request) {
         say("$/log", {{"level", "info"}, {"text", "x " + to_base64(secret_of(request))}});
         answer(request, Json::object());
       }},
      {"leaks-answer",
       [](const RpcRequest& request) {
         answer(request, {{"code", to_hex(secret_of(request))}});
       }},
      {"bad-frame",
       [](const RpcRequest&) { write_all(kSecrets, std::string_view("\xFF\0\0\0\0\0\0\0", 8)); }},
      {"core-frame",
       [](const RpcRequest&) { write_all(kSecrets, std::string_view("\x04\0\0\0\0\0\0\0", 8)); }},
      {"greedy",
       [](const RpcRequest& request) {
         const std::string handle = handle_in(member(request.params, "value"));
         int denied = 0;
         for (int i = 0; i < 20; ++i) {
           if (ask(SecretFrameType::kGet, handle).type == SecretFrameType::kDenied) ++denied;
         }
         if (ask(SecretFrameType::kGet, "h00").type == SecretFrameType::kDenied) ++denied;
         if (ask(SecretFrameType::kPut, handle, "x").type == SecretFrameType::kDenied) ++denied;
         answer(request, {{"denied", denied}});
       }},
      {"puts",
       [](const RpcRequest& request) {
         const std::string slot = handle_in(member(request.params, "slots")[0]);
         const bool kept =
             ask(SecretFrameType::kPut, slot, "made-by-the-server").type == SecretFrameType::kPutOk;
         const bool twice =
             ask(SecretFrameType::kPut, slot, "again").type == SecretFrameType::kPutOk;
         answer(request, {{"kept", kept}, {"twice", twice}});
       }},
      {"claims",
       [](const RpcRequest& request) {
         answer(request, {{"outcome", "done"}, {"secret", member(request.params, "slots")[0]}});
       }},
      {"hogs",  // asks without ever reading the answer
       [](const RpcRequest& request) {
         const SecretText question = SecretFrame{
             SecretFrameType::kGet,
             handle_in(member(request.params, "value")),
             {}}.encoded();
         for (;;) write_all(kSecrets, question.reveal());
       }},
  };
  return kActs;
}

const Acts& acts_on_the_system() {
  static const Acts kActs = {
      {"forks",
       [](const RpcRequest& request) {
         const pid_t child = ::fork();
         if (child == 0) {
           ::signal(SIGTERM, SIG_IGN);
           for (;;) ::pause();
         }
         answer(request, {{"child", child}});
       }},
      {"tries",
       [](const RpcRequest& request) {
         answer(request, try_to(text_in(request.params, "what"), text_in(request.params, "name")));
       }},
      {"lies",
       [](const RpcRequest& request) {
         answer(request, {{"verdict", "all is well"}});
       }},
  };
  return kActs;
}

int serve(int argc, char** argv) {
  const std::string name = argv[0];
  const bool at_once = name.starts_with("first-");  // misbehaves already in the handshake
  const std::string what = at_once ? name.substr(6) : name;
  Reader reader;
  for (;;) {
    const RpcMessage message = reader.next();
    const auto* request = std::get_if<RpcRequest>(&message);
    if (request == nullptr) {
      const auto* told = std::get_if<RpcNotification>(&message);
      if (told != nullptr && what == "stops") {
        send(RpcAnswer{number_in(told->params, "id"),
                       PluginError{PluginErrorCode::kCancelled, "stopped", {{"effect", "none"}}}});
      }
      continue;
    }
    if (request->method == "initialize" && !at_once) {
      answer(*request, description());
    } else if (what == "looks") {
      answer(*request, surroundings(argc, argv));
    } else {
      for (const Acts* acts : {&acts_on_control(), &acts_with_secrets(), &acts_on_the_system()}) {
        if (const auto act = acts->find(what); act != acts->end()) act->second(*request);
      }
    }
  }
}

}  // namespace
}  // namespace nhi

int main(int argc, char** argv) { return nhi::serve(argc, argv); }
