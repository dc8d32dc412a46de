// headlines.hpp - each headline number by its name, with the command that lists what it counts.
//
// The numbers of contracts section 7 under the names by which a sweep stores them. A number here is
// the size of its list, so that the two cannot disagree.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scanner/report/overview.hpp"

namespace nhi {

enum class HeadlineOf : std::uint8_t { kFindings, kCredentials, kDependencies, kCoverage };

struct Headline {
  std::string_view name;  // of --measure, of the stored measure and of the page's list
  HeadlineOf of = HeadlineOf::kFindings;
  std::uint16_t list = 0;            // kCredentials, kDependencies: the bit of the list
  std::optional<Presence> presence;  // kFindings: only these
};

/// In the order in which they are printed.
[[nodiscard]] std::span<const Headline> headlines();
/// None if no number has this name.
[[nodiscard]] const Headline* find_headline(std::string_view name);
/// The command whose rows it counts: "nhisweep credentials list --measure cis1-stale".
[[nodiscard]] std::string headline_command(const Headline& headline, const std::string& inventory);
[[nodiscard]] std::uint64_t headline_number(const Headline& headline, const ReportData& data,
                                            const Overview& overview);
/// Takes out of the rows of its kind what the number does not count.
void keep_headline(const Headline& headline, ReportData& data);
/// One line for each number that is not 0: its command, and the number as a comment.
[[nodiscard]] std::string headline_lists(const ReportData& data, const Overview& overview);

}  // namespace nhi
