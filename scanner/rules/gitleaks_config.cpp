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

#include "scanner/base/limits.hpp"
#include "scanner/rules/foreign_pattern.hpp"
#include "scanner/rules/nearest_name.hpp"

namespace nhi {
namespace {

using Status = Result<void>;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kTopKeys = {
    "title", "description", "minversion", "extend", "rules", "allowlist", "allowlists"};
constexpr std::array<std::string_view, 4> kExtendKeys = {"usedefault", "path", "url",
                                                         "disabledrules"};
constexpr std::array<std::string_view, 12> kRuleKeys = {
    "id",   "description", "regex",     "path",       "secretgroup", "entropy",
    "tags", "keywords",    "allowlist", "allowlists", "required",    "skipreport"};
constexpr std::array<std::string_view, 7> kAllowKeys = {
    "description", "condition", "commits", "paths", "regextarget", "regexes", "stopwords"};
constexpr std::array<std::string_view, 8> kSharedKeys = {"description", "condition",   "commits",
                                                         "paths",       "regextarget", "regexes",
                                                         "stopwords",   "targetrules"};
constexpr std::array<std::string_view, 3> kRequiredKeys = {"id", "withinlines", "withincolumns"};

// Betterleaks 1 reads the same files and adds these.
constexpr std::array<std::string_view, 6> kBetterleaksKeys = {
    "prefilter", "filter", "validate", "specificity", "betterleaksminversion", "tokenefficiency"};

constexpr std::uint64_t kWithinMax = 1'000'000;

std::string folded(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::string trimmed(const std::string& text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

class ConfigReader {
 public:
  explicit ConfigReader(const std::string& file) { config_.file = file; }

  Result<GitleaksConfig> read(const YamlNode& root) {
    NHI_CHECK_OK(each_key(root, kTopKeys, [this](const std::string& key, const YamlEntry& entry) {
      return read_top(key, entry);
    }));
    NHI_CHECK_OK(check_required());
    return std::move(config_);
  }

 private:
  Unexpected<Error> refuse(std::size_t line, std::string what, std::string hint = {}) const {
    const std::string text = id_.empty() ? std::move(what) : "rule '" + id_ + "': " + what;
    return fail(ErrorCode::kBadRule, text, config_.file + ":" + std::to_string(line),
                std::move(hint));
  }
  Unexpected<Error> refuse(const YamlEntry& entry, const std::string& what,
                           std::string hint = {}) const {
    return refuse(entry.line, "'" + entry.key + "' " + what, std::move(hint));
  }

  // Calls `read` with each key, folded; keys that fold to the same word are refused.
  template <class Read>
  Status each_key(const YamlNode& map, Names names, const Read& read) {
    if (map.kind != YamlNode::Kind::kMap) return refuse(map.line, "must be a table");
    std::set<std::string> seen;
    for (const YamlEntry& entry : map.entries) {
      const std::string key = folded(entry.key);
      if (std::find(names.begin(), names.end(), key) == names.end()) {
        if (std::find(kBetterleaksKeys.begin(), kBetterleaksKeys.end(), key) !=
            kBetterleaksKeys.end()) {
          return refuse(entry, "is of Betterleaks, whose expressions are not honoured",
                        "say it with 'allowlists', or leave the rule out");
        }
        const std::string_view near = nearest_name(key, names);
        return refuse(entry.line, "unknown key '" + entry.key.substr(0, 80) + "'",
                      near.empty() ? "Gitleaks 8 has no such key"
                                   : "did you mean '" + std::string(near) + "'?");
      }
      if (!seen.insert(key).second) return refuse(entry, "is given twice");
      NHI_CHECK_OK(read(key, entry));
    }
    return {};
  }

  Status read_text(const YamlEntry& entry, std::string& into) const {
    if (entry.value.kind != YamlNode::Kind::kScalar || !entry.value.quoted) {
      return refuse(entry, "must be a string");
    }
    into = entry.value.scalar;
    return {};
  }

  Status read_list(const YamlEntry& entry, std::vector<std::string>& into) const {
    if (entry.value.kind != YamlNode::Kind::kList) return refuse(entry, "must be an array");
    for (const YamlNode& item : entry.value.items) {
      std::string text;
      NHI_CHECK_OK(read_text({entry.key, item.line, item}, text));
      into.push_back(std::move(text));
    }
    return {};
  }

  Status read_bool(const YamlEntry& entry, bool& into) const {
    const std::string& text = entry.value.scalar;
    if (entry.value.quoted || (text != "true" && text != "false")) {
      return refuse(entry, "must be true or false");
    }
    into = text == "true";
    return {};
  }

  Status read_whole(const YamlEntry& entry, std::uint64_t& into) const {
    const std::string& text = entry.value.scalar;
    const char* const end = text.data() + text.size();
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), end, value);
    if (entry.value.quoted || text.empty() || parsed.ec != std::errc{} || parsed.ptr != end ||
        value > kWithinMax) {
      return refuse(entry, "must be a whole number from 0 to " + std::to_string(kWithinMax));
    }
    into = value;
    return {};
  }

  Status read_top(const std::string& key, const YamlEntry& entry) {
    std::string ignored;
    if (key == "title" || key == "description" || key == "minversion") {
      return read_text(entry, ignored);
    }
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
    id_.clear();
    return {};
  }

  Status read_rule(const YamlNode& item, GitleaksRule& rule) {
    id_.clear();
    for (const YamlEntry& entry : item.entries) {
      if (folded(entry.key) == "id" && entry.value.quoted) id_ = entry.value.scalar;
    }
    if (trimmed(id_).empty()) return refuse(item.line, "a rule has no 'id'");
    rule.id = id_;
    return each_key(item, kRuleKeys, [&](const std::string& key, const YamlEntry& entry) {
      return read_rule_entry(key, entry, rule);
    });
  }

  Status read_rule_entry(const std::string& key, const YamlEntry& entry, GitleaksRule& rule) {
    if (key == "id") return {};
    if (key == "description") return read_text(entry, rule.description);
    if (key == "regex") {
      rule.regex_line = entry.line;
      return read_text(entry, rule.regex);
    }
    if (key == "path") {
      rule.path_line = entry.line;
      return read_pattern(entry, entry.value, rule.path);
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
      into.push_back(folded(std::move(word)));
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

  Status read_pattern(const YamlEntry& entry, const YamlNode& node, std::string& into) const {
    std::string text;
    NHI_CHECK_OK(read_text({entry.key, node.line, node}, text));
    auto made = from_go_pattern(text);
    auto status = made ? check_foreign_pattern(*made) : Status(fail(made.error()));
    if (!status)
      return refuse(node.line, "'" + entry.key + "' " + status.error().what, status.error().hint);
    into = std::move(*made);
    return {};
  }

  Status read_patterns(const YamlEntry& entry, std::vector<std::string>& into) const {
    if (entry.value.kind != YamlNode::Kind::kList) return refuse(entry, "must be an array");
    std::string joined;
    for (const YamlNode& item : entry.value.items) {
      NHI_CHECK_OK(read_pattern(entry, item, into.emplace_back()));
      joined += (joined.empty() ? "(?:" : "|") + into.back();
    }
    if (into.empty()) return {};
    // Gitleaks makes one pattern of all: too large together is too large.
    if (const auto status = check_foreign_pattern(joined + ")"); !status) {
      return refuse(entry, "together " + status.error().what);
    }
    return {};
  }

  Status read_condition(const YamlEntry& entry, Allowlist& allowlist) const {
    std::string text;
    NHI_CHECK_OK(read_text(entry, text));
    const std::string word = folded(text);
    allowlist.all = word == "and" || word == "&&";
    if (allowlist.all || word.empty() || word == "or" || word == "||") return {};
    return refuse(entry, "must be 'OR' or 'AND'");
  }

  Status read_target(const YamlEntry& entry, Allowlist& allowlist) const {
    std::string text;
    NHI_CHECK_OK(read_text(entry, text));
    if (text == "match") allowlist.target = AllowTarget::kMatch;
    if (text == "line") allowlist.target = AllowTarget::kLine;
    if (text.empty() || text == "secret" || text == "match" || text == "line") return {};
    return refuse(entry, "must be 'secret', 'match' or 'line'");
  }

  Status read_allow_entry(const std::string& key, const YamlEntry& entry,
                          Allowlist& allowlist) const {
    std::string ignored;
    if (key == "description") return read_text(entry, ignored);
    if (key == "condition") return read_condition(entry, allowlist);
    if (key == "regextarget") return read_target(entry, allowlist);
    if (key == "paths") return read_patterns(entry, allowlist.paths);
    if (key == "regexes") return read_patterns(entry, allowlist.regexes);
    std::vector<std::string>& list = key == "commits" ? allowlist.commits : allowlist.stop_words;
    NHI_CHECK_OK(read_list(entry, list));
    for (std::string& word : list) {
      word = key == "commits" ? trimmed(folded(std::move(word))) : folded(std::move(word));
      if (word.empty()) return refuse(entry, "holds an empty word");
    }
    return {};
  }

  Result<std::shared_ptr<const Allowlist>> finish(Allowlist allowlist, std::size_t line) const {
    if (allowlist.regexes.empty() && allowlist.paths.empty() && allowlist.stop_words.empty() &&
        allowlist.commits.empty()) {
      return refuse(line, "an allowlist has none of 'commits', 'paths', 'regexes' and 'stopwords'");
    }
    return std::make_shared<const Allowlist>(std::move(allowlist));
  }

  Status read_own(const YamlNode& node, std::size_t line, GitleaksRule& rule) {
    Allowlist allowlist;
    NHI_CHECK_OK(
        each_key(node, kAllowKeys, [&](const std::string& key, const YamlEntry& entry) -> Status {
          return read_allow_entry(key, entry, allowlist);
        }));
    NHI_TRY(auto made, finish(std::move(allowlist), line));
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
          return read_allow_entry(key, entry, allowlist);
        }));
    NHI_TRY(shared.allowlist, finish(std::move(allowlist), line));
    config_.allowlists.push_back(std::move(shared));
    return {};
  }

  Status check_required() {
    std::set<std::string_view> ids;
    for (const GitleaksRule& rule : config_.rules) ids.insert(rule.id);
    for (const GitleaksRule& rule : config_.rules) {
      id_ = rule.id;
      for (const Required& required : rule.required) {
        if (ids.count(required.rule) != 0) continue;
        return refuse(
            rule.required_line,
            "'required' names rule '" + required.rule + "', which this file does not have",
            "Gitleaks looks for it in the same file");
      }
    }
    id_.clear();
    return {};
  }

  GitleaksConfig config_;
  std::string id_;  // of the rule being read
};

}  // namespace

Result<GitleaksConfig> read_gitleaks_config(const YamlNode& root, const std::string& file) {
  return ConfigReader(file).read(root);
}

std::string allowlist_name(std::string_view file, std::size_t line) {
  return fmt::format("{} line {}", std::filesystem::path(file).filename().string(), line);
}

}  // namespace nhi
