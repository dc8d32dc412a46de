// csv.hpp - findings as a table that opens safely in a spreadsheet and can be read back.
// A list is one cell with a JSON array in it; csv_text.hpp says how cells are made safe.
#pragma once

#include <string>

#include "scanner/report/csv_text.hpp"
#include "scanner/report/report.hpp"

namespace nhi {

[[nodiscard]] std::string render_csv(const ReportData& data);

}  // namespace nhi
