#include <algorithm>

#include "rotators/engine/planner.hpp"

namespace nhi {

GuardAction action_of(RunMode mode) {
  if (mode == RunMode::kRevokeOnly) return GuardAction::kRevoke;
  if (mode == RunMode::kAdopt) return GuardAction::kVerify;
  return GuardAction::kRotate;
}

GuardCause cause_of(const PlanRequest& request) {
  if (request.cause) return *request.cause;
  switch (request.mode) {
    case RunMode::kExposed:
    case RunMode::kEmergency:
      return GuardCause::kLeaked;
    case RunMode::kRevokeOnly:
      return GuardCause::kRetirement;
    default:
      return GuardCause::kHygiene;
  }
}

std::vector<PlannedVerdict> guard_verdicts(const PlanRequest& request, GuardAction action,
                                           bool overlap, const std::vector<Finding>& findings,
                                           const std::vector<Dependency>& dependencies, Instant now,
                                           Instant removal) {
  std::vector<const Finding*> places;
  for (const Finding& finding : findings) {
    if (finding.credential_id == request.credential_id) places.push_back(&finding);
  }
  std::vector<PlannedVerdict> verdicts;
  const auto ask = [&](GuardCase asked, const std::string& id, const std::string& system) {
    asked.cause = cause_of(request);
    asked.overlap = overlap;
    asked.agreed_test = request.agreed_test;
    asked.fallback_given_up = request.fallback_given_up;
    asked.unused = request.unused;
    GuardVerdict verdict = permits(asked, action, now, removal);
    verdicts.push_back({id, system, std::string(to_string(asked.cis_class)),
                        std::string(to_string(action)), verdict.permitted, std::move(verdict.rule),
                        std::move(verdict.because), std::move(verdict.conditions)});
  };
  for (const Dependency& dependency : dependencies) {
    if (!concerns(dependency, request.credential_id)) continue;
    ask(case_of(request.credential_id, places, dependency, now), dependency.id, dependency.system);
  }
  if (verdicts.empty()) {
    GuardCase alone;
    alone.cis_class = CisClass::kUnrelated;
    // A Spine credential is one without any dependency too.
    if (std::any_of(places.begin(), places.end(),
                    [](const Finding* place) { return is_shared_spine(*place); })) {
      alone.cis_class = CisClass::kSharedSpine;
    }
    ask(alone, {}, {});
  }
  return verdicts;
}

}  // namespace nhi
