// rule.hpp - one rule: what to look for, and what it means when found. Contracts section 5.
//
// A rule is data. A credential rule finds a secret; an indicator rule (`kind: indicator`) finds a
// trace of CIS1, CIS2 or Spine that is no secret (reference/nhs-cis.md section 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/rules/conditions.hpp"
#include "scanner/rules/name_family.hpp"
#include "scanner/rules/requirements.hpp"

namespace nhi {

enum class RuleIndex : std::uint32_t {};  // position in the RuleSet, from 0

enum class RuleKind : std::uint8_t { kCredential, kIndicator };
enum class Level : std::uint8_t { kLow, kMedium, kHigh, kCritical };  // severity and confidence
/// Who a credential speaks for. kUnknown is an answer, not an error.
enum class Principal : std::uint8_t {
  kMachine,
  kApplication,
  kSession,
  kEmergency,
  kHuman,
  kUnknown
};
enum class IndicatorClass : std::uint8_t { kCis1, kCis2, kNeutral };
/// Part that a value plays in a credential made of several.
enum class Role : std::uint8_t { kSecret, kId, kAccount };

[[nodiscard]] std::string_view to_string(RuleKind kind);
[[nodiscard]] std::string_view to_string(Level level);
[[nodiscard]] std::string_view to_string(Principal principal);
[[nodiscard]] std::string_view to_string(
    IndicatorClass indicator_class);  // "CIS1", "CIS2", "neutral"
[[nodiscard]] std::string_view to_string(Role role);
[[nodiscard]] std::string_view to_string(Semantics semantics);
[[nodiscard]] std::optional<Level> parse_level(std::string_view text);
[[nodiscard]] std::optional<Principal> parse_principal(std::string_view text);

enum class ChecksumKind : std::uint8_t {
  kCrc32Base62,  // GitHub, npm: last 6 characters are crc32(body) in base62, left-padded with 0
  kCrc32Hex,     // Grafana: last 8 characters are crc32(body) in hex
};
struct Checksum {
  ChecksumKind kind = ChecksumKind::kCrc32Base62;
  bool over_prefix = false;  // `over: all` (prefix and body) or `over: body`
  std::size_t last = 6;      // characters that hold it
};

/// What the matcher must prove about the captured value beyond the pattern.
enum class Structure : std::uint8_t {
  kNone,
  kJwt,
  kPrivateKeyPem,
  kBase64,  // of text, which is then the value
  kUuid,
  kUrlUserInfo,
  kBasicCredentials,  // base64 of `user:password`; the password is the value
};

/// A condition on the rest of the file: at least one match of a rule whose id starts with `prefix`.
struct Near {
  std::string prefix;                  // rule id prefix, for example "cis2."
  std::optional<std::uint64_t> lines;  // within so many lines; none = anywhere in the file
};

/// Another part of the credential that a match of this rule belongs to: a match of a rule whose id
/// starts with `prefix`. docs/rules.md, section 8.
struct Part {
  std::string prefix;                  // rule id prefix, for example "aws-secret"
  std::optional<std::uint64_t> lines;  // at most so many lines away; none = same structure only
  std::optional<std::uint64_t> bytes;  // and so many bytes, where `lines` is given
};
/// Of `bytes` where a part has `lines` alone: a file that is one line has all of it on that line.
inline constexpr std::uint64_t kPartBytesUsual = 1024;

/// One `matches` entry: literal text, or a template such as 'acme_{base62:32}' that is expanded
/// with a seed so that no live-looking value is stored.
struct Example {
  std::string text;
  bool is_template = false;
};

struct Rule {
  std::string id;
  std::string name;
  std::string pattern;  // RE2 over bytes (Latin-1); empty: names or path are all
  /// The value of any name whose last stem is of this family, in every notation (assignment.hpp).
  NameFamily names = NameFamily::kNone;
  bool case_insensitive = false;         // pattern-wide; `(?i)` inside the pattern works too
  std::vector<std::string> keywords;     // at least one must stand in the view; derived when absent
  std::optional<std::size_t> max_match;  // bytes; derived when the pattern is bounded
  bool whole_view = false;               // `max_match: whole`: may look at the whole view
  double entropy = 0;                    // bits a character, of the secret; 0 = not asked
  std::optional<Checksum> checksum;
  Structure structure = Structure::kNone;
  bool tests_only = false;  // looked for in tests, examples and documentation alone
  bool generic = false;     // human-named key = value: value judged by language rules
  RuleKind kind = RuleKind::kCredential;
  std::string category;  // "cloud", "vcs", "saas", "database", "nhs", "generic", …
  Principal principal = Principal::kMachine;
  Role role = Role::kSecret;
  Level severity = Level::kMedium;
  Level confidence = Level::kMedium;
  std::string rotator;                  // empty if none is known
  std::string public_prefix;            // shown in redactions ("AKIA"); empty for generic values
  std::vector<std::string> stop_words;  // a secret that contains one (case folded) is no finding
  std::vector<std::string> not_after;   // the match is dropped when one stands right before it
  // Rules of other programs (docs/rules.md, section 7).
  Semantics semantics = Semantics::kOwn;
  std::optional<std::uint32_t> secret_group;  // 0: the first group that is not empty
  std::optional<Requirements> requirements;
  bool unfiltered = false;  // neither keywords nor a text of its own: searched in every view
  bool reported = true;     // false: only company for others
  std::string path;         // RE2; the path must match
  std::vector<std::shared_ptr<const Allowlist>> allowlists;  // any one drops the match
  std::vector<std::shared_ptr<const MatchFilter>> filters;   // likewise, the shared ones first
  std::vector<Required> required;                            // all of them
  std::vector<std::string> tags;
  std::vector<std::string> notes;  // what the importer has to say, for people
  // Indicators only.
  IndicatorClass indicator_class = IndicatorClass::kNeutral;
  std::string subclass;          // "spine", "apim", "nhs-login", "mock", "obsolete-host", …
  std::string indicator;         // kind printed, for example "cis1.host.gas"; default = id
  std::vector<Near> needs;       // any of these; without one the match is dropped
  std::vector<Near> raised_by;   // any of these lifts confidence to high
  std::vector<Part> parts;       // each may join the credential, with one match
  std::vector<Example> matches;  // at least one
  std::vector<Example> misses;   // at least one
  std::vector<std::string> references;
  std::string file;  // where it was read, for messages
  std::size_t line = 0;
  /// Set for built-in rules only: the build has compiled the pattern, so create() need not.
  bool proven = false;
};

}  // namespace nhi
