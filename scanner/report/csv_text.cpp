#include "scanner/report/csv_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace nhi {
namespace {

// U+FF1D, U+FF0B, U+FF0D, U+FF20: full-width = + - @.
constexpr std::array<std::string_view, 4> kFullWidth = {"\xEF\xBC\x9D", "\xEF\xBC\x8B",
                                                        "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

bool starts_like_formula(std::string_view cell) {
  if (cell.empty()) return false;
  if (std::string_view("=+-@\t\r\n'").find(cell.front()) != std::string_view::npos) return true;
  return std::any_of(kFullWidth.begin(), kFullWidth.end(),
                     [&](std::string_view prefix) { return cell.starts_with(prefix); });
}

bool may_begin_a_cell(std::string_view cell, std::size_t at) {
  return at == 0 || cell[at - 1] == ';' || cell[at - 1] == '\t';
}

std::string rfc_quoted(std::string_view cell) {
  const bool plain = cell.find_first_of(",\"\r\n") == std::string_view::npos &&
                     (cell.empty() || (cell.front() != ' ' && cell.back() != ' '));
  if (plain) return std::string(cell);
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  return out;
}

// What read_csv() is in the middle of.
class Reader {
 public:
  explicit Reader(const CsvSink& sink) : sink_(sink) {}
  Result<void> read(std::string_view text);

 private:
  Result<void> take(std::string_view text, std::size_t& at);
  Result<void> end_cell();
  Result<void> end_row();
  [[nodiscard]] Unexpected<Error> refused(ErrorCode code, const char* what) const {
    return fail(code, what, fmt::format("line {}", line_));
  }

  const CsvSink& sink_;
  CsvRecord record_;
  std::string cell_;
  std::size_t line_ = 1;
  bool in_quotes_ = false;
  bool was_quoted_ = false;
};

Result<void> Reader::end_cell() {
  if (record_.cells.size() == kCsvCellsMax) return refused(ErrorCode::kTooLarge, "too many cells");
  record_.cells.push_back(restored(cell_));
  cell_.clear();
  was_quoted_ = false;
  return {};
}

Result<void> Reader::end_row() {
  NHI_CHECK_OK(end_cell());
  NHI_CHECK_OK(sink_(std::move(record_)));
  record_ = {};
  return {};
}

// Takes the byte at `at`, or the pair that it begins.
Result<void> Reader::take(std::string_view text, std::size_t& at) {
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (record_.cells.empty() && cell_.empty() && !was_quoted_) record_.line = line_;
  if (c == '\n') ++line_;
  if (in_quotes_) {
    if (c == '"' && next != '"') {
      in_quotes_ = false;
      return {};
    }
    if (c == '"') ++at;
    cell_ += c;
    return {};
  }
  if (c == '"' && cell_.empty() && !was_quoted_) {
    in_quotes_ = was_quoted_ = true;
    return {};
  }
  if (c == ',') return end_cell();
  if (c == '\n') return end_row();
  if (c == '\r' && next == '\n') {
    ++at;
    ++line_;
    return end_row();
  }
  if (was_quoted_) return refused(ErrorCode::kMalformed, "text after a closing quote");
  cell_ += c;
  return {};
}

Result<void> Reader::read(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a spreadsheet's mark
  for (std::size_t at = 0; at < text.size(); ++at) NHI_CHECK_OK(take(text, at));
  if (in_quotes_) return refused(ErrorCode::kMalformed, "a quote is never closed");
  if (cell_.empty() && !was_quoted_ && record_.cells.empty()) return {};
  return end_row();
}

}  // namespace

std::string neutralised(std::string_view cell) {
  std::string out;
  for (std::size_t at = 0; at < cell.size(); ++at) {
    if (may_begin_a_cell(cell, at) && starts_like_formula(cell.substr(at))) out += '\'';
    out += cell[at];
  }
  return out;
}

std::string restored(std::string_view cell) {
  std::string out;
  for (std::size_t at = 0; at < cell.size(); ++at) {
    const bool is_ours =
        cell[at] == '\'' && may_begin_a_cell(cell, at) && starts_like_formula(cell.substr(at + 1));
    if (is_ours) ++at;
    out += cell[at];
  }
  return out;
}

std::string csv_line(const CsvRow& cells) {
  std::string out;
  bool is_first = true;
  for (const std::string& cell : cells) {
    if (!is_first) out += ',';
    is_first = false;
    out += rfc_quoted(neutralised(cell));
  }
  out += "\r\n";
  return out;
}

Result<void> read_csv(std::string_view text, const CsvSink& sink) {
  return Reader(sink).read(text);
}

Result<std::vector<CsvRow>> parse_csv(std::string_view text) {
  std::vector<CsvRow> rows;
  NHI_CHECK_OK(read_csv(text, [&](CsvRecord record) -> Result<void> {
    rows.push_back(std::move(record.cells));
    return {};
  }));
  return rows;
}

}  // namespace nhi
