// socket.hpp - a stream to a server, with TLS or without, never waited for longer than it may be.
//
// hiredis of Debian 12 (0.14) speaks no TLS and waits without looking at a cancel, so that only its
// format of commands and its reader of replies are used, over this.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "plugins/sdk/endpoint.hpp"
#include "rotators/redis/refusal.hpp"

namespace nhi {

// Thread-compatible; `call` outlives it.
class NetSocket {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// Connected, and the server has proven itself as far as `tls` asks.
  [[nodiscard]] static Expected<NetSocket, RedisFailure> open(const Endpoint& node,
                                                              const TlsChoice& tls, TimePoint until,
                                                              const RotatorCall& call);
  NetSocket(NetSocket&&) noexcept;
  NetSocket& operator=(NetSocket&&) noexcept;
  ~NetSocket();

  [[nodiscard]] Expected<void, RedisFailure> write(std::string_view bytes, TimePoint until);
  /// At least one byte of what arrived; valid until the next read.
  [[nodiscard]] Expected<std::string_view, RedisFailure> read(TimePoint until);

 private:
  struct State;
  explicit NetSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi
