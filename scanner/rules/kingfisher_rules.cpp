// Rule files of Kingfisher 1 and 2, read as they are.
//
// Source of the meanings: Kingfisher 2.14 (crates/kingfisher-rules/src/rule.rs and rules.rs,
// src/matcher/filter.rs). Keys that Kingfisher does not know it passes over; here they are an
// error, since whoever wrote them meant something. What serves only to call the service of a token
// is a note: this program calls nobody.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/rules/foreign_pattern.hpp"
#include "scanner/rules/foreign_rules.hpp"
#include "scanner/rules/yaml_keys.hpp"

namespace nhi {
namespace {

using Status = Result<void>;

constexpr std::array<std::string_view, 1> kTopKeys = {"rules"};
// The last four are of 1.x; 2.x passes over them.
constexpr std::array<std::string_view, 22> kRuleKeys = {"name",
                                                        "id",
                                                        "pattern",
                                                        "path",
                                                        "min_entropy",
                                                        "confidence",
                                                        "visible",
                                                        "examples",
                                                        "references",
                                                        "validation",
                                                        "depends_on_rule",
                                                        "pattern_requirements",
                                                        "revocation",
                                                        "tls_mode",
                                                        "authoritative",
                                                        "negative_examples",
                                                        "betterleaks_secret_group",
                                                        "vectorscan_compatible",
                                                        "categories",
                                                        "prevalidated",
                                                        "description",
                                                        "betterleaks_filter"};
constexpr std::array<std::string_view, 5> kDependencyKeys = {"rule_id", "variable", "optional",
                                                             "within", "verify_candidates"};
constexpr std::array<std::string_view, 3> kConfidences = {"low", "medium", "high"};

constexpr std::string_view kPrefix = "kingfisher";
constexpr const char* kNoSuchKey = "Kingfisher has no such key here";
constexpr std::uint64_t kGroupMax = 1000;

std::string id_of(std::string_view id) {
  constexpr std::string_view kOwn = "kingfisher.";
  return foreign_id(kPrefix, id.starts_with(kOwn) ? id.substr(kOwn.size()) : id);
}

class KingfisherReader : private YamlKeys {
 public:
  explicit KingfisherReader(const std::string& file) : YamlKeys(file) {}

  Result<std::vector<Rule>> read(const YamlNode& root) {
    NHI_CHECK_OK(check_keys(root, kTopKeys, {}, kNoSuchKey));
    if (root.entries.empty()) return refuse(root.line, "there is no list 'rules'");
    const YamlEntry& list = root.entries.front();
    if (list.value.kind != YamlNode::Kind::kList) return refuse(list, "must be a list of rules");
    if (list.value.items.size() > kForeignRulesMax) {
      return fail(ErrorCode::kTooLarge, "more than 10,000 rules in one file", file_);
    }
    std::vector<Rule> rules;
    std::map<std::string, std::string> ids;
    for (const YamlNode& item : list.value.items) {
      NHI_TRY(Rule rule, read_rule(item));
      const auto [first, fresh] = ids.emplace(rule.id, rule_);
      if (!fresh && first->second != rule_) {
        return refuse(item.line, fmt::format("'id' becomes '{}', as that of rule '{}' does",
                                             rule.id, first->second));
      }
      rules.push_back(std::move(rule));
      rule_.clear();
    }
    return latest_of_kingfisher(std::move(rules));
  }

 private:
  Status read_texts(const YamlEntry& entry, std::vector<std::string>& into) const {
    if (entry.value.null) return {};
    if (entry.value.kind != YamlNode::Kind::kList) return refuse(entry, "must be a list");
    for (const YamlNode& item : entry.value.items) {
      std::string text;
      NHI_CHECK_OK(read_text({entry.key, item.line, item}, text));
      if (!text.empty()) into.push_back(std::move(text));
    }
    return {};
  }

  Status read_examples(const YamlEntry& entry, std::vector<Example>& into) const {
    std::vector<std::string> texts;
    NHI_CHECK_OK(read_texts(entry, texts));
    for (std::string& text : texts) into.push_back({std::move(text), false});
    return {};
  }

  Status read_bool(const YamlEntry& entry, bool& into) const {
    const std::string& text = entry.value.scalar;
    const bool plain = entry.value.kind == YamlNode::Kind::kScalar && !entry.value.quoted;
    if (!plain || (text != "true" && text != "false"))
      return refuse(entry, "must be true or false");
    into = text == "true";
    return {};
  }

  Status read_entropy(const YamlEntry& entry, double& into) const {
    const std::string& text = entry.value.scalar;
    const char* const end = text.data() + text.size();
    double value = 0;
    const auto parsed = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    const bool whole = entry.value.kind == YamlNode::Kind::kScalar && !text.empty() &&
                       parsed.ec == std::errc{} && parsed.ptr == end;
    if (!whole || !std::isfinite(value) || value < 0 || value > 8) {
      return refuse(entry, "must be a number from 0 to 8, in bits a byte");
    }
    into = value;
    return {};
  }

  Status read_confidence(const YamlEntry& entry, Level& into) const {
    std::string text;
    NHI_CHECK_OK(read_text(entry, text));
    const auto found = std::find(kConfidences.begin(), kConfidences.end(), chars::folded(text));
    if (found == kConfidences.end()) return refuse(entry, "must be low, medium or high");
    into = static_cast<Level>(found - kConfidences.begin());
    return {};
  }

  Status read_pattern(const YamlEntry& entry, std::string& into) const {
    std::string written;
    NHI_CHECK_OK(read_text(entry, written));
    auto pattern = from_rust_pattern(written);
    if (!pattern) return refuse(entry, pattern.error().what, pattern.error().hint);
    const auto taken = check_foreign_pattern(*pattern);
    if (!taken) return refuse(entry, taken.error().what, taken.error().hint);
    into = std::move(*pattern);
    return {};
  }

  Status put_requirements(const YamlEntry& entry, Rule& rule) const {
    if (entry.value.null) return {};
    NHI_TRY(Requirements made, read_requirements(entry, file_, rule_));
    if (made != Requirements()) rule.requirements = std::move(made);
    return {};
  }

  // Without `within` another rule only lends its value to the call of a service.
  Status read_dependency(const YamlNode& node, Rule& rule) const {
    NHI_CHECK_OK(check_keys(node, kDependencyKeys, {}, kNoSuchKey));
    Required required;
    std::string within;
    bool optional = false;
    const YamlEntry* near = nullptr;
    for (const YamlEntry& part : node.entries) {
      if (part.key == "rule_id") {
        NHI_CHECK_OK(read_text(part, required.rule));
      } else if (part.key == "optional") {
        NHI_CHECK_OK(read_bool(part, optional));
      } else if (part.key == "within" && !part.value.null) {
        NHI_CHECK_OK(read_text(part, within));
        near = &part;
      }
    }
    if (near == nullptr || optional) {
      rule.notes.push_back("'depends_on_rule' on " + one_line_of(required.rule) +
                           " decides nothing here: it lends a value to a call of the service");
      return {};
    }
    within = std::string(chars::trim(within));
    if (!within.empty() && within != "0") {
      return refuse(*near, "is not honoured: it measures nearness in a way of its own",
                    "leave 'within' empty: anywhere in the file");
    }
    required.rule = id_of(required.rule);
    rule.required.push_back(std::move(required));
    return {};
  }

  Status read_dependencies(const YamlEntry& entry, Rule& rule) const {
    if (entry.value.null) return {};
    if (entry.value.kind != YamlNode::Kind::kList) return refuse(entry, "must be a list");
    for (const YamlNode& item : entry.value.items) {
      if (!item.null) NHI_CHECK_OK(read_dependency(item, rule));
    }
    return {};
  }

  // A call of a service is a note. Three types also keep out what their driver cannot read.
  Status read_call(const YamlEntry& entry, Rule& rule) const {
    if (entry.value.null) return {};
    std::string type = "?";
    if (entry.value.kind == YamlNode::Kind::kMap) {
      for (const YamlEntry& part : entry.value.entries) {
        if (part.key == "type") NHI_CHECK_OK(read_text(part, type));
      }
    } else {
      NHI_CHECK_OK(read_text(entry, type));
    }
    rule.notes.push_back(fmt::format("'{}' ({}) is left out: this program calls no service",
                                     entry.key, one_line_of(type)));
    if (entry.key == "validation" && (type == "MongoDB" || type == "Postgres" || type == "MySQL")) {
      rule.notes.emplace_back(
          "Kingfisher also drops what its driver cannot read as a URI; here it is reported");
    }
    return {};
  }

  Status read_group(const YamlEntry& entry, Rule& rule) const {
    if (entry.value.null) return {};
    std::uint64_t group = 0;
    NHI_CHECK_OK(read_number(entry, kGroupMax, group));
    rule.secret_group = static_cast<std::uint32_t>(group);
    return {};
  }

  Status read_entry(const YamlEntry& entry, Rule& rule) const {
    const std::string& key = entry.key;
    if (key == "name") return read_text(entry, rule.name);
    if (key == "pattern") return read_pattern(entry, rule.pattern);
    if (key == "path") return entry.value.null ? Status() : read_pattern(entry, rule.path);
    if (key == "min_entropy") return read_entropy(entry, rule.entropy);
    if (key == "confidence") return read_confidence(entry, rule.confidence);
    if (key == "visible") return read_bool(entry, rule.reported);
    if (key == "examples") return read_examples(entry, rule.matches);
    if (key == "negative_examples") return read_examples(entry, rule.misses);
    if (key == "references") return read_texts(entry, rule.references);
    if (key == "categories") return read_texts(entry, rule.tags);
    if (key == "pattern_requirements") return put_requirements(entry, rule);
    if (key == "depends_on_rule") return read_dependencies(entry, rule);
    if (key == "validation" || key == "revocation") return read_call(entry, rule);
    if (key == "betterleaks_secret_group") return read_group(entry, rule);
    if (key == "betterleaks_filter" && !entry.value.null) {
      return refuse(entry, "is an expression, and those are not honoured",
                    "say it with 'pattern_requirements', or leave the rule out");
    }
    return {};  // for the call of a service, for people, or without meaning to Kingfisher itself
  }

  Result<Rule> read_rule(const YamlNode& item) {
    rule_.clear();
    if (item.kind != YamlNode::Kind::kMap) return refuse(item.line, "a rule is a map of keys");
    for (const YamlEntry& entry : item.entries) {
      if (entry.key == "id") NHI_CHECK_OK(read_text(entry, rule_));
    }
    NHI_CHECK_OK(check_keys(item, kRuleKeys, {}, kNoSuchKey));
    for (const std::string_view key : {"id", "name", "pattern"}) {
      const bool given = std::any_of(item.entries.begin(), item.entries.end(),
                                     [&](const YamlEntry& entry) { return entry.key == key; });
      if (!given) return refuse(item.line, "'" + std::string(key) + "' is missing");
    }
    Rule rule;
    rule.semantics = Semantics::kKingfisher;
    rule.file = file_;
    rule.line = item.line;
    rule.severity = Level::kHigh;  // Kingfisher does not say how bad
    rule.confidence = Level::kMedium;
    rule.id = id_of(rule_);
    if (rule.id == kPrefix) return refuse(item.line, "'id' has neither letter nor digit");
    rule.category = rule_.find("generic") != std::string::npos ? "generic" : "token";
    for (const YamlEntry& entry : item.entries) NHI_CHECK_OK(read_entry(entry, rule));
    rule.name = one_line_of(rule.name);
    if (rule.name.empty()) rule.name = one_line_of(rule_);
    if (rule.pattern.empty()) return refuse(item.line, "'pattern' is empty");
    choose_search(rule);
    return rule;
  }
};

}  // namespace

std::vector<Rule> latest_of_kingfisher(std::vector<Rule> rules) {
  std::vector<Rule> kept;
  kept.reserve(rules.size());
  std::map<std::string, std::size_t> places;  // in `kept`
  for (Rule& rule : rules) {
    if (rule.semantics != Semantics::kKingfisher) {
      kept.push_back(std::move(rule));
      continue;
    }
    const auto [place, fresh] = places.emplace(rule.id, kept.size());
    if (fresh) {
      kept.push_back(std::move(rule));
      continue;
    }
    Rule& earlier = kept[place->second];
    rule.notes.push_back(fmt::format("takes the place of the rule of this id at {}:{}",
                                     one_line_of(earlier.file), earlier.line));
    earlier = std::move(rule);
  }
  return kept;
}

Result<std::vector<Rule>> read_kingfisher_rules(const YamlNode& root, const std::string& file) {
  return KingfisherReader(file).read(root);
}

}  // namespace nhi
