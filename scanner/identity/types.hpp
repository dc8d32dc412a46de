// types.hpp - findings, credentials, identities and dependencies: the facts of a sweep.
// The words are those of contracts section 4; reports print these fields under the same names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/clock.hpp"
#include "scanner/base/line_index.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/base/value_form.hpp"
#include "scanner/rules/rule.hpp"

namespace nhi {

enum class FindingKind : std::uint8_t { kCredential, kIndicator, kSite };
enum class Presence : std::uint8_t { kNew, kOpen, kGone, kUnverified };
enum class CredentialStatus : std::uint8_t {
  kUnknown,
  kLive,
  kManaged,
  kDeadProven,
  kDeadAttested,
};
enum class PlaceKind : std::uint8_t { kUnknown, kApplication, kEngine, kHost, kNetwork, kDocument };
enum class Environment : std::uint8_t { kUnknown, kLive, kIntegration, kTraining, kDevelopment };

[[nodiscard]] std::string_view to_string(FindingKind kind);
[[nodiscard]] std::string_view to_string(Presence presence);
[[nodiscard]] std::string_view to_string(CredentialStatus status);
[[nodiscard]] bool is_dead(CredentialStatus status);  // proven or attested
[[nodiscard]] std::string_view to_string(PlaceKind place);
[[nodiscard]] std::string_view to_string(Environment environment);
[[nodiscard]] std::optional<FindingKind> parse_finding_kind(std::string_view text);
[[nodiscard]] std::optional<Presence> parse_presence(std::string_view text);
[[nodiscard]] std::optional<CredentialStatus> parse_credential_status(std::string_view text);
[[nodiscard]] std::optional<PlaceKind> parse_place(std::string_view text);
[[nodiscard]] std::optional<Environment> parse_environment(std::string_view text);

struct SiteFacts {
  std::string format;
  std::vector<std::string> component;
  std::string component_id;
  std::optional<bool> enabled;
  std::string target;  // scrubbed
  std::string account;
  Form form = Form::kPlaintext;
  std::string form_detail;
  bool dormant = false;
  bool inbound = false;
  Span secret;  // in the member's own bytes
  Span account_span;
};

struct IndicatorFacts {
  std::string kind;  // "cis1.host.gas"
  IndicatorClass indicator_class = IndicatorClass::kNeutral;
  std::string subclass;
  PlaceKind place = PlaceKind::kUnknown;
  std::string text;  // the trace itself; no secret, scrubbed
};

/// How old a credential is and how we know; the first source at hand in this order.
enum class AgeSource : std::uint8_t { kUnknown, kGit, kExpiry, kEngine, kFileTime };
[[nodiscard]] std::string_view to_string(AgeSource source);
struct Staleness {
  AgeSource source = AgeSource::kUnknown;
  std::optional<Instant> since;    // first evidence of the value
  std::optional<Instant> expires;  // certificate or token expiry
};

/// What a person made of a finding. `kNone` takes back what was decided before. Accepting one until
/// a date is an Exception and stands beside this.
enum class Verdict : std::uint8_t { kConfirmed, kFalsePositive, kAssigned, kTicket, kNone };
[[nodiscard]] std::string_view to_string(Verdict verdict);
[[nodiscard]] std::optional<Verdict> parse_verdict(std::string_view text);

/// One decision of a person about a finding, or about a credential with all its places.
struct FindingDecision {
  std::int64_t number = 0;  // order in the inventory, given by it; the greatest is in force
  std::string subject;      // "f_…" or "c_…"
  Verdict verdict = Verdict::kNone;
  std::string owner;   // team or person who acts on it; required for kAssigned
  std::string ticket;  // where it is worked on; required for kTicket
  std::string reason;  // required for kFalsePositive
  std::string who;     // never empty
  Instant when;
  std::string evidence;  // what it rests on; never a secret
};

/// One decision of a person about one credential. Decisions are appended, the newest is in force.
struct CredentialDecision {
  std::string credential_id;  // "c_…"
  CredentialStatus status = CredentialStatus::kUnknown;
  std::string who;  // never empty
  Instant when;
  std::string evidence;  // what it rests on; never a secret
};

/// A fingerprint key as messages name it: "k1 (check 5c9a01f2)". Names alone are no help, as the
/// first key of every estate is k1. `check` is key_check() of identity/key.hpp.
[[nodiscard]] std::string key_words(std::string_view id, std::string_view check);

/// What the key before this one makes of a finding; empty unless the key is being rotated.
struct FormerIds {
  std::string id;
  std::string credential_id;
  std::string fingerprint;
};

struct Finding {
  std::string id;  // "f_" + 16 hex
  FindingKind kind = FindingKind::kCredential;
  std::string rule;
  std::vector<std::string> also;  // other rules on the same span, sorted
  std::string category;
  Level severity = Level::kMedium;
  Level confidence = Level::kMedium;
  std::string why;            // one line
  std::string fingerprint;    // "hmac-sha256:k1:…"; empty for sites and indicators
  std::string credential_id;  // "c_…"; empty for sites and indicators
  std::string group;          // shared by the parts of one credential; may be empty
  Role role = Role::kSecret;
  std::string redacted;      // "secret" in reports
  std::string length_class;  // "1-7" "8-15" "16+"
  std::string host;
  std::string target;  // estate target name; empty for scan
  Provenance place;    // root, path, member, file, git
  Position first;      // lines and columns; end exclusive
  Position last;
  Span bytes;  // in the member's own bytes or the blob
  std::vector<std::string> encoding;
  std::optional<SiteFacts> site;
  std::string identity;  // "mssql:pas01:1433/svc_mirth"; empty if no account is known
  Principal principal = Principal::kMachine;
  std::optional<IndicatorFacts> indicator;
  std::string dependency_id;  // "d_…"; empty if bound to none
  std::string system;
  Environment environment = Environment::kUnknown;
  std::string owner_name;
  std::string owner_source;  // "estate", "codeowners", "declared"; empty if unowned
  Staleness staleness;
  bool published_default = false;
  bool ignored_inline = false;  // an inline ignore stands on its line
  std::uint64_t ordinal = 0;    // among equals in file order
  FormerIds former;

  // Sweep only.
  Presence presence = Presence::kNew;
  bool checked = true;             // its place was read this time
  std::string change = "content";  // content | ruleset
  std::optional<Instant> first_seen;
  std::optional<Instant> last_seen;
  std::optional<Instant> returned;  // when it was last seen again after it was gone
  CredentialStatus credential_status = CredentialStatus::kUnknown;
  std::optional<FindingDecision> decision;  // in force; never kNone
  std::string exception_id;
  std::optional<Instant> exception_until;
  std::string exception_owner;
  std::string exception_reason;
  std::string exception_evidence;
  /// Its credential is managed, and this is a place where it is known to belong: it was there when
  /// it became managed, or a credential that is dead by now stood there before it.
  bool managed_here = false;
};

/// False once its place was read without it, or is proven absent.
[[nodiscard]] bool is_present(const Finding& finding);
/// Present, and in a plain file, a work tree or HEAD: not only in history.
[[nodiscard]] bool in_files_now(const Finding& finding);

/// An accepted finding or credential: somebody answers for it until a date.
struct Exception {
  std::string id;       // "e_…"
  std::string subject;  // "f_…" or "c_…"
  std::string owner;
  std::string reason;
  Instant until;  // the first instant at which it no longer holds
  bool withdrawn = false;
  std::string who;  // who decided, or withdrew
  Instant decided;
  std::string evidence;  // what it rests on; never a secret

  [[nodiscard]] bool in_force(Instant as_of) const { return !withdrawn && as_of < until; }
};

/// True for what is a fault where it stands, whatever people decided about it: a credential of a
/// non-human identity, or a CIS1 indicator.
[[nodiscard]] bool is_fault(const Finding& finding);
/// True if a person decided that it is none.
[[nodiscard]] bool is_false_positive(const Finding& finding);
/// True if the finding counts for exit status 1 from this confidence and severity on: a fault that
/// is there, outstanding, not excepted, no false positive, not ignored inline, and not a managed
/// one in its place. The one place of this judgement; whether only what is new counts is the
/// command's to say.
[[nodiscard]] bool counts_for_status(const Finding& finding, Level min_confidence,
                                     Level min_severity = Level::kLow);
/// The report order of contracts section 4: raw root, path, member, blob, bytes, rule, …
[[nodiscard]] bool report_order(const Finding& a, const Finding& b);

/// What an estate says about dates; a sweep stores it, so that a later report counts the same.
struct EstatePolicy {
  Instant cis1_removal{1803772800};  // 2027-02-28T00:00:00Z, reference/nhs-cis.md section 2
  std::int64_t stale_after_days = 90;
  std::int64_t max_age_days = 365;
  friend bool operator==(const EstatePolicy&, const EstatePolicy&) = default;
};

/// What the guard says of one action on a credential, towards one dependency. Made where it is
/// asked for; see rotators/engine/guard.hpp.
struct ActionVerdict {
  std::string dependency_id;
  std::string towards;  // what the credential is: "cis1-call"
  std::string action;   // "rotate", "rotate after a leak", "revoke"
  bool permitted = false;
  std::string rule;
  std::string because;
  std::vector<std::string> conditions;  // that must hold besides
};

/// A value with all its places; made from findings, never stored by hand.
struct Credential {
  std::string id;
  std::string fingerprint;
  std::string rule;
  std::string category;
  std::string redacted;
  Level severity = Level::kMedium;
  Principal principal = Principal::kUnknown;
  CredentialStatus status = CredentialStatus::kUnknown;
  std::vector<std::string> identities;  // sorted
  std::vector<std::string> systems;     // sorted
  std::uint64_t sites = 0;              // findings with this value
  std::uint64_t sites_gone = 0;
  bool in_head = false;  // in a file, or in HEAD
  Staleness staleness;
  bool long_lived = false;  // over policy.max_age_days
  bool reused = false;      // opens more than one identity or system
  bool orphaned = false;
  bool false_positive = false;           // people said so of each of its places
  std::vector<std::string> owners;       // sorted
  std::vector<CredentialDecision> life;  // what people said of its status, oldest first
  /// The credential whose id or account this value is (one group in some place, role secret there);
  /// it is counted there and not by itself. Empty if none.
  std::string part_of;
  std::vector<std::string> parts;  // the other way round: ids, sorted
  bool seen_again = false;  // dead by attestation, and seen in a place that was not known then
  // Of the places that are there:
  std::vector<Environment> environments;  // sorted, once each
  bool world_readable = false;            // anybody on the host can read one of the files
  bool excepted = false;                  // people accepted each of them
  /// CIS1 dependencies that the credential belongs to, never those it merely stands beside.
  std::vector<std::string> bound_to;   // ids, sorted
  std::vector<ActionVerdict> actions;  // only where one credential is shown
};

/// An account that a credential authenticates.
struct Identity {
  std::string key;  // "mssql:pas01:1433/svc_mirth"
  std::string id;   // "i_…"
  Principal principal = Principal::kUnknown;
  std::vector<std::string> credentials;  // ids, sorted
  std::vector<std::string> consumers;    // "Mirth: ADT to PAS > Destination 1", sorted
  std::vector<std::string> systems;
};

/// One night's headline numbers, for the trend; a measure without evidence is none, never 0.
struct Measures {
  std::int64_t sweep = 0;
  Instant when;
  std::uint64_t findings = 0;
  std::uint64_t credentials = 0;
  std::uint64_t outstanding = 0;  // credentials not dead
  std::uint64_t fresh = 0;        // new since the sweep before
  std::uint64_t gone = 0;
  std::uint64_t unverified = 0;
  std::uint64_t will_stop = 0;    // dependencies observed, cis1-only or cis2-configured
  std::uint64_t traces_gone = 0;  // dependencies without a trace left, not decided to be over
  std::uint64_t declared = 0;     // dependencies that people named and no sweep saw
  std::uint64_t cis1_stale = 0;
  std::uint64_t removed_not_dead = 0;  // removed from files, not proven dead
  std::uint64_t residue = 0;
  std::uint64_t seen_again = 0;  // seen in a place after somebody attested that it is dead
  std::uint64_t shared_spine = 0;
  std::uint64_t unbound = 0;
  std::uint64_t unowned = 0;
  std::uint64_t reused = 0;
  std::optional<std::uint64_t> long_lived;  // none: no credential has evidence of its age
  std::uint64_t long_lived_unknown = 0;     // credentials without evidence
  std::uint64_t unread = 0;
};

}  // namespace nhi
