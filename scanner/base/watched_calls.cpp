#include "scanner/base/watched_calls.hpp"

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace nhi {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

// The limit is waited for in so many steps: where this process itself was stopped for a while, one
// step passes without progress, not all.
constexpr int kSteps = 4;

std::atomic<unsigned> left_behind{0};

struct Helper {
  std::condition_variable wake;
  std::function<void()> call;  // empty while idle
  bool done = false;
  bool left = false;  // nobody waits for it any more
  pthread_t thread{};
};
using HelperPtr = std::shared_ptr<Helper>;

nanoseconds processor_time(pthread_t thread) {
  clockid_t clock{};
  timespec used{};
  if (::pthread_getcpuclockid(thread, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
}

}  // namespace

unsigned threads_left_behind() { return left_behind.load(); }

// Guarded by `mutex`: everything below it, and every Helper.
struct WatchedCalls::State {
  explicit State(milliseconds most) : limit(most) {}

  static void serve(const std::shared_ptr<State>& state, const HelperPtr& helper) {
    std::unique_lock lock(state->mutex);
    while (true) {
      helper->wake.wait(lock, [&] { return helper->call || state->closing; });
      if (!helper->call) return;
      {
        // Gone, with all it owns, before anybody learns of the answer.
        const std::function<void()> call = std::exchange(helper->call, nullptr);
        lock.unlock();
        call();
      }
      lock.lock();
      helper->done = true;
      if (helper->left) {
        --left_behind;
        return;
      }
      state->answered.notify_all();
    }
  }

  // An idle helper or a new one; null if no thread is to be had.
  static HelperPtr take(const std::shared_ptr<State>& state) {
    if (!state->idle.empty()) {
      HelperPtr helper = std::move(state->idle.back());
      state->idle.pop_back();
      return helper;
    }
    auto helper = std::make_shared<Helper>();
    try {
      std::thread thread([state, helper] { serve(state, helper); });
      helper->thread = thread.native_handle();
      thread.detach();
    } catch (const std::system_error&) {
      return nullptr;
    }
    return helper;
  }

  const milliseconds limit;
  std::mutex mutex;
  std::condition_variable answered;  // a helper is done, or dead was set
  std::vector<HelperPtr> idle;
  bool dead = false;
  bool closing = false;
};

WatchedCalls::WatchedCalls(milliseconds limit) : state_(std::make_shared<State>(limit)) {}

WatchedCalls::~WatchedCalls() {
  const std::lock_guard lock(state_->mutex);
  state_->closing = true;
  for (const HelperPtr& helper : state_->idle) helper->wake.notify_one();
}

bool WatchedCalls::dead() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dead;
}

bool WatchedCalls::run(std::function<void()> call) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  if (state.dead) return false;
  const HelperPtr helper = State::take(state_);
  if (helper == nullptr) return false;
  helper->done = false;
  helper->call = std::move(call);
  helper->wake.notify_one();
  nanoseconds used = processor_time(helper->thread);
  for (int quiet = 0; !helper->done && !state.dead;) {
    const auto step_ends = Clock::now() + state.limit / kSteps;
    if (state.answered.wait_until(lock, step_ends, [&] { return helper->done || state.dead; })) {
      break;
    }
    const nanoseconds now = processor_time(helper->thread);
    if (now - used >= kProgress) {
      used = now;
      quiet = 0;
    } else if (++quiet >= kSteps) {
      state.dead = true;
      state.answered.notify_all();
    }
  }
  if (helper->done) {
    state.idle.push_back(helper);
    return true;
  }
  helper->left = true;
  ++left_behind;
  return false;
}

}  // namespace nhi
