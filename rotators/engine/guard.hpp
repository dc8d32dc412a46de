// guard.hpp - what may be done with a credential while the application around it moves from CIS1 to
// CIS2, and which rule says so.
//
// The one error that must never be made here is to let a credential be revoked that is still
// needed. So whatever is not known counts as the case that forbids more, and nothing below knows a
// way to "yes" that does not name its rule.
// Source: reference/nhs-cis.md, section 6: the table of permitted actions and the date gates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/identity/dependency.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

/// What a credential is for, towards CIS. kUnclear: it stands beside a CIS1 call, and neither a
/// rule nor a person says what it is.
enum class CisClass : std::uint8_t {
  kCis1Call,     // opens the CIS1 call and nothing else: relay key, appliance account, robot card
  kCis2Client,   // key or secret of a CIS2 client
  kSharedSpine,  // endpoint certificate, MESH, SDS: no part of CIS1
  kApiPlatform,  // key of the API platform
  kUnrelated,    // tied to no CIS dependency, or people say that it has nothing to do with one
  kUnclear,
};
[[nodiscard]] std::string_view to_string(CisClass cis_class);

enum class GuardAction : std::uint8_t { kCreate, kRotate, kRevoke, kVerify };
[[nodiscard]] std::string_view to_string(GuardAction action);

/// Why somebody wants it.
enum class GuardCause : std::uint8_t { kHygiene, kLeaked, kExpiring, kRetirement };
[[nodiscard]] std::string_view to_string(GuardCause cause);

/// What is known of one credential towards one dependency. Facts that people state (the last four)
/// are false until they did.
struct GuardCase {
  CisClass cis_class = CisClass::kUnclear;
  /// As people decided; none: nobody did, and evidence alone decides nothing.
  std::optional<DependencyState> state = std::nullopt;
  bool path_to_live = false;  // the environment is not the live one
  bool break_glass = false;
  bool supplier_blocked = false;
  bool exception = false;  // in force
  bool has_owner = false;  // somebody answers for the dependency
  GuardCause cause = GuardCause::kHygiene;
  bool overlap = false;            // old and new are both valid for a while
  bool agreed_test = false;        // of a break-glass path, proved before and after
  bool fallback_given_up = false;  // formally, and the window to roll back is over
  bool unused = false;             // a usage source says so
};

struct GuardVerdict {
  bool permitted = false;
  std::string rule;                          // "cis1-call in cis1-only": names the cell or the gate
  std::string because;                       // one line
  std::vector<std::string> conditions = {};  // what must hold besides, if it is permitted
};

/// `removal`: the day on which CIS1 is removed.
[[nodiscard]] GuardVerdict permits(const GuardCase& asked, GuardAction action, Instant as_of,
                                   Instant removal);

/// True if people bound the credential to the dependency, or it stands among its traces.
[[nodiscard]] bool concerns(const Dependency& dependency, const std::string& credential_id);

/// What the credential is towards the dependency: what people said, else what its places show.
/// `places`: its findings. A Spine credential stays one whatever people say.
[[nodiscard]] CisClass cis_class_of(const std::string& credential_id,
                                    const std::vector<const Finding*>& places,
                                    const Dependency& dependency);
/// The case of this credential towards this dependency, as far as the inventory knows it.
[[nodiscard]] GuardCase case_of(const std::string& credential_id,
                                const std::vector<const Finding*>& places,
                                const Dependency& dependency, Instant as_of);

}  // namespace nhi
