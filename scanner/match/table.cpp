#include "scanner/match/table.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/word_list.hpp"
#include "scanner/match/column_names.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kNone = Bytes::npos;
constexpr std::size_t kLineMax = kLookedBefore;
constexpr std::size_t kRowsBytesMax = 4 * kMiB;
constexpr std::size_t kCellsMax = 64;
constexpr std::size_t kHeaderCellMax = 40;

enum class Style { kSeparated, kMarkdown, kWiki };

// One line cut into cells, as far as there is room.
struct Row {
  std::array<Span, kCellsMax> cells;
  std::size_t count = 0;
};

Span line_at(Bytes view, std::size_t start) {
  const std::size_t end = std::min(view.find('\n', start), view.size());
  return {start, end > start && view[end - 1] == '\r' ? end - 1 : end};
}

// Where the line behind the one at `start` begins.
std::size_t behind_line(Bytes view, std::size_t start) {
  const std::size_t end = view.find('\n', start);
  return end == kNone ? view.size() : end + 1;
}

Span trimmed(Bytes view, Span span) {
  const Bytes text = trim(slice(view, span));
  if (text.empty()) return {span.start, span.start};
  const auto start = static_cast<std::size_t>(text.data() - view.data());
  return {start, start + text.size()};
}

// The end of a cell that begins with a quote: behind the quote that is not doubled.
std::size_t quoted_end(Bytes view, std::size_t start, std::size_t end) {
  for (std::size_t at = start + 1; at < end; ++at) {
    if (view[at] != view[start]) continue;
    if (at + 1 < end && view[at + 1] == view[start]) {
      ++at;
    } else {
      return at + 1;
    }
  }
  return end;
}

Row cut(Bytes view, Span line, std::string_view separator, bool quotes) {
  Row row;
  auto at = static_cast<std::size_t>(line.start);
  const auto end = static_cast<std::size_t>(line.end);
  while (row.count < kCellsMax) {
    std::size_t from = at;
    if (quotes && at < end && view[at] == '"') from = quoted_end(view, at, end);
    const std::size_t found = view.substr(0, end).find(separator, from);
    row.cells.at(row.count++) = trimmed(view, {at, std::min(found, end)});
    if (found == kNone) break;
    at = found + separator.size();
  }
  return row;
}

// Without the quotes or backticks around it.
Span bare(Bytes view, Span cell) {
  const Bytes text = slice(view, cell);
  if (text.size() < 2 || !is_quote(text.front()) || text.back() != text.front()) return cell;
  return trimmed(view, {cell.start + 1, cell.end - 1});
}

bool is_header_cell(Bytes text) {
  static constexpr CharSet kSigns(" .-()/#:_*");
  return !text.empty() && text.size() <= kHeaderCellMax &&
         all_are(text, [](char c) { return is_word(c) || is_high(c) || kSigns(c); }) &&
         (is_letter(text.front()) || is_high(text.front()) || text.front() == '*');
}

bool is_ruler(Bytes line) {
  static constexpr CharSet kSigns("|-: \t");
  return line.find("--") != kNone && all_are(line, kSigns);
}

struct Header {
  Style style = Style::kSeparated;
  std::string_view separator;  // of the rows
  Row row;
  std::size_t rows = 0;  // where they begin
};

// Only comments and the mark of UTF-8 stand before it.
bool is_first_line(Bytes view, std::size_t start) {
  if (start > kHeaderStartMax) return false;
  Bytes left = view.substr(0, start);
  if (left.starts_with("\xEF\xBB\xBF")) left.remove_prefix(3);
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size() - 1);
    const Bytes line = trim(left.substr(0, end));
    if (!line.empty() && line.front() != '#' && !starts_folded(line, "sep=")) return false;
    left.remove_prefix(end + 1);
  }
  return true;
}

std::string_view separator_of(Bytes line) {
  static constexpr std::array<std::string_view, 4> kSeparators = {"\t", ";", ",", "|"};
  const auto count = [&](std::string_view one) {
    return std::count(line.begin(), line.end(), one[0]);
  };
  return *std::max_element(kSeparators.begin(), kSeparators.end(),
                           [&](auto a, auto b) { return count(a) < count(b); });
}

// `line` without the bars at its ends.
Span inside_bars(Bytes view, Span line, std::string_view bar) {
  Span inner = trimmed(view, line);
  if (slice(view, inner).starts_with(bar)) inner.start += bar.size();
  if (slice(view, inner).ends_with(bar)) inner.end -= bar.size();
  return inner;
}

std::optional<Header> header_at(Bytes view, Span line) {
  const Bytes text = trim(slice(view, line));
  Header header;
  header.rows = behind_line(view, static_cast<std::size_t>(line.start));
  if (text.starts_with("||")) {
    header.style = Style::kWiki;
    header.separator = "|";
    header.row = cut(view, inside_bars(view, line, "||"), "||", false);
  } else if (text.starts_with('|')) {
    const Span ruler = line_at(view, header.rows);
    if (header.rows >= view.size() || !is_ruler(slice(view, ruler))) return std::nullopt;
    header.style = Style::kMarkdown;
    header.separator = "|";
    header.row = cut(view, inside_bars(view, line, "|"), "|", false);
    header.rows = behind_line(view, header.rows);
  } else {
    if (!is_first_line(view, static_cast<std::size_t>(line.start))) return std::nullopt;
    header.separator = separator_of(text);
    header.row = cut(view, line, header.separator, true);
  }
  if (header.row.count < 2) return std::nullopt;
  for (std::size_t i = 0; i < header.row.count; ++i) {
    if (!is_header_cell(slice(view, bare(view, header.row.cells.at(i))))) return std::nullopt;
  }
  return header;
}

// The header cell that `stem` names.
std::optional<std::size_t> column_of(Bytes view, const Header& header, Span stem) {
  for (std::size_t i = 0; i < header.row.count; ++i) {
    if (names_secret_column(view, bare(view, header.row.cells.at(i)), stem)) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> account_column(Bytes view, const Header& header) {
  for (std::size_t i = 0; i < header.row.count; ++i) {
    if (is_account_column(slice(view, bare(view, header.row.cells.at(i))))) return i;
  }
  return std::nullopt;
}

// A ruler, or a header of a wiki, begins another table: so each row is read for one table.
bool ends_table(Style style, Bytes line) {
  if (style == Style::kSeparated) return false;
  if (!line.starts_with('|')) return true;
  return style == Style::kWiki ? line.starts_with("||") : is_ruler(line);
}

void read_rows(Bytes view, const Header& header, std::size_t column, const ColumnVisitor& visit) {
  const auto account = account_column(view, header);
  const bool bars = header.style != Style::kSeparated;
  const std::size_t limit = std::min(view.size(), header.rows + kRowsBytesMax);
  for (std::size_t next = header.rows; next < limit;) {
    const Span text = line_at(view, next);
    next = behind_line(view, next);
    if (ends_table(header.style, trim(slice(view, text)))) return;
    if (text.size() > kLineMax) continue;
    const Span cells = bars ? inside_bars(view, text, header.separator) : text;
    const Row row = cut(view, cells, header.separator, !bars);
    if (row.count <= column) continue;
    Assignment found;
    found.whole = row.cells.at(column);
    found.key = bare(view, header.row.cells.at(column));
    found.value = bare(view, found.whole);
    found.notation = Notation::kNamed;
    if (found.value.size() != found.whole.size()) {
      found.quote = view[static_cast<std::size_t>(found.whole.start)];
    }
    if (account && *account != column && *account < row.count) {
      found.account = bare(view, row.cells.at(*account));
    }
    if (!found.value.empty()) visit(found);
  }
}

}  // namespace

bool may_hold_table(std::string_view path) {
  static constexpr WordList kEndings({"csv", "tsv", "psv", "tab", "txt", "text", "dat", "lst", "md",
                                      "markdown", "mdx", "rst", "adoc", "wiki", "confluence", "log",
                                      "out", "list"});
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  return dot == kNone || kEndings.holds(name.substr(dot + 1));
}

Look read_column(Bytes view, Span stem, const ColumnVisitor& visit) {
  // Of most stems their line says that they stand in no header. Both looks are bounded: one line
  // may be all of a large file.
  const auto at = static_cast<std::size_t>(stem.start);
  const std::size_t low = at > kLineMax ? at - kLineMax : 0;
  const std::size_t before = view.substr(low, at - low).rfind('\n');
  if (before == kNone && low > 0) return {};
  const std::size_t start = before == kNone ? 0 : low + before + 1;
  const std::size_t mark = view.find_first_not_of(" \t", start);
  if (start > kHeaderStartMax && (mark == kNone || view[mark] != '|')) {
    return {};
  }
  const Bytes ahead = view.substr(start, kLineMax + 1);
  if (ahead.find('\n') == kNone && ahead.size() > kLineMax) return {{}, true};
  const auto header = header_at(view, line_at(view, start));
  if (!header) return {{}, true};
  if (const auto column = column_of(view, *header, stem)) read_rows(view, *header, *column, visit);
  return {{}, true};
}

}  // namespace nhi
