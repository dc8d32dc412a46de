// planner_places.hpp - which artefacts a rotation has to rewrite; of planner.cpp only.
#pragma once

#include <vector>

#include "rotators/engine/planner.hpp"

namespace nhi {

/// By artefact, in the order of reports.
[[nodiscard]] std::vector<PlannedPlace> planned_places(const std::vector<const Finding*>& findings,
                                                       const std::string& fingerprint_wanted,
                                                       bool needs_accounts,
                                                       const std::string& account,
                                                       const PlanSources& sources);

/// What else the plan's value stands for, in words: accounts that the rotation does not touch, and
/// places that it does not know and that name none. While there is one the value is not dead,
/// whatever its own account says. `ended`: accounts at which the value is dead already.
[[nodiscard]] std::vector<std::string> other_uses(const Plan& plan,
                                                  const std::vector<Finding>& findings,
                                                  const std::set<std::string>& ended);

/// What the plan does not see: a sentence each.
[[nodiscard]] std::vector<BlindSpot> blind_spots_of(const Plan& plan,
                                                    const std::vector<const Finding*>& findings,
                                                    const InspectReply& seen,
                                                    const PlanSources& sources);

}  // namespace nhi
