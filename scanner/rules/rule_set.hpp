// rule_set.hpp - rule files become one immutable RuleSet, compiled for matching.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/result.hpp"
#include "scanner/rules/checksum_template.hpp"
#include "scanner/rules/filter_tree.hpp"
#include "scanner/rules/foreign_rules.hpp"
#include "scanner/rules/match_shape.hpp"
#include "scanner/rules/rule.hpp"
#include "scanner/rules/word_set.hpp"

namespace re2 {
class RE2;
}

namespace nhi {

// One pattern, compiled at the first call of get(): a start-up pays only for what it searches.
// Thread-safe.
class LazyRegex {
 public:
  LazyRegex(std::string pattern, bool case_insensitive);
  ~LazyRegex();
  /// Latin-1, errors not logged, kRegexMemoryBytes. Always ok(): RuleSet::create has seen it
  /// compile, or the build has.
  [[nodiscard]] const re2::RE2& get() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

inline constexpr std::size_t kFurtherTextsMax = 2;

/// The two templates of a checksum, parsed.
struct CompiledChecksum {
  ChecksumTemplate actual;
  ChecksumTemplate expected;
};

/// What RE2 and the prefilter need to know of one rule.
struct CompiledRule {
  std::unique_ptr<LazyRegex> lazy_regex;  // none for a rule of names
  int secret_group = 0;                   // 0 = whole match
  int account_group = 0;                  // 0 = none
  int target_group = 0;                   // 0 = none
  std::vector<std::string> literals;      // lower case (ASCII); one must stand in the view
  /// Every match holds one of `literals` (case folded), so a window around each hit is enough.
  /// False for declared keywords that the pattern does not contain: then any hit opens the whole
  /// view, and without a hit the rule has no matches in it.
  bool anchored = false;
  /// No pattern, but `structure: uuid`: every UUID is a match.
  bool every_uuid = false;
  std::size_t max_match = 0;       // bytes; 0 = whole view
  bool max_match_derived = false;  // proved from the pattern, not declared
  /// Bytes that a match may have in front of its literal (any of `literals`); none = not known.
  std::optional<std::size_t> literal_before;
  /// Of these bytes one stands right behind a match's literal, in the match.
  ByteSet literal_next = ByteSet().set();
  MatchShape shape;
  /// Bytes that stand in every match and not in every literal; no letters.
  std::string needed_bytes;
  /// Lists of texts (lower case, ASCII): every match holds one of each list (case folded) beside
  /// its literal. At most kFurtherTextsMax, the most telling first.
  std::vector<std::vector<std::string>> further_texts;
  std::unique_ptr<LazyRegex> path;           // null: any
  std::optional<CompiledChecksum> checksum;  // of Rule::requirements
  std::vector<std::uint32_t> allowlists;     // positions in RuleSet::allowlists()
  std::vector<std::uint32_t> filters;        // positions in RuleSet::filters()

  [[nodiscard]] const re2::RE2& regex() const { return lazy_regex->get(); }
};

/// One allowlist, which many rules may share.
struct CompiledAllowlist {
  std::shared_ptr<const Allowlist> source;
  std::unique_ptr<LazyRegex> regexes;  // all joined; null if there are none
  std::unique_ptr<LazyRegex> paths;    // likewise
  WordSet stop_words{{}};
};

/// One expression, which many rules may share. Both lists go by node of the tree.
struct CompiledFilter {
  std::shared_ptr<const MatchFilter> source;
  FilterTree tree;
  std::vector<std::unique_ptr<LazyRegex>> regexes;  // of kMatchesAny; null elsewhere
  std::vector<WordSet> words;                       // of kContainsAny; empty elsewhere
};

// Immutable once made; share by const reference between threads.
class RuleSet {
 public:
  /// Builds and compiles. Errors: kBadRule naming rule, file, line and key: duplicate id, pattern
  /// RE2 refuses, unbounded pattern without max_match, no literal can be derived or declared, a
  /// required rule that is not there.
  [[nodiscard]] static Result<RuleSet> create(std::vector<Rule> rules);
  RuleSet(RuleSet&&) noexcept;
  RuleSet& operator=(RuleSet&&) noexcept;
  ~RuleSet();

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const Rule& rule(RuleIndex index) const;
  [[nodiscard]] const CompiledRule& compiled(RuleIndex index) const;
  [[nodiscard]] const Rule* find(std::string_view id) const;
  [[nodiscard]] const std::vector<Rule>& rules() const;
  [[nodiscard]] const std::vector<CompiledAllowlist>& allowlists() const;
  [[nodiscard]] const std::vector<CompiledFilter>& filters() const;
  /// SHA-256 over every field that can change a result; "sha256:…" in reports.
  [[nodiscard]] const std::string& digest() const;

 private:
  struct State;
  explicit RuleSet(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Parses one YAML rule file of ours. `name` is used in messages. Errors: kBadRule with the nearest
/// valid key for an unknown one, and `name:line`.
[[nodiscard]] Result<std::vector<Rule>> parse_rules_yaml(std::string_view text,
                                                         const std::string& name);
/// The rulesets in rules/, embedded in the program at build time.
[[nodiscard]] Result<std::vector<Rule>> builtin_rules();
/// A file, or every *.yaml, *.yml and *.toml of a folder in name order. A TOML file is read as
/// Gitleaks reads it, YAML that is a map as Kingfisher does.
[[nodiscard]] Result<std::vector<Rule>> load_rules(const std::string& path,
                                                   const RuleSources& sources);
/// The same for one text; `name` is its path, for messages and for the file that it extends.
[[nodiscard]] Result<std::vector<Rule>> parse_rules(std::string_view text, const std::string& name,
                                                    const RuleSources& sources);

/// Expands the parts of a template: `{base62:32}`, `{hex:40}`, `{HEX:8}`, `{base32:16}`,
/// `{base58:20}`, `{base64:40}`, `{base64url:43}`, `{digits:12}`, `{lower:8}`, `{upper:8}`,
/// `{lower-alnum:26}`, `{upper-alnum:26}`, `{password:14}`, `{uuid}`, `{jwt}`, `{pem:LABEL}`,
/// `{to-base64:TEXT}`, `{to-hex:TEXT}`, `{repeat:3:TEXT}`, `{crc32-base62:TEXT}` and
/// `{crc32-hex:TEXT}` (TEXT, then its checksum). Parts may stand within each other; `{{` and `}}`
/// are braces. docs/rules.md lists them. The same seed gives the same text.
/// Errors: kBadRule, with the nearest part for an unknown one.
[[nodiscard]] Result<std::string> expand_template(std::string_view text, std::uint64_t seed);

}  // namespace nhi
