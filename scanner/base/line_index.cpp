#include "scanner/base/line_index.hpp"

#include <algorithm>
#include <cstring>

namespace nhi {
namespace {

// Below it a finding costs less to count than the marks do.
constexpr std::uint64_t kMarkedTextBytes = 64 * 1024;
constexpr std::uint64_t kMarkBytes = 4 * 1024;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Whether eight bytes are ASCII.
bool is_ascii(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return (word & 0x8080808080808080ULL) == 0;
}

// Length of the UTF-8 sequence at `at`, 1 for a byte that begins none.
std::size_t sequence_length(Bytes text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t want = lead >= 0xF0 && lead <= 0xF4  ? 4
                           : lead >= 0xE0 && lead < 0xF0 ? 3
                           : lead >= 0xC2 && lead < 0xE0 ? 2
                                                         : 1;
  for (std::size_t i = 1; i < want; ++i) {
    if (at + i >= text.size() || !is_continuation(text[at + i])) return 1;
  }
  return want;
}

}  // namespace

std::uint64_t count_code_points(Bytes text) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const bool eight = at + 8 <= text.size() && is_ascii(text.data() + at);
    count += eight ? 8 : 1;
    at += eight ? 8 : sequence_length(text, at);
  }
  return count;
}

Position advanced(Position from, Bytes text) {
  for (std::size_t end = text.find('\n'); end != Bytes::npos; end = text.find('\n')) {
    text.remove_prefix(end + 1);
    from = {from.line + 1, 1};
  }
  return {from.line, from.column + count_code_points(text)};
}

LineIndex::LineIndex(Bytes text, Position base) : text_(text), base_(base) {
  starts_.push_back(0);
  const char* const begin = text.data();
  const char* at = begin;
  const char* const end = begin + text.size();
  while (at < end) {
    const void* hit = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    if (hit == nullptr) break;
    at = static_cast<const char*>(hit) + 1;
    starts_.push_back(static_cast<std::uint64_t>(at - begin));
  }
  if (text.size() >= kMarkedTextBytes) mark_columns();
}

// columns_[k] = code points from the start of the line that holds byte k * kMarkBytes up to the
// first sequence start at or after that byte. Between two marks only the last line is counted.
void LineIndex::mark_columns() {
  std::size_t at = 0;  // a sequence start, `column` code points into its line
  std::uint64_t column = 0;
  auto line = starts_.begin();
  for (std::uint64_t mark = 0;; mark += kMarkBytes) {
    line = std::upper_bound(line, starts_.end(), mark) - 1;
    if (*line > at) {
      at = static_cast<std::size_t>(*line);
      column = 0;
    }
    while (at < mark && at < text_.size()) {
      const bool eight = at + 8 <= mark && at + 8 <= text_.size() && is_ascii(text_.data() + at);
      column += eight ? 8 : 1;
      at += eight ? 8 : sequence_length(text_, at);
    }
    if (at >= text_.size()) return;
    columns_.push_back(column);
  }
}

Position LineIndex::at(std::uint64_t offset) const {
  offset = std::min<std::uint64_t>(offset, text_.size());
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::uint64_t>(after - starts_.begin()) - 1;
  std::uint64_t from = starts_[line];
  std::uint64_t points = 0;
  const std::uint64_t mark = offset / kMarkBytes;
  if (mark < columns_.size() && mark * kMarkBytes > from) {
    points = columns_[mark];
    from = mark * kMarkBytes;
    while (from < offset && is_continuation(text_[from]) && from < mark * kMarkBytes + 3) ++from;
  }
  points += count_code_points(slice(text_, {from, offset}));
  const std::uint64_t first_column = line == 0 ? base_.column : 1;
  return {base_.line + line, first_column + points};
}

std::uint64_t LineIndex::line_of(std::uint64_t offset) const {
  offset = std::min<std::uint64_t>(offset, text_.size());
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return base_.line + static_cast<std::uint64_t>(after - starts_.begin()) - 1;
}

Bytes LineIndex::line_at(std::uint64_t offset) const {
  offset = std::min<std::uint64_t>(offset, text_.size());
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const std::uint64_t start = *(after - 1);
  std::uint64_t end = after == starts_.end() ? text_.size() : *after - 1;
  Bytes line = slice(text_, {start, end});
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace nhi
