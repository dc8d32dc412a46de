// Extending and translating: from a Gitleaks configuration to rules of ours.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/rules/foreign_pattern.hpp"
#include "scanner/rules/foreign_rules.hpp"
#include "scanner/rules/gitleaks_config.hpp"
#include "scanner/rules/toml_tree.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

// Gitleaks follows two files and leaves a third one out without a word.
constexpr int kExtendDepthMax = 2;

Unexpected<Error> refuse(const std::string& file, std::size_t line, std::string what,
                         std::string hint = {}) {
  return fail(ErrorCode::kBadRule, std::move(what), file + ":" + std::to_string(line),
              std::move(hint));
}

Unexpected<Error> refuse(const GitleaksRule& rule, std::size_t line, const std::string& what,
                         std::string hint = {}) {
  return refuse(rule.file, line == 0 ? rule.line : line, "rule '" + rule.id + "': " + what,
                std::move(hint));
}

// Gitleaks looks from the working directory. A file that is not there may stand beside this one:
// a sweep by night has another working directory than the person who wrote it.
std::string extended_path(const GitleaksConfig& config) {
  const fs::path path(config.extend.path);
  std::error_code failure;
  if (path.is_absolute() || fs::exists(path, failure)) return path.string();
  const fs::path beside = fs::path(config.file).parent_path() / path;
  return fs::exists(beside, failure) ? beside.string() : path.string();
}

// What a rule says where its name also stands in the extended file.
Result<GitleaksRule> merged(const GitleaksRule& own, GitleaksRule base) {
  if (!own.required.empty()) {
    return refuse(own, own.required_line, "'required' is lost by Gitleaks where a rule extends one",
                  "give the rule an id of its own");
  }
  if (own.skip_report && !base.skip_report) {
    return refuse(own, own.skip_line, "'skipReport' is lost by Gitleaks where a rule extends one",
                  "give the rule an id of its own");
  }
  if (!own.description.empty()) base.description = own.description;
  if (own.entropy != 0) base.entropy = own.entropy;
  if (own.secret_group != 0) {
    base.secret_group = own.secret_group;
    base.group_line = own.group_line;
  }
  if (!own.regex.empty()) {
    base.regex = own.regex;
    base.regex_line = own.regex_line;
  }
  if (!own.path.empty()) {
    base.path = own.path;
    base.path_line = own.path_line;
  }
  if (own.filter != nullptr || own.refusal) {
    base.filter = own.filter;
    base.refusal = own.refusal;
  }
  if (own.confidence) base.confidence = own.confidence;
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(base.tags, own.tags);
  append(base.keywords, own.keywords);
  append(base.allowlists, own.allowlists);
  append(base.notes, own.notes);
  base.file = own.file;
  base.line = own.line;
  return base;
}

Result<GitleaksConfig> load(const YamlNode& root, const std::string& file,
                            const RuleSources& sources, int depth);

Result<GitleaksConfig> load_file(const std::string& path, const RuleSources& sources, int depth) {
  NHI_TRY(const std::string text, read_small_file(path, kRuleFileBytesMax));
  NHI_TRY(const YamlNode root, parse_toml(text, path));
  return load(root, path, sources, depth);
}

// Rules of the extended file come after those that stand in this one only.
Result<void> extend(GitleaksConfig& config, GitleaksConfig base) {
  const std::set<std::string> disabled(config.extend.disabled_rules.begin(),
                                       config.extend.disabled_rules.end());
  std::map<std::string, std::size_t> own;
  for (std::size_t i = 0; i < config.rules.size(); ++i) own.emplace(config.rules[i].id, i);
  for (GitleaksRule& rule : base.rules) {
    if (disabled.count(rule.id) != 0) continue;
    const auto same = own.find(rule.id);
    if (same == own.end()) {
      config.rules.push_back(std::move(rule));
      continue;
    }
    GitleaksRule& mine = config.rules[same->second];
    NHI_TRY(mine, merged(mine, std::move(rule)));
  }
  for (GitleaksShared& shared : base.allowlists) {
    if (!shared.target_rules.empty()) {
      return refuse(base.file, shared.line, "'targetRules' is lost by Gitleaks in an extended file",
                    "move the allowlist into the file that extends");
    }
    config.allowlists.push_back(std::move(shared));
  }
  // Betterleaks joins allowlists, but of two expressions keeps the one of the file that extends.
  config.betterleaks |= base.betterleaks;
  if (config.prefilter == nullptr) config.prefilter = base.prefilter;
  if (config.filter == nullptr) config.filter = base.filter;
  return {};
}

Result<GitleaksConfig> load(const YamlNode& root, const std::string& file,
                            const RuleSources& sources, int depth) {
  NHI_TRY(GitleaksConfig config, read_gitleaks_config(root, file));
  const bool wanted = config.extend.use_default || !config.extend.path.empty();
  if (!wanted) return config;
  if (depth >= kExtendDepthMax) {
    return refuse(file, config.extend.line, "'extend' goes over more than two files",
                  "Gitleaks leaves the third one out without a word");
  }
  std::string path;
  if (config.extend.use_default) {
    path = sources.gitleaks_default;
    if (path.empty()) {
      return refuse(file, config.extend.line, "'extend.useDefault' needs the rules of Gitleaks",
                    "name their file (config/gitleaks.toml of Gitleaks, or what "
                    "`betterleaks config show toml` prints) with --gitleaks-default");
    }
  } else {
    path = extended_path(config);
  }
  auto base = load_file(path, sources, depth + 1);
  if (!base && base.error().code == ErrorCode::kNotFound) {
    return refuse(file, config.extend.line, "'extend' names '" + path + "', which is not there",
                  "Gitleaks looks from the working directory; beside this file counts too");
  }
  if (!base) return fail(base.error());
  NHI_CHECK_OK(extend(config, std::move(*base)));
  return config;
}

// Allowlists of the whole file, given to the rules that they are for.
Result<void> share_allowlists(GitleaksConfig& config) {
  std::map<std::string, std::size_t> by_id;
  for (std::size_t i = 0; i < config.rules.size(); ++i) by_id.emplace(config.rules[i].id, i);
  for (const GitleaksShared& shared : config.allowlists) {
    for (const std::string& id : shared.target_rules) {
      const auto found = by_id.find(id);
      if (found == by_id.end()) {
        return refuse(config.file, shared.line,
                      "'targetRules' names rule '" + id + "', which is not there");
      }
      config.rules[found->second].allowlists.push_back(shared.allowlist);
    }
    if (!shared.target_rules.empty()) continue;
    for (GitleaksRule& rule : config.rules) rule.allowlists.push_back(shared.allowlist);
  }
  return {};
}

Result<void> put_pattern(const GitleaksRule& from, Rule& rule) {
  if (from.regex.empty()) {
    if (from.path.empty()) return refuse(from, from.line, "has neither 'regex' nor 'path'");
    if (from.entropy != 0 || from.secret_group != 0) {
      rule.notes.emplace_back("a rule that is only a path: entropy and secretGroup say nothing");
    }
    return {};
  }
  auto pattern = from_go_pattern(from.regex);
  if (!pattern) {
    return refuse(from, from.regex_line, "'regex' " + pattern.error().what, pattern.error().hint);
  }
  const auto groups = count_groups(*pattern);
  if (!groups) {
    return refuse(from, from.regex_line, "'regex' " + groups.error().what, groups.error().hint);
  }
  if (from.secret_group > *groups) {
    return refuse(from, from.group_line,
                  fmt::format("'secretGroup' is {}, the regex has {}", from.secret_group, *groups));
  }
  rule.pattern = std::move(*pattern);
  rule.secret_group = from.secret_group;
  return {};
}

// Betterleaks makes one pattern of each regex, so that a flag does not go on to the next.
std::shared_ptr<const Allowlist> apart(const Allowlist& given) {
  Allowlist made = given;
  for (auto* const list : {&made.regexes, &made.paths}) {
    for (std::string& pattern : *list) {
      pattern.insert(0, "(?:");
      pattern += ')';
    }
  }
  return std::make_shared<const Allowlist>(std::move(made));
}

void put_betterleaks(const GitleaksConfig& config, const GitleaksRule& from,
                     std::map<const Allowlist*, std::shared_ptr<const Allowlist>>& known,
                     Rule& rule) {
  for (auto& allowlist : rule.allowlists) {
    auto& made = known[allowlist.get()];
    if (made == nullptr) made = apart(*allowlist);
    allowlist = made;
  }
  for (const auto& filter : {config.prefilter, config.filter, from.filter}) {
    if (filter != nullptr) rule.filters.push_back(filter);
  }
  rule.notes.insert(rule.notes.end(), from.notes.begin(), from.notes.end());
  if (from.confidence) rule.confidence = *from.confidence;
}

Result<Rule> translated(const GitleaksRule& from, Semantics semantics) {
  Rule rule;
  rule.semantics = semantics;
  const std::string_view program = to_string(semantics);
  rule.id = foreign_id(program, from.id);
  if (rule.id == program) return refuse(from, from.line, "'id' has neither letter nor digit");
  rule.name = one_line_of(from.description.empty() ? from.id : from.description);
  if (rule.name.empty()) rule.name = from.id;
  rule.file = from.file;
  rule.line = from.line;
  NHI_CHECK_OK(put_pattern(from, rule));
  rule.keywords = from.keywords;
  std::sort(rule.keywords.begin(), rule.keywords.end());
  rule.keywords.erase(std::unique(rule.keywords.begin(), rule.keywords.end()), rule.keywords.end());
  rule.entropy = from.regex.empty() ? 0 : from.entropy;
  rule.path = from.path;
  rule.allowlists = from.allowlists;
  rule.required = from.required;
  for (Required& required : rule.required) required.rule = foreign_id(program, required.rule);
  rule.reported = !from.skip_report;
  rule.tags = from.tags;
  // Gitleaks says neither how bad nor how sure; a rule of its own for names is called generic.
  rule.category = from.id.find("generic") != std::string::npos ? "generic" : "token";
  rule.severity = Level::kHigh;
  rule.confidence = Level::kMedium;
  if (!rule.pattern.empty()) choose_search(rule);
  return rule;
}

// A rule and what it requires are parts of one credential, where both are reported. Parts go by the
// beginning of ids: one that begins another id as well would take that rule's matches too.
void put_parts(std::vector<Rule>& rules) {
  constexpr std::uint64_t kLinesMax = 1000;  // what a file of ours may say
  constexpr std::uint64_t kBytesMax = 64 * kKiB;
  std::map<std::string, bool, std::less<>> reported;  // by id
  for (const Rule& rule : rules) reported.emplace(rule.id, rule.reported);
  for (Rule& rule : rules) {
    if (!rule.reported) continue;
    for (const Required& required : rule.required) {
      const auto other = reported.find(required.rule);
      if (other == reported.end() || !other->second) continue;
      const auto next = std::next(other);
      if (next != reported.end() && next->first.starts_with(required.rule)) continue;
      Part part;
      part.prefix = required.rule;
      if (required.lines) {
        part.lines = std::clamp<std::uint64_t>(*required.lines, 1, kLinesMax);
        part.bytes = kBytesMax;
      }
      rule.parts.push_back(std::move(part));
    }
  }
}

// What requires a rule that is refused is refused itself, whatever the order.
std::set<std::string> refused_ids(const GitleaksConfig& config) {
  std::map<std::string, std::vector<std::string>> asked_by;
  std::vector<std::string> left;
  for (const GitleaksRule& rule : config.rules) {
    for (const Required& required : rule.required) asked_by[required.rule].push_back(rule.id);
    if (rule.refusal) left.push_back(rule.id);
  }
  std::set<std::string> refused;
  while (!left.empty()) {
    const std::string id = std::move(left.back());
    left.pop_back();
    if (!refused.insert(id).second) continue;
    const std::vector<std::string>& more = asked_by[id];
    left.insert(left.end(), more.begin(), more.end());
  }
  return refused;
}

// The first of them, and how to do without all.
std::optional<Error> refusal_of(const GitleaksConfig& config) {
  constexpr std::size_t kListedBytesMax = 8192;
  std::optional<Error> first;
  std::string ids;
  std::size_t unlisted = 0;
  const std::set<std::string> refused = refused_ids(config);
  for (const GitleaksRule& rule : config.rules) {
    if (refused.count(rule.id) == 0) continue;
    if (!first) first = rule.refusal;
    if (ids.size() > kListedBytesMax) {
      ++unlisted;
      continue;
    }
    ids += fmt::format("{}'{}'", ids.empty() ? "" : ", ", rule.id);
  }
  if (!first) return first;
  if (unlisted != 0) ids += fmt::format(", and {} more", unlisted);
  if (!first->hint.empty()) first->hint += "; ";
  first->hint += fmt::format(
      "a file of yours with [extend] path = '{}' and disabledRules = [{}] leaves out what is not "
      "honoured",
      config.rules.front().file, ids);
  return first;
}

}  // namespace

Result<std::vector<Rule>> read_gitleaks_rules(const YamlNode& root, const std::string& file,
                                              const RuleSources& sources) {
  NHI_TRY(GitleaksConfig config, load(root, file, sources, 0));
  if (auto refusal = refusal_of(config)) return fail(std::move(*refusal));
  NHI_CHECK_OK(share_allowlists(config));
  const auto semantics = config.betterleaks ? Semantics::kBetterleaks : Semantics::kGitleaks;
  std::map<const Allowlist*, std::shared_ptr<const Allowlist>> known;
  std::vector<Rule> rules;
  std::map<std::string, std::string> ids;
  for (const GitleaksRule& from : config.rules) {
    NHI_TRY(Rule rule, translated(from, semantics));
    if (config.betterleaks) put_betterleaks(config, from, known, rule);
    const auto [first, fresh] = ids.emplace(rule.id, from.id);
    if (!fresh) {
      return refuse(from, from.line,
                    "'id' becomes '" + rule.id + "', as that of rule '" + first->second + "' does");
    }
    rules.push_back(std::move(rule));
  }
  put_parts(rules);
  return rules;
}

}  // namespace nhi
