// sheet.hpp - a CSV file that people filled in: the columns a command asks for, row by row, and
// every fault in it named by line and column before anything is done.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"

namespace nhi {

inline constexpr std::size_t kSheetBytesMax = std::size_t{256} << 20;  // 200,000 findings

struct SheetColumn {
  std::string_view name;        // as our own reports write it
  std::string_view short_name;  // as people write it by hand; empty: there is none
  bool required = false;
};

struct SheetRow {
  std::size_t line = 0;            // on which it begins, from 1
  std::vector<std::string> cells;  // in the order of the columns asked for; empty where absent
};

// Faults, in the order of the file. A command prints them all and does nothing if there is one.
class SheetFaults {
 public:
  explicit SheetFaults(std::string file) : file_(std::move(file)) {}
  void add(std::size_t line, std::string_view column, std::string_view what,
           std::string_view hint = {});
  [[nodiscard]] bool any() const { return total_ != 0; }
  /// Prints the first of them to standard error, also under --quiet: they are why nothing is done.
  /// Errors: kBadUse if there is one.
  [[nodiscard]] Result<void> settle() const;

 private:
  std::string file_;
  std::vector<std::string> lines_;
  std::size_t total_ = 0;
};

struct Sheet {
  std::string file;
  std::vector<std::string> headings;  // as the file writes them, in the order asked for
  std::vector<SheetRow> rows;         // without those that are empty
};

/// Rows with more cells than headings are faults. Errors: kBadUse for a file that is no CSV, lacks
/// a required column or has one twice; kIo; kTooLarge over kSheetBytesMax.
[[nodiscard]] Result<Sheet> read_sheet(const std::string& file,
                                       const std::vector<SheetColumn>& columns,
                                       SheetFaults& faults);

}  // namespace nhi
