#include "scanner/sources/git/large_objects.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace nhi {
namespace {

TEST(LargeObjectTurn, IsHeldByOneAtATime) {
  std::atomic<int> holders{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        LargeObjectTurn turn;
        turn.take();
        turn.take();  // once is enough
        const int now = ++holders;
        if (now > most) most = now;
        --holders;
        if (round % 2 == 0) turn.give_back();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
}

TEST(LargeObjectTurn, MayBeGivenBackByAnotherThread) {
  LargeObjectTurn turn;
  turn.take();
  std::thread([&] { turn.give_back(); }).join();
  LargeObjectTurn next;
  next.take();
}

}  // namespace
}  // namespace nhi
