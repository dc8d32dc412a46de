#include "scanner/match/sql_rows.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/match/any_text.hpp"
#include "scanner/match/column_names.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kColumnsMax = 64;
constexpr std::size_t kNamesBytesMax = 4 * kKiB;
constexpr std::size_t kTableNameMax = 256;
constexpr std::size_t kBehindNameMax = kLookedBehind - 1;
constexpr std::size_t kRowBytesMax = 8 * kKiB;
constexpr std::size_t kRowsBytesMax = 4 * kMiB;

// As pg_dump writes it.
constexpr std::string_view kFromInput = "from stdin";

// Of names: `login`, "login", [login].
constexpr CharSet kNameMarks("\"`[]");

std::size_t skip_space(Bytes view, std::size_t at) {
  while (at < view.size() && is_space(view[at])) ++at;
  return at;
}

bool eat_word(Bytes view, std::size_t& at, std::string_view lower_word) {
  const Bytes rest = view.substr(at);
  if (!starts_folded(rest, lower_word)) return false;
  if (rest.size() > lower_word.size() && is_word(rest[lower_word.size()])) return false;
  at = skip_space(view, at + lower_word.size());
  return true;
}

Span trimmed(Bytes view, std::size_t start, std::size_t end, const auto& test) {
  while (start < end && test(view[start])) ++start;
  while (end > start && test(view[end - 1])) --end;
  return {start, end};
}

// The list of columns around a stem.
struct Columns {
  std::array<Span, kColumnsMax> names;
  std::size_t count = 0;
  std::size_t open = 0;    // its bracket
  std::size_t behind = 0;  // its closing bracket
};

bool stands_in_names(char c) { return is_word(c) || is_space(c) || kNameMarks(c) || c == ','; }

// `looked`: what was read of the list, and where the name of its table stands.
std::optional<Columns> columns_around(Bytes view, Span stem, Span& looked) {
  const auto start = static_cast<std::size_t>(stem.start);
  const std::size_t low = start > kNamesBytesMax ? start - kNamesBytesMax : 0;
  // Long lists of words are no lists of columns: most of them end here.
  std::size_t commas = 0;
  std::size_t open = start;
  while (open > low && stands_in_names(view[open - 1]) && commas < kColumnsMax) {
    commas += view[--open] == ',' ? 1 : 0;
  }
  looked = {open > kTableNameMax + 1 ? open - kTableNameMax - 1 : 0, stem.end};
  if (open == low || view[open - 1] != '(') return std::nullopt;
  Columns columns;
  columns.open = open - 1;
  const std::size_t limit = std::min(view.size(), open + kNamesBytesMax);
  const auto is_margin = [](char c) { return is_space(c) || kNameMarks(c); };
  for (std::size_t from = open, at = open; at < limit && columns.count < kColumnsMax; ++at) {
    looked.end = std::max<std::uint64_t>(looked.end, at + 1);
    if (view[at] != ',' && view[at] != ')') {
      if (!stands_in_names(view[at])) return std::nullopt;
      continue;
    }
    columns.names.at(columns.count++) = trimmed(view, from, at, is_margin);
    from = at + 1;
    if (view[at] == ')') {
      columns.behind = from;
      return columns;
    }
  }
  return std::nullopt;
}

// Does `INSERT INTO a.table`, `COPY a.table` or the INSERT of a MERGE stand before the list?
bool follows_table(Bytes view, std::size_t open) {
  const std::size_t low = open > kTableNameMax ? open - kTableNameMax : 0;
  const Bytes before = trim(view.substr(low, open - low));
  const std::size_t name = find_last(before, is_space);
  if (name == Bytes::npos) return false;
  if (equals_folded(before.substr(name + 1), "insert")) return true;
  const Bytes left = trim(before.substr(0, name));
  const auto ends_with = [left](std::string_view word) {
    return left.size() >= word.size() &&
           equals_folded(left.substr(left.size() - word.size()), word) &&
           (left.size() == word.size() || !is_word(left[left.size() - word.size() - 1]));
  };
  return ends_with("into") || ends_with("copy") || ends_with("overwrite table");
}

// One value of a row: `'x'`, `N'x'`, `PASSWORD('x')`, `42`.
struct Item {
  Span whole;
  Span text;  // within the first quotes, or empty
  char quote = '\0';
};

// Reads up to the comma or the bracket that ends the item; false where none does.
bool read_item(Bytes view, std::size_t& at, std::size_t limit, Item& item) {
  item = {};
  const std::size_t start = at = skip_space(view, at);
  std::size_t depth = 0;
  while (at < limit) {
    const char c = view[at];
    if (c == '\'' || c == '"') {
      std::size_t end = at + 1;
      while (end < limit && view[end] != c) end += view[end] == '\\' ? 2U : 1U;
      if (end >= limit) return false;
      const bool is_continued = item.quote != '\0' && item.text.end + 1 == at;  // 'it''s'
      if (is_continued) {
        item.text.end = end;
      } else if (item.quote == '\0') {
        item.text = {at + 1, end};
        item.quote = c;
      }
      at = end + 1;
      continue;
    }
    if (c == ';') return false;
    if (depth == 0 && (c == ',' || c == ')')) break;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    ++at;
  }
  if (at >= limit) return false;
  item.whole = trimmed(view, start, at, is_space);
  return true;
}

// A text that code puts together holds no literal: `'" + password + "'`.
bool is_joined(Bytes text) {
  return text.find("\" +") != Bytes::npos || text.find("\" .") != Bytes::npos ||
         text.find("' +") != Bytes::npos || text.starts_with('"');
}

// The item is its text (`'x'`, `N'x'`, `'x'::text`) or a call with it (`PASSWORD('x')`); not a part
// of one (`'x' || y`), and no question to another table.
bool holds_text(Bytes view, const Item& item) {
  if (item.text.empty()) return false;
  if (item.quote == '\t') return true;
  if (is_joined(slice(view, item.text))) return false;
  const Bytes before = slice(view, {item.whole.start, item.text.start - 1});
  const Bytes behind = slice(view, {item.text.end + 1, item.whole.end});
  const bool call = before.find('(') != Bytes::npos && is_word(before.front());
  return call || (all_are(before, is_word) && (behind.empty() || behind.starts_with("::")));
}

// The list of columns of another statement ends in the row, which quotes it. Each row is so read
// for one list, however statements are put into each other.
bool holds_statement(Bytes row) {
  for (std::size_t at = row.find(')'); at != Bytes::npos; at = row.find(')', at + 1)) {
    if (starts_folded(row.substr(skip_space(row, at + 1)), "value")) return true;
  }
  return false;
}

class RowReader {
 public:
  RowReader(Bytes view, const Columns& columns, std::size_t column, const ColumnVisitor& visit)
      : view_(view), columns_(columns), column_(column), visit_(visit) {
    for (std::size_t i = 0; i < columns.count && account_ == columns.count; ++i) {
      if (i != column && is_account_column(slice(view, columns.names.at(i)))) account_ = i;
    }
  }

  void read() const {
    std::size_t at = skip_space(view_, columns_.behind);
    if (eat_word(view_, at, "values") || eat_word(view_, at, "value")) return read_tuples(at);
    if (!starts_folded(view_.substr(at), kFromInput)) return;
    read_copied(at + kFromInput.size());
  }

 private:
  void read_tuples(std::size_t at) const {
    const std::size_t most = std::min(view_.size(), at + kRowsBytesMax);
    while (at < most && view_[at] == '(') {
      const std::size_t start = at;
      const std::size_t limit = std::min(view_.size(), ++at + kRowBytesMax);
      Item wanted;
      Item account;
      std::size_t count = 0;
      for (; count < kColumnsMax; ++count) {
        Item item;
        if (!read_item(view_, at, limit, item)) return;
        if (count == column_) wanted = item;
        if (count == account_) account = item;
        if (view_[at++] == ')') break;
      }
      // Of another number of values nobody knows which belongs where.
      if (count + 1 == columns_.count) hand_over(wanted, account);
      if (holds_statement(view_.substr(start, at - start))) return;
      at = skip_space(view_, at);
      if (at >= most || view_[at] != ',') return;
      at = skip_space(view_, at + 1);
    }
  }

  // Lines of cells between tabs, up to `\.` or to the next statement.
  void read_copied(std::size_t at) const {
    static const AnyText kNext({std::string(kFromInput)});
    const std::size_t most = std::min(view_.size(), at + kRowsBytesMax);
    Bytes line = take_line(at);
    if (!trim(line).empty() && trim(line) != ";") return;  // with options: other separators
    while (at < most) {
      line = take_line(at);
      if (line.starts_with("\\.") || kNext.stands_in(line)) return;
      if (line.size() <= kRowBytesMax) read_line(line);
    }
  }

  // The line at `at`, which is moved behind it.
  Bytes take_line(std::size_t& at) const {
    const std::size_t start = at;
    const std::size_t end = std::min(view_.find('\n', start), view_.size());
    at = std::min(end + 1, view_.size());
    const Bytes line = view_.substr(start, end - start);
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
  }

  void read_line(Bytes line) const {
    const auto base = static_cast<std::size_t>(line.data() - view_.data());
    Item wanted;
    Item account;
    for (std::size_t from = 0, count = 0; count < columns_.count && from <= line.size(); ++count) {
      const std::size_t end = std::min(line.find('\t', from), line.size());
      const Span cell{base + from, base + end};
      if (line.substr(from, end - from) != "\\N") {
        if (count == column_) wanted = {cell, cell, '\t'};
        if (count == account_) account = {cell, cell, '\t'};
      }
      from = end + 1;
    }
    hand_over(wanted, account);
  }

  void hand_over(const Item& item, const Item& account) const {
    if (!holds_text(view_, item)) return;
    Assignment found;
    found.whole = item.whole;
    found.key = columns_.names.at(column_);
    found.value = item.text;
    found.notation = Notation::kNamed;
    if (item.quote != '\t') found.quote = item.quote;
    if (holds_text(view_, account)) found.account = account.text;
    visit_(found);
  }

  Bytes view_;
  const Columns& columns_;
  std::size_t column_;
  const ColumnVisitor& visit_;
  std::size_t account_ = columns_.count;
};

}  // namespace

Look read_sql_rows(Bytes view, Span stem, const ColumnVisitor& visit) {
  // What stands behind most names says that they stand in no list. One word may be all of a file.
  const Bytes behind = view.substr(static_cast<std::size_t>(stem.end), kBehindNameMax);
  std::size_t at = 0;
  while (at < behind.size() && is_word(behind[at])) ++at;
  while (at < behind.size() && (kNameMarks(behind[at]) || is_space(behind[at]))) ++at;
  if (at == behind.size() || (behind[at] != ',' && behind[at] != ')')) return {};
  Span looked;
  const auto columns = columns_around(view, stem, looked);
  if (!columns || !follows_table(view, columns->open)) return {looked};
  for (std::size_t i = 0; i < columns->count; ++i) {
    if (!names_secret_column(view, columns->names.at(i), stem)) continue;
    RowReader(view, *columns, i, visit).read();
    break;
  }
  return {{}, true};
}

}  // namespace nhi
