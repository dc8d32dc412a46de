#include <fmt/format.h>

#include <algorithm>

#include "rotators/engine/plan.hpp"

namespace nhi {
namespace {

class Steps {
 public:
  explicit Steps(const Plan& plan) : plan_(plan) {}

  std::vector<PlannedStep> made() {
    add(StepKind::kPreflight,
        "read every place again, try the value at the provider, check the rotator's rights");
    switch (plan_.strategy) {
      case Strategy::kNoChange:
        add(StepKind::kVerifyNew, "prove that the value in the places is the one that works");
        break;
      case Strategy::kRevokeOnly:
        old_one_goes();
        break;
      case Strategy::kTwin:
      case Strategy::kSlots:
        plan_.mode == RunMode::kEmergency ? old_first() : with_overlap();
        break;
      case Strategy::kCutOver:
        cut_over();
        break;
    }
    return std::move(steps_);
  }

 private:
  PlannedStep& add(StepKind kind, std::string what, std::optional<std::size_t> place = {}) {
    steps_.push_back({kind, place, std::move(what), {}, {}, false});
    return steps_.back();
  }

  void create() {
    PlannedStep& step =
        add(StepKind::kCreate, fmt::format("make a new value for {}", plan_.new_account));
    if (plan_.strategy == Strategy::kCutOver) {
      step.no_return = true;
      step.breaks =
          "the old value dies with this step: consumers cannot log in until their place is written";
      return;
    }
    step.back = "revoke the new value, which nobody uses yet";
    if (plan_.strategy == Strategy::kTwin) {
      step.breaks = fmt::format("what {} had before stops working; nothing may use that account",
                                plan_.new_account);
      add(StepKind::kEnable, fmt::format("let {} log in, if it is switched off", plan_.new_account))
          .back = "switch it off again";
    }
  }

  void distribute() {
    for (std::size_t i = 0; i < plan_.places.size(); ++i) {
      const PlannedPlace& place = plan_.places[i];
      if (place.means == PlaceMeans::kGuided) continue;
      const bool git = place.means == PlaceMeans::kGit;
      add(StepKind::kWrite,
          git ? fmt::format("commit the new value of {} on a branch of its own", place.shown)
              : fmt::format("write the new value into {}", place.shown),
          i)
          .back = git ? "delete the branch" : "write the old value back";
    }
    // Every place is written before anything waits: what can go on alone is not held up.
    for (std::size_t i = 0; i < plan_.places.size(); ++i) {
      const PlannedPlace& place = plan_.places[i];
      if (place.means == PlaceMeans::kGuided) {
        add(StepKind::kAwait,
            fmt::format("a person brings the new value to {} and says so", place.shown), i)
            .back = "a person brings the old value back";
      }
      if (place.means == PlaceMeans::kGit) {
        add(StepKind::kAwait,
            fmt::format("people bring the branch to {} of {}", place.git_ref, place.shown), i);
      }
      if (place.means != PlaceMeans::kGuided && !place.reload.empty()) {
        add(StepKind::kReload, fmt::format("tell the consumer of {}", place.shown), i).breaks =
            "what a reload of it interrupts";
      }
      if (!place.probe.empty()) {
        add(StepKind::kProbePlace, fmt::format("ask the consumer of {} if it works", place.shown),
            i);
      }
    }
  }

  void verify_new() {
    add(StepKind::kVerifyNew,
        "log in with the new value on a new connection, and see a wrong one refused");
  }

  void with_overlap() {
    create();
    distribute();
    verify_new();
    // Of one account with two values nobody sees who uses which.
    const std::string_view seen =
        plan_.strategy == Strategy::kTwin ? ", and nobody is seen using the old one" : "";
    add(StepKind::kOverlap,
        fmt::format("both values work for {} s at least{}", plan_.overlap_s, seen));
    old_one_goes();
  }

  void old_one_goes() {
    if (can_suspend()) {
      PlannedStep& step = add(StepKind::kSuspend, fmt::format("switch {} off", plan_.account));
      step.breaks = "whoever still uses the old value";
      step.back = "switch it on again";
      add(StepKind::kSoak,
          fmt::format("wait {} s for somebody who misses it, and ask the consumers", plan_.soak_s));
    }
    PlannedStep& step =
        add(StepKind::kRevoke, fmt::format("end the old value of {} for good", plan_.account));
    step.breaks = "whoever still uses the old value";
    step.no_return = true;
    sessions();
    dead();
  }

  // What is switched off with the account, and not with one value of it, would take the new one
  // too.
  [[nodiscard]] bool can_suspend() const {
    const bool by_value = plan_.capability.secret_origin == SecretOrigin::kServer;
    return plan_.capability.suspend && (plan_.strategy != Strategy::kSlots || by_value);
  }

  void old_first() {
    PlannedStep& step =
        can_suspend() ? add(StepKind::kSuspend, fmt::format("switch {} off at once", plan_.account))
                      : add(StepKind::kRevoke,
                            fmt::format("end the old value of {} for good", plan_.account));
    step.breaks = "every consumer, until its place is written";
    if (can_suspend()) step.back = "switch it on again";
    step.no_return = !can_suspend();
    sessions();
    create();
    distribute();
    verify_new();
    if (can_suspend()) {
      add(StepKind::kRevoke, fmt::format("end the old value of {} for good", plan_.account))
          .no_return = true;
    }
    dead();
  }

  void cut_over() {
    create();
    distribute();
    verify_new();
    sessions();
    dead();
  }

  // A leaked value has made sessions that outlive it.
  void sessions() {
    const auto& derived = plan_.capability.derived;
    const bool lives_on = std::find(derived.begin(), derived.end(), "sessions") != derived.end();
    const bool leaked = plan_.mode == RunMode::kExposed || plan_.mode == RunMode::kEmergency ||
                        plan_.mode == RunMode::kRevokeOnly;
    if (!lives_on || !leaked) return;
    add(StepKind::kEndSessions, fmt::format("end the sessions of {}", plan_.account)).breaks =
        "open sessions are cut; consumers with the new value come back by themselves";
  }

  void dead() {
    add(StepKind::kVerifyDead, "see the old value refused, and the new one let in, by one path");
  }

  const Plan& plan_;
  std::vector<PlannedStep> steps_;
};

}  // namespace

RunState state_at(StepKind kind) {
  switch (kind) {
    case StepKind::kPreflight:
      return RunState::kPreflight;
    case StepKind::kCreate:
      return RunState::kCreating;
    case StepKind::kEnable:
      return RunState::kCreated;
    case StepKind::kWrite:
    case StepKind::kAwait:
    case StepKind::kReload:
      return RunState::kDistributing;
    case StepKind::kProbePlace:
    case StepKind::kVerifyNew:
      return RunState::kVerifyingNew;
    case StepKind::kOverlap:
      return RunState::kOverlap;
    case StepKind::kSuspend:
      return RunState::kSuspending;
    case StepKind::kSoak:
      return RunState::kSoaking;
    case StepKind::kEndSessions:
    case StepKind::kRevoke:
      return RunState::kRevoking;
    case StepKind::kVerifyDead:
      break;
  }
  return RunState::kVerifyingDead;
}

std::vector<PlannedStep> steps_of(const Plan& plan) { return Steps(plan).made(); }

}  // namespace nhi
