// rule_guard.hpp - where a rule can match around one of its literals, decided without its pattern.
//
// A match lies within one row of bytes of the rule's alphabet, is so and so long, and holds a run
// of rare bytes. Most hits of a literal like `pat` stand in a word of a program: no row around them
// is long enough, and RE2 is never asked. Every answer is on the safe side (match_shape.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/match/any_text.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

// One bit a byte value.
class ByteTest {
 public:
  ByteTest() = default;  // no byte passes
  explicit ByteTest(const ByteSet& bytes);
  [[nodiscard]] bool operator()(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    return ((words_[byte >> 6U] >> (byte & 63U)) & 1U) != 0;
  }

 private:
  std::array<std::uint64_t, 4> words_{};
};

// Immutable.
class RuleGuard {
 public:
  explicit RuleGuard(const CompiledRule& rule);

  /// No match that holds the literal begins further before it, or ends further behind its start.
  /// Of rules in windows.
  [[nodiscard]] std::size_t before() const { return before_; }
  [[nodiscard]] std::size_t longest() const { return longest_; }
  /// False: the rule looks at the whole view once a literal stands in it.
  [[nodiscard]] bool in_windows() const { return in_windows_; }
  /// False: what stands right behind `hit` is in no match, or the row that a match has is not near.
  [[nodiscard]] bool may_hold(Bytes view, Span hit) const {
    if (!any_next_ && (hit.end >= view.size() || !next_(view[static_cast<std::size_t>(hit.end)]))) {
      return false;
    }
    return !probes_run_ || run_is_near(view, hit);
  }
  /// The bytes that a match can have which holds the literal at `hit`. Empty: there is no match.
  /// Units: looks at no more bytes than it returns, or than the shortest match has.
  [[nodiscard]] Span window(Bytes view, Span hit) const;
  /// The end of the same window, if all from its start to `from` is known to be one row.
  [[nodiscard]] std::uint64_t window_end(Bytes view, Span hit, std::uint64_t from) const;
  /// False: no match lies within `window`. Linear.
  [[nodiscard]] bool may_match(Bytes window) const;

 private:
  [[nodiscard]] bool run_is_near(Bytes view, Span hit) const;

  std::size_t before_;
  std::size_t longest_;
  std::size_t least_;
  bool in_windows_;
  bool clips_;  // there are bytes that no match holds
  ByteTest alphabet_;
  std::size_t run_least_;
  ByteTest run_;
  bool probes_run_;  // looking for the run first takes fewer looks
  std::string needed_;
  std::vector<AnyText> further_;
  bool any_next_;
  ByteTest next_;
};

}  // namespace nhi
