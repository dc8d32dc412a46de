#include "scanner/identity/derive.hpp"

#include <algorithm>
#include <set>

#include "scanner/identity/dependencies.hpp"

namespace nhi {
namespace {

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

namespace {

// The ids and accounts among the values, and whose they are: one credential is one number, however
// many values it is written with.
void put_parts(std::vector<Credential>& credentials, const std::vector<Finding>& findings) {
  std::map<std::string_view, std::set<std::string_view>> secrets;  // of each group
  std::set<std::string_view> whole;                                // seen as a secret somewhere
  for (const Finding& finding : findings) {
    if (finding.credential_id.empty() || finding.role != Role::kSecret) continue;
    whole.insert(finding.credential_id);
    if (!finding.group.empty()) secrets[finding.group].insert(finding.credential_id);
  }
  std::map<std::string_view, std::set<std::string_view>> owners;  // of each part
  for (const Finding& finding : findings) {
    if (finding.group.empty() || whole.contains(finding.credential_id)) continue;
    const auto of = secrets.find(finding.group);
    if (of == secrets.end()) continue;
    owners[finding.credential_id].insert(of->second.begin(), of->second.end());
  }
  std::map<std::string_view, Credential*> by_id;
  for (Credential& credential : credentials) by_id.emplace(credential.id, &credential);
  for (const auto& [id, all] : owners) {
    const auto part = by_id.find(id);
    // A session token beside its secret: the first in the order of ids stands for both.
    const auto owner = by_id.find(*all.begin());
    if (part == by_id.end() || owner == by_id.end()) continue;
    part->second->part_of = owner->second->id;
    owner->second->parts.push_back(part->second->id);
  }
}

// Accounts that a credential was known to open when something was said of it; looked for once a
// credential.
class KnownAccounts {
 public:
  explicit KnownAccounts(const std::vector<Finding>& findings) : findings_(findings) {}
  const std::set<std::string_view>& of(const CredentialDecision& said) {
    const auto [at, fresh] = known_.try_emplace(said.credential_id);
    if (!fresh) return at->second;
    for (const Finding& finding : findings_) {
      const bool then = finding.credential_id == said.credential_id &&
                        (!finding.first_seen || *finding.first_seen <= said.when);
      if (then) at->second.insert(finding.identity);
    }
    return at->second;
  }

 private:
  const std::vector<Finding>& findings_;
  std::map<std::string_view, std::set<std::string_view>> known_;
};

// What was said of each credential, and which was seen anew after it was called dead: attested, in
// any place; proven, as the key to an account that nobody knew of and nothing was proven for.
void put_life(std::vector<Credential>& credentials, const std::vector<Finding>& findings,
              const std::vector<CredentialDecision>& decisions) {
  std::map<std::string_view, Credential*> by_id;
  for (Credential& credential : credentials) by_id.emplace(credential.id, &credential);
  for (const CredentialDecision& decision : decisions) {
    const auto at = by_id.find(decision.credential_id);
    if (at != by_id.end()) at->second->life.push_back(decision);
  }
  KnownAccounts known(findings);
  for (const Finding& finding : findings) {
    const auto at = by_id.find(finding.credential_id);
    if (at == by_id.end() || at->second->life.empty() || !is_present(finding)) continue;
    const CredentialDecision& newest = at->second->life.back();
    if (!is_dead(newest.status) || at->second->seen_again) continue;
    const bool again = (finding.first_seen && newest.when < *finding.first_seen) ||
                       (finding.returned && newest.when < *finding.returned);
    if (!again) continue;
    const bool other = newest.status == CredentialStatus::kDeadAttested ||
                       (!finding.identity.empty() && !known.of(newest).contains(finding.identity));
    at->second->seen_again = other;
  }
}

std::string place_key(const Finding& finding) {
  return finding.target + '\n' + finding.place.root + '\n' + finding.place.path.value_or("") +
         '\n' + finding.place.member;
}

// Where a managed value belongs. The same value anywhere else is as bad as any other.
void put_managed(std::vector<Finding>& findings, const std::vector<CredentialDecision>& decisions) {
  std::map<std::string_view, Instant> since;
  for (const CredentialDecision& decision : decisions) {
    if (decision.status == CredentialStatus::kManaged) {
      since[decision.credential_id] = decision.when;
    }
  }
  if (since.empty()) return;
  std::set<std::string> of_the_dead;
  for (const Finding& finding : findings) {
    if (is_dead(finding.credential_status)) of_the_dead.insert(place_key(finding));
  }
  for (Finding& finding : findings) {
    const auto at = since.find(finding.credential_id);
    if (at == since.end() || finding.credential_status != CredentialStatus::kManaged) continue;
    finding.managed_here = (finding.first_seen && *finding.first_seen <= at->second) ||
                           of_the_dead.contains(place_key(finding));
  }
}

}  // namespace

Derived derive(std::vector<Finding>& findings, const Policy& policy) {
  Derived derived;
  derived.dependencies = derive_dependencies(findings, policy);
  CredentialBuilders builders;
  for (const Finding& finding : findings) {
    if (!finding.credential_id.empty()) {
      add_to_credential(builders[finding.credential_id], finding);
    }
  }
  for (auto& [id, builder] : builders) {
    finish_credential(builder, policy);
    derived.credentials.push_back(std::move(builder.credential));
  }
  put_parts(derived.credentials, findings);
  put_life(derived.credentials, findings, policy.life);
  derived.identities = gather_identities(findings);
  put_managed(findings, policy.life);
  return derived;
}

}  // namespace nhi
