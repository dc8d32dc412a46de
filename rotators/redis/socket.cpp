#include "rotators/redis/socket.hpp"

#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace nhi {
namespace {

constexpr std::size_t kReadBytes = std::size_t{16} << 10;

struct ContextCloser {
  void operator()(SSL_CTX* context) const noexcept { ::SSL_CTX_free(context); }
};
struct SslCloser {
  void operator()(SSL* ssl) const noexcept { ::SSL_free(ssl); }
};
struct AddressCloser {
  void operator()(addrinfo* addresses) const noexcept { ::freeaddrinfo(addresses); }
};

RedisFailure lost(std::string text) { return {Trouble::kLost, {}, std::move(text)}; }
RedisFailure lost(int number) { return lost(std::system_category().message(number)); }
RedisFailure trouble(Trouble how) { return {how, {}, std::string(text_of(how))}; }

}  // namespace

struct NetSocket::State {
  explicit State(const RotatorCall& request) : call(&request) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    ssl.reset();
    if (descriptor >= 0) ::close(descriptor);
  }

  Expected<void, RedisFailure> wait(short events, TimePoint until) const {
    if (const auto why = wait_for(descriptor, events, until, *call)) return fail(trouble(*why));
    return {};
  }
  Expected<void, RedisFailure> connect(const sockaddr* address, socklen_t length, TimePoint until) {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return fail(lost(errno));
    if (::connect(descriptor, address, length) == 0) return {};
    if (errno != EINPROGRESS) return fail(lost(errno));
    NHI_CHECK_OK(wait(POLLOUT, until));
    int number = 0;
    socklen_t size = sizeof number;
    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size);
    if (number != 0) return fail(lost(number));
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {};
  }
  Expected<void, RedisFailure> connect(const Endpoint& node, TimePoint until);
  Expected<void, RedisFailure> secure(const Endpoint& node, const std::string& mode,
                                      const std::string& ca, TimePoint until);
  // What a call of OpenSSL waits for, where it waits; else why it failed.
  Expected<void, RedisFailure> go_on(int result, TimePoint until) {
    switch (::SSL_get_error(ssl.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return wait(POLLIN, until);
      case SSL_ERROR_WANT_WRITE:
        return wait(POLLOUT, until);
      default:
        break;
    }
    const long verified = ::SSL_get_verify_result(ssl.get());
    if (verified != X509_V_OK) {
      return fail(lost(std::string("certificate: ") + ::X509_verify_cert_error_string(verified)));
    }
    const char* const reason = ::ERR_reason_error_string(::ERR_peek_last_error());
    return fail(lost(reason == nullptr ? "the connection broke" : std::string("TLS: ") + reason));
  }

  const RotatorCall* call;
  int descriptor = -1;
  std::unique_ptr<SSL_CTX, ContextCloser> context;
  std::unique_ptr<SSL, SslCloser> ssl;
  std::string buffer = std::string(kReadBytes, '\0');
};

Expected<void, RedisFailure> NetSocket::State::connect(const Endpoint& node, TimePoint until) {
  if (node.is_socket()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (node.host.size() >= sizeof address.sun_path) return fail(lost("the path is too long"));
    node.host.copy(address.sun_path, sizeof address.sun_path - 1);
    return connect(reinterpret_cast<const sockaddr*>(&address), sizeof address, until);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status =
      ::getaddrinfo(node.host.c_str(), std::to_string(node.port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, AddressCloser> addresses(found);
  if (status != 0) return fail(lost(::gai_strerror(status)));
  Expected<void, RedisFailure> last = fail(lost("the name has no address"));
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    last = connect(one->ai_addr, one->ai_addrlen, until);
    if (last || last.error().how != Trouble::kLost) break;
  }
  return last;
}

Expected<void, RedisFailure> NetSocket::State::secure(const Endpoint& node, const std::string& mode,
                                                      const std::string& ca, TimePoint until) {
  ::ERR_clear_error();
  context.reset(::SSL_CTX_new(::TLS_client_method()));
  if (context == nullptr) return fail(lost("TLS cannot be set up"));
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // As libpq: with certificates of one's own to trust even `require` looks at the server's.
  const bool verifies = mode != "require" || !ca.empty();
  if (verifies) {
    const std::string trusted = ca.empty() ? kSystemCertificates : ca;
    if (::SSL_CTX_load_verify_locations(context.get(), trusted.c_str(), nullptr) != 1) {
      return fail(lost("the certificates to trust cannot be read"));
    }
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  ssl.reset(::SSL_new(context.get()));
  if (ssl == nullptr || ::SSL_set_fd(ssl.get(), descriptor) != 1) {
    return fail(lost("TLS cannot be set up"));
  }
  X509_VERIFY_PARAM* const expected = ::SSL_get0_param(ssl.get());
  const bool address = ::X509_VERIFY_PARAM_set1_ip_asc(expected, node.host.c_str()) == 1;
  if (!address) ::SSL_set_tlsext_host_name(ssl.get(), node.host.c_str());
  if (mode == "verify-full") {
    if (!address && ::SSL_set1_host(ssl.get(), node.host.c_str()) != 1) {
      return fail(lost("TLS cannot be set up"));
    }
  } else if (address) {
    ::X509_VERIFY_PARAM_set1_ip(expected, nullptr, 0);
  }
  for (;;) {
    const int result = ::SSL_connect(ssl.get());
    if (result == 1) return {};
    NHI_CHECK_OK(go_on(result, until));
  }
}

NetSocket::NetSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}
NetSocket::NetSocket(NetSocket&&) noexcept = default;
NetSocket& NetSocket::operator=(NetSocket&&) noexcept = default;
NetSocket::~NetSocket() = default;

Expected<NetSocket, RedisFailure> NetSocket::open(const Endpoint& node, const TlsChoice& tls,
                                                  TimePoint until, const RotatorCall& call) {
  NetSocket socket(std::make_unique<State>(call));
  NHI_CHECK_OK(socket.state_->connect(node, until));
  const std::string mode = tls.mode_for(node);
  if (mode != "disable") NHI_CHECK_OK(socket.state_->secure(node, mode, tls.ca, until));
  return socket;
}

Expected<void, RedisFailure> NetSocket::write(std::string_view bytes, TimePoint until) {
  State& state = *state_;
  while (!bytes.empty()) {
    if (state.ssl != nullptr) {
      ::ERR_clear_error();
      std::size_t written = 0;
      const int result = ::SSL_write_ex(state.ssl.get(), bytes.data(), bytes.size(), &written);
      if (result == 1) {
        bytes.remove_prefix(written);
        continue;
      }
      NHI_CHECK_OK(state.go_on(result, until));
      continue;
    }
    const ssize_t count = ::send(state.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    if (count >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return fail(lost(errno));
    NHI_CHECK_OK(state.wait(POLLOUT, until));
  }
  return {};
}

Expected<std::string_view, RedisFailure> NetSocket::read(TimePoint until) {
  State& state = *state_;
  for (;;) {
    std::size_t count = 0;
    if (state.ssl != nullptr) {
      ::ERR_clear_error();
      const int result =
          ::SSL_read_ex(state.ssl.get(), state.buffer.data(), state.buffer.size(), &count);
      if (result != 1) {
        NHI_CHECK_OK(state.go_on(result, until));
        continue;
      }
    } else {
      NHI_CHECK_OK(state.wait(POLLIN, until));
      const ssize_t bytes = ::recv(state.descriptor, state.buffer.data(), state.buffer.size(), 0);
      if (bytes < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (bytes < 0) return fail(lost(errno));
      count = static_cast<std::size_t>(bytes);
    }
    if (count == 0) return fail(lost("the server closed the connection"));
    return std::string_view(state.buffer).substr(0, count);
  }
}

}  // namespace nhi
