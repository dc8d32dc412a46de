// large_objects.hpp - large objects are held one at a time, so that all workers together stay
// within the memory they were given.
#pragma once

#include <cstdint>

namespace nhi {

/// Objects above this size are held by one thread of the process at a time.
inline constexpr std::uint64_t kLargeObjectBytes = std::uint64_t{8} << 20U;
// The turn to hold one; may be given back by another thread than the one that took it.
class LargeObjectTurn {
 public:
  LargeObjectTurn() = default;
  LargeObjectTurn(const LargeObjectTurn&) = delete;
  LargeObjectTurn& operator=(const LargeObjectTurn&) = delete;
  ~LargeObjectTurn() { give_back(); }
  /// Waits for it. After a minute who has it is taken for dead (its disk does not answer), and the
  /// large object is held beside the other.
  void take();
  void give_back();

 private:
  bool taken_ = false;
};

}  // namespace nhi
