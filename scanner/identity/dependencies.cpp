#include "scanner/identity/dependencies.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <utility>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

bool contains_folded(std::string_view text, std::string_view lower_word) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(), same) !=
         text.end();
}

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
                      contains_folded(facts.text, "am.nhsidentity.spineservices.nhs.uk");
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
  if (!evidence.cis1) {
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

void apply_decisions(Dependency& dependency, const std::vector<DependencyDecision>& decisions) {
  std::string given;
  for (const DependencyDecision& decision : decisions) {
    if (decision.dependency_id != dependency.id) continue;
    if (decision.state) dependency.decided = decision.state;
    given = decision.owner.value_or(given);
    dependency.history.push_back(decision);
  }
  if (!given.empty()) dependency.owner_name = given;
}

void settle(Evidence& evidence, const Policy& policy) {
  Dependency& dependency = evidence.dependency;
  dependency.traces = !evidence.cis1       ? TraceStanding::kGone
                      : evidence.cis1_seen ? TraceStanding::kThere
                                           : TraceStanding::kUnverified;
  propose_state(evidence);
  apply_decisions(dependency, policy.decisions);
  dependency.indicators.assign(evidence.indicators.begin(), evidence.indicators.end());
  dependency.gone_traces.assign(evidence.gone.begin(), evidence.gone.end());
}

Evidences gather_evidence(const std::vector<Finding>& findings, const Policy& policy) {
  Evidences evidences;
  for (const Finding& finding : findings) {
    if (!finding.indicator || is_false_positive(finding)) continue;
    Evidence& evidence = evidences[{system_of(finding), finding.environment}];
    is_present(finding) ? add_indicator(evidence, finding) : add_gone(evidence, finding);
  }
  std::erase_if(evidences,
                [](const auto& entry) { return !entry.second.cis1 && entry.second.gone.empty(); });
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
    dependency.id = plain_id("d_", FieldBytes().add(key.first).add(to_string(key.second)).bytes());
    settle(evidence, policy);
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

}  // namespace

std::string plain_id(std::string_view prefix, std::string_view text) {
  const Digest digest = sha256(FieldBytes().add(prefix).add(text).bytes());
  return std::string(prefix) + to_hex(digest).substr(0, 24);
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
    return contains_folded(finding.site->target, word);
  });
}

bool bound_to_cis1(const Finding& finding) {
  if (finding.kind != FindingKind::kCredential || is_shared_spine(finding)) return false;
  if (finding.rule.starts_with("cis1.")) return true;
  if (!finding.site) return false;
  return std::any_of(kCis1Hosts.begin(), kCis1Hosts.end(), [&](std::string_view word) {
    return contains_folded(finding.site->target, word);
  });
}

std::vector<Dependency> derive_dependencies(std::vector<Finding>& findings, const Policy& policy) {
  Evidences evidences = gather_evidence(findings, policy);
  bind_credentials(findings, evidences);
  std::vector<Dependency> dependencies;
  dependencies.reserve(evidences.size());
  for (auto& [key, evidence] : evidences) dependencies.push_back(std::move(evidence.dependency));
  return dependencies;
}

}  // namespace nhi
