// server_process.hpp - a server of the test's own on the loopback, out of what
// tests/servers/unpack.sh brought: a folder that goes with it, a port, a process, a log.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace nhi::testing {

inline constexpr const char* kNoServer = "no server: tests/servers/unpack.sh brings one";

/// False: there is no such program, and the tests are skipped.
inline bool is_unpacked(const std::string& program) {
  const char* const folder = std::getenv("NHI_SERVERS");
  std::error_code none;
  return folder != nullptr &&
         std::filesystem::exists(std::filesystem::path(folder) / program, none);
}

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}
/// Binds to a free port, which it gives.
inline int bind_to_any(int socket) {
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), length), 0);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}
inline int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int port = bind_to_any(listener);
  ::close(listener);
  return port;
}

inline std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class ServerProcess {
 public:
  explicit ServerProcess(const std::string& name) : port_(free_port()) {
    std::string folder = "/tmp/nhi-" + name + "-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    ::chmod(folder_.c_str(), 0711);
    give_away("");
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess() {
    end(SIGKILL);
    std::error_code none;
    std::filesystem::remove_all(folder_, none);
  }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string label() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string certificate() const { return folder_ + "/server.crt"; }
  [[nodiscard]] std::string key() const { return folder_ + "/server.key"; }
  [[nodiscard]] std::string log_file() const { return folder_ + "/log"; }
  [[nodiscard]] std::string log() const { return text_of_file(log_file()); }

  /// A file that belongs to the account which the server runs as.
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    ::chmod((folder_ + "/" + name).c_str(), 0600);
    give_away("/" + name);
  }
  /// One that `openssl` makes, for 127.0.0.1 and not for `localhost`.
  void make_certificate() const {
    must_end_well(
        spawn({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
               "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
               "subjectAltName=IP:127.0.0.1", "-keyout", key(), "-out", certificate()}),
        "openssl");
    give_away("/server.key");
  }
  /// Runs an unpacked program to its end.
  void must(std::vector<std::string> command) const {
    const std::string name = command.front();
    must_end_well(spawn_unpacked(std::move(command)), name);
  }
  /// Starts one and waits until it is `ready`.
  void start(std::vector<std::string> command, const std::function<bool()>& ready) {
    process_ = spawn_unpacked(std::move(command));
    for (int i = 0; i < 400; ++i) {
      if (ready()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    FAIL() << "the server does not start: " << log();
  }
  void end(int signal) {
    if (process_ <= 0) return;
    ::kill(process_, signal);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  // To the account that tests/servers/run turns into.
  void give_away(const std::string& file) const {
    const passwd* const nobody = ::geteuid() == 0 ? ::getpwnam("nobody") : nullptr;
    if (nobody == nullptr) return;
    EXPECT_EQ(::chown((folder_ + file).c_str(), nobody->pw_uid, nobody->pw_gid), 0);
  }
  pid_t spawn_unpacked(std::vector<std::string> command) const {
    command.insert(command.begin(), NHI_SOURCE_DIR "/tests/servers/run");
    return spawn(std::move(command));
  }
  pid_t spawn(std::vector<std::string> command) const {
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int log = ::open(log_file().c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  void must_end_well(pid_t child, const std::string& name) const {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << name << ": " << log();
  }

  int port_;
  std::string folder_;
  pid_t process_ = 0;
};

}  // namespace nhi::testing
