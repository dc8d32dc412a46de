// proxy.hpp - stands between a rotator and its server, and loses what it is told to lose.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "scanner/base/result.hpp"

namespace nhi {

enum class ProxyFault : std::uint8_t {
  kNone,
  kRefuse,     // every connection is closed at once
  kSilent,     // from the cut on nothing comes back, and the connection stays open
  kDropReply,  // the piece at the cut reaches nobody, and the connection is reset
  kHalfReply,  // half of it does
  kAct,        // nothing is lost; `at_cut` is called
};

// Counts the pieces that the server sends back over all connections since the fault was set: the
// piece with the number `cut` (from 0) is where it strikes. What a client sends always reaches the
// server. One thread of its own; its members are called by another.
class Proxy {
 public:
  /// Listens on the loopback. Errors: kIo, kNotFound for a host that has no address.
  [[nodiscard]] static Result<Proxy> start(const std::string& host, std::uint16_t port);
  Proxy(Proxy&&) noexcept;
  Proxy& operator=(Proxy&&) noexcept;
  ~Proxy();

  [[nodiscard]] std::uint16_t port() const;
  void set(ProxyFault fault, std::size_t cut, std::function<void()> at_cut = {});
  /// True if the cut was reached since it was set.
  [[nodiscard]] bool struck() const;

 private:
  struct State;
  explicit Proxy(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi
