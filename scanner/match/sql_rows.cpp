#include "scanner/match/sql_rows.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/match/column_names.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kColumnsMax = 64;
constexpr std::size_t kNamesBytesMax = 4 * kKiB;
constexpr std::size_t kTableNameMax = 256;
constexpr std::size_t kRowBytesMax = 8 * kKiB;
constexpr std::size_t kRowsBytesMax = 4 * kMiB;

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

std::optional<Columns> columns_around(Bytes view, Span stem) {
  const auto start = static_cast<std::size_t>(stem.start);
  const std::size_t low = start > kNamesBytesMax ? start - kNamesBytesMax : 0;
  // Long lists of words are no lists of columns: most of them end here.
  std::size_t commas = 0;
  std::size_t open = start;
  while (open > low && stands_in_names(view[open - 1]) && commas < kColumnsMax) {
    commas += view[--open] == ',' ? 1 : 0;
  }
  if (open == low || view[open - 1] != '(') return std::nullopt;
  Columns columns;
  columns.open = open - 1;
  const std::size_t limit = std::min(view.size(), open + kNamesBytesMax);
  const auto is_margin = [](char c) { return is_space(c) || kNameMarks(c); };
  for (std::size_t from = open, at = open; at < limit && columns.count < kColumnsMax; ++at) {
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
         text.find("' +") != Bytes::npos || text.starts_with('"') || text.find("||") != Bytes::npos;
}

// Of an item in a column: its text, unless it is a question to another table.
bool holds_text(Bytes view, const Item& item) {
  return item.quote != '\0' && view[static_cast<std::size_t>(item.whole.start)] != '(' &&
         !item.text.empty() && !is_joined(slice(view, item.text));
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
    if (eat_word(view_, at, "from") && eat_word(view_, at, "stdin")) return read_copied(at);
  }

 private:
  void read_tuples(std::size_t at) const {
    const std::size_t most = std::min(view_.size(), at + kRowsBytesMax);
    while (at < most && view_[at] == '(') {
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
      at = skip_space(view_, at);
      if (at >= most || view_[at] != ',') return;
      at = skip_space(view_, at + 1);
    }
  }

  // Lines of cells between tabs, up to `\.`.
  void read_copied(std::size_t at) const {
    const std::size_t most = std::min(view_.size(), at + kRowsBytesMax);
    for (at = std::min(view_.find('\n', at), most); at < most;) {
      const std::size_t start = at + 1;
      at = std::min(view_.find('\n', start), view_.size());
      const Bytes line = view_.substr(start, at - start);
      if (line.starts_with("\\.")) return;
      if (line.size() > kRowBytesMax) continue;
      Item wanted;
      Item account;
      std::size_t from = start;
      for (std::size_t count = 0; count < columns_.count; ++count) {
        const std::size_t end = std::min({view_.find('\t', from), at, view_.size()});
        const Item cell{{from, end}, {from, end}, '\t'};
        if (count == column_) wanted = cell;
        if (count == account_) account = cell;
        if (end == at) break;
        from = end + 1;
      }
      if (slice(view_, wanted.text) != "\\N") hand_over(wanted, account);
    }
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

void read_sql_rows(Bytes view, Span stem, const ColumnVisitor& visit) {
  // What stands behind most names says that they stand in no list.
  std::size_t behind = static_cast<std::size_t>(stem.end);
  while (behind < view.size() && is_word(view[behind])) ++behind;
  while (behind < view.size() && (kNameMarks(view[behind]) || is_space(view[behind]))) ++behind;
  if (behind >= view.size() || (view[behind] != ',' && view[behind] != ')')) return;
  const auto columns = columns_around(view, stem);
  if (!columns || !follows_table(view, columns->open)) return;
  for (std::size_t i = 0; i < columns->count; ++i) {
    if (!names_secret_column(view, columns->names.at(i), stem)) continue;
    return RowReader(view, *columns, i, visit).read();
  }
}

}  // namespace nhi
