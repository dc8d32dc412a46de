// report_reader.hpp - one finding out of a report that was written earlier.
#pragma once

#include <string>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

inline constexpr std::size_t kReportBytesMax = std::size_t{256} << 20;  // 200,000 findings
/// Longest line of one finding; ours stay below a tenth of it.
inline constexpr std::size_t kReportLineBytesMax = std::size_t{1} << 20;

/// The finding whose id begins with `prefix`, of a JSON or JSONL report as nhisweep writes it: one
/// finding a line. What explains it is read: what, where, why, fingerprint, site, git; no dates and
/// no decisions. `file` is for messages.
/// Errors: kBadUse if none or several begin so, or if the text is no such report; kMalformed for a
/// finding that is none.
[[nodiscard]] Result<Finding> read_reported_finding(std::string_view text, const std::string& file,
                                                    std::string_view prefix);

}  // namespace nhi
