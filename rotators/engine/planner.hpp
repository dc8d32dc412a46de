// planner.hpp - from a credential in the inventory to a plan, or to the reason why there is none.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugins/host/pin.hpp"
#include "plugins/host/session.hpp"
#include "plugins/protocol/reply.hpp"
#include "rotators/engine/place_io.hpp"
#include "rotators/engine/plan.hpp"
#include "rotators/engine/rotation_config.hpp"
#include "scanner/identity/derive.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

struct PlanRequest {
  std::string run_id;
  std::string credential_id;
  std::string identity;  // which, if the value opens several; empty: the only one
  RunMode mode = RunMode::kScheduled;
  std::optional<GuardCause> cause = std::nullopt;  // none: as the mode says
  std::optional<Override> set_aside = std::nullopt;
  // What people state, and the inventory cannot know.
  bool agreed_test = false;
  bool fallback_given_up = false;
  bool unused = false;
  std::string planner;  // the user that asks
};

/// A place on the disk of this host.
struct OnDisk {
  std::string path;      // absolute
  std::string git_root;  // of the repository it belongs to; empty for none
};

struct PlanSources {
  const std::vector<Finding>* findings = nullptr;  // all of the inventory
  const Derived* derived = nullptr;
  const Inventory::SweepRow* sweep = nullptr;
  const RotationConfig* config = nullptr;
  std::vector<PluginPin> pins;
  SessionOptions session;
  const FingerprintKey* key = nullptr;
  const PlaceIo* places = nullptr;
  std::string host;             // this one's name
  std::set<std::string> ended;  // accounts at which rotations ended the credential's value before
  /// None for a place that is not of this host.
  std::function<std::optional<OnDisk>(const Finding&)> on_disk;
  /// Called before the value that a rotator logs in with is given to it.
  std::function<Result<void>(const std::string& purpose, const std::string& rotator)> given;
  Instant now;
};

/// Errors: kBadUse with the rule, the descriptor or the setting that forbids it; those of the
/// rotator and of reading.
[[nodiscard]] Result<Plan> make_plan(const PlanRequest& request, const PlanSources& sources);

/// What the guard says of an action on a credential, towards each dependency that it concerns; of
/// none it says yes.
[[nodiscard]] std::vector<PlannedVerdict> guard_verdicts(
    const PlanRequest& request, GuardAction action, bool overlap,
    const std::vector<Finding>& findings, const std::vector<Dependency>& dependencies, Instant now,
    Instant removal);
[[nodiscard]] GuardAction action_of(RunMode mode);
[[nodiscard]] GuardCause cause_of(const PlanRequest& request);

/// Findings of the credential that have to hold the new value: present, and not in history only.
[[nodiscard]] std::vector<const Finding*> places_of(const std::string& credential_id,
                                                    const std::vector<Finding>& findings);

}  // namespace nhi
