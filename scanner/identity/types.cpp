// types.cpp - the words of contracts section 4, the report order, and what counts for status 1.
#include "scanner/identity/types.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>

#include "scanner/identity/enum_words.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"credential", "indicator", "site"};
constexpr std::array<std::string_view, 4> kPresences = {"new", "open", "gone", "unverified"};
constexpr std::array<std::string_view, 5> kStatuses = {"unknown", "live", "managed", "dead-proven",
                                                       "dead-attested"};
constexpr std::array<std::string_view, 5> kVerdicts = {"confirmed", "false-positive", "assigned",
                                                       "ticket", "none"};
constexpr std::array<std::string_view, 6> kPlaces = {"unknown", "application", "engine",
                                                     "host",    "network",     "document"};
constexpr std::array<std::string_view, 5> kEnvironments = {"unknown", "live", "integration",
                                                           "training", "development"};
constexpr std::array<std::string_view, 5> kAgeSources = {"unknown", "git", "expiry", "engine",
                                                         "file-time"};

std::string_view blob_of(const Finding& finding) {
  return finding.place.git ? std::string_view(finding.place.git->blob) : std::string_view();
}

}  // namespace

std::string_view to_string(FindingKind kind) { return word(kKinds, kind); }
std::string_view to_string(Presence presence) { return word(kPresences, presence); }
std::string_view to_string(CredentialStatus status) { return word(kStatuses, status); }
std::string_view to_string(Verdict verdict) { return word(kVerdicts, verdict); }
std::string_view to_string(PlaceKind place) { return word(kPlaces, place); }
std::string_view to_string(Environment environment) { return word(kEnvironments, environment); }
std::string_view to_string(AgeSource source) { return word(kAgeSources, source); }

std::optional<FindingKind> parse_finding_kind(std::string_view text) {
  return parse<FindingKind>(kKinds, text);
}
std::optional<Presence> parse_presence(std::string_view text) {
  return parse<Presence>(kPresences, text);
}
std::optional<CredentialStatus> parse_credential_status(std::string_view text) {
  return parse<CredentialStatus>(kStatuses, text);
}
std::optional<Verdict> parse_verdict(std::string_view text) {
  return parse<Verdict>(kVerdicts, text);
}
std::optional<PlaceKind> parse_place(std::string_view text) {
  return parse<PlaceKind>(kPlaces, text);
}
std::optional<Environment> parse_environment(std::string_view text) {
  return parse<Environment>(kEnvironments, text);
}

bool is_dead(CredentialStatus status) {
  return status == CredentialStatus::kDeadProven || status == CredentialStatus::kDeadAttested;
}

bool is_fault(const Finding& finding) {
  // An unknown principal counts: leaving it out would call a place clean on the ground that we
  // know too little about it.
  if (finding.kind == FindingKind::kCredential) return finding.principal != Principal::kHuman;
  return finding.kind == FindingKind::kIndicator && finding.indicator &&
         finding.indicator->indicator_class == IndicatorClass::kCis1;
}

bool is_false_positive(const Finding& finding) {
  return finding.decision && finding.decision->verdict == Verdict::kFalsePositive;
}

bool counts_for_status(const Finding& finding, Level min_confidence, Level min_severity) {
  if (finding.confidence < min_confidence || finding.severity < min_severity) return false;
  if (!finding.exception_id.empty() || finding.ignored_inline || finding.managed_here) return false;
  if (is_false_positive(finding) || finding.presence == Presence::kGone) return false;
  // Residue of a dead credential is listed, not counted.
  return is_fault(finding) && !is_dead(finding.credential_status);
}

bool report_order(const Finding& a, const Finding& b) {
  // std::string compares as unsigned bytes, which is what "raw bytes" asks for. No path sorts
  // before an empty one. The last two fields only make the order total.
  const auto key = [](const Finding& finding) {
    return std::tuple<const std::string&, const std::optional<std::string>&, const std::string&,
                      std::string_view, Span, const std::string&, const std::string&,
                      const std::vector<std::string>&, std::uint64_t, const std::string&>(
        finding.place.root, finding.place.path, finding.place.member, blob_of(finding),
        finding.bytes, finding.rule, finding.fingerprint, finding.encoding, finding.ordinal,
        finding.id);
  };
  return key(a) < key(b);
}

std::string key_words(std::string_view id, std::string_view check) {
  constexpr std::size_t kShown = 8;
  std::string words(id);
  if (!check.empty()) words.append(" (check ").append(check.substr(0, kShown)).append(")");
  return words;
}

bool is_present(const Finding& finding) { return finding.presence != Presence::kGone; }

bool in_files_now(const Finding& finding) {
  if (!is_present(finding)) return false;
  if (!finding.place.git) return true;
  return finding.place.git->in_head || finding.place.git->in_worktree;
}

}  // namespace nhi
