#include "rotators/engine/planner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "rotators/engine/key_place.hpp"
#include "rotators/engine/planner_places.hpp"
#include "rotators/engine/provider_view.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

Unexpected<Error> refused(std::string what, std::string subject, std::string hint = {}) {
  return fail(ErrorCode::kBadUse, std::move(what), std::move(subject), std::move(hint));
}

class Planner {
 public:
  Planner(const PlanRequest& request, const PlanSources& sources)
      : request_(request), sources_(sources) {}

  Result<Plan> made() {
    NHI_CHECK_OK(take_credential());
    // Before anybody is asked anything: what the guard forbids needs no provider.
    NHI_CHECK_OK(ask_guard(true));
    NHI_CHECK_OK(take_identity());
    NHI_CHECK_OK(take_provider());
    NHI_CHECK_OK(ask_rotator());
    NHI_CHECK_OK(choose_strategy());
    NHI_CHECK_OK(
        ask_guard(plan_.strategy == Strategy::kTwin || plan_.strategy == Strategy::kSlots));
    NHI_CHECK_OK(take_places());
    take_policy();
    plan_.blind_spots = blind_spots_of(plan_, findings_, view_.seen, sources_);
    plan_.steps = steps_of(plan_);
    return std::move(plan_);
  }

 private:
  Result<void> take_credential() {
    const auto& all = sources_.derived->credentials;
    const auto found = std::find_if(all.begin(), all.end(), [&](const Credential& one) {
      return one.id == request_.credential_id;
    });
    if (found == all.end()) return refused("no credential has this id", request_.credential_id);
    if (is_dead(found->status)) {
      return refused("it is dead already", found->id,
                     "nhisweep credentials show tells who said so");
    }
    if (!found->part_of.empty()) {
      return refused("it is the account or the id of another credential", found->id,
                     "rotate " + found->part_of);
    }
    plan_.run_id = request_.run_id;
    plan_.mode = request_.mode;
    plan_.cause = cause_of(request_);
    plan_.credential_id = found->id;
    if (request_.agreed_test) plan_.stated.emplace_back("agreed-test");
    if (request_.fallback_given_up) plan_.stated.emplace_back("fallback-given-up");
    if (request_.unused) plan_.stated.emplace_back("unused");
    plan_.fingerprint = found->fingerprint;
    plan_.redacted = found->redacted;
    plan_.rule = found->rule;
    plan_.owner = fmt::format("{}", fmt::join(found->owners, ", "));
    plan_.system = found->systems.empty() ? std::string() : found->systems.front();
    // Of several the strictest: what stands in a live place is live.
    const auto& places = found->environments;
    const bool live = std::find(places.begin(), places.end(), Environment::kLive) != places.end();
    const Environment environment = live             ? Environment::kLive
                                    : places.empty() ? Environment::kUnknown
                                                     : places.front();
    plan_.environment = to_string(environment);
    credential_ = &*found;
    return {};
  }

  Result<void> take_identity() {
    const Credential* const found = credential_;
    plan_.identity = request_.identity;
    if (!plan_.identity.empty() && found->identities.empty()) {
      plan_.stated.emplace_back("identity");
      return {};
    }
    if (!plan_.identity.empty() || found->identities.size() == 1) {
      if (plan_.identity.empty()) plan_.identity = found->identities.front();
      const auto& known = found->identities;
      if (std::find(known.begin(), known.end(), plan_.identity) != known.end()) return {};
      return refused("the credential does not open this account", plan_.identity,
                     fmt::format("it opens {}", fmt::join(known, ", ")));
    }
    if (found->identities.empty()) {
      return refused("nobody knows which account at which system it opens", found->id,
                     "no place of it names both; a person who knows says it with --identity");
    }
    return refused(
        fmt::format("it opens {} accounts", found->identities.size()), found->id,
        fmt::format("say which with --identity: {}", fmt::join(found->identities, ", ")));
  }

  Result<void> take_provider() {
    NHI_TRY(provider_, provider_of(*sources_.config, plan_.identity));
    if (provider_ == nullptr) {
      return refused("no provider in rotation.yaml serves this identity", plan_.identity,
                     "add one with `identities` that match it; docs/rotation.md shows how");
    }
    const auto pin =
        std::find_if(sources_.pins.begin(), sources_.pins.end(),
                     [&](const PluginPin& one) { return one.name == provider_->rotator; });
    if (pin == sources_.pins.end()) {
      return refused("the provider's rotator is not registered", provider_->rotator,
                     "nhisweep rotators check PROGRAM prints the lines for rotation.yaml");
    }
    pin_ = &*pin;
    plan_.provider = provider_->name;
    plan_.rotator = provider_->rotator;
    plan_.rotator_sha256 = to_hex(pin->program.sha256);
    plan_.type = provider_->type;
    plan_.config = provider_->config;
    plan_.account = identity_parts(plan_.identity).account;
    plan_.new_account = plan_.account;
    return {};
  }

  Result<void> ask_rotator() {
    ProviderQuestion question;
    question.provider = provider_;
    question.pin = pin_;
    question.identity = plan_.identity;
    question.run_id = request_.run_id;
    question.now = sources_.now;
    question.session = sources_.session;
    question.given = [this](const std::string& purpose) -> Result<void> {
      return sources_.given ? sources_.given(purpose, plan_.rotator) : Result<void>();
    };
    NHI_TRY(view_, look_at_provider(question));
    plan_.capability = view_.type.capability;
    plan_.ref = view_.ref;
    if (!view_.seen.exists) return refused("the provider knows no such account", plan_.identity);
    // Before anything changes the old value is tried there: it is that which proves the statement.
    const bool provable = plan_.capability.dead_probe == DeadProbe::kSafe ||
                          plan_.capability.dead_probe == DeadProbe::kLockoutRisk;
    const auto& stated = plan_.stated;
    if (!provable && std::find(stated.begin(), stated.end(), "identity") != stated.end()) {
      return refused("nothing proves that the value opens the account that was named",
                     plan_.identity, "the rotator cannot log in with a value of this type");
    }
    if (view_.seen.rights_ok) return {};
    return refused(
        fmt::format("the rotator lacks rights: {}",
                    shown(fmt::format("{}", fmt::join(view_.seen.rights_missing, ", ")))),
        plan_.provider, "docs/rotators names the smallest grants");
  }

  [[nodiscard]] bool revokes() const {
    const auto& known = view_.methods;
    return std::find(known.begin(), known.end(), "revoke") != known.end();
  }

  // What the descriptor forbids is refused here, before anybody is asked.
  Result<void> choose_strategy() {
    const Capability& can = plan_.capability;
    if (request_.mode == RunMode::kAdopt) {
      plan_.strategy = Strategy::kNoChange;
    } else if (request_.mode == RunMode::kRevokeOnly) {
      if (!revokes()) return refused("the rotator cannot revoke", plan_.rotator);
      plan_.strategy = Strategy::kRevokeOnly;
    } else if (can.automation != Automation::kFull) {
      return refused(can.automation == Automation::kRevokeOnly
                         ? "new values of this type are made by people; the rotator only revokes"
                         : "this type is rotated by people, step by step",
                     plan_.type,
                     can.automation == Automation::kRevokeOnly ? "--mode revoke_only" : "");
    } else if (!view_.twin.empty()) {
      if (!can.twins) return refused("accounts of this type have no twins", plan_.type);
      plan_.strategy = Strategy::kTwin;
      plan_.new_account = view_.twin;
    } else if (can.slots > 1) {
      const bool full = can.slots != kManySlots && view_.seen.slots_used &&
                        *view_.seen.slots_used >= static_cast<std::int64_t>(can.slots);
      if (full) {
        return refused(
            can.slot_policy == SlotPolicy::kError
                ? "all slots of the account are taken"
                : "all slots are taken, and a new value would push one out that may live",
            plan_.identity, "find out what uses the others; end one that nobody needs");
      }
      if (!revokes()) return refused("the rotator cannot revoke the old value", plan_.rotator);
      plan_.strategy = Strategy::kSlots;
    } else {
      plan_.strategy = Strategy::kCutOver;
    }
    plan_.new_ref = plan_.strategy == Strategy::kTwin ? view_.twin_ref : plan_.ref;
    return {};
  }

  Result<void> ask_guard(bool overlap) {
    plan_.verdicts = guard_verdicts(request_, action_of(request_.mode), overlap, *sources_.findings,
                                    sources_.derived->dependencies, sources_.now,
                                    sources_.sweep->facts.policy.cis1_removal);
    plan_.set_aside = request_.set_aside;
    for (const PlannedVerdict& verdict : plan_.verdicts) {
      if (verdict.permitted) continue;
      const bool never = verdict.towards == to_string(CisClass::kSharedSpine) &&
                         request_.mode == RunMode::kRevokeOnly;
      if (plan_.set_aside && !never) continue;
      return refused(fmt::format("the guard forbids to {}: {}: {}", verdict.action, verdict.rule,
                                 verdict.because),
                     plan_.credential_id,
                     verdict.dependency_id.empty()
                         ? std::string()
                         : "nhisweep dependencies show " + verdict.dependency_id);
    }
    return {};
  }

  Result<void> take_places() {
    findings_ = places_of(plan_.credential_id, *sources_.findings);
    // Places of another account that happens to have the same value are not touched.
    findings_.erase(std::remove_if(findings_.begin(), findings_.end(),
                                   [&](const Finding* finding) {
                                     return !finding->identity.empty() &&
                                            finding->identity != plan_.identity;
                                   }),
                    findings_.end());
    if (findings_.empty()) {
      return refused("it stands in no file now, so nothing here can tell its value",
                     plan_.credential_id,
                     "nhisweep credentials attest records what people know of it");
    }
    plan_.places = planned_places(findings_, plan_.fingerprint, plan_.strategy == Strategy::kTwin,
                                  plan_.account, sources_);
    if (plan_.capability.secret_origin == SecretOrigin::kKeypair) leave_other_documents();
    const bool readable =
        std::any_of(plan_.places.begin(), plan_.places.end(),
                    [](const PlannedPlace& place) { return !place.secrets.empty(); });
    if (!readable) {
      return refused("no place on this host tells its value", plan_.credential_id,
                     plan_.places.front().shown + ": " + plan_.places.front().why_guided);
    }
    for (const Finding& finding : *sources_.findings) {
      const bool old = finding.credential_id == plan_.credential_id && finding.place.git &&
                       !in_files_now(finding);
      if (old)
        plan_.residue.push_back(shown(finding.place.root + "/" + finding.place.path.value_or("")));
    }
    return {};
  }

  // A key of many lines goes into a file of its own, not into a scalar of a document.
  void leave_other_documents() {
    for (PlannedPlace& place : plan_.places) {
      if (place.means == PlaceMeans::kGuided || place.format == kKeyFormat) continue;
      place.means = PlaceMeans::kGuided;
      place.why_guided = "the private key stands inside of another document";
    }
  }

  void take_policy() {
    const RotationPolicy& policy = sources_.config->policy;
    const auto environment = parse_environment(plan_.environment).value_or(Environment::kUnknown);
    const Times times = times_of(*sources_.config, environment);
    const bool leaked = plan_.mode == RunMode::kExposed;
    plan_.overlap_s = leaked ? std::min(times.overlap, policy.exposed_overlap) : times.overlap;
    plan_.soak_s = leaked ? 0 : times.soak;
    plan_.old_probes = policy.old_probes;
    plan_.ticket_needed = is_needed(policy.ticket, environment);
    plan_.clinical_needed = is_needed(policy.clinical, environment);
    plan_.four_eyes = is_needed(policy.four_eyes, environment);
    plan_.planner = request_.planner;
    plan_.sweep = to_iso8601(sources_.sweep->finished);
    plan_.created = sources_.now;
    plan_.expires = Instant{sources_.now.seconds + policy.plan_valid};
  }

  const PlanRequest& request_;
  const PlanSources& sources_;
  Plan plan_;
  const Credential* credential_ = nullptr;
  const Provider* provider_ = nullptr;
  const PluginPin* pin_ = nullptr;
  ProviderView view_;
  std::vector<const Finding*> findings_;
};

}  // namespace

Result<Plan> make_plan(const PlanRequest& request, const PlanSources& sources) {
  return Planner(request, sources).made();
}

}  // namespace nhi
