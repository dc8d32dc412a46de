// watched_calls.hpp - calls that may never come back: a server that is gone blocks a thread in the
// kernel for ever. So the call is made on a thread that can be left behind.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace nhi {

// Thread-safe. One object stands for one thing that answers or does not, such as a mount: once a
// call was not answered, none is made any more and those under way are given up as well.
class WatchedCalls {
 public:
  /// A call has hung when its thread used less than kProgress of processor time in `limit`: a long
  /// call that goes on, or one that a slow server answers bit by bit, has not.
  explicit WatchedCalls(std::chrono::milliseconds limit);
  ~WatchedCalls();
  WatchedCalls(const WatchedCalls&) = delete;
  WatchedCalls& operator=(const WatchedCalls&) = delete;

  /// Makes `call` on another thread and waits for it. False if it was not answered; it may then
  /// still run, so it may own nothing of the caller's. It must not throw.
  [[nodiscard]] bool run(std::function<void()> call);
  /// A call was not answered.
  [[nodiscard]] bool dead() const;

  static constexpr std::chrono::milliseconds kProgress{1};

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the threads that were left behind
};

/// Threads of all WatchedCalls that were left behind and did not come back yet. While there are
/// any, the process cannot end in the ordinary way.
[[nodiscard]] unsigned threads_left_behind();

using CallsPtr = std::shared_ptr<WatchedCalls>;

/// What `call` returns, or nothing if it was not answered. Without `calls` it is made right here.
template <class Call>
[[nodiscard]] auto ask(const CallsPtr& calls, Call call)
    -> std::optional<std::invoke_result_t<Call&>> {
  using Answer = std::invoke_result_t<Call&>;
  if (calls == nullptr) return std::optional<Answer>(call());
  struct Shared {
    explicit Shared(Call&& asked) : call(std::move(asked)) {}
    Call call;
    std::optional<Answer> answer;
  };
  const auto shared = std::make_shared<Shared>(std::move(call));
  if (!calls->run([shared] { shared->answer.emplace(shared->call()); })) return std::nullopt;
  return std::move(shared->answer);
}

}  // namespace nhi
