#include "scanner/grammar/yaml_scalar.hpp"

#include <algorithm>
#include <vector>

namespace nhi::grammar {
namespace {

bool is_break_or_end(Bytes document, std::size_t at) {
  return at >= document.size() || is_space(document[at]);
}

std::size_t skip_blanks(Bytes document, std::size_t at) {
  while (at < document.size() && is_blank(document[at])) ++at;
  return at;
}

// `at` behind the last byte of a line's content, white space included: the first byte of it.
std::size_t trim_back(Bytes document, std::size_t start, std::size_t end) {
  while (end > start && (is_blank(document[end - 1]) || document[end - 1] == '\r')) --end;
  return end;
}

struct Fold {
  std::size_t next;     // first byte of content of the next line that is not empty
  std::size_t newline;  // position of the first line break
  std::size_t breaks;   // lines passed
};

// From a line break at `at` over empty lines to the next content. Passes whatever trim_back takes
// away in front of a line feed, several carriage returns included: a caller that stands before a
// line feed always gets behind it.
Fold fold_at(Bytes document, std::size_t at) {
  Fold fold{at, at, 0};
  while (fold.next < document.size()) {
    std::size_t probe = fold.next;
    while (probe < document.size() && (is_blank(document[probe]) || document[probe] == '\r')) {
      ++probe;
    }
    if (probe >= document.size() || document[probe] != '\n') break;
    ++fold.breaks;
    fold.next = probe + 1;
  }
  fold.next = skip_blanks(document, fold.next);
  return fold;
}

// One line break is a space, n of them are n-1 line feeds.
void append_fold(Scalar& scalar, std::size_t start, const Fold& fold) {
  const std::size_t end = fold.next;
  append_replaced(scalar, start, end,
                  fold.breaks <= 1 ? std::string(" ") : std::string(fold.breaks - 1, '\n'));
}

std::size_t read_double_escape(Bytes document, std::size_t at, Scalar& scalar) {
  const char letter = document[at + 1];
  constexpr std::string_view kLetters = "0abtnvfre \"/\\N_LP\t";
  static const std::vector<std::string> kMeanings = {std::string(1, '\0'),
                                                     "\a",
                                                     "\b",
                                                     "\t",
                                                     "\n",
                                                     "\v",
                                                     "\f",
                                                     "\r",
                                                     "\x1B",
                                                     " ",
                                                     "\"",
                                                     "/",
                                                     "\\",
                                                     "\xC2\x85",
                                                     "\xC2\xA0",
                                                     "\xE2\x80\xA8",
                                                     "\xE2\x80\xA9",
                                                     "\t"};
  std::string text;
  if (letter == 'u') {
    if (const std::size_t used = read_u_escape(document, at, text); used > 0) {
      append_replaced(scalar, at, at + used, text);
      return at + used;
    }
  }
  const std::size_t digits = letter == 'x' ? 2 : letter == 'U' ? 8 : 0;
  std::uint32_t code = 0;
  if (digits > 0 && read_hex(document, at + 2, digits, code)) {
    append_replaced(scalar, at, at + 2 + digits, utf8_of(code));
    return at + 2 + digits;
  }
  const std::size_t which = kLetters.find(letter);
  if (which == std::string_view::npos) {
    append_copy(scalar, document, at, at + 2);
  } else {
    append_replaced(scalar, at, at + 2, kMeanings[which]);
  }
  return at + 2;
}

}  // namespace

std::size_t line_end(Bytes document, std::size_t at) {
  const std::size_t found = document.find('\n', at);
  return found == Bytes::npos ? document.size() : found;
}

bool yaml_comment_at(Bytes document, std::size_t at) {
  return at < document.size() && document[at] == '#' && (at == 0 || is_space(document[at - 1]));
}

bool yaml_colon_at(Bytes document, std::size_t at, bool flow) {
  if (at >= document.size() || document[at] != ':') return false;
  if (is_break_or_end(document, at + 1)) return true;
  return flow && std::string_view(",[]{}").find(document[at + 1]) != std::string_view::npos;
}

bool yaml_document_mark_at(Bytes document, std::size_t at) {
  const Bytes mark = document.substr(at, 3);
  return (mark == "---" || mark == "...") && is_break_or_end(document, at + 3);
}

Result<void> read_yaml_quoted(Bytes document, std::size_t& at, Scalar& scalar) {
  const char quote = document[at];
  const std::size_t start = at + 1;
  scalar = {};
  scalar.quoting = quote == '"' ? Quoting::kDouble : Quoting::kSingle;
  std::size_t i = start;
  const std::string_view stops = quote == '"' ? "\"\\\n" : "'\n";
  while (true) {
    const std::size_t stop = document.find_first_of(stops, i);
    if (stop == Bytes::npos) return fail(malformed(document, at, "quoted value is cut off"));
    if (document[stop] == '\n') {
      const std::size_t end = trim_back(document, i, stop);
      append_copy(scalar, document, i, end);
      const Fold fold = fold_at(document, end);
      append_fold(scalar, end, fold);
      i = fold.next;
      continue;
    }
    append_copy(scalar, document, i, stop);
    if (document[stop] == quote) {
      if (quote == '\'' && document.substr(stop + 1, 1) == "'") {
        append_replaced(scalar, stop, stop + 2, "'");
        i = stop + 2;
        continue;
      }
      scalar.raw = {start, stop};
      at = stop + 1;
      return {};
    }
    if (stop + 1 >= document.size()) {
      return fail(malformed(document, at, "quoted value is cut off"));
    }
    const std::size_t after = document[stop + 1] == '\r' ? stop + 2 : stop + 1;
    if (document.substr(after, 1) == "\n") {  // an escaped line break joins the lines
      i = fold_at(document, stop + 1).next;
    } else {
      i = read_double_escape(document, stop, scalar);
    }
    if (scalar.map.runs() > kScalarRunsMax) {
      return fail(too_large(document, at, "value has too many escapes"));
    }
  }
}

void read_yaml_plain(Bytes document, std::size_t& at, const YamlPlace& place, Scalar& scalar) {
  scalar = {};
  scalar.raw = {at, at};
  std::size_t i = at;
  std::size_t pending_start = at;  // end of the content so far, when a line break was passed
  Fold fold{at, at, 0};
  while (true) {
    std::size_t end = i;
    while (end < document.size() && document[end] != '\n') {
      if (yaml_colon_at(document, end, place.flow) || yaml_comment_at(document, end)) break;
      if (place.flow && std::string_view(",[]{}").find(document[end]) != std::string_view::npos) {
        break;
      }
      ++end;
    }
    const std::size_t content_end = trim_back(document, i, end);
    if (content_end > i) {
      if (fold.breaks > 0) append_fold(scalar, pending_start, fold);
      append_copy(scalar, document, i, content_end);
      scalar.raw.end = content_end;
      at = content_end;
    }
    if (place.key || end >= document.size() || document[end] != '\n' || content_end == i) return;
    fold = fold_at(document, content_end);
    pending_start = content_end;
    i = fold.next;
    const std::size_t previous = document.rfind('\n', i == 0 ? 0 : i - 1);
    const std::size_t line = previous == Bytes::npos ? 0 : previous + 1;
    if (i >= document.size() || document[i] == '#' || yaml_document_mark_at(document, line)) return;
    if (!place.flow) {
      if (static_cast<long>(i - line) <= place.parent) return;
      // A line that is itself `key: value` is left alone: it is damage, not a continuation.
      const Bytes rest = document.substr(i, line_end(document, i) - i);
      if (rest.find(": ") != Bytes::npos && rest.find(" #") == Bytes::npos) return;
    }
  }
}

namespace {

struct BlockHeader {
  bool folded = false;
  char chomp = ' ';
  long indent = -1;
  std::size_t body = 0;  // first byte after the header line
};

BlockHeader read_block_header(Bytes document, std::size_t at, long parent) {
  BlockHeader header;
  header.folded = document[at] == '>';
  for (++at; at < document.size() && !is_space(document[at]); ++at) {
    const char c = document[at];
    if (c == '+' || c == '-') header.chomp = c;
    if (c >= '1' && c <= '9') header.indent = (parent < 0 ? 0 : parent) + (c - '0');
  }
  const std::size_t end = line_end(document, at);
  header.body = end < document.size() ? end + 1 : end;
  return header;
}

// One line of a block: its content starts at `start` + indentation.
struct BlockLine {
  std::size_t start;  // of the content after the indentation
  std::size_t end;    // of the content, without CR and LF
  std::size_t next;   // of the next line
  bool empty;         // nothing but white space within the indentation
  bool more;          // starts with white space after the indentation: not folded
};

std::vector<BlockLine> block_lines(Bytes document, const BlockHeader& header, long parent,
                                   std::size_t& at) {
  std::vector<BlockLine> lines;
  long indent = header.indent;
  at = header.body;
  while (at < document.size()) {
    const std::size_t newline = line_end(document, at);
    std::size_t end = newline;
    if (end > at && document[end - 1] == '\r') --end;
    std::size_t content = at;
    while (content < end && document[content] == ' ') ++content;
    const long column = static_cast<long>(content - at);
    const bool blank = content == end;
    if (!blank && indent < 0) {
      if (column <= parent) break;
      indent = column;
    }
    if (!blank && column < indent) break;
    if (!blank && column == 0 && yaml_document_mark_at(document, at)) break;
    BlockLine line{};
    const auto width = static_cast<std::size_t>(indent < 0 ? column : indent);
    line.start = std::min(at + width, end);
    line.end = end;
    line.next = newline < document.size() ? newline + 1 : newline;
    line.empty = line.start == end;
    line.more = !line.empty && is_blank(document[line.start]);
    lines.push_back(line);
    at = line.next;
  }
  return lines;
}

// Line breaks after `line`, and `empties` empty lines behind it, before the next content line.
void append_breaks(Scalar& scalar, const BlockLine& line, std::size_t gap_end, std::size_t empties,
                   bool fold) {
  std::string text;
  if (!fold) {
    text.assign(empties + 1, '\n');
  } else {
    text = empties == 0 ? std::string(" ") : std::string(empties, '\n');
  }
  append_replaced(scalar, line.end, gap_end, text);
}

}  // namespace

void read_yaml_block(Bytes document, std::size_t& at, long parent, Scalar& scalar) {
  const BlockHeader header = read_block_header(document, at, parent);
  scalar = {};
  scalar.quoting = Quoting::kBlock;
  const std::vector<BlockLine> lines = block_lines(document, header, parent, at);
  scalar.raw = {header.body, header.body};
  std::size_t last = lines.size();  // index of the last line with content
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].empty) last = i;
  }
  if (last == lines.size()) return;
  scalar.raw.start = lines[0].empty ? header.body : lines[0].start;
  std::size_t i = 0;
  for (; lines[i].empty; ++i) append_replaced(scalar, lines[i].start, lines[i].next, "\n");
  while (true) {
    append_copy(scalar, document, lines[i].start, lines[i].end);
    scalar.raw.end = lines[i].end;
    if (i == last) break;
    std::size_t next = i + 1;
    while (lines[next].empty) ++next;
    const bool fold = header.folded && !lines[i].more && !lines[next].more;
    append_breaks(scalar, lines[i], lines[next].start, next - i - 1, fold);
    i = next;
  }
  if (header.chomp == '-' || lines[last].next == lines[last].end) return;
  const std::size_t keep = header.chomp == '+' ? lines.size() - last : 1;
  const std::size_t end = header.chomp == '+' ? lines.back().next : lines[last].next;
  append_replaced(scalar, lines[last].end, end, std::string(keep, '\n'));
  scalar.raw.end = end;
}

}  // namespace nhi::grammar
