// cursor.hpp - one pass over the characters behind a name.
#pragma once

#include <algorithm>
#include <string_view>

#include "scanner/base/bytes.hpp"
#include "scanner/base/chars.hpp"

namespace nhi {

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline bool is_line_end(char c) { return c == '\n' || c == '\r'; }

// Walks over the view; every step is bounded by the view's end.
class Cursor {
 public:
  Cursor(Bytes view, std::size_t at) : view_(view), at_(at) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  /// The place farthest on where it ever stood: of the bytes from there on it has looked at no more
  /// than the longest text it was asked for.
  [[nodiscard]] std::size_t farthest() const { return std::max(at_, farthest_); }
  [[nodiscard]] bool done() const { return at_ >= view_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < view_.size() ? view_[at_ + ahead] : '\0';
  }
  [[nodiscard]] char before() const { return at_ > 0 ? view_[at_ - 1] : '\0'; }
  [[nodiscard]] Bytes rest() const { return view_.substr(std::min(at_, view_.size())); }
  void to(std::size_t at) {
    farthest_ = std::max(farthest_, at_);
    at_ = at;
  }
  void skip(std::size_t count) { at_ += count; }

  /// `text` is not empty.
  bool eat(std::string_view text) {
    // Most texts are told from what stands here by their first byte, without a call.
    if (done() || view_[at_] != text.front() || !rest().starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  bool eat_folded(std::string_view lower_text) {
    if (!chars::starts_folded(rest(), lower_text)) return false;
    at_ += lower_text.size();
    return true;
  }
  template <class Test>
  std::size_t eat_while(Test test, std::size_t most) {
    const std::size_t from = at_;
    while (at_ < view_.size() && at_ - from < most && test(view_[at_])) ++at_;
    return at_ - from;
  }
  std::size_t eat_blanks() { return eat_while(is_blank, kBlanksMax); }
  void eat_space() { eat_while(chars::is_space, kBlanksMax); }

 private:
  static constexpr std::size_t kBlanksMax = 80;  // blanks and line ends in a row
  Bytes view_;
  std::size_t at_;
  std::size_t farthest_ = 0;  // of where it came back from
};

}  // namespace nhi
