#include "scanner/base/process_end.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace nhi {
namespace {

using std::chrono::milliseconds;

pid_t child_that_ends_with(int status, int after_ms) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::usleep(static_cast<useconds_t>(after_ms) * 1000);
    ::_exit(status);
  }
  return child;
}

TEST(ProcessEnd, IsSeenAndTheChildStaysToBeReaped) {
  const pid_t child = child_that_ends_with(7, 50);
  EXPECT_TRUE(ends_within(child, milliseconds(10'000)));
  EXPECT_TRUE(ends_within(child, milliseconds(0)));
  EXPECT_EQ(reap(child), 7);
}

TEST(ProcessEnd, IsNotWaitedForLongerThanTheLimit) {
  const pid_t child = child_that_ends_with(0, 60'000);
  EXPECT_FALSE(ends_within(child, milliseconds(0)));
  EXPECT_FALSE(ends_within(child, milliseconds(30)));
  ::kill(child, SIGKILL);
  EXPECT_EQ(reap(child), 128 + SIGKILL);
}

}  // namespace
}  // namespace nhi
