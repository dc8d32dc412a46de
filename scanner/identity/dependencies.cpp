#include "scanner/identity/dependencies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr auto kCis1Hosts = std::to_array<std::string_view>(
    {"gas.national.ncrs.nhs.uk", "gas.nis1.national.ncrs.nhs.uk", "gas.vn1.national.ncrs.nhs.uk",
     "gas.vn03.national.ncrs.nhs.uk", "gas.tsp.national.ncrs.nhs.uk", "/saml/roleassertion",
     "/login/authactivate", "/login/authvalidate"});
constexpr auto kSpineWords = std::to_array<std::string_view>(
    {"spine2.ncrs.nhs.uk", "spineservices.nhs.uk", "ldap.national.ncrs.nhs.uk",
     "ldap.nis1.national.ncrs.nhs.uk", "mesh-sync.", "spine-proxy."});

// The system an estate names, else the root: what a dependency is grouped by.
const std::string& system_of(const Finding& finding) {
  return finding.system.empty() ? finding.place.root : finding.system;
}

// What the indicators of one system say.
struct Evidence {
  Dependency dependency;
  std::set<std::string> indicators;
  std::set<std::string> gone;                                // CIS1 traces
  std::set<std::pair<std::string, std::string>> cis1_files;  // root, path
  bool cis1 = false;
  bool cis1_seen = false;  // where it is, by the last sweep of its target
  bool cis1_high = false;
  bool cis2_live = false;
  bool cis2_other = false;
};
using Evidences = std::map<std::pair<std::string, Environment>, Evidence>;

bool is_strong(PlaceKind place) {
  return place == PlaceKind::kApplication || place == PlaceKind::kEngine;
}

void add_trace_facts(Dependency& dependency, const Finding& finding) {
  const PlaceKind place = finding.indicator->place;
  if (dependency.place == PlaceKind::kUnknown || is_strong(place)) dependency.place = place;
  if (!finding.last_seen) return;
  dependency.last_seen =
      std::max(dependency.last_seen.value_or(*finding.last_seen), *finding.last_seen);
}

void add_indicator(Evidence& evidence, const Finding& finding) {
  const IndicatorFacts& facts = *finding.indicator;
  if (facts.indicator_class == IndicatorClass::kNeutral) return;
  evidence.indicators.insert(finding.id);
  const bool strong_place = is_strong(facts.place);
  if (facts.indicator_class == IndicatorClass::kCis1) {
    evidence.cis1 = true;
    evidence.cis1_seen = evidence.cis1_seen || finding.presence != Presence::kUnverified;
    evidence.cis1_high = evidence.cis1_high || (strong_place && finding.confidence >= Level::kHigh);
    evidence.cis1_files.insert({finding.place.root, finding.place.path.value_or("")});
    add_trace_facts(evidence.dependency, finding);
  } else if (facts.kind == "cis2.issuer" || facts.kind == "cis2.host.mock") {
    const bool live = facts.subclass.empty() &&
                      chars::contains_folded(facts.text, "am.nhsidentity.spineservices.nhs.uk");
    (live && strong_place ? evidence.cis2_live : evidence.cis2_other) = true;
  }
  if (evidence.dependency.owner_name.empty()) evidence.dependency.owner_name = finding.owner_name;
}

// A trace that is gone says where a dependency was, and when; of its state it says nothing.
void add_gone(Evidence& evidence, const Finding& finding) {
  if (finding.indicator->indicator_class != IndicatorClass::kCis1) return;
  evidence.gone.insert(finding.id);
  if (evidence.dependency.owner_name.empty()) evidence.dependency.owner_name = finding.owner_name;
}

void propose_state(Evidence& evidence) {
  Dependency& dependency = evidence.dependency;
  if (!evidence.cis1 && evidence.gone.empty()) {
    dependency.proposed = DependencyState::kObserved;
    dependency.proposed_because =
        "no sweep has seen a CIS1 trace of it: people say that it is there";
  } else if (!evidence.cis1) {
    dependency.proposed = DependencyState::kObserved;
    dependency.proposed_because =
        "every CIS1 trace is gone from what was read; that alone does not prove cis2-only";
  } else if (!evidence.cis1_high) {
    dependency.proposed = DependencyState::kObserved;
    dependency.proposed_because =
        "CIS1 traces, none of high confidence in an application or engine";
  } else if (evidence.cis2_live) {
    dependency.proposed = DependencyState::kDual;
    dependency.proposed_because = "a CIS1 call and a live CIS2 issuer in the same system";
  } else if (evidence.cis2_other) {
    dependency.proposed = DependencyState::kCis2Configured;
    dependency.proposed_because = "a CIS1 call, and a CIS2 issuer that is not the live one";
  } else {
    dependency.proposed = DependencyState::kCis1Only;
    dependency.proposed_because = "a CIS1 call and no CIS2 issuer in the same system";
  }
}

using Histories = std::map<std::string, std::vector<DependencyDecision>>;  // by dependency id

void apply_words(Dependency& dependency) {
  using enum DependencyField;
  const auto word = [&](DependencyField field) {
    const DependencyDecision* const decision = word_in_force(dependency.history, field);
    return decision == nullptr ? std::string() : decision->value;
  };
  const auto day = [&](DependencyField field) -> std::optional<Instant> {
    const auto read = parse_instant(word(field));
    return read ? std::optional(*read) : std::nullopt;
  };
  dependency.decided = parse_dependency_state(word(kState));
  if (const std::string owner = word(kOwner); !owner.empty()) dependency.owner_name = owner;
  dependency.criticality = parse_level(word(kCriticality));
  dependency.side_states = word(kSideStates);
  dependency.exception_until = day(kExceptionUntil);
  dependency.supplier = word(kSupplier);
  dependency.supplier_date = day(kSupplierDate);
  dependency.review = day(kReview);
  dependency.blockers = word(kBlockers);
}

// Both are shown: neither the file nor a command is overruled in silence.
void find_conflicts(Dependency& dependency) {
  for (std::size_t i = 0; i < kDependencyFields; ++i) {
    const auto field = static_cast<DependencyField>(i);
    const DependencyDecision* const file = word_of_file(dependency.history, field);
    const DependencyDecision* const held = word_in_force(dependency.history, field);
    if (file == nullptr || file == held) continue;
    if (held != nullptr && held->value == file->value) continue;
    dependency.conflicts.push_back(fmt::format(
        "the estate's file says {} '{}' since {}; a later decision {}", to_string(field),
        file->value, to_iso_date(file->when),
        held == nullptr
            ? std::string("took that back")
            : fmt::format("says '{}' ({}, {})", held->value, held->who, to_iso_date(held->when))));
  }
  const bool over = dependency.decided == DependencyState::kCis2Only ||
                    dependency.decided == DependencyState::kRetired;
  if (over && dependency.traces == TraceStanding::kThere) {
    dependency.conflicts.push_back(
        fmt::format("decided {}, but CIS1 traces are there", to_string(*dependency.decided)));
  }
}

void settle(Evidence& evidence, const Histories& histories) {
  Dependency& dependency = evidence.dependency;
  dependency.traces = evidence.cis1_seen      ? TraceStanding::kThere
                      : evidence.cis1         ? TraceStanding::kUnverified
                      : evidence.gone.empty() ? TraceStanding::kNone
                                              : TraceStanding::kGone;
  propose_state(evidence);
  const auto history = histories.find(dependency.id);
  if (history != histories.end()) dependency.history = history->second;
  apply_words(dependency);
  find_conflicts(dependency);
  dependency.indicators.assign(evidence.indicators.begin(), evidence.indicators.end());
  dependency.gone_traces.assign(evidence.gone.begin(), evidence.gone.end());
}

// Systems of which people say that they have a dependency, whether a sweep saw one or not.
std::set<std::pair<std::string, Environment>> named_by_people(const Histories& histories) {
  std::set<std::pair<std::string, Environment>> named;
  for (const auto& [id, history] : histories) {
    if (word_in_force(history, DependencyField::kState) == nullptr) continue;
    const auto newest = std::find_if(history.rbegin(), history.rend(),
                                     [](const auto& decision) { return !decision.system.empty(); });
    if (newest == history.rend()) continue;
    if (dependency_id(newest->system, newest->environment) != id) continue;
    named.emplace(newest->system, newest->environment);
  }
  return named;
}

Evidences gather_evidence(const std::vector<Finding>& findings, const Histories& histories) {
  Evidences evidences;
  for (const Finding& finding : findings) {
    if (!finding.indicator || is_false_positive(finding)) continue;
    Evidence& evidence = evidences[{system_of(finding), finding.environment}];
    is_present(finding) ? add_indicator(evidence, finding) : add_gone(evidence, finding);
  }
  const auto named = named_by_people(histories);
  for (const auto& key : named) evidences.try_emplace(key);
  std::erase_if(evidences, [&](const auto& entry) {
    return !entry.second.cis1 && entry.second.gone.empty() && !named.contains(entry.first);
  });
  // Where it was says more than nothing, where it is says more than where it was.
  for (const Finding& finding : findings) {
    if (!finding.indicator || is_present(finding) || is_false_positive(finding)) continue;
    if (finding.indicator->indicator_class != IndicatorClass::kCis1) continue;
    Evidence& evidence = evidences.at({system_of(finding), finding.environment});
    if (!evidence.cis1) add_trace_facts(evidence.dependency, finding);
  }
  for (auto& [key, evidence] : evidences) {
    Dependency& dependency = evidence.dependency;
    dependency.system = key.first;
    dependency.environment = key.second;
    dependency.id = dependency_id(key.first, key.second);
    settle(evidence, histories);
  }
  return evidences;
}

// Puts each credential of a dependency's system where it belongs: on it, beside it, or shared.
void bind_credentials(std::vector<Finding>& findings, Evidences& evidences) {
  std::map<std::string, std::set<std::string>> beside;
  std::map<std::string, std::set<std::string>> shared;
  for (Finding& finding : findings) {
    const auto hit = evidences.find({system_of(finding), finding.environment});
    if (hit == evidences.end()) continue;
    Evidence& evidence = hit->second;
    const std::string& id = evidence.dependency.id;
    if (finding.indicator) {
      if (finding.indicator->indicator_class != IndicatorClass::kNeutral) {
        finding.dependency_id = id;
      }
      continue;
    }
    if (finding.credential_id.empty()) continue;
    if (!is_present(finding)) {
      // Taken out of the files and not dead: it still opens CIS1.
      if (!bound_to_cis1(finding)) continue;
      finding.dependency_id = id;
      beside[id].insert(finding.credential_id);
      continue;
    }
    if (is_shared_spine(finding)) {
      shared[id].insert(finding.credential_id);
      continue;
    }
    const bool in_cis1_file =
        evidence.cis1_files.contains({finding.place.root, finding.place.path.value_or("")});
    const bool bound = bound_to_cis1(finding);
    if (bound) finding.dependency_id = id;
    if (bound || in_cis1_file) beside[id].insert(finding.credential_id);
  }
  for (auto& [key, evidence] : evidences) {
    Dependency& dependency = evidence.dependency;
    dependency.credentials.assign(beside[dependency.id].begin(), beside[dependency.id].end());
    dependency.shared_spine.assign(shared[dependency.id].begin(), shared[dependency.id].end());
  }
}

// What people say goes before what stands in one file with a CIS1 call; a Spine credential stays
// one all the same.
void apply_bindings(std::vector<Finding>& findings, std::vector<Dependency>& dependencies,
                    const std::vector<BindingDecision>& decisions) {
  std::map<std::pair<std::string, std::string>, const BindingDecision*> newest;
  for (const BindingDecision& decision : decisions) {
    newest[{decision.dependency_id, decision.credential_id}] = &decision;
  }
  std::set<std::string> spine;  // whatever people say
  for (const Finding& finding : findings) {
    if (is_shared_spine(finding)) spine.insert(finding.credential_id);
  }
  std::map<std::pair<std::string, std::string>, bool> bound;  // credential, dependency: CIS1 or not
  for (Dependency& dependency : dependencies) {
    std::set<std::string> credentials(dependency.credentials.begin(), dependency.credentials.end());
    std::set<std::string> shared(dependency.shared_spine.begin(), dependency.shared_spine.end());
    for (auto at = newest.lower_bound({dependency.id, ""});
         at != newest.end() && at->first.first == dependency.id; ++at) {
      const BindingDecision& decision = *at->second;
      if (decision.kind == BindingKind::kNone) continue;
      dependency.bindings.push_back(decision);
      const bool is_spine = spine.contains(decision.credential_id);
      const bool cis1 = decision.kind == BindingKind::kCis1Call && !is_spine;
      if (!is_spine) shared.erase(decision.credential_id);
      credentials.erase(decision.credential_id);
      if (cis1) credentials.insert(decision.credential_id);
      if (decision.kind == BindingKind::kSharedSpine) shared.insert(decision.credential_id);
      bound[{decision.credential_id, dependency.id}] = cis1;
    }
    dependency.credentials.assign(credentials.begin(), credentials.end());
    dependency.shared_spine.assign(shared.begin(), shared.end());
  }
  for (Finding& finding : findings) {
    if (finding.credential_id.empty()) continue;
    for (auto at = bound.lower_bound({finding.credential_id, ""});
         at != bound.end() && at->first.first == finding.credential_id; ++at) {
      const std::string& dependency = at->first.second;
      if (at->second) finding.dependency_id = dependency;
      if (!at->second && finding.dependency_id == dependency) finding.dependency_id.clear();
    }
  }
}

}  // namespace

std::string plain_id(std::string_view prefix, std::string_view text) {
  const Digest digest = sha256(FieldBytes().add(prefix).add(text).bytes());
  return std::string(prefix) + to_hex(digest).substr(0, 24);
}

std::string dependency_id(const std::string& system, Environment environment) {
  return plain_id("d_", FieldBytes().add(system).add(to_string(environment)).bytes());
}

bool is_shared_spine(const Finding& finding) {
  const auto of_spine = [](const std::string& rule) {
    return rule.starts_with("spine.") || rule.starts_with("mesh.");
  };
  // A generic rule may have won the span of a password whose name says MESH.
  if (of_spine(finding.rule) || std::any_of(finding.also.begin(), finding.also.end(), of_spine)) {
    return true;
  }
  if (!finding.site) return false;
  return std::any_of(kSpineWords.begin(), kSpineWords.end(), [&](std::string_view word) {
    return chars::contains_folded(finding.site->target, word);
  });
}

bool bound_to_cis1(const Finding& finding) {
  if (finding.kind != FindingKind::kCredential || is_shared_spine(finding)) return false;
  if (finding.rule.starts_with("cis1.")) return true;
  if (!finding.site) return false;
  return std::any_of(kCis1Hosts.begin(), kCis1Hosts.end(), [&](std::string_view word) {
    return chars::contains_folded(finding.site->target, word);
  });
}

std::vector<Dependency> derive_dependencies(std::vector<Finding>& findings, const Policy& policy) {
  Histories histories;
  for (const DependencyDecision& decision : policy.decisions) {
    histories[decision.dependency_id].push_back(decision);
  }
  Evidences evidences = gather_evidence(findings, histories);
  bind_credentials(findings, evidences);
  std::vector<Dependency> dependencies;
  dependencies.reserve(evidences.size());
  for (auto& [key, evidence] : evidences) dependencies.push_back(std::move(evidence.dependency));
  apply_bindings(findings, dependencies, policy.bindings);
  return dependencies;
}

}  // namespace nhi
