// pool.hpp - one work-stealing pool sized to the cores, and the memory budget that admits work.
//
// Workers never wait for memory: a task is admitted with a reservation that covers its nesting;
// only the producer waits. A task may submit children (they go to its worker's own end of the
// queue and are drawn from its reservation).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace nhi {

// Thread-safe. Bytes are a promise of peak use, not a measurement.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes);
  ~MemoryBudget();
  /// Waits until `bytes` fit, or nothing else is admitted: a unit larger than the whole budget runs
  /// alone rather than never. Producer thread only.
  void acquire(std::size_t bytes);
  /// Takes `bytes` if they fit now. Any thread.
  [[nodiscard]] bool try_acquire(std::size_t bytes);
  void release(std::size_t bytes);
  /// From now on acquire() waits for nobody: what would give its bytes back was dropped.
  void close();
  [[nodiscard]] std::size_t used() const;
  [[nodiscard]] std::size_t limit() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The cores this process may run on, at least 1.
[[nodiscard]] unsigned usable_cores();

/// Called with the worker's index, 0 to workers-1. Must not throw.
using Task = std::move_only_function<void(unsigned worker)>;

// Thread-safe. Invariants: (1) a producer never raises queued tasks, counted over all workers'
// queues, above queue_max (children may); (2) after drain() returns, no task runs and none is
// queued, unless a producer went on submitting.
class WorkPool {
 public:
  /// `workers` 0 means the number of cores this process may use.
  explicit WorkPool(unsigned workers, std::size_t queue_max = 1024);
  ~WorkPool();  // drops queued tasks, waits for running ones
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// From a producer: waits while the queue is full. From a worker: never waits, its own queue
  /// grows. After cancel() the task is dropped.
  void submit(Task task);
  /// Waits until every submitted task has ended. Never from a worker.
  void drain();
  /// Drops what is queued; running tasks end by themselves. A budget that they would have given
  /// bytes back to is to be closed.
  void cancel();
  [[nodiscard]] bool cancelled() const;
  [[nodiscard]] unsigned workers() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nhi
