// groups.hpp - credentials summed up by the system or the owner that has to act on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/report/report.hpp"

namespace nhi {

enum class GroupBy : std::uint8_t { kCredential, kSystem, kOwner };
[[nodiscard]] std::optional<GroupBy> parse_group_by(std::string_view text);

struct Group {
  std::string name;               // of system or owner; empty: none is known
  std::uint64_t credentials = 0;  // all of them but people's own
  std::uint64_t people = 0;       // values of people or of tests; they are in no other number
  std::uint64_t counted = 0;      // those that are not set aside
  std::uint64_t sites = 0;        // places that are there
  std::uint64_t fresh = 0;        // places that are new
  unsigned points = 0;            // the highest priority among those that count
  std::string first;              // credential id with that priority; empty if none counts
};

/// Groups with the weightiest first: by points, then by the number that count, then by name. A
/// credential of two systems or owners stands in both groups.
[[nodiscard]] std::vector<Group> groups_of(const ReportData& data, GroupBy by);

/// Text, JSON or JSONL; kCredential gives the list of credentials itself. `limit` 0 = all.
/// Errors: kBadUse for a format that has no such list.
[[nodiscard]] Result<std::string> render_groups(GroupBy by, ReportFormat format,
                                                const ReportData& data, std::uint64_t limit);

}  // namespace nhi
