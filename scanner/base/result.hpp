// result.hpp - how every room says that something failed: a value or one Error, never a throw.
//
// Foreign exceptions end in the file that adapts the library. Clang 14 with libstdc++ 12 cannot
// compile std::expected, so under it Expected is a small stand-in with the same few members; use
// nothing beyond `operator bool`, `*`, `->`, `has_value()` and `error()`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#if !defined(__clang__)
#include <expected>
#endif

namespace nhi {

enum class ErrorCode : std::uint8_t {
  kBadUse,   // command line or configuration: exit status 2
  kBadRule,  // a rule file or rule that cannot be honoured exactly
  kIo,       // the operating system refused; errno text is in `what`
  kNotFound,
  kPermission,
  kNotAnswering,  // a server or device that is gone: nobody knows what is there
  kTooLarge,      // over a limit of base/limits.hpp
  kMalformed,     // bytes of a stranger that are not what they claim
  kEngineMemory,  // RE2 ran out of its budget: never the same as "no match"
  kStore,         // the inventory file
  kBusy,          // another process holds the lock
  kConflict,      // what is there is not what the caller saw before: nothing was changed
  kGit,
  kCancelled,
  kInternal,
  kCount
};

/// The stable word printed in messages, for example "bad-rule".
[[nodiscard]] std::string_view to_string(ErrorCode code);

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string what;     // lower case, no full stop, never holds secret bytes
  std::string subject;  // path, rule id, flag or column; empty if none
  std::string hint;     // what to do; empty if nothing useful can be said

  /// "cannot read 'a/b': permission denied" style text: `what` and `subject` joined.
  [[nodiscard]] std::string message() const;
};

/// An Error from errno-like `error_number`, mapped to kPermission, kNotFound, kNotAnswering
/// (ETIMEDOUT) or kIo.
[[nodiscard]] Error os_error(int error_number, std::string_view what, std::string_view subject);

#if defined(__clang__)
template <class E>
struct Unexpected {
  explicit Unexpected(E failure) : error(std::move(failure)) {}
  E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

template <class T, class E>
class [[nodiscard]] Expected {
 public:
  Expected() : state_(std::in_place_index<0>) {}
  Expected(const T& value) : state_(std::in_place_index<0>, value) {}
  Expected(T&& value) : state_(std::in_place_index<0>, std::move(value)) {}
  Expected(Unexpected<E> error) : state_(std::in_place_index<1>, std::move(error.error)) {}
  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  E& error() { return *std::get_if<1>(&state_); }
  const E& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, E> state_;
};
template <class E>
class [[nodiscard]] Expected<void, E> {
 public:
  Expected() = default;
  Expected(Unexpected<E> error) : error_(std::move(error.error)), failed_(true) {}
  [[nodiscard]] bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  E& error() { return error_; }
  const E& error() const { return error_; }

 private:
  E error_{};
  bool failed_ = false;
};
#else
template <class E>
using Unexpected = std::unexpected<E>;
template <class T, class E>
using Expected = std::expected<T, E>;
#endif

template <class T>
using Result = Expected<T, Error>;

/// `return fail(ErrorCode::kIo, "cannot read", path);`
[[nodiscard]] inline Unexpected<Error> fail(ErrorCode code, std::string what,
                                            std::string subject = {}, std::string hint = {}) {
  return Unexpected<Error>(Error{code, std::move(what), std::move(subject), std::move(hint)});
}
[[nodiscard]] inline Unexpected<Error> fail(Error error) {
  return Unexpected<Error>(std::move(error));
}

/// Stops the program with file and line. For our own invariants only, never for input.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace nhi

#define NHI_CONCAT_(a, b) a##b
#define NHI_CONCAT(a, b) NHI_CONCAT_(a, b)
#define NHI_TRY_(holder, declaration, expression)             \
  auto holder = (expression);                                 \
  if (!holder) return ::nhi::fail(std::move(holder.error())); \
  declaration = std::move(*holder)
/// NHI_TRY(const std::string text, read_file(path)); declares text, or returns the error.
#define NHI_TRY(declaration, expression) \
  NHI_TRY_(NHI_CONCAT(nhi_try_, __LINE__), declaration, expression)
/// NHI_CHECK_OK(store.flush()); returns the error, or goes on. For Result<void>.
#define NHI_CHECK_OK(expression) \
  if (auto nhi_status = (expression); !nhi_status) return ::nhi::fail(std::move(nhi_status.error()))

/// Always on. For invariants of ours, never for input.
#define NHI_ASSERT(condition) \
  ((condition) ? void(0) : ::nhi::assertion_failed(#condition, __FILE__, __LINE__))
