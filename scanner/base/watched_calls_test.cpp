#include "scanner/base/watched_calls.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

namespace nhi {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Holds calls until it is opened; shared, because those left behind outlive the test.
struct Gate {
  std::atomic<bool> open{false};
  void wait() const { open.wait(false); }  // uses no processor time, as a call in the kernel
};

// The threads that were left behind come back before the test ends.
void release(Gate& gate) {
  gate.open = true;
  gate.open.notify_all();
  while (threads_left_behind() != 0) std::this_thread::sleep_for(milliseconds(1));
}

TEST(WatchedCalls, HandOverWhatTheCallReturns) {
  const auto calls = std::make_shared<WatchedCalls>(seconds(30));
  EXPECT_EQ(ask(calls, [] { return std::string("answer"); }), "answer");
  EXPECT_EQ(ask(nullptr, [] { return 7; }), 7);
  EXPECT_FALSE(calls->dead());
}

TEST(WatchedCalls, AreMadeElsewhereAndOneThreadServesMany) {
  const auto calls = std::make_shared<WatchedCalls>(seconds(30));
  const auto first = ask(calls, [] { return std::this_thread::get_id(); });
  ASSERT_TRUE(first);
  EXPECT_NE(*first, std::this_thread::get_id());
  EXPECT_EQ(ask(calls, [] { return std::this_thread::get_id(); }), first);
}

TEST(WatchedCalls, GiveUpOnACallThatHangsAndMakeNoOther) {
  const auto gate = std::make_shared<Gate>();
  const auto calls = std::make_shared<WatchedCalls>(milliseconds(40));
  EXPECT_FALSE(calls->run([gate] { gate->wait(); }));
  EXPECT_TRUE(calls->dead());
  EXPECT_EQ(threads_left_behind(), 1u);
  bool made = false;
  EXPECT_FALSE(calls->run([&made] { made = true; }));
  EXPECT_FALSE(made);
  release(*gate);
}

TEST(WatchedCalls, GiveUpThoseUnderWayTogether) {
  const auto gate = std::make_shared<Gate>();
  const auto calls = std::make_shared<WatchedCalls>(milliseconds(200));
  std::atomic<int> refused{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] { refused += calls->run([gate] { gate->wait(); }) ? 0 : 1; });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(refused, 4);
  release(*gate);
}

TEST(WatchedCalls, DoNotGiveUpOnALongCallThatWorks) {
  const auto calls = std::make_shared<WatchedCalls>(milliseconds(400));
  EXPECT_TRUE(calls->run([] {
    const std::clock_t begin = std::clock();
    while (std::clock() - begin < CLOCKS_PER_SEC) {
    }
  }));
}

TEST(WatchedCalls, OwnWhatTheyWereGivenUntilTheyComeBack) {
  const auto gate = std::make_shared<Gate>();
  const auto owned = std::make_shared<int>(1);
  {
    const auto calls = std::make_shared<WatchedCalls>(milliseconds(40));
    EXPECT_EQ(ask(calls, [gate, owned] { return gate->wait(), *owned; }), std::nullopt);
  }
  EXPECT_EQ(owned.use_count(), 2);
  release(*gate);
  EXPECT_EQ(owned.use_count(), 1);
}

}  // namespace
}  // namespace nhi
