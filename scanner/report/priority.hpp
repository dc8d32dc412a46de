// priority.hpp - which credential to look at first, and why: points that can be added up by hand.
//
// Six questions, at most 100 points. A credential that needs nobody tonight is set aside: it stands
// behind all others, whatever its points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/report/overview.hpp"

namespace nhi {

inline constexpr unsigned kPriorityMax = 100;  // the sum of the most that each part can give

struct PriorityPart {
  std::string_view name;  // "environment", "in-head", "readable-by-all", "sites", "cis1", "age"
  unsigned points = 0;
  std::string why;  // "in a live system"
};

struct Priority {
  unsigned points = 0;              // the sum of the parts
  std::vector<PriorityPart> parts;  // always all six, in this order
  /// Why it needs nobody: "dead", "residue", "human", "false-positive" or
  /// "excepted"; empty if it counts.
  std::string_view set_aside;
};

/// Shapes: `view` is one of the overview made of `data`.
[[nodiscard]] Priority priority_of(const CredentialView& view, const ReportData& data);

/// "72 of 100: in a live system 30, in a file or HEAD now 20, …"; parts without points are left
/// out. "set aside (dead): …" before it where it does not count.
[[nodiscard]] std::string priority_sentence(const Priority& priority);

/// Places in overview.credentials, first to look at first: what counts before what is set aside,
/// then by points, then severity, then id.
[[nodiscard]] std::vector<std::size_t> priority_order(const ReportData& data,
                                                      const Overview& overview);

/// Puts findings and credentials into that order. Findings without a credential follow those whose
/// credential counts; equals keep their order. Errors: none.
void rank(ReportData& data);

}  // namespace nhi
