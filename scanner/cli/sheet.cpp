#include "scanner/cli/sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "scanner/base/file.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/report/csv_text.hpp"

namespace nhi {
namespace {

constexpr std::size_t kFaultsShown = 50;
constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

// Takes the header, then one row after another, keeping only the cells that are asked for.
class SheetReader {
 public:
  SheetReader(const std::vector<SheetColumn>& columns, Sheet& sheet, SheetFaults& faults)
      : columns_(columns), sheet_(sheet), faults_(faults) {}
  Result<void> take(CsvRecord record);
  [[nodiscard]] bool has_header() const { return width_ != 0; }

 private:
  Result<void> take_header(const CsvRecord& record);

  const std::vector<SheetColumn>& columns_;
  Sheet& sheet_;
  SheetFaults& faults_;
  std::size_t width_ = 0;
  std::vector<std::size_t> at_;  // place of each column in a row
};

Result<void> SheetReader::take_header(const CsvRecord& record) {
  width_ = record.cells.size();
  for (const SheetColumn& column : columns_) {
    std::size_t found = kAbsent;
    for (std::size_t i = 0; i < width_; ++i) {
      const std::string& heading = record.cells[i];
      if (heading != column.name && (column.short_name.empty() || heading != column.short_name)) {
        continue;
      }
      if (found != kAbsent) {
        return fail(ErrorCode::kBadUse, fmt::format("column '{}' is there twice", heading),
                    fmt::format("{}:{}", sheet_.file, record.line));
      }
      found = i;
    }
    if (found == kAbsent && column.required) {
      return fail(ErrorCode::kBadUse, fmt::format("there is no column '{}'", column.name),
                  fmt::format("{}:{}", sheet_.file, record.line),
                  "the first line names the columns, parted by commas");
    }
    at_.push_back(found);
    sheet_.headings.emplace_back(found == kAbsent ? std::string(column.name) : record.cells[found]);
  }
  return {};
}

Result<void> SheetReader::take(CsvRecord record) {
  if (width_ == 0) return take_header(record);
  const bool blank = std::all_of(record.cells.begin(), record.cells.end(),
                                 [](const std::string& cell) { return cell.empty(); });
  if (blank) return {};
  if (record.cells.size() > width_) {
    faults_.add(record.line, fmt::format("{}", width_ + 1), "more cells than the first line names");
    return {};
  }
  SheetRow row;
  row.line = record.line;
  for (const std::size_t at : at_) {
    row.cells.push_back(at < record.cells.size() ? std::move(record.cells[at]) : std::string());
  }
  sheet_.rows.push_back(std::move(row));
  return {};
}

}  // namespace

void SheetFaults::add(std::size_t line, std::string_view column, std::string_view what,
                      std::string_view hint) {
  ++total_;
  if (lines_.size() == kFaultsShown) return;
  lines_.push_back(fmt::format("{}:{}: column {}: {}{}{}", printable(file_), line,
                               printable(std::string(column)), printable(std::string(what)),
                               hint.empty() ? "" : "; ", hint));
}

Result<void> SheetFaults::settle() const {
  if (total_ == 0) return {};
  for (const std::string& line : lines_) fmt::print(stderr, "nhisweep: {}\n", line);
  if (total_ > lines_.size()) {
    fmt::print(stderr, "nhisweep: and {} more\n", total_ - lines_.size());
  }
  return fail(ErrorCode::kBadUse,
              fmt::format("{} {} the file: nothing was done", total_,
                          total_ == 1 ? "fault in" : "faults in"),
              file_);
}

Result<Sheet> read_sheet(const std::string& file, const std::vector<SheetColumn>& columns,
                         SheetFaults& faults) {
  NHI_TRY(const std::string text, read_small_file(file, kSheetBytesMax));
  Sheet sheet;
  sheet.file = file;
  SheetReader reader(columns, sheet, faults);
  auto read = read_csv(text, [&](CsvRecord record) { return reader.take(std::move(record)); });
  if (!read) {
    Error& error = read.error();
    if (error.code != ErrorCode::kBadUse) {
      error.code = ErrorCode::kBadUse;
      error.subject = file + ", " + error.subject;
    }
    return fail(std::move(error));
  }
  if (!reader.has_header()) return fail(ErrorCode::kBadUse, "the file is empty", file);
  return sheet;
}

}  // namespace nhi
