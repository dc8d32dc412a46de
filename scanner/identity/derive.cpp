#include "scanner/identity/derive.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

std::string plain_id(std::string_view prefix, std::string_view text) {
  const Digest digest = sha256(FieldBytes().add(prefix).add(text).bytes());
  return std::string(prefix) + to_hex(digest).substr(0, 24);
}

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

std::string consumer_of(const Finding& finding) {
  if (!finding.site || finding.site->component.empty()) return {};
  std::string text;
  for (const std::string& part : finding.site->component) {
    if (!text.empty()) text += " > ";
    text += part;
  }
  return text;
}

void take_staleness(Staleness& best, const Staleness& other) {
  if (other.source == AgeSource::kUnknown) return;
  if (best.expires == std::nullopt) best.expires = other.expires;
  const bool better =
      best.source == AgeSource::kUnknown || other.source < best.source ||
      (other.source == best.source && other.since && best.since && *other.since < *best.since);
  if (!better) return;
  const auto expires = best.expires;
  best = other;
  if (!best.expires) best.expires = expires;
}

struct CredentialBuilder {
  Credential credential;
  std::set<std::string> identities;
  std::set<std::string> systems;
  std::set<std::string> owners;
  std::set<std::string> bound_to;
  std::set<Environment> environments;
  std::uint64_t excepted = 0;  // places that are there
};
using CredentialBuilders = std::map<std::string, CredentialBuilder>;

void add_to_credential(CredentialBuilder& builder, const Finding& finding) {
  Credential& credential = builder.credential;
  if (credential.id.empty()) {
    credential.id = finding.credential_id;
    credential.fingerprint = finding.fingerprint;
    credential.rule = finding.rule;
    credential.category = finding.category;
    credential.redacted = finding.redacted;
    credential.severity = finding.severity;
    credential.principal = finding.principal;
    credential.false_positive = true;
  }
  // Of a value that a person and a machine share, the machine's use counts.
  if (credential.principal == Principal::kHuman) credential.principal = finding.principal;
  credential.false_positive = credential.false_positive && is_false_positive(finding);
  credential.severity = std::max(credential.severity, finding.severity);
  credential.status = std::max(credential.status, finding.credential_status);
  if (is_present(finding)) ++credential.sites;
  if (!is_present(finding)) ++credential.sites_gone;
  credential.in_head = credential.in_head || in_files_now(finding);
  take_staleness(credential.staleness, finding.staleness);
  if (!finding.identity.empty()) builder.identities.insert(finding.identity);
  if (!finding.system.empty()) builder.systems.insert(finding.system);
  if (!finding.dependency_id.empty()) builder.bound_to.insert(finding.dependency_id);
  if (!finding.owner_name.empty()) builder.owners.insert(finding.owner_name);
  if (!is_present(finding)) return;
  builder.environments.insert(finding.environment);
  if (!finding.exception_id.empty()) ++builder.excepted;
  const auto& file = finding.place.file;
  credential.world_readable = credential.world_readable || (file && file->world_readable);
}

// What the indicators of one system say.
struct Evidence {
  Dependency dependency;
  std::set<std::string> indicators;
  std::set<std::pair<std::string, std::string>> cis1_files;  // root, path
  bool cis1 = false;
  bool cis1_once = false;  // a trace that is gone
  bool cis1_high = false;
  bool cis2_live = false;
  bool cis2_other = false;
};
using Evidences = std::map<std::pair<std::string, Environment>, Evidence>;

void add_indicator(Evidence& evidence, const Finding& finding) {
  const IndicatorFacts& facts = *finding.indicator;
  if (facts.indicator_class == IndicatorClass::kNeutral) return;
  evidence.indicators.insert(finding.id);
  const bool strong_place =
      facts.place == PlaceKind::kApplication || facts.place == PlaceKind::kEngine;
  if (facts.indicator_class == IndicatorClass::kCis1) {
    evidence.cis1 = true;
    evidence.cis1_high = evidence.cis1_high || (strong_place && finding.confidence >= Level::kHigh);
    evidence.cis1_files.insert({finding.place.root, finding.place.path.value_or("")});
    if (evidence.dependency.place == PlaceKind::kUnknown || strong_place) {
      evidence.dependency.place = facts.place;
    }
  } else if (facts.kind == "cis2.issuer" || facts.kind == "cis2.host.mock") {
    const bool live = facts.subclass.empty() &&
                      contains_folded(facts.text, "am.nhsidentity.spineservices.nhs.uk");
    (live && strong_place ? evidence.cis2_live : evidence.cis2_other) = true;
  }
  if (evidence.dependency.owner_name.empty()) evidence.dependency.owner_name = finding.owner_name;
}

void propose_state(Evidence& evidence) {
  Dependency& dependency = evidence.dependency;
  if (!evidence.cis1) {
    dependency.proposed = DependencyState::kObserved;
    dependency.proposed_because = "every CIS1 trace is gone from what was read";
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

Evidences gather_evidence(const std::vector<Finding>& findings, const Policy& policy) {
  Evidences evidences;
  for (const Finding& finding : findings) {
    if (!finding.indicator || is_false_positive(finding)) continue;
    Evidence& evidence = evidences[{system_of(finding), finding.environment}];
    if (is_present(finding)) {
      add_indicator(evidence, finding);
    } else if (finding.indicator->indicator_class == IndicatorClass::kCis1) {
      evidence.cis1_once = true;
    }
  }
  for (auto& [key, evidence] : evidences) {
    Dependency& dependency = evidence.dependency;
    dependency.system = key.first;
    dependency.environment = key.second;
    dependency.id = plain_id("d_", FieldBytes().add(key.first).add(to_string(key.second)).bytes());
    propose_state(evidence);
    apply_decisions(dependency, policy.decisions);
    dependency.indicators.assign(evidence.indicators.begin(), evidence.indicators.end());
  }
  // `cis2-only` means that no trace is left: what people decided must outlive the last one, or the
  // credentials that stayed behind would no longer count as stale.
  std::erase_if(evidences, [](const auto& entry) {
    const Evidence& evidence = entry.second;
    return !evidence.cis1 && !(evidence.cis1_once && evidence.dependency.decided);
  });
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

void finish_credential(CredentialBuilder& builder, const Policy& policy) {
  Credential& credential = builder.credential;
  credential.identities.assign(builder.identities.begin(), builder.identities.end());
  credential.systems.assign(builder.systems.begin(), builder.systems.end());
  credential.owners.assign(builder.owners.begin(), builder.owners.end());
  credential.bound_to.assign(builder.bound_to.begin(), builder.bound_to.end());
  credential.environments.assign(builder.environments.begin(), builder.environments.end());
  credential.excepted = credential.sites > 0 && builder.excepted == credential.sites;
  credential.reused = builder.identities.size() > 1 || builder.systems.size() > 1;
  credential.long_lived =
      credential.staleness.since &&
      days_between(*credential.staleness.since, policy.as_of) > policy.max_age_days;
}

std::vector<Identity> gather_identities(const std::vector<Finding>& findings) {
  struct Sets {
    Identity identity;
    std::set<std::string> credentials, consumers, systems;
  };
  std::map<std::string, Sets> by_key;
  for (const Finding& finding : findings) {
    if (finding.identity.empty() || !is_present(finding)) continue;
    Sets& sets = by_key[finding.identity];
    if (sets.identity.key.empty()) {
      sets.identity.key = finding.identity;
      sets.identity.id = plain_id("i_", finding.identity);
      sets.identity.principal = finding.principal;
    }
    if (sets.identity.principal == Principal::kHuman) sets.identity.principal = finding.principal;
    if (!finding.credential_id.empty()) sets.credentials.insert(finding.credential_id);
    if (auto consumer = consumer_of(finding); !consumer.empty()) sets.consumers.insert(consumer);
    if (!finding.system.empty()) sets.systems.insert(finding.system);
  }
  std::vector<Identity> identities;
  for (auto& [key, sets] : by_key) {
    sets.identity.credentials.assign(sets.credentials.begin(), sets.credentials.end());
    sets.identity.consumers.assign(sets.consumers.begin(), sets.consumers.end());
    sets.identity.systems.assign(sets.systems.begin(), sets.systems.end());
    identities.push_back(std::move(sets.identity));
  }
  return identities;
}

}  // namespace

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

Derived derive(std::vector<Finding>& findings, const Policy& policy) {
  Derived derived;
  Evidences evidences = gather_evidence(findings, policy);
  bind_credentials(findings, evidences);
  CredentialBuilders builders;
  for (const Finding& finding : findings) {
    if (!finding.credential_id.empty()) {
      add_to_credential(builders[finding.credential_id], finding);
    }
  }
  for (auto& [key, evidence] : evidences) derived.dependencies.push_back(evidence.dependency);
  for (auto& [id, builder] : builders) {
    finish_credential(builder, policy);
    derived.credentials.push_back(std::move(builder.credential));
  }
  derived.identities = gather_identities(findings);
  return derived;
}

}  // namespace nhi
