// regex_search.hpp - the successive matches of one pattern in a range of a view.
//
// A match is the leftmost-first match among those no longer than `longest`. Stated like this it
// can be decided near its start: whether a match begins at p depends on [p, p + longest] and on
// the bytes that `\b` and `$` look at, so a window around a literal and the whole view agree. A
// preferred match that is too long is retried once, cut to `longest`; then the next start counts.
//
// When RE2's DFA runs out of memory, RE2::Match goes on with its NFA: slower, the same answer (read
// in re2.cc of 2022-06-01: every `dfa_failed` leads there). Debian's library keeps the hook that
// would tell to itself, so a fall-back cannot be counted; it can never become "no match".
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/base/bytes.hpp"

namespace re2 {
class RE2;
class StringPiece;
}  // namespace re2

namespace nhi {

// Thread-compatible; holds the buffers of a search.
class RegexSearch {
 public:
  RegexSearch();
  ~RegexSearch();
  RegexSearch(RegexSearch&&) noexcept;
  RegexSearch& operator=(RegexSearch&&) noexcept;

  /// Prepares for a pattern; `groups` counts the capture groups wanted, the whole match included.
  /// Shapes: `longest` 0 means that any length counts.
  void start(const re2::RE2& regex, Bytes view, Span range, std::size_t longest, int groups);
  /// The next match, or false at the end or when the search gave up.
  [[nodiscard]] bool next();
  /// Of the last match; empty at 0 for a group that took no part.
  [[nodiscard]] Span group(int number) const;
  /// True if the pattern is unusable or its too-long matches cost more than kRetryBytes allows.
  [[nodiscard]] bool gave_up() const { return gave_up_; }
  /// Upper bound of the bytes that RE2 looked at since start().
  [[nodiscard]] std::uint64_t cost() const { return cost_; }
  /// Off for the judge: one search from the last match to the end of the range.
  void set_chunked(bool chunked) { chunked_ = chunked; }

 private:
  [[nodiscard]] bool match(std::size_t from, std::size_t to, bool anchored);
  [[nodiscard]] bool retry_cut(std::size_t start);

  const re2::RE2* regex_ = nullptr;
  Bytes view_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::size_t longest_ = 0;
  int groups_count_ = 1;
  std::vector<re2::StringPiece> groups_;
  std::uint64_t retry_bytes_left_ = 0;
  bool chunked_ = true;
  bool gave_up_ = false;
  std::uint64_t cost_ = 0;
};

}  // namespace nhi
