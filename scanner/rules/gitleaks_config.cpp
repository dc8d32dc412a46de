#include "scanner/rules/gitleaks_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/rules/betterleaks_keys.hpp"
#include "scanner/rules/gitleaks_allowlist.hpp"
#include "scanner/rules/toml_keys.hpp"

namespace nhi {
namespace {

using Status = Result<void>;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 10> kTopKeys = {
    "title",     "description", "minversion", "extend", "rules",
    "allowlist", "allowlists",  "prefilter",  "filter", "betterleaksminversion"};
constexpr std::array<std::string_view, 4> kExtendKeys = {"usedefault", "path", "url",
                                                         "disabledrules"};
constexpr std::array<std::string_view, 21> kRuleKeys = {
    "id",         "description", "regex",           "path",       "secretgroup", "entropy",
    "tags",       "keywords",    "allowlist",       "allowlists", "required",    "skipreport",
    "filter",     "validate",    "tokenefficiency", "analyze",    "revoke",      "specificity",
    "valuegroup", "confidence",  "components"};
constexpr std::array<std::string_view, 7> kAllowKeys = {
    "description", "condition", "commits", "paths", "regextarget", "regexes", "stopwords"};
constexpr std::array<std::string_view, 8> kSharedKeys = {"description", "condition",   "commits",
                                                         "paths",       "regextarget", "regexes",
                                                         "stopwords",   "targetrules"};
constexpr std::array<std::string_view, 3> kRequiredKeys = {"id", "withinlines", "withincolumns"};

constexpr std::array<std::string_view, 3> kComponentKeys = {"id", "within", "optional"};

// These tell files of Betterleaks from those of Gitleaks; the latter are of its second version.
constexpr std::array<std::string_view, 11> kBetterleaksKeys = {
    "prefilter",       "filter",  "validate", "specificity", "betterleaksminversion",
    "tokenefficiency", "analyze", "revoke",   "valuegroup",  "confidence",
    "components"};
constexpr std::array<std::string_view, 5> kSecondKeys = {"analyze", "revoke", "valuegroup",
                                                         "confidence", "components"};

bool is_among(Names names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

class ConfigReader : private TomlKeys {
 public:
  explicit ConfigReader(const std::string& file) : TomlKeys(file) { config_.file = file; }

  Result<GitleaksConfig> read(const YamlNode& root) {
    NHI_CHECK_OK(each_key(root, kTopKeys, [this](const std::string& key, const YamlEntry& entry) {
      return read_top(key, entry);
    }));
    NHI_CHECK_OK(check_required());
    NHI_CHECK_OK(check_versions());
    return std::move(config_);
  }

 private:
  // An expression, where it stands and whose it is.
  struct ReadFilter {
    BetterleaksFilter filter;
    YamlEntry entry;  // without its value
    std::optional<std::size_t> rule;
  };

  // By its keys a file is of Gitleaks, of Betterleaks or of its second version.
  void note_program(const std::string& key) {
    config_.betterleaks |= is_among(kBetterleaksKeys, key);
    second_ |= is_among(kSecondKeys, key);
  }

  Status read_top(const std::string& key, const YamlEntry& entry) {
    note_program(key);
    std::string ignored;
    if (key == "minversion") return read_version(entry);
    if (key == "title" || key == "description" || key == "betterleaksminversion") {
      return read_text(entry, ignored);
    }
    if (key == "prefilter" || key == "filter") return read_shared_filter(key, entry);
    if (key == "extend") return read_extend(entry);
    if (key == "rules") return read_rules(entry);
    const bool old_form = key == "allowlist";
    if (!config_.allowlists.empty()) {
      return refuse(entry, "cannot stand beside the other form of allowlist");
    }
    if (old_form) return read_shared(entry.value, entry.line);
    if (entry.value.kind != YamlNode::Kind::kList) return refuse(entry, "must be [[allowlists]]");
    for (const YamlNode& item : entry.value.items) NHI_CHECK_OK(read_shared(item, item.line));
    return {};
  }

  // Betterleaks 2 names its own version there, Betterleaks 1 that of Gitleaks.
  Status read_version(const YamlEntry& entry) {
    std::string version;
    NHI_CHECK_OK(read_text(entry, version));
    const bool second = version.starts_with("v2.") || version.starts_with("2.");
    config_.betterleaks |= second;
    second_ |= second;
    return {};
  }

  // Of the whole file.
  Status read_shared_filter(const std::string& key, const YamlEntry& entry) {
    std::string text;
    NHI_CHECK_OK(read_text(entry, text));
    const bool prefilter = key == "prefilter";
    auto filter = read_betterleaks_filter(std::move(text), allowlist_name(config_.file, entry.line),
                                          prefilter);
    if (!filter) return refuse(entry, filter.error().what, filter.error().hint);
    (prefilter ? config_.prefilter : config_.filter) = filter->filter;
    read_filters_.push_back({std::move(*filter), {entry.key, entry.line, {}}, std::nullopt});
    return {};
  }

  Status read_filter(const YamlEntry& entry, GitleaksRule& rule) {
    std::string text;
    NHI_CHECK_OK(read_text(entry, text));
    auto filter = read_betterleaks_filter(std::move(text), {}, false);
    if (!filter) {
      rule.refusal = problem(entry, filter.error().what, filter.error().hint);
      return {};
    }
    rule.filter = filter->filter;
    read_filters_.push_back(
        {std::move(*filter), {entry.key, entry.line, {}}, config_.rules.size()});
    return {};
  }

  // Once the version is known.
  Status check_versions() {
    for (const ReadFilter& read : read_filters_) {
      const std::string what(other_version_of(read.filter, second_));
      if (what.empty()) continue;
      if (!read.rule) return refuse(read.entry, what);
      GitleaksRule& rule = config_.rules[*read.rule];
      rule_ = rule.id;
      rule.refusal = problem(read.entry, what);
      rule_.clear();
    }
    return {};
  }

  // What only Betterleaks knows, but for expressions.
  Status read_betterleaks(const std::string& key, const YamlEntry& entry, GitleaksRule& rule) {
    if (key == "valuegroup") return read_group(entry, rule);
    if (key == "components") return read_components(entry, rule);
    if (key == "confidence") return read_confidence(entry, rule);
    if (key == "tokenefficiency") {
      bool wanted = false;
      NHI_CHECK_OK(read_bool(entry, wanted));
      if (!wanted) return {};
      rule.refusal = problem(entry, "is not honoured: it counts the tokens of a language model",
                             "leave the rule out");
      return {};
    }
    rule.notes.push_back("'" + entry.key +
                         (key == "specificity"
                              ? "' is left out: rules that find the same are one finding"
                              : "' is left out: no service is called"));
    return {};
  }

  Status read_confidence(const YamlEntry& entry, GitleaksRule& rule) const {
    std::string text;
    NHI_CHECK_OK(read_text(entry, text));
    rule.confidence = parse_level(text);
    if (rule.confidence && *rule.confidence != Level::kCritical) return {};
    return refuse(entry, "must be 'low', 'medium' or 'high'");
  }

  Status read_components(const YamlEntry& top, GitleaksRule& rule) {
    rule.required_line = top.line;
    if (top.value.kind != YamlNode::Kind::kList) return refuse(top, "must be an array");
    for (const YamlNode& item : top.value.items) {
      Required required;
      bool optional = false;
      const auto read = [&](const std::string& key, const YamlEntry& entry) -> Status {
        if (key == "id") return read_text(entry, required.rule);
        if (key == "optional") return read_bool(entry, optional);
        std::string within;
        NHI_CHECK_OK(read_text(entry, within));
        const auto lines = parse_within(within);
        if (lines) {
          required.lines = *lines;
        } else {
          rule.refusal = problem(entry, lines.error().what);
        }
        return {};
      };
      NHI_CHECK_OK(each_key(item, kComponentKeys, read));
      if (required.rule.empty()) return refuse(item.line, "'components' has no 'id'");
      if (optional) {
        rule.notes.push_back("component '" + required.rule + "' is left out: it is optional");
      } else {
        rule.required.push_back(std::move(required));
      }
    }
    return {};
  }

  Status read_extend(const YamlEntry& top) {
    config_.extend.line = top.line;
    NHI_CHECK_OK(each_key(
        top.value, kExtendKeys, [this](const std::string& key, const YamlEntry& entry) -> Status {
          if (key == "usedefault") return read_bool(entry, config_.extend.use_default);
          if (key == "path") return read_text(entry, config_.extend.path);
          if (key == "disabledrules") return read_list(entry, config_.extend.disabled_rules);
          return refuse(entry, "is not honoured", "fetch the file and name it with 'path'");
        }));
    if (!config_.extend.path.empty() && config_.extend.use_default) {
      return refuse(top, "has both 'path' and 'useDefault'");
    }
    return {};
  }

  Status read_rules(const YamlEntry& top) {
    if (top.value.kind != YamlNode::Kind::kList) return refuse(top, "must be [[rules]]");
    if (top.value.items.size() > kForeignRulesMax) {
      return fail(ErrorCode::kTooLarge, "more than 10,000 rules in one file", config_.file);
    }
    std::map<std::string, std::size_t> lines;
    for (const YamlNode& item : top.value.items) {
      GitleaksRule rule;
      rule.file = config_.file;
      rule.line = item.line;
      NHI_CHECK_OK(read_rule(item, rule));
      const auto [first, fresh] = lines.emplace(rule.id, rule.line);
      if (!fresh) {
        return refuse(rule.line, fmt::format("'id' is used twice, first on line {}", first->second),
                      "Gitleaks takes the last one only");
      }
      config_.rules.push_back(std::move(rule));
    }
    rule_.clear();
    return {};
  }

  Status read_rule(const YamlNode& item, GitleaksRule& rule) {
    rule_.clear();
    for (const YamlEntry& entry : item.entries) {
      if (chars::folded(entry.key) == "id" && entry.value.quoted) rule_ = entry.value.scalar;
    }
    if (blank(rule_)) return refuse(item.line, "a rule has no 'id'");
    rule.id = rule_;
    return each_key(item, kRuleKeys, [&](const std::string& key, const YamlEntry& entry) {
      return read_rule_entry(key, entry, rule);
    });
  }

  Status read_rule_entry(const std::string& key, const YamlEntry& entry, GitleaksRule& rule) {
    note_program(key);
    if (key == "id") return {};
    if (key == "description") return read_text(entry, rule.description);
    if (key == "regex") {
      rule.regex_line = entry.line;
      return read_text(entry, rule.regex);
    }
    if (key == "path") {
      rule.path_line = entry.line;
      return read_go_pattern(*this, entry, entry.value, rule.path);
    }
    if (key == "tags") return read_list(entry, rule.tags);
    if (key == "secretgroup") return read_group(entry, rule);
    if (key == "entropy") return read_entropy(entry, rule.entropy);
    if (key == "keywords") return read_keywords(entry, rule.keywords);
    if (key == "required") return read_required(entry, rule);
    if (key == "skipreport") {
      rule.skip_line = entry.line;
      return read_bool(entry, rule.skip_report);
    }
    if (key == "filter") return read_filter(entry, rule);
    if (is_among(kBetterleaksKeys, key)) return read_betterleaks(key, entry, rule);
    if (!rule.allowlists.empty()) {
      return refuse(entry, "cannot stand beside the other form of allowlist");
    }
    return read_rule_allowlists(key, entry, rule);
  }

  Status read_rule_allowlists(const std::string& key, const YamlEntry& entry, GitleaksRule& rule) {
    if (key == "allowlist") return read_own(entry.value, entry.line, rule);
    if (entry.value.kind != YamlNode::Kind::kList) {
      return refuse(entry, "must be [[rules.allowlists]]");
    }
    for (const YamlNode& item : entry.value.items) {
      NHI_CHECK_OK(read_own(item, item.line, rule));
    }
    return {};
  }

  Status read_group(const YamlEntry& entry, GitleaksRule& rule) {
    std::uint64_t group = 0;
    NHI_CHECK_OK(read_whole(entry, group));
    rule.secret_group = static_cast<std::uint32_t>(group);
    rule.group_line = entry.line;
    return {};
  }

  Status read_entropy(const YamlEntry& entry, double& into) const {
    const std::string& text = entry.value.scalar;
    const char* const end = text.data() + text.size();
    double value = 0;
    const auto parsed = std::from_chars(text.data(), end, value);
    const bool number = entry.value.kind == YamlNode::Kind::kScalar && !entry.value.quoted &&
                        !text.empty() && parsed.ec == std::errc{} && parsed.ptr == end;
    if (!number || !(value >= 0 && value <= 8))
      return refuse(entry, "must be a number from 0 to 8");
    into = value;
    return {};
  }

  Status read_keywords(const YamlEntry& entry, std::vector<std::string>& into) const {
    std::vector<std::string> words;
    NHI_CHECK_OK(read_list(entry, words));
    for (std::string& word : words) {
      if (word.empty()) return refuse(entry, "holds an empty word");
      const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
      if (!std::all_of(word.begin(), word.end(), ascii)) {
        return refuse(entry, "holds a character outside of ASCII",
                      "keywords are looked for in bytes, in any case of ASCII letters");
      }
      into.push_back(chars::folded(std::move(word)));
    }
    return {};
  }

  Status read_required(const YamlEntry& top, GitleaksRule& rule) {
    rule.required_line = top.line;
    if (top.value.kind != YamlNode::Kind::kList) return refuse(top, "must be [[rules.required]]");
    for (const YamlNode& item : top.value.items) {
      Required required;
      const auto read = [&](const std::string& key, const YamlEntry& entry) -> Status {
        if (key == "id") return read_text(entry, required.rule);
        std::uint64_t distance = 0;
        NHI_CHECK_OK(read_whole(entry, distance));
        (key == "withinlines" ? required.lines : required.columns) = distance;
        return {};
      };
      NHI_CHECK_OK(each_key(item, kRequiredKeys, read));
      if (required.rule.empty()) return refuse(item.line, "'required' has no 'id'");
      rule.required.push_back(std::move(required));
    }
    return {};
  }

  Status read_own(const YamlNode& node, std::size_t line, GitleaksRule& rule) {
    Allowlist allowlist;
    NHI_CHECK_OK(
        each_key(node, kAllowKeys, [&](const std::string& key, const YamlEntry& entry) -> Status {
          return read_allow_entry(*this, key, entry, allowlist);
        }));
    NHI_TRY(auto made, finish_allowlist(*this, std::move(allowlist), line));
    rule.allowlists.push_back(std::move(made));
    return {};
  }

  Status read_shared(const YamlNode& node, std::size_t line) {
    GitleaksShared shared;
    shared.line = line;
    Allowlist allowlist;
    allowlist.name = allowlist_name(config_.file, line);
    NHI_CHECK_OK(
        each_key(node, kSharedKeys, [&](const std::string& key, const YamlEntry& entry) -> Status {
          if (key == "targetrules") return read_list(entry, shared.target_rules);
          return read_allow_entry(*this, key, entry, allowlist);
        }));
    NHI_TRY(shared.allowlist, finish_allowlist(*this, std::move(allowlist), line));
    config_.allowlists.push_back(std::move(shared));
    return {};
  }

  Status check_required() {
    std::set<std::string_view> ids;
    for (const GitleaksRule& rule : config_.rules) ids.insert(rule.id);
    for (const GitleaksRule& rule : config_.rules) {
      rule_ = rule.id;
      for (const Required& required : rule.required) {
        if (ids.count(required.rule) != 0) continue;
        return refuse(
            rule.required_line,
            "'required' names rule '" + required.rule + "', which this file does not have",
            "Gitleaks looks for it in the same file");
      }
    }
    rule_.clear();
    return {};
  }

  GitleaksConfig config_;
  bool second_ = false;  // of Betterleaks
  std::vector<ReadFilter> read_filters_;
};

}  // namespace

Result<GitleaksConfig> read_gitleaks_config(const YamlNode& root, const std::string& file) {
  return ConfigReader(file).read(root);
}

std::string allowlist_name(std::string_view file, std::size_t line) {
  return fmt::format("{} line {}", std::filesystem::path(file).filename().string(), line);
}

}  // namespace nhi
