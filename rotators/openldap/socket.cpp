#include "rotators/openldap/socket.hpp"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;

struct AddressCloser {
  void operator()(addrinfo* addresses) const noexcept { ::freeaddrinfo(addresses); }
};

LdapFailure lost(std::string text) {
  LdapFailure failure;
  failure.text = std::move(text);
  return failure;
}
LdapFailure lost(int number) { return lost(std::system_category().message(number)); }
LdapFailure trouble(Trouble how) {
  LdapFailure failure;
  failure.how = how;
  failure.text = text_of(how);
  return failure;
}

// A descriptor until it is handed on.
class OwnSocket {
 public:
  OwnSocket() = default;
  OwnSocket(const OwnSocket&) = delete;
  OwnSocket& operator=(const OwnSocket&) = delete;
  ~OwnSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

  Expected<void, LdapFailure> connect(const sockaddr* address, socklen_t length,
                                      Clock::time_point until, const RotatorCall& call) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor_ < 0) return fail(lost(errno));
    if (::connect(descriptor_, address, length) == 0) return {};
    if (errno != EINPROGRESS) return fail(lost(errno));
    if (const auto why = wait_for(descriptor_, POLLOUT, until, call)) return fail(trouble(*why));
    int number = 0;
    socklen_t size = sizeof number;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &number, &size);
    if (number != 0) return fail(lost(number));
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {};
  }
  Expected<void, LdapFailure> connect(const Endpoint& node, Clock::time_point until,
                                      const RotatorCall& call);

 private:
  int descriptor_ = -1;
};

Expected<void, LdapFailure> OwnSocket::connect(const Endpoint& node, Clock::time_point until,
                                               const RotatorCall& call) {
  if (node.is_socket()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (node.host.size() >= sizeof address.sun_path) return fail(lost("the path is too long"));
    node.host.copy(address.sun_path, sizeof address.sun_path - 1);
    return connect(reinterpret_cast<const sockaddr*>(&address), sizeof address, until, call);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status =
      ::getaddrinfo(node.host.c_str(), std::to_string(node.port).c_str(), &hints, &found);
  if (status != 0) return fail(lost(::gai_strerror(status)));
  const std::unique_ptr<addrinfo, AddressCloser> addresses(found);
  Expected<void, LdapFailure> last = fail(lost("the name has no address"));
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    last = connect(one->ai_addr, one->ai_addrlen, until, call);
    if (last || last.error().how != Trouble::kLost) break;
  }
  return last;
}

}  // namespace

Expected<int, LdapFailure> connected_socket(const Endpoint& node, Clock::time_point until,
                                            const RotatorCall& call) {
  OwnSocket socket;
  NHI_CHECK_OK(socket.connect(node, until, call));
  return socket.release();
}

}  // namespace nhi
