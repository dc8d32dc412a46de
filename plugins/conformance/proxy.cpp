#include "plugins/conformance/proxy.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "scanner/base/file.hpp"

namespace nhi {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{16} << 10;

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

Result<Address> address_of(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (status != 0) return fail(ErrorCode::kNotFound, "no address for", host);
  Address address;
  std::copy_n(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen,
              reinterpret_cast<char*>(&address.storage));
  address.length = found->ai_addrlen;
  ::freeaddrinfo(found);
  return address;
}

// With a reset instead of an orderly end, as a crash has it.
void reset(FileHandle& socket) {
  const linger at_once{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  socket.close();
}

bool send_all(const FileHandle& to, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = ::send(to.get(), bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return true;
}

struct Link {
  FileHandle client;
  FileHandle server;
  bool silent = false;
  [[nodiscard]] bool open() const { return client.is_open() && server.is_open(); }
};

}  // namespace

struct Proxy::State {
  Address target;
  FileHandle listening;
  FileHandle wake;
  std::uint16_t port = 0;
  std::list<Link> links;

  std::mutex mutex;  // of what follows
  ProxyFault fault = ProxyFault::kNone;
  std::size_t cut = 0;
  std::size_t pieces = 0;
  bool struck = false;
  std::function<void()> at_cut;

  std::jthread thread;  // last: it ends before what it uses

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::vector<pollfd> ready = {{listening.get(), POLLIN, 0}, {wake.get(), POLLIN, 0}};
      for (const Link& link : links) {
        ready.push_back({link.client.get(), POLLIN, 0});
        ready.push_back({link.server.get(), POLLIN, 0});
      }
      ::poll(ready.data(), ready.size(), -1);
      std::size_t at = 2;
      for (Link& link : links) {
        if (ready[at].revents != 0) forward(link);
        if (link.open() && ready[at + 1].revents != 0) bring_back(link);
        at += 2;
      }
      links.remove_if([](const Link& link) { return !link.open(); });
      if (ready[0].revents != 0) take_client();
    }
  }
  void take_client() {
    Link link;
    link.client = FileHandle(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!link.client.is_open()) return;
    {
      const std::lock_guard lock(mutex);
      if (fault == ProxyFault::kRefuse) {
        struck = true;
        return reset(link.client);
      }
    }
    link.server = FileHandle(::socket(target.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(link.server.get(), reinterpret_cast<const sockaddr*>(&target.storage),
                  target.length) != 0) {
      return reset(link.client);
    }
    links.push_back(std::move(link));
  }
  static void forward(Link& link) {
    std::string bytes(kPieceBytes, '\0');
    const ssize_t count = ::read(link.client.get(), bytes.data(), bytes.size());
    if (count <= 0 || !send_all(link.server, bytes.data(), static_cast<std::size_t>(count))) {
      link.client.close();
    }
  }
  void bring_back(Link& link) {
    std::string bytes(kPieceBytes, '\0');
    const ssize_t read = ::read(link.server.get(), bytes.data(), bytes.size());
    if (read <= 0) {
      link.server.close();
      return;
    }
    const auto count = static_cast<std::size_t>(read);
    switch (next_piece()) {
      case ProxyFault::kSilent:
        link.silent = true;
        break;
      case ProxyFault::kDropReply:
        return reset(link.client);
      case ProxyFault::kHalfReply:
        send_all(link.client, bytes.data(), count / 2);
        return reset(link.client);
      default:
        break;
    }
    if (!link.silent && !send_all(link.client, bytes.data(), count)) link.client.close();
  }
  // What happens to the piece that came now.
  ProxyFault next_piece() {
    const std::lock_guard lock(mutex);
    const std::size_t number = pieces++;
    if (fault == ProxyFault::kSilent) {
      struck = struck || number >= cut;
      return number >= cut ? fault : ProxyFault::kNone;
    }
    if (number != cut || fault == ProxyFault::kNone) return ProxyFault::kNone;
    struck = true;
    if (at_cut) at_cut();
    return fault;
  }
};

Result<Proxy> Proxy::start(const std::string& host, std::uint16_t port) {
  auto state = std::make_unique<State>();
  NHI_TRY(state->target, address_of(host, port));
  state->listening = FileHandle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  state->wake = FileHandle(::eventfd(0, EFD_CLOEXEC));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(state->listening.get(), generic, length) != 0 ||
      ::listen(state->listening.get(), SOMAXCONN) != 0 ||
      ::getsockname(state->listening.get(), generic, &length) != 0) {
    return fail(os_error(errno, "cannot listen on", "127.0.0.1"));
  }
  state->port = ntohs(address.sin_port);
  State* const raw = state.get();
  state->thread = std::jthread([raw](const std::stop_token& stop) { raw->run(stop); });
  return Proxy(std::move(state));
}

Proxy::Proxy(std::unique_ptr<State> state) : state_(std::move(state)) {}
Proxy::Proxy(Proxy&&) noexcept = default;
Proxy& Proxy::operator=(Proxy&&) noexcept = default;
Proxy::~Proxy() {
  if (state_ == nullptr) return;
  state_->thread.request_stop();
  ::eventfd_write(state_->wake.get(), 1);
}

std::uint16_t Proxy::port() const { return state_->port; }

void Proxy::set(ProxyFault fault, std::size_t cut, std::function<void()> at_cut) {
  const std::lock_guard lock(state_->mutex);
  state_->fault = fault;
  state_->cut = cut;
  state_->pieces = 0;
  state_->struck = false;
  state_->at_cut = std::move(at_cut);
}

bool Proxy::struck() const {
  const std::lock_guard lock(state_->mutex);
  return state_->struck;
}

}  // namespace nhi
