#include "scanner/rules/rule_yaml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/rules/betterleaks_filter.hpp"
#include "scanner/rules/nearest_name.hpp"
#include "scanner/rules/pattern_facts.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/rule_words.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 42> kRuleKeys = {
    "id",         "name",      "kind",          "pattern",    "case_insensitive",
    "keywords",   "max_match", "entropy",       "checksum",   "structure",
    "generic",    "category",  "principal",     "role",       "severity",
    "confidence", "rotator",   "public_prefix", "stop_words", "not_after",
    "class",      "subclass",  "indicator",     "needs",      "raised_by",
    "matches",    "misses",    "references",    "semantics",  "secret_group",
    "unfiltered", "report",    "path",          "allowlists", "required",
    "tags",       "notes",     "names",         "tests_only", "requirements",
    "parts",      "filters"};
constexpr std::array<std::string_view, 7> kAllowlistKeys = {
    "name", "condition", "target", "regexes", "paths", "stop_words", "commits"};
constexpr std::array<std::string_view, 2> kFilterKeys = {"name", "expression"};
constexpr std::array<std::string_view, 3> kRequiredKeys = {"rule", "lines", "columns"};
constexpr std::array<std::string_view, 2> kConditionWords = {"any", "all"};
constexpr std::array<std::string_view, 3> kChecksumKeys = {"kind", "over", "last"};
constexpr std::array<std::string_view, 2> kNearKeys = {"prefix", "lines"};
constexpr std::array<std::string_view, 3> kPartKeys = {"prefix", "lines", "bytes"};
constexpr std::array<std::string_view, 1> kTemplateKeys = {"template"};
constexpr std::array<std::string_view, 2> kChecksumSpans = {"body", "all"};
constexpr std::array<std::string_view, 3> kGroupNames = {"secret", "account", "target"};

/// Longest `name`, id, word or example that a rule may hold.
constexpr std::size_t kTextBytesMax = 16 * kKiB;
constexpr std::uint64_t kChecksumLastMax = 16;
constexpr std::uint64_t kNearLinesMax = 1'000'000;
constexpr std::uint64_t kPartLinesMax = 1000;
constexpr std::uint64_t kPartBytesMax = 64 * kKiB;
constexpr std::uint64_t kGroupMax = 1000;

std::string one_of(std::span<const std::string_view> names) {
  std::string text = "one of";
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += i == 0 ? " " : ", ";
    text += names[i];
  }
  return text;
}

// Reads one file. Every refusal names the rule once its id is known, and file and line always.
class FileReader {
 public:
  explicit FileReader(const std::string& name) : name_(name) {}

  Result<std::vector<Rule>> read(const YamlNode& root) {
    if (root.kind != YamlNode::Kind::kList) {
      return refuse(std::max<std::size_t>(root.line, 1), "a rule file is a list of rules");
    }
    std::vector<Rule> rules;
    rules.reserve(root.items.size());
    for (const YamlNode& item : root.items) {
      NHI_TRY(Rule rule, read_rule(item));
      rules.push_back(std::move(rule));
    }
    return rules;
  }

 private:
  using Status = Result<void>;

  Unexpected<Error> refuse(std::size_t line, std::string what, std::string hint = {}) const {
    std::string text = id_.empty() ? std::move(what) : "rule '" + id_ + "': " + what;
    return fail(ErrorCode::kBadRule, std::move(text), name_ + ":" + std::to_string(line),
                std::move(hint));
  }

  Unexpected<Error> unknown(std::size_t line, std::string_view kind, std::string_view given,
                            std::span<const std::string_view> names) const {
    const std::string_view near = nearest_name(given, names);
    std::string hint = near.empty() ? one_of(names) : "did you mean '" + std::string(near) + "'?";
    return refuse(line,
                  "unknown " + std::string(kind) + " '" + std::string(given.substr(0, 80)) + "'",
                  std::move(hint));
  }

  Status read_text(const YamlEntry& entry, std::string& into) const {
    const YamlNode& node = entry.value;
    if (node.kind != YamlNode::Kind::kScalar || node.null || node.scalar.empty()) {
      return refuse(entry.line, "'" + entry.key + "' must be text");
    }
    if (node.scalar.size() > kTextBytesMax) {
      return refuse(entry.line, "'" + entry.key + "' is over 16 KiB");
    }
    into = node.scalar;
    return {};
  }

  Status read_bool(const YamlEntry& entry, bool& into) const {
    const YamlNode& node = entry.value;
    const bool plain = node.kind == YamlNode::Kind::kScalar && !node.quoted;
    if (!plain || (node.scalar != "true" && node.scalar != "false")) {
      return refuse(entry.line, "'" + entry.key + "' must be true or false");
    }
    into = node.scalar == "true";
    return {};
  }

  Status read_number(const YamlEntry& entry, std::uint64_t max, std::uint64_t& into,
                     std::uint64_t min = 1) const {
    const std::string& text = entry.value.scalar;
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    const bool whole = entry.value.kind == YamlNode::Kind::kScalar && !text.empty() &&
                       parsed.ec == std::errc{} && parsed.ptr == end;
    if (!whole || value < min || value > max) {
      return refuse(entry.line, "'" + entry.key + "' must be a whole number from " +
                                    std::to_string(min) + " to " + std::to_string(max));
    }
    into = value;
    return {};
  }

  Status read_word(const YamlEntry& entry, std::span<const std::string_view> names,
                   std::size_t& into) const {
    std::string text;
    NHI_CHECK_OK(read_text(entry, text));
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end()) {
      return unknown(entry.value.line, "value of '" + entry.key + "'", text, names);
    }
    into = static_cast<std::size_t>(found - names.begin());
    return {};
  }

  template <class Enum>
  Status read_enum(const YamlEntry& entry, std::span<const std::string_view> names,
                   Enum& into) const {
    std::size_t position = 0;
    NHI_CHECK_OK(read_word(entry, names, position));
    into = static_cast<Enum>(position);
    return {};
  }

  Status read_list(const YamlEntry& entry, std::vector<std::string>& into) const {
    if (entry.value.kind != YamlNode::Kind::kList || entry.value.items.empty()) {
      return refuse(entry.line, "'" + entry.key + "' must be a list with at least one entry");
    }
    for (const YamlNode& item : entry.value.items) {
      std::string text;
      NHI_CHECK_OK(read_text({entry.key, item.line, item}, text));
      into.push_back(std::move(text));
    }
    return {};
  }

  Status read_examples(const YamlEntry& entry, std::vector<Example>& into) const {
    if (entry.value.kind != YamlNode::Kind::kList || entry.value.items.empty()) {
      return refuse(entry.line, "'" + entry.key + "' must be a list with at least one entry");
    }
    for (const YamlNode& item : entry.value.items) {
      Example example;
      if (item.kind == YamlNode::Kind::kMap) {
        NHI_CHECK_OK(check_keys(item, kTemplateKeys));
        if (item.entries.empty())
          return refuse(item.line, "an example is text or {template: text}");
        NHI_CHECK_OK(read_text(item.entries.front(), example.text));
        example.is_template = true;
        if (const auto expanded = expand_template(example.text, 1); !expanded) {
          return refuse(item.line, expanded.error().message(), expanded.error().hint);
        }
      } else {
        NHI_CHECK_OK(read_text({entry.key, item.line, item}, example.text));
      }
      into.push_back(std::move(example));
    }
    return {};
  }

  Status check_keys(const YamlNode& map, std::span<const std::string_view> names) const {
    for (const YamlEntry& entry : map.entries) {
      if (std::find(names.begin(), names.end(), entry.key) == names.end()) {
        return unknown(entry.line, "key", entry.key, names);
      }
    }
    return {};
  }

  Status read_checksum(const YamlEntry& entry, std::optional<Checksum>& into) const {
    if (entry.value.kind != YamlNode::Kind::kMap) {
      return refuse(entry.line, "'checksum' must be a map of kind, over and last");
    }
    NHI_CHECK_OK(check_keys(entry.value, kChecksumKeys));
    Checksum checksum;
    bool kind_given = false;
    std::uint64_t last = 0;
    for (const YamlEntry& part : entry.value.entries) {
      std::size_t over = 0;
      if (part.key == "kind") {
        NHI_CHECK_OK(read_enum(part, kChecksumKindWords, checksum.kind));
        kind_given = true;
      } else if (part.key == "over") {
        NHI_CHECK_OK(read_word(part, kChecksumSpans, over));
        checksum.over_prefix = over == 1;
      } else {
        NHI_CHECK_OK(read_number(part, kChecksumLastMax, last));
      }
    }
    if (!kind_given) return refuse(entry.line, "'checksum' has no 'kind'");
    const std::size_t usual = checksum.kind == ChecksumKind::kCrc32Hex ? 8 : 6;
    checksum.last = last == 0 ? usual : static_cast<std::size_t>(last);
    into = checksum;
    return {};
  }

  Status read_near(const YamlEntry& entry, std::vector<Near>& into) const {
    if (entry.value.kind != YamlNode::Kind::kList || entry.value.items.empty()) {
      return refuse(entry.line, "'" + entry.key + "' must be a list of {prefix, lines}");
    }
    for (const YamlNode& item : entry.value.items) {
      if (item.kind != YamlNode::Kind::kMap) {
        return refuse(item.line, "'" + entry.key + "' must be a list of {prefix, lines}");
      }
      NHI_CHECK_OK(check_keys(item, kNearKeys));
      Near near;
      for (const YamlEntry& part : item.entries) {
        if (part.key == "prefix") {
          NHI_CHECK_OK(read_text(part, near.prefix));
        } else {
          std::uint64_t lines = 0;
          NHI_CHECK_OK(read_number(part, kNearLinesMax, lines));
          near.lines = lines;
        }
      }
      if (near.prefix.empty()) return refuse(item.line, "'" + entry.key + "' has no 'prefix'");
      into.push_back(std::move(near));
    }
    return {};
  }

  Status read_part(const YamlNode& item, Rule& rule) const {
    if (item.kind != YamlNode::Kind::kMap) {
      return refuse(item.line, "'parts' must be a list of {prefix, lines, bytes}");
    }
    NHI_CHECK_OK(check_keys(item, kPartKeys));
    Part part;
    for (const YamlEntry& entry : item.entries) {
      if (entry.key == "prefix") {
        NHI_CHECK_OK(read_text(entry, part.prefix));
        continue;
      }
      std::uint64_t distance = 0;
      const bool lines = entry.key == "lines";
      NHI_CHECK_OK(read_number(entry, lines ? kPartLinesMax : kPartBytesMax, distance));
      (lines ? part.lines : part.bytes) = distance;
    }
    if (part.prefix.empty()) return refuse(item.line, "'parts' has no 'prefix'");
    if (part.bytes && !part.lines) return refuse(item.line, "'bytes' stands beside 'lines' only");
    rule.parts.push_back(std::move(part));
    return {};
  }

  Status read_parts(const YamlEntry& entry, Rule& rule) const {
    if (entry.value.kind != YamlNode::Kind::kList || entry.value.items.empty()) {
      return refuse(entry.line, "'parts' must be a list of {prefix, lines, bytes}");
    }
    for (const YamlNode& item : entry.value.items) NHI_CHECK_OK(read_part(item, rule));
    return {};
  }

  Status read_allowlist_part(const YamlEntry& part, Allowlist& allowlist) const {
    const std::string& key = part.key;
    if (key == "name") return read_text(part, allowlist.name);
    if (key == "target") return read_enum(part, kAllowTargetWords, allowlist.target);
    if (key == "regexes") return read_list(part, allowlist.regexes);
    if (key == "paths") return read_list(part, allowlist.paths);
    if (key == "stop_words") return read_list(part, allowlist.stop_words);
    if (key == "commits") return read_list(part, allowlist.commits);
    std::size_t condition = 0;
    NHI_CHECK_OK(read_word(part, kConditionWords, condition));
    allowlist.all = condition == 1;
    return {};
  }

  Status read_allowlist(const YamlNode& item, Rule& rule) {
    if (item.kind != YamlNode::Kind::kMap) return refuse(item.line, "an allowlist is a map");
    NHI_CHECK_OK(check_keys(item, kAllowlistKeys));
    Allowlist allowlist;
    for (const YamlEntry& part : item.entries) NHI_CHECK_OK(read_allowlist_part(part, allowlist));
    const auto known = allowlists_.find(allowlist.name);
    if (item.entries.size() == 1 && known != allowlists_.end()) {
      rule.allowlists.push_back(known->second);
      return {};
    }
    if (allowlist.regexes.empty() && allowlist.paths.empty() && allowlist.stop_words.empty() &&
        allowlist.commits.empty()) {
      return refuse(item.line, "an allowlist has no 'regexes', 'paths', 'stop_words' or 'commits'",
                    "one with a name alone must have been given before");
    }
    if (known != allowlists_.end()) {
      return refuse(item.line, "allowlist '" + allowlist.name + "' is given twice");
    }
    const std::string name = allowlist.name;
    rule.allowlists.push_back(std::make_shared<const Allowlist>(std::move(allowlist)));
    if (!name.empty()) allowlists_.emplace(name, rule.allowlists.back());
    return {};
  }

  Status read_allowlists(const YamlEntry& entry, Rule& rule) {
    if (entry.value.kind != YamlNode::Kind::kList || entry.value.items.empty()) {
      return refuse(entry.line, "'allowlists' must be a list of allowlists");
    }
    for (const YamlNode& item : entry.value.items) NHI_CHECK_OK(read_allowlist(item, rule));
    return {};
  }

  // A text, or a list of its pieces.
  Status read_pieces(const YamlEntry& entry, std::string& into) const {
    if (entry.value.kind == YamlNode::Kind::kScalar) return read_text(entry, into);
    std::vector<std::string> pieces;
    NHI_CHECK_OK(read_list(entry, pieces));
    for (const std::string& piece : pieces) into += piece;
    return {};
  }

  Status read_filter(const YamlNode& item, Rule& rule) {
    if (item.kind != YamlNode::Kind::kMap) return refuse(item.line, "a filter is a map");
    NHI_CHECK_OK(check_keys(item, kFilterKeys));
    MatchFilter filter;
    for (const YamlEntry& part : item.entries) {
      NHI_CHECK_OK(part.key == "name" ? read_text(part, filter.name)
                                      : read_pieces(part, filter.text));
    }
    const auto known = filters_.find(filter.name);
    if (item.entries.size() == 1 && known != filters_.end()) {
      rule.filters.push_back(known->second);
      return {};
    }
    if (filter.text.empty()) {
      return refuse(item.line, "a filter has no 'expression'",
                    "one with a name alone must have been given before");
    }
    if (known != filters_.end()) {
      return refuse(item.line, "filter '" + filter.name + "' is given twice");
    }
    const auto tree = parse_betterleaks_filter(filter.text);
    if (!tree) return refuse(item.line, "a filter " + tree.error().what, tree.error().hint);
    const std::string name = filter.name;
    rule.filters.push_back(std::make_shared<const MatchFilter>(std::move(filter)));
    if (!name.empty()) filters_.emplace(name, rule.filters.back());
    return {};
  }

  Status read_filters(const YamlEntry& entry, Rule& rule) {
    if (entry.value.kind != YamlNode::Kind::kList || entry.value.items.empty()) {
      return refuse(entry.line, "'filters' must be a list of {name, expression}");
    }
    for (const YamlNode& item : entry.value.items) NHI_CHECK_OK(read_filter(item, rule));
    return {};
  }

  Status read_required(const YamlEntry& entry, std::vector<Required>& into) const {
    if (entry.value.kind != YamlNode::Kind::kList || entry.value.items.empty()) {
      return refuse(entry.line, "'required' must be a list of {rule, lines, columns}");
    }
    for (const YamlNode& item : entry.value.items) {
      if (item.kind != YamlNode::Kind::kMap) {
        return refuse(item.line, "'required' must be a list of {rule, lines, columns}");
      }
      NHI_CHECK_OK(check_keys(item, kRequiredKeys));
      Required required;
      for (const YamlEntry& part : item.entries) {
        if (part.key == "rule") {
          NHI_CHECK_OK(read_text(part, required.rule));
          continue;
        }
        std::uint64_t distance = 0;
        NHI_CHECK_OK(read_number(part, kNearLinesMax, distance, 0));
        (part.key == "lines" ? required.lines : required.columns) = distance;
      }
      if (required.rule.empty()) return refuse(item.line, "'required' has no 'rule'");
      into.push_back(std::move(required));
    }
    return {};
  }

  Status read_secret_group(const YamlEntry& entry, Rule& rule) const {
    std::uint64_t group = 0;
    NHI_CHECK_OK(read_number(entry, kGroupMax, group, 0));
    rule.secret_group = static_cast<std::uint32_t>(group);
    return {};
  }

  Status read_id(const YamlEntry& entry, std::string& into) {
    NHI_CHECK_OK(read_text(entry, into));
    bool word = false;  // the last character was a letter or digit
    for (const char c : into) {
      const bool alnum = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      const bool joint = (c == '-' || c == '.') && word;
      if (!alnum && !joint) word = false;
      if (!alnum && !joint) break;
      word = alnum;
    }
    if (!word) {
      return refuse(entry.line, "'id' must be words of a-z and 0-9 joined by '-' or '.'");
    }
    id_ = into;
    return {};
  }

  Status read_max_match(const YamlEntry& entry, Rule& rule) const {
    if (entry.value.scalar == "whole") {
      rule.whole_view = true;
      return {};
    }
    std::uint64_t bytes = 0;
    NHI_CHECK_OK(read_number(entry, kWholeBytesMax, bytes));
    rule.max_match = static_cast<std::size_t>(bytes);
    return {};
  }

  Status read_entropy(const YamlEntry& entry, Rule& rule) const {
    const std::string& text = entry.value.scalar;
    double value = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    const bool whole = !text.empty() && parsed.ec == std::errc{} && parsed.ptr == end;
    if (!whole || !std::isfinite(value) || value < 0 || value > 8) {
      return refuse(entry.line, "'entropy' must be a number from 0 to 8, in bits a character");
    }
    rule.entropy = value;
    return {};
  }

  Status read_pattern(const YamlEntry& entry, Rule& rule) const {
    NHI_CHECK_OK(read_pieces(entry, rule.pattern));
    const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (!std::all_of(rule.pattern.begin(), rule.pattern.end(), ascii)) {
      return refuse(entry.line, "'pattern' holds a byte that is not ASCII",
                    "patterns match bytes; write \\xNN for each byte");
    }
    return {};
  }

  // Of other programs' rules the names of groups mean something to checksums alone.
  Status check_groups(const YamlNode& item, const Rule& rule) const {
    if (rule.semantics != Semantics::kOwn) return {};
    const auto facts = analyse_pattern(rule.pattern);
    if (!facts) return {};  // RE2 will say what is wrong with it
    for (const PatternGroup& group : facts->groups) {
      const bool known =
          std::find(kGroupNames.begin(), kGroupNames.end(), group.name) != kGroupNames.end();
      if (known) continue;
      const auto pattern = std::find_if(item.entries.begin(), item.entries.end(),
                                        [](const auto& entry) { return entry.key == "pattern"; });
      return unknown(pattern->line, "group", group.name, kGroupNames);
    }
    return {};
  }

  Status put_requirements(const YamlEntry& entry, Rule& rule) const {
    NHI_TRY(rule.requirements, read_requirements(entry, name_, id_));
    return {};
  }

  Status read_entry(const YamlEntry& entry, Rule& rule) {
    const std::string& key = entry.key;
    if (key == "id") return read_id(entry, rule.id);
    if (key == "name") return read_text(entry, rule.name);
    if (key == "kind") return read_enum(entry, kKindWords, rule.kind);
    if (key == "pattern") return read_pattern(entry, rule);
    if (key == "names") {
      rule.generic = true;  // what people name is always judged by the language of the file
      return read_enum(entry, kNameFamilyWords, rule.names);
    }
    if (key == "case_insensitive") return read_bool(entry, rule.case_insensitive);
    if (key == "keywords") return read_list(entry, rule.keywords);
    if (key == "max_match") return read_max_match(entry, rule);
    if (key == "entropy") return read_entropy(entry, rule);
    if (key == "checksum") return read_checksum(entry, rule.checksum);
    if (key == "structure") return read_enum(entry, kStructureWords, rule.structure);
    if (key == "tests_only") return read_bool(entry, rule.tests_only);
    if (key == "generic") return read_bool(entry, rule.generic);
    if (key == "category") return read_text(entry, rule.category);
    if (key == "principal") return read_enum(entry, kPrincipalWords, rule.principal);
    if (key == "role") return read_enum(entry, kRoleWords, rule.role);
    if (key == "severity") return read_enum(entry, kLevelWords, rule.severity);
    if (key == "confidence") return read_enum(entry, kLevelWords, rule.confidence);
    if (key == "rotator") return read_text(entry, rule.rotator);
    if (key == "public_prefix") return read_text(entry, rule.public_prefix);
    if (key == "stop_words") return read_list(entry, rule.stop_words);
    if (key == "not_after") return read_list(entry, rule.not_after);
    if (key == "class") return read_enum(entry, kClassWords, rule.indicator_class);
    if (key == "subclass") return read_text(entry, rule.subclass);
    if (key == "indicator") return read_text(entry, rule.indicator);
    if (key == "needs") return read_near(entry, rule.needs);
    if (key == "raised_by") return read_near(entry, rule.raised_by);
    if (key == "parts") return read_parts(entry, rule);
    if (key == "matches") return read_examples(entry, rule.matches);
    if (key == "misses") return read_examples(entry, rule.misses);
    if (key == "references") return read_list(entry, rule.references);
    if (key == "semantics") return read_enum(entry, kSemanticsWords, rule.semantics);
    if (key == "secret_group") return read_secret_group(entry, rule);
    if (key == "unfiltered") return read_bool(entry, rule.unfiltered);
    if (key == "requirements") return put_requirements(entry, rule);
    if (key == "report") return read_bool(entry, rule.reported);
    if (key == "path") return read_text(entry, rule.path);
    if (key == "allowlists") return read_allowlists(entry, rule);
    if (key == "filters") return read_filters(entry, rule);
    if (key == "required") return read_required(entry, rule.required);
    if (key == "tags") return read_list(entry, rule.tags);
    if (key == "notes") return read_list(entry, rule.notes);
    return unknown(entry.line, "key", key, kRuleKeys);
  }

  Status check_complete(const YamlNode& item, const Rule& rule) const {
    const auto has = [&](std::string_view key) {
      return std::any_of(item.entries.begin(), item.entries.end(),
                         [&](const YamlEntry& entry) { return entry.key == key; });
    };
    // What was written for another program comes without examples, and may be a path alone.
    const bool foreign = rule.semantics != Semantics::kOwn;
    for (const std::string_view key : {"id", "name", "matches", "misses"}) {
      const bool example = key == "matches" || key == "misses";
      if (has(key) || (foreign && example)) continue;
      return refuse(item.line, "'" + std::string(key) + "' is missing");
    }
    if (!foreign && rule.secret_group) {
      return refuse(item.line, "'secret_group' is for rules of other programs",
                    "name the group: (?P<secret>...)");
    }
    if (rule.semantics != Semantics::kKingfisher && rule.requirements) {
      return refuse(item.line, "'requirements' are for rules of Kingfisher",
                    "ours have 'checksum' and 'entropy'");
    }
    if (rule.semantics != Semantics::kBetterleaks && has("filters")) {
      return refuse(item.line, "'filters' are for rules of Betterleaks",
                    "ours have 'allowlists' and 'entropy'");
    }
    const bool every_uuid = rule.structure == Structure::kUuid;
    const bool path_alone = foreign && has("path");
    if (!has("pattern") && !has("names") && !every_uuid && !path_alone) {
      return refuse(item.line, "'pattern' is missing");
    }
    if (rule.names != NameFamily::kNone) {
      for (const std::string_view key : {"pattern", "keywords", "max_match"}) {
        if (has(key)) return refuse(item.line, "'" + std::string(key) + "' stands beside 'names'");
      }
    }
    const bool indicator = rule.kind == RuleKind::kIndicator;
    if (indicator && !has("class")) return refuse(item.line, "'class' is missing");
    if (indicator && has("parts")) return refuse(item.line, "'parts' is for credentials");
    if (!indicator) {
      for (const std::string_view key : {"category", "severity", "confidence"}) {
        if (!has(key)) return refuse(item.line, "'" + std::string(key) + "' is missing");
      }
      for (const std::string_view key : {"class", "subclass", "indicator"}) {
        if (!has(key)) continue;
        return refuse(item.line, "'" + std::string(key) + "' is for rules of kind indicator");
      }
    }
    return {};
  }

  Result<Rule> read_rule(const YamlNode& item) {
    id_.clear();
    if (item.kind != YamlNode::Kind::kMap) return refuse(item.line, "a rule is a map of keys");
    Rule rule;
    rule.file = name_;
    rule.line = item.line;
    for (const YamlEntry& entry : item.entries) NHI_CHECK_OK(read_entry(entry, rule));
    NHI_CHECK_OK(check_complete(item, rule));
    NHI_CHECK_OK(check_groups(item, rule));
    if (rule.kind == RuleKind::kIndicator) {
      if (rule.indicator.empty()) rule.indicator = rule.id;
      if (rule.category.empty()) rule.category = "nhs";
    }
    return rule;
  }

  const std::string& name_;
  std::string id_;  // of the rule being read; empty until its id is known
  std::map<std::string, std::shared_ptr<const Allowlist>> allowlists_;  // by name, of this file
  std::map<std::string, std::shared_ptr<const MatchFilter>> filters_;   // likewise
};

}  // namespace

std::span<const std::string_view> rule_keys() { return kRuleKeys; }
std::span<const std::string_view> checksum_keys() { return kChecksumKeys; }
std::span<const std::string_view> near_keys() { return kNearKeys; }
std::span<const std::string_view> part_keys() { return kPartKeys; }
std::span<const std::string_view> allowlist_keys() { return kAllowlistKeys; }
std::span<const std::string_view> filter_keys() { return kFilterKeys; }
std::span<const std::string_view> required_keys() { return kRequiredKeys; }

Result<std::vector<Rule>> read_rules(const YamlNode& root, const std::string& name) {
  return FileReader(name).read(root);
}

Result<std::vector<Rule>> parse_rules_yaml(std::string_view text, const std::string& name) {
  NHI_TRY(const YamlNode root, parse_yaml(text, name));
  return read_rules(root, name);
}

}  // namespace nhi
