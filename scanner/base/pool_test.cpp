#include "scanner/base/pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace nhi {
namespace {

using std::chrono_literals::operator""s;

TEST(WorkPool, RunsEveryTaskOnceOnWorkersItCounts) {
  WorkPool pool(3);
  EXPECT_EQ(pool.workers(), 3U);
  std::vector<std::atomic<int>> runs(500);
  std::atomic<bool> index_in_range{true};
  for (auto& run : runs) {
    pool.submit([&](unsigned worker) {
      if (worker >= 3) index_in_range = false;
      ++run;
    });
  }
  pool.drain();
  for (const auto& run : runs) EXPECT_EQ(run, 1);
  EXPECT_TRUE(index_in_range);
}

TEST(WorkPool, ZeroMeansTheCoresOfThisProcess) {
  const WorkPool pool(0);
  EXPECT_GE(pool.workers(), 1U);
}

TEST(WorkPool, ProducerWaitsWhileTheQueueIsFull) {
  WorkPool pool(1, 2);
  std::promise<void> open;
  std::promise<void> started;
  pool.submit([&](unsigned) {
    started.set_value();
    open.get_future().wait();
  });
  started.get_future().wait();  // the worker is busy and its queue empty
  std::atomic<int> submitted{0};
  std::thread producer([&] {
    for (int i = 0; i < 5; ++i) {
      pool.submit([](unsigned) {});
      ++submitted;
    }
  });
  while (submitted < 2) std::this_thread::yield();
  // Only time can show that nothing happens; a false pass here is a slow machine, not a flake.
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(submitted, 2);
  open.set_value();
  producer.join();
  pool.drain();
  EXPECT_EQ(submitted, 5);
}

TEST(WorkPool, ChildrenNeverWaitAndIdleWorkersStealThem) {
  WorkPool pool(2, 1);
  std::atomic<int> ended{0};
  std::promise<unsigned> thief;
  std::atomic<bool> stolen{false};
  pool.submit([&](unsigned parent) {
    for (int i = 0; i < 50; ++i) {
      pool.submit([&, parent](unsigned worker) {
        ++ended;
        if (worker != parent && !stolen.exchange(true)) thief.set_value(worker);
      });
    }
    // The parent holds its worker until the other one has stolen a child.
    EXPECT_EQ(thief.get_future().wait_for(20s), std::future_status::ready);
  });
  pool.drain();
  EXPECT_EQ(ended, 50);
}

TEST(WorkPool, DrainWaitsForGrandchildren) {
  WorkPool pool(2);
  std::atomic<int> leaves{0};
  pool.submit([&](unsigned) {
    for (int i = 0; i < 8; ++i) {
      pool.submit([&](unsigned) {
        for (int j = 0; j < 8; ++j) pool.submit([&](unsigned) { ++leaves; });
      });
    }
  });
  pool.drain();
  EXPECT_EQ(leaves, 64);
}

TEST(WorkPool, OwnChildrenRunNewestFirst) {
  WorkPool pool(1);
  std::vector<int> order;
  pool.submit([&](unsigned) {
    for (int i = 0; i < 3; ++i) pool.submit([&, i](unsigned) { order.push_back(i); });
  });
  pool.drain();
  EXPECT_EQ(order, (std::vector<int>{2, 1, 0}));
}

TEST(WorkPool, CancelDropsWhatIsQueuedAndFreesItsCaptures) {
  WorkPool pool(1);
  std::promise<void> open;
  std::promise<void> started;
  pool.submit([&](unsigned) {
    started.set_value();
    open.get_future().wait();
  });
  started.get_future().wait();
  std::atomic<int> ran{0};
  const auto capture = std::make_shared<int>(0);
  for (int i = 0; i < 10; ++i) pool.submit([&ran, capture](unsigned) { ++ran; });
  EXPECT_FALSE(pool.cancelled());
  pool.cancel();
  EXPECT_TRUE(pool.cancelled());
  EXPECT_EQ(capture.use_count(), 1);
  open.set_value();
  pool.drain();
  pool.submit([&](unsigned) { ++ran; });
  pool.drain();
  EXPECT_EQ(ran, 0);
}

TEST(WorkPool, CancelReleasesAWaitingProducer) {
  WorkPool pool(1, 1);
  std::promise<void> open;
  std::promise<void> started;
  pool.submit([&](unsigned) {
    started.set_value();
    open.get_future().wait();
  });
  started.get_future().wait();
  std::thread producer([&] {
    for (int i = 0; i < 10; ++i) pool.submit([](unsigned) {});
  });
  pool.cancel();
  producer.join();
  open.set_value();
  pool.drain();
}

TEST(WorkPool, DestructionDropsQueuedTasksAndWaitsForRunningOnes) {
  std::atomic<int> ended{0};
  {
    WorkPool pool(2);
    for (int i = 0; i < 1000; ++i) {
      pool.submit([&](unsigned) { ++ended; });
    }
  }
  EXPECT_LE(ended, 1000);
}

TEST(MemoryBudget, AdmitsWhatFits) {
  MemoryBudget budget(100);
  EXPECT_EQ(budget.limit(), 100U);
  EXPECT_TRUE(budget.try_acquire(60));
  EXPECT_FALSE(budget.try_acquire(41));
  EXPECT_TRUE(budget.try_acquire(40));
  EXPECT_EQ(budget.used(), 100U);
  budget.release(100);
  EXPECT_FALSE(budget.try_acquire(SIZE_MAX));
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, OversizeUnitRunsAlone) {
  MemoryBudget budget(100);
  budget.acquire(10);
  std::atomic<bool> admitted{false};
  std::thread producer([&] {
    budget.acquire(1000);
    admitted = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(admitted);
  budget.release(10);
  producer.join();
  EXPECT_TRUE(admitted);
  EXPECT_FALSE(budget.try_acquire(1));  // nothing runs beside it
  budget.release(1000);
  EXPECT_TRUE(budget.try_acquire(1));
}

TEST(MemoryBudget, WaitsForNobodyOnceItIsClosed) {
  MemoryBudget budget(100);
  budget.acquire(80);
  std::atomic<bool> admitted{false};
  std::thread producer([&] {
    budget.acquire(50);
    admitted = true;
    budget.acquire(50);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(admitted);
  budget.close();
  producer.join();
  EXPECT_TRUE(admitted);
  budget.release(180);
  EXPECT_EQ(budget.used(), 0U);
}

}  // namespace
}  // namespace nhi
