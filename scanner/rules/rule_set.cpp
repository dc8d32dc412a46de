#include "scanner/rules/rule_set.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/rules/betterleaks_filter.hpp"
#include "scanner/rules/pattern_facts.hpp"
#include "scanner/rules/rule_codec.hpp"

namespace nhi {
namespace {

constexpr std::string_view kDigestVersion = "nhisweep.ruleset/1";

re2::RE2::Options regex_options(bool case_insensitive) {
  // Bytes, not UTF-8: in UTF-8 mode a stray Windows-1252 byte would hide a secret.
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  options.set_case_sensitive(!case_insensitive);
  options.set_max_mem(kRegexMemoryBytes);
  return options;
}

Unexpected<Error> bad_rule(const Rule& rule, std::string_view key, const std::string& what,
                           std::string hint = {}) {
  std::string text = "rule '" + rule.id + "': '" + std::string(key) + "' " + what;
  std::string place = rule.file;
  if (!place.empty()) place += ":" + std::to_string(rule.line);
  return fail(ErrorCode::kBadRule, std::move(text), std::move(place), std::move(hint));
}

Result<void> check_regex(const Rule& rule) {
  const re2::RE2 regex(rule.pattern, regex_options(rule.case_insensitive));
  if (!regex.ok()) {
    const bool perl = rule.pattern.find("(?=") != std::string::npos ||
                      rule.pattern.find("(?!") != std::string::npos ||
                      rule.pattern.find("(?<") != std::string::npos;
    return bad_rule(
        rule, "pattern", "is refused by RE2: " + regex.error(),
        perl ? "RE2 has no look-around; match the context, capture only the secret" : "");
  }
  if (regex.Match("", 0, 0, re2::RE2::UNANCHORED, nullptr, 0)) {
    return bad_rule(rule, "pattern", "matches the empty text");
  }
  return {};
}

// The list of texts of which the pattern must hold one and that has a declared keyword in each.
const RequiredTexts* proof_of(const std::vector<std::string>& keywords,
                              const std::vector<RequiredTexts>& required) {
  const auto covered = [&](const std::string& literal) {
    return std::any_of(keywords.begin(), keywords.end(), [&](const std::string& keyword) {
      return literal.find(keyword) != std::string::npos;
    });
  };
  const auto found = std::find_if(required.begin(), required.end(), [&](const auto& list) {
    return std::all_of(list.texts.begin(), list.texts.end(), covered);
  });
  return found == required.end() ? nullptr : &*found;
}

// A keyword stands anywhere in the text that it is proven by.
std::optional<std::size_t> bytes_before(const RequiredTexts& proof) {
  if (!proof.before) return std::nullopt;
  std::size_t longest = 0;
  for (const std::string& text : proof.texts) longest = std::max(longest, text.size());
  return *proof.before + longest;
}

std::string choose_needed(const PatternFacts& facts, const std::vector<std::string>& literals) {
  std::string needed;
  const auto in_all_literals = [&](char c) {
    return std::all_of(literals.begin(), literals.end(), [c](const std::string& literal) {
      return literal.find(c) != std::string::npos;
    });
  };
  for (const RequiredTexts& list : facts.required) {
    if (list.texts.size() != 1) continue;
    for (const char c : list.texts.front()) {
      const bool letter = c >= 'a' && c <= 'z';
      if (!letter && needed.find(c) == std::string::npos && !in_all_literals(c)) needed += c;
    }
  }
  return needed;
}

// Lists that the literals say nothing about; a single byte is left to choose_needed().
std::vector<std::vector<std::string>> choose_further(const PatternFacts& facts,
                                                     const std::vector<std::string>& literals) {
  constexpr std::size_t kTextsMax = 24;
  const auto shortest = [](const RequiredTexts& list) {
    std::size_t least = list.texts.front().size();
    for (const std::string& text : list.texts) least = std::min(least, text.size());
    return least;
  };
  const auto says_something = [&](const RequiredTexts& list) {
    // Where each literal holds one of the texts, its hit has shown the list already.
    const auto shown = [&](const std::string& literal) {
      return std::any_of(list.texts.begin(), list.texts.end(), [&](const std::string& text) {
        return literal.find(text) != std::string::npos;
      });
    };
    return list.texts.size() <= kTextsMax && shortest(list) >= 2 &&
           !std::all_of(literals.begin(), literals.end(), shown);
  };
  std::vector<const RequiredTexts*> lists;
  for (const RequiredTexts& list : facts.required) {
    if (says_something(list)) lists.push_back(&list);
  }
  std::stable_sort(lists.begin(), lists.end(), [&](const auto* a, const auto* b) {
    return shortest(*a) * b->texts.size() > shortest(*b) * a->texts.size();
  });
  if (lists.size() > kFurtherTextsMax) lists.resize(kFurtherTextsMax);
  std::vector<std::vector<std::string>> further;
  further.reserve(lists.size());
  for (const RequiredTexts* list : lists) further.push_back(list->texts);
  return further;
}

Result<void> choose_literals(const Rule& rule, const PatternFacts& facts, CompiledRule& compiled) {
  if (rule.unfiltered) return {};
  if (rule.keywords.empty()) {
    if (facts.literals.empty()) {
      return bad_rule(rule, "keywords", "is missing: the pattern holds no text of its own",
                      "name words that stand near every match");
    }
    compiled.literals = facts.literals;
    compiled.literal_before = facts.literals_before;
    compiled.literal_next = facts.literals_next;
    compiled.anchored = true;
    return {};
  }
  for (const std::string& keyword : rule.keywords) {
    if (keyword.empty()) return bad_rule(rule, "keywords", "holds an empty word");
    compiled.literals.push_back(chars::folded(keyword));
  }
  std::sort(compiled.literals.begin(), compiled.literals.end());
  const auto last = std::unique(compiled.literals.begin(), compiled.literals.end());
  compiled.literals.erase(last, compiled.literals.end());
  const RequiredTexts* proof = proof_of(compiled.literals, facts.required);
  compiled.anchored = proof != nullptr;
  if (proof == nullptr) return {};
  compiled.literal_before = bytes_before(*proof);
  auto texts = proof->texts;
  std::sort(texts.begin(), texts.end());
  // Where the keywords are the very texts, what is known of those holds.
  if (texts == compiled.literals) {
    compiled.literal_before = proof->before;
    compiled.literal_next = proof->next;
  }
  return {};
}

Result<void> choose_max_match(const Rule& rule, const PatternFacts& facts, CompiledRule& compiled) {
  if (rule.whole_view) {
    compiled.max_match = 0;
    return {};
  }
  if (rule.max_match) {
    if (*rule.max_match == 0) return bad_rule(rule, "max_match", "is 0");
    compiled.max_match = *rule.max_match;
    return {};
  }
  if (!facts.max_bytes) {
    return bad_rule(rule, "max_match", "is missing: the pattern has no bound",
                    "bound every repeat, or declare the longest match in bytes");
  }
  if (*facts.max_bytes > kMatchBytesMax) {
    return bad_rule(rule, "max_match", "is missing: a match can be over 64 KiB");
  }
  compiled.max_match = *facts.max_bytes;
  compiled.max_match_derived = true;
  return {};
}

// A rule of names has no pattern: its literals are the stems of its family. Nor has one of every
// UUID, which has no literals either.
CompiledRule compile_without_pattern(const Rule& rule) {
  CompiledRule compiled;
  compiled.every_uuid = rule.names == NameFamily::kNone;
  for (const NameStem& stem : kNameStems) {
    if (stem.family == rule.names) compiled.literals.emplace_back(stem.text);
  }
  compiled.anchored = true;
  return compiled;
}

// A template that asks for what no match can have would drop every match without a word.
Result<void> check_names(const Rule& rule, const PatternFacts& facts,
                         const ChecksumTemplate& made) {
  for (const std::string& name : made.names()) {
    const auto called = [&name](const PatternGroup& group) {
      std::string upper = group.name;
      for (char& c : upper) c = chars::is_lower(c) ? static_cast<char>(c - 32) : c;
      return name == group.name || name == upper;
    };
    if (name == "MATCH" || name == "FULL_MATCH") continue;
    if (std::any_of(facts.groups.begin(), facts.groups.end(), called)) continue;
    return bad_rule(rule, "checksum", "asks for '" + name + "', which no group is called",
                    "every match of such a rule would be dropped");
  }
  return {};
}

Result<std::optional<CompiledChecksum>> compile_checksum(const Rule& rule,
                                                         const PatternFacts& facts) {
  if (!rule.requirements || !rule.requirements->checksum) return std::optional<CompiledChecksum>();
  const auto parsed = [&](const std::string& text) -> Result<ChecksumTemplate> {
    auto made = ChecksumTemplate::parse(text);
    if (!made) return bad_rule(rule, "checksum", made.error().what, made.error().hint);
    NHI_CHECK_OK(check_names(rule, facts, *made));
    return made;
  };
  CompiledChecksum compiled;
  NHI_TRY(compiled.actual, parsed(rule.requirements->checksum->actual));
  NHI_TRY(compiled.expected, parsed(rule.requirements->checksum->expected));
  return std::optional<CompiledChecksum>(std::move(compiled));
}

Result<CompiledRule> compile(const Rule& rule) {
  if (rule.id.empty()) return bad_rule(rule, "id", "is empty");
  const bool every_uuid = rule.pattern.empty() && rule.structure == Structure::kUuid;
  if (rule.names != NameFamily::kNone || every_uuid) return compile_without_pattern(rule);
  if (rule.pattern.empty()) {
    // The path is all that such a rule asks; nothing is searched.
    if (rule.path.empty()) return bad_rule(rule, "pattern", "is empty");
    return CompiledRule{};
  }
  if (!rule.proven) NHI_CHECK_OK(check_regex(rule));
  // A pattern that RE2 takes and the walk does not leaves every fact to be declared.
  PatternFacts unknown;
  unknown.max_bytes.reset();
  unknown.shape.alphabet.set();
  const PatternFacts facts = analyse_pattern(rule.pattern).value_or(unknown);
  CompiledRule compiled;
  NHI_CHECK_OK(choose_literals(rule, facts, compiled));
  NHI_CHECK_OK(choose_max_match(rule, facts, compiled));
  compiled.shape = facts.shape;
  compiled.needed_bytes = choose_needed(facts, compiled.literals);
  if (compiled.anchored) compiled.further_texts = choose_further(facts, compiled.literals);
  NHI_TRY(compiled.checksum, compile_checksum(rule, facts));
  // What other programs call their groups means nothing here.
  const bool own = rule.semantics == Semantics::kOwn;
  for (const PatternGroup& group : own ? facts.groups : std::vector<PatternGroup>()) {
    if (group.name == "secret") compiled.secret_group = group.number;
    if (group.name == "account") compiled.account_group = group.number;
    if (group.name == "target") compiled.target_group = group.number;
  }
  compiled.lazy_regex = std::make_unique<LazyRegex>(rule.pattern, rule.case_insensitive);
  return compiled;
}

}  // namespace

struct LazyRegex::State {
  std::string pattern;
  bool case_insensitive = false;
  std::once_flag once;
  std::unique_ptr<re2::RE2> regex;  // set under `once`, then read only
};

LazyRegex::LazyRegex(std::string pattern, bool case_insensitive)
    : state_(std::make_unique<State>()) {
  state_->pattern = std::move(pattern);
  state_->case_insensitive = case_insensitive;
}
LazyRegex::~LazyRegex() = default;

const re2::RE2& LazyRegex::get() const {
  State& state = *state_;
  std::call_once(state.once, [&state] {
    const auto options = regex_options(state.case_insensitive);
    state.regex = std::make_unique<re2::RE2>(state.pattern, options);
    NHI_ASSERT(state.regex->ok());
  });
  return *state.regex;
}

namespace {

std::string joined(const std::vector<std::string>& patterns) {
  std::string text;
  for (const std::string& pattern : patterns) text += (text.empty() ? "(?:" : "|") + pattern;
  return text.empty() ? text : text + ")";
}

// Compiles what rules ask beyond their pattern; equal allowlists are one.
class ConditionPool {
 public:
  Result<void> add(const Rule& rule, CompiledRule& compiled) {
    if (!rule.path.empty()) {
      NHI_TRY(compiled.path, compile_one(rule, "path", rule.path));
    }
    for (const auto& allowlist : rule.allowlists) {
      NHI_TRY(const std::uint32_t position, position_of(rule, allowlist));
      compiled.allowlists.push_back(position);
    }
    for (const auto& filter : rule.filters) {
      NHI_TRY(const std::uint32_t position, position_of(rule, filter));
      compiled.filters.push_back(position);
    }
    return {};
  }
  [[nodiscard]] std::vector<CompiledAllowlist> take() { return std::move(pool_); }
  [[nodiscard]] std::vector<CompiledFilter> take_filters() { return std::move(filters_); }

 private:
  static Result<std::unique_ptr<LazyRegex>> compile_one(const Rule& rule, std::string_view key,
                                                        const std::string& pattern) {
    if (pattern.empty()) return std::unique_ptr<LazyRegex>();
    auto regex = std::make_unique<LazyRegex>(pattern, false);
    const re2::RE2 trial(pattern, regex_options(false));
    if (!trial.ok()) return bad_rule(rule, key, "is refused by RE2: " + trial.error());
    return regex;
  }

  Result<std::uint32_t> position_of(const Rule& rule,
                                    const std::shared_ptr<const Allowlist>& allowlist) {
    const auto known = known_.find(allowlist.get());
    if (known != known_.end()) return known->second;
    const auto same = std::find_if(
        pool_.begin(), pool_.end(),
        [&](const CompiledAllowlist& compiled) { return *compiled.source == *allowlist; });
    auto position = static_cast<std::uint32_t>(same - pool_.begin());
    if (same == pool_.end()) {
      CompiledAllowlist made;
      made.source = allowlist;
      NHI_TRY(made.regexes, compile_one(rule, "allowlists.regexes", joined(allowlist->regexes)));
      NHI_TRY(made.paths, compile_one(rule, "allowlists.paths", joined(allowlist->paths)));
      made.stop_words = WordSet(allowlist->stop_words);
      pool_.push_back(std::move(made));
    }
    known_.emplace(allowlist.get(), position);
    return position;
  }

  Result<std::uint32_t> position_of(const Rule& rule,
                                    const std::shared_ptr<const MatchFilter>& filter) {
    const auto [known, fresh] =
        filters_by_text_.emplace(filter->text, static_cast<std::uint32_t>(filters_.size()));
    if (!fresh) return known->second;
    auto tree = parse_betterleaks_filter(filter->text);
    if (!tree) return bad_rule(rule, "filters", tree.error().what);
    CompiledFilter made;
    made.source = filter;
    made.tree = std::move(*tree);
    for (const FilterNode& node : made.tree.nodes) {
      const bool regexes = node.op == FilterOp::kMatchesAny && !node.list.empty();
      made.regexes.push_back(regexes ? std::make_unique<LazyRegex>(joined(node.list), false)
                                     : nullptr);
      made.words.emplace_back(node.op == FilterOp::kContainsAny ? node.list
                                                                : std::vector<std::string>());
    }
    filters_.push_back(std::move(made));
    return known->second;
  }

  std::vector<CompiledAllowlist> pool_;
  std::map<const Allowlist*, std::uint32_t> known_;
  std::vector<CompiledFilter> filters_;
  std::map<std::string, std::uint32_t> filters_by_text_;
};

Result<void> check_required(const std::vector<Rule>& rules,
                            const std::unordered_map<std::string_view, std::size_t>& by_id) {
  for (const Rule& rule : rules) {
    for (const Required& required : rule.required) {
      if (by_id.count(required.rule) == 0) {
        return bad_rule(rule, "required",
                        "names rule '" + required.rule + "', which is not among the rules");
      }
    }
  }
  return {};
}

// A prefix that names nothing is a slip of the pen, not a rule set without that part: unless the
// rules are a part of a set themselves (tests of one rule alone).
Result<void> check_parts(const std::vector<Rule>& rules) {
  if (rules.size() == 1) return {};
  for (const Rule& rule : rules) {
    for (const Part& part : rule.parts) {
      const bool known = std::any_of(rules.begin(), rules.end(), [&](const Rule& other) {
        return &other != &rule && other.id.starts_with(part.prefix);
      });
      if (known) continue;
      return bad_rule(rule, "parts", "names '" + part.prefix + "', with which no rule begins");
    }
  }
  return {};
}

}  // namespace

struct RuleSet::State {
  std::vector<Rule> rules;
  std::vector<CompiledRule> compiled;
  std::vector<CompiledAllowlist> allowlists;
  std::vector<CompiledFilter> filters;
  std::unordered_map<std::string_view, std::size_t> by_id;  // views into `rules`
  std::string digest;
};

RuleSet::RuleSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

Result<RuleSet> RuleSet::create(std::vector<Rule> rules) {
  auto state = std::make_unique<State>();
  state->rules = std::move(rules);
  state->compiled.reserve(state->rules.size());
  FieldBytes fields;
  fields.add(kDigestVersion);
  ConditionPool conditions;
  for (std::size_t i = 0; i < state->rules.size(); ++i) {
    const Rule& rule = state->rules[i];
    NHI_TRY(CompiledRule compiled, compile(rule));
    NHI_CHECK_OK(conditions.add(rule, compiled));
    state->compiled.push_back(std::move(compiled));
    const auto [other, fresh] = state->by_id.emplace(rule.id, i);
    if (!fresh) {
      const Rule& first = state->rules[other->second];
      return bad_rule(rule, "id",
                      "is used twice, first at " + first.file + ":" + std::to_string(first.line));
    }
    fields.add(digest_fields(rule));
  }
  NHI_CHECK_OK(check_required(state->rules, state->by_id));
  NHI_CHECK_OK(check_parts(state->rules));
  state->allowlists = conditions.take();
  state->filters = conditions.take_filters();
  state->digest = "sha256:" + to_hex(sha256(fields.bytes()));
  return RuleSet(std::move(state));
}

std::size_t RuleSet::size() const { return state_->rules.size(); }
const Rule& RuleSet::rule(RuleIndex index) const {
  return state_->rules.at(static_cast<std::size_t>(index));
}
const CompiledRule& RuleSet::compiled(RuleIndex index) const {
  return state_->compiled.at(static_cast<std::size_t>(index));
}
const Rule* RuleSet::find(std::string_view id) const {
  const auto found = state_->by_id.find(id);
  return found == state_->by_id.end() ? nullptr : &state_->rules[found->second];
}
const std::vector<Rule>& RuleSet::rules() const { return state_->rules; }
const std::vector<CompiledAllowlist>& RuleSet::allowlists() const { return state_->allowlists; }
const std::vector<CompiledFilter>& RuleSet::filters() const { return state_->filters; }
const std::string& RuleSet::digest() const { return state_->digest; }

}  // namespace nhi
