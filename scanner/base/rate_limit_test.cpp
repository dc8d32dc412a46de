#include "scanner/base/rate_limit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

// Time that passes only by sleeping.
struct FakeTime {
  nanoseconds now{seconds(1000)};
  std::vector<nanoseconds> sleeps;
  RateLimit limit(std::uint64_t rate) {
    return {rate, [this] { return now; },
            [this](nanoseconds time) {
              sleeps.push_back(time);
              now += time;
            }};
  }
};

TEST(RateLimit, LetsThroughWhatASecondIsWorth) {
  FakeTime time;
  RateLimit limit = time.limit(16 * kMiB);
  EXPECT_EQ(limit.piece(), kMiB);
  for (int i = 0; i < 161; ++i) limit.take(kMiB);  // the first is saved up
  EXPECT_EQ(time.now, seconds(1010));
  EXPECT_EQ(time.sleeps.size(), 160U) << "one sleep each: it never spins";
}

TEST(RateLimit, IdleTimeBuysOnePieceAndNoBurst) {
  FakeTime time;
  RateLimit limit = time.limit(16 * kMiB);
  limit.take(kMiB);
  time.now += seconds(3600);
  const nanoseconds start = time.now;
  for (int i = 0; i < 17; ++i) limit.take(kMiB);
  EXPECT_EQ(time.now - start, seconds(1));
}

TEST(RateLimit, AskingForMuchAtOnceWaitsForAllOfIt) {
  FakeTime time;
  RateLimit limit = time.limit(64 * kKiB);
  limit.take(640 * kKiB + limit.piece());
  EXPECT_EQ(time.now, seconds(1010));
}

TEST(RateLimit, PiecesStayBetweenABlockAndAMebibyte) {
  FakeTime time;
  EXPECT_EQ(time.limit(RateLimit::kLeastBytesASecond).piece(), 4096U);
  EXPECT_EQ(time.limit(kMiB).piece(), 64 * kKiB);
  EXPECT_EQ(time.limit(UINT64_MAX).piece(), kMiB);
}

TEST(RateLimit, IsOneLimitOverAllThreads) {
  std::mutex lock;
  nanoseconds longest{};
  RateLimit limit(
      16 * kMiB, [] { return nanoseconds(seconds(1)); },
      [&](nanoseconds time) {
        const std::lock_guard guard(lock);
        longest = std::max(longest, time);
      });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 4; ++i) limit.take(kMiB);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(longest, nanoseconds(seconds(15)) / 16) << "16 pieces, the first saved up";
}

}  // namespace
}  // namespace nhi
