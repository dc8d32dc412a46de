#include "scanner/decode/based_rows.hpp"

namespace nhi {
namespace {

// White space between two lines of one text: the line end and the indentation.
constexpr std::size_t kBetweenLinesMax = 256;

bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

}  // namespace

std::size_t after_escape(Bytes bytes, std::size_t start) {
  const bool escaped = start > 0 && bytes[start - 1] == '\\' && start < bytes.size() &&
                       (bytes[start] == 'n' || bytes[start] == 'r' || bytes[start] == 't');
  return escaped ? start + 1 : start;
}

Span row_on_next_line(Bytes bytes, std::size_t at) {
  std::size_t next = at;
  bool line_end = false;
  while (next < bytes.size() && next - at <= kBetweenLinesMax && is_blank(bytes[next])) {
    line_end = line_end || bytes[next] == '\n' || bytes[next] == '\r';
    ++next;
  }
  if (!line_end || next >= bytes.size() || !is_base64_digit(bytes[next])) return {};
  std::size_t end = next;
  while (end < bytes.size() && is_base64_digit(bytes[end])) ++end;
  return {next, end};
}

}  // namespace nhi
