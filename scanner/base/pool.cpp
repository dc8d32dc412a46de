#include "scanner/base/pool.hpp"

#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "scanner/base/result.hpp"

namespace nhi {

// Guarded by `mutex`: everything below it.
struct MemoryBudget::State {
  explicit State(std::size_t bytes) : limit(bytes) {}
  // Written so that no sum can wrap: sizes come from files of strangers.
  [[nodiscard]] bool fits(std::size_t bytes) const {
    return used <= limit && bytes <= limit - used;
  }
  const std::size_t limit;
  std::mutex mutex;
  std::condition_variable freed;
  std::size_t used = 0;
  bool closed = false;
};

MemoryBudget::MemoryBudget(std::size_t bytes) : state_(std::make_unique<State>(bytes)) {}
MemoryBudget::~MemoryBudget() = default;

void MemoryBudget::acquire(std::size_t bytes) {
  std::unique_lock lock(state_->mutex);
  state_->freed.wait(lock,
                     [&] { return state_->closed || state_->used == 0 || state_->fits(bytes); });
  state_->used += bytes;
}

bool MemoryBudget::try_acquire(std::size_t bytes) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->fits(bytes)) return false;
  state_->used += bytes;
  return true;
}

void MemoryBudget::release(std::size_t bytes) {
  {
    const std::lock_guard lock(state_->mutex);
    NHI_ASSERT(bytes <= state_->used);
    state_->used -= bytes;
  }
  state_->freed.notify_all();
}

void MemoryBudget::close() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
  }
  state_->freed.notify_all();
}

std::size_t MemoryBudget::used() const {
  const std::lock_guard lock(state_->mutex);
  return state_->used;
}

std::size_t MemoryBudget::limit() const { return state_->limit; }

namespace {

// Which worker of which pool this thread is; lets submit() tell a worker from a producer.
struct Self {
  const void* pool = nullptr;
  unsigned worker = 0;
};
thread_local Self t_self;

}  // namespace

unsigned usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    const int count = CPU_COUNT(&set);
    if (count > 0) return static_cast<unsigned>(count);
  }
  // More than 1024 cores do not fit in cpu_set_t; the library knows better then.
  return std::max(1U, std::thread::hardware_concurrency());
}

// One mutex guards all queues. A task is about a MiB of scanning, so the lock is taken a few
// thousand times a second at most; a lock for each queue bought nothing but orderings to get wrong.
struct WorkPool::State {
  State(unsigned workers, std::size_t max) : queue_max(std::max<std::size_t>(1, max)) {
    queues.resize(workers);
  }

  // The newest task of our own (its data is still in the cache), else the oldest of somebody else
  // (likely the largest subtree). Caller holds `mutex`.
  bool take(unsigned worker, Task& out) {
    auto& own = queues[worker];
    if (!own.empty()) {
      out = std::move(own.back());
      own.pop_back();
      return true;
    }
    for (std::size_t step = 1; step < queues.size(); ++step) {
      auto& other = queues[(worker + step) % queues.size()];
      if (other.empty()) continue;
      out = std::move(other.front());
      other.pop_front();
      return true;
    }
    return false;
  }

  void run(unsigned worker) {
    t_self = {this, worker};
    std::unique_lock lock(mutex);
    while (true) {
      work.wait(lock, [&] { return queued > 0 || stopping; });
      if (queued == 0) return;
      Task task;
      const bool taken = take(worker, task);
      NHI_ASSERT(taken);
      --queued;
      lock.unlock();
      space.notify_one();
      task(worker);
      task = nullptr;  // its captures are released before the task counts as ended
      lock.lock();
      if (--unfinished == 0) idle.notify_all();
    }
  }

  const std::size_t queue_max;
  mutable std::mutex mutex;
  std::condition_variable work;   // a task is queued, or stopping
  std::condition_variable space;  // a producer may go on
  std::condition_variable idle;   // unfinished fell to 0
  std::vector<std::deque<Task>> queues;
  std::size_t queued = 0;
  std::size_t unfinished = 0;  // queued and running
  std::size_t next_queue = 0;
  bool cancelled = false;
  bool stopping = false;
  std::vector<std::thread> threads;
};

WorkPool::WorkPool(unsigned workers, std::size_t queue_max) {
  if (workers == 0) workers = usable_cores();
  state_ = std::make_unique<State>(workers, queue_max);
  state_->threads.reserve(workers);
  State* const state = state_.get();
  for (unsigned i = 0; i < workers; ++i) {
    state_->threads.emplace_back([state, i] { state->run(i); });
  }
}

WorkPool::~WorkPool() {
  cancel();
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void WorkPool::submit(Task task) {
  State& state = *state_;
  const bool from_worker = t_self.pool == &state;
  std::unique_lock lock(state.mutex);
  if (!from_worker) {
    state.space.wait(lock, [&] { return state.queued < state.queue_max || state.cancelled; });
  }
  if (state.cancelled) {
    lock.unlock();  // `task` is dropped outside the lock: its captures may call back
    return;
  }
  const std::size_t queue = from_worker ? t_self.worker : state.next_queue++ % state.queues.size();
  state.queues[queue].push_back(std::move(task));
  ++state.queued;
  ++state.unfinished;
  lock.unlock();
  state.work.notify_one();
}

void WorkPool::drain() {
  NHI_ASSERT(t_self.pool != state_.get());  // a worker would wait for itself
  std::unique_lock lock(state_->mutex);
  state_->idle.wait(lock, [&] { return state_->unfinished == 0; });
}

void WorkPool::cancel() {
  std::vector<std::deque<Task>> dropped;  // destroyed outside the lock
  {
    const std::lock_guard lock(state_->mutex);
    state_->cancelled = true;
    for (auto& queue : state_->queues) {
      state_->unfinished -= queue.size();
      dropped.push_back(std::exchange(queue, {}));
    }
    state_->queued = 0;
    if (state_->unfinished == 0) state_->idle.notify_all();
  }
  state_->space.notify_all();
}

bool WorkPool::cancelled() const {
  const std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

unsigned WorkPool::workers() const { return static_cast<unsigned>(state_->threads.size()); }

}  // namespace nhi
