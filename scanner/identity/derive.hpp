// derive.hpp - from findings to what people ask about: credentials, identities, dependencies.
// Nothing here is stored by hand: the same findings, decisions and dates give the same answer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner/identity/dependency.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

struct Policy : EstatePolicy {
  Instant as_of;
  std::vector<DependencyDecision> decisions;  // of people, oldest first
  std::vector<CredentialDecision> life;       // of people, oldest first
  std::vector<BindingDecision> bindings;      // of people, oldest first
};

struct Derived {
  std::vector<Credential> credentials;   // by id
  std::vector<Identity> identities;      // by key
  std::vector<Dependency> dependencies;  // by system
};

/// Source: the state rules of reference/nhs-cis.md section 6.
/// `findings` get their dependency_id and managed_here.
[[nodiscard]] Derived derive(std::vector<Finding>& findings, const Policy& policy);

/// True if the finding shows a credential of the CIS1 call itself: found by a CIS1 rule, or its
/// target is a CIS1 host. A Spine certificate, ASID, party key, SDS or MESH credential never is.
[[nodiscard]] bool bound_to_cis1(const Finding& finding);
/// True for endpoint certificates, MESH and SDS credentials: they outlive CIS1.
[[nodiscard]] bool is_shared_spine(const Finding& finding);

}  // namespace nhi
