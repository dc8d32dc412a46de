#include "scanner/sources/git/large_objects.hpp"

#include <chrono>
#include <semaphore>
#include <utility>

namespace nhi {
namespace {

std::binary_semaphore& large_object_turn() {
  static std::binary_semaphore turn(1);
  return turn;
}

}  // namespace

void LargeObjectTurn::take() {
  constexpr std::chrono::seconds kPatience{60};
  if (!taken_) taken_ = large_object_turn().try_acquire_for(kPatience);
}

void LargeObjectTurn::give_back() {
  if (std::exchange(taken_, false)) large_object_turn().release();
}

}  // namespace nhi
