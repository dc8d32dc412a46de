#include "scanner/rules/rule_check.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "scanner/base/chars.hpp"
#include "scanner/rules/foreign_rules.hpp"
#include "scanner/rules/rule_words.hpp"

namespace nhi {
namespace {

bool holds_literal(const CompiledRule& compiled, std::string_view text) {
  const std::string lower = chars::folded(text);
  return std::any_of(compiled.literals.begin(), compiled.literals.end(),
                     [&](const std::string& literal) { return lower.find(literal) != lower.npos; });
}

struct FirstMatch {
  std::string_view whole;
  std::string_view secret;
};

std::optional<FirstMatch> first_match(const CompiledRule& compiled, std::string_view text) {
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(compiled.secret_group) + 1);
  const bool found = compiled.regex().Match(text, 0, text.size(), re2::RE2::UNANCHORED,
                                            groups.data(), static_cast<int>(groups.size()));
  if (!found) return std::nullopt;
  return FirstMatch{groups.front(), groups[static_cast<std::size_t>(compiled.secret_group)]};
}

// Checks one rule; keeps the name of the example at hand for messages.
class Checker {
 public:
  Checker(const Rule& rule, const CompiledRule& compiled) : rule_(rule), compiled_(compiled) {}

  RuleCheck run() {
    // Rules of other programs come without; those that are a path alone have nothing to try.
    const bool foreign = rule_.semantics != Semantics::kOwn;
    if (rule_.matches.empty() && !foreign) fail_with("has no 'matches' example");
    if (rule_.misses.empty() && !foreign) fail_with("has no 'misses' example");
    // What a rule without a pattern finds is decided where bytes are matched; its examples are run
    // there.
    const bool here = compiled_.lazy_regex != nullptr;
    each(rule_.matches, "matches", [&](std::string_view text) {
      if (here) must_match(text);
    });
    each(rule_.misses, "misses", [&](std::string_view text) {
      if (here) must_miss(text);
    });
    return std::move(check_);
  }

 private:
  void fail_with(std::string_view what) { check_.failures.push_back(place_ + std::string(what)); }

  template <class Judge>
  void each(const std::vector<Example>& examples, std::string_view key, const Judge& judge) {
    for (std::size_t i = 0; i < examples.size(); ++i) {
      const std::uint64_t seeds = examples[i].is_template ? kExampleSeeds : 1;
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        place_ = fmt::format("{}[{}] ", key, i);
        if (examples[i].is_template) place_ += fmt::format("seed {} ", seed);
        ++check_.examples;
        const auto text = examples[i].is_template ? expand_template(examples[i].text, seed)
                                                  : Result<std::string>(examples[i].text);
        if (!text) {
          fail_with("cannot be expanded: " + text.error().what);
        } else {
          judge(*text);
        }
      }
    }
  }

  void must_match(std::string_view text) {
    const auto match = first_match(compiled_, text);
    if (!match) return fail_with("is not matched by the pattern");
    if (match->secret.empty()) fail_with("gives an empty secret");
    const std::string_view where = compiled_.anchored ? match->whole : text;
    if (!holds_literal(compiled_, where)) fail_with("holds no literal of the rule");
    if (compiled_.max_match != 0 && match->whole.size() > compiled_.max_match) {
      fail_with("is matched over more bytes than max_match");
    }
  }

  void must_miss(std::string_view text) {
    const auto match = first_match(compiled_, text);
    if (!match || !holds_literal(compiled_, text)) return;
    if (compiled_.max_match != 0 && match->whole.size() > compiled_.max_match) return;
    if (has_value_checks(rule_)) {
      ++check_.undecided;
    } else {
      fail_with("is matched, and the rule has no check that would refuse it");
    }
  }

  const Rule& rule_;
  const CompiledRule& compiled_;
  std::string place_;
  RuleCheck check_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string nears(const std::vector<Near>& conditions) {
  std::string text;
  for (const Near& near : conditions) {
    if (!text.empty()) text += ", or ";
    text += "a match of " + near.prefix + "* ";
    text += near.lines ? fmt::format("within {} lines", *near.lines) : "anywhere in the file";
  }
  return text;
}

std::string parts_text(const Rule& rule) {
  std::string text;
  for (const Part& part : rule.parts) {
    text += text.empty() ? "" : "\n            ";
    text += "a match of " + part.prefix + "* in the same structure";
    if (!part.lines) continue;
    text += fmt::format(", or within {} lines and {} bytes", *part.lines,
                        part.bytes.value_or(kPartBytesUsual));
  }
  return text;
}

std::string allowlist_text(const Allowlist& allowlist) {
  std::string text = allowlist.name.empty() ? "allowlist" : "allowlist '" + allowlist.name + "'";
  text += allowlist.all ? ", all of:" : ", any of:";
  const auto part = [&text](std::size_t count, std::string_view what) {
    if (count != 0) text += fmt::format(" {} {};", count, what);
  };
  part(allowlist.regexes.size(),
       fmt::format("regexes on the {}",
                   kAllowTargetWords.at(static_cast<std::size_t>(allowlist.target))));
  part(allowlist.paths.size(), "paths");
  part(allowlist.stop_words.size(), "stop words");
  part(allowlist.commits.size(), "commits");
  text.pop_back();
  return text;
}

std::string required_text(const Required& required) {
  std::string text = "a match of " + required.rule;
  if (required.lines) text += fmt::format(" within {} lines", *required.lines);
  if (required.columns) text += fmt::format(" within {} columns", *required.columns);
  return required.lines || required.columns ? text : text + " anywhere in the file";
}

void add_requirements(const Requirements& asked, std::vector<std::string>& checks) {
  const auto least = [&](const std::optional<std::uint64_t>& number, std::string_view what) {
    if (number) checks.push_back(fmt::format("at least {} {}", *number, what));
  };
  least(asked.digits, "digits");
  least(asked.uppercase, "capital letters");
  least(asked.lowercase, "small letters");
  least(asked.special, "of " + asked.special_chars.value_or(std::string(kSpecialChars)));
  if (!asked.none_of.empty()) checks.push_back("holds none of: " + joined(asked.none_of));
  if (!asked.checksum) return;
  std::string text = asked.checksum->actual + " is " + asked.checksum->expected;
  if (!asked.checksum->needs_group.empty()) {
    text += fmt::format(", {} the group {}", asked.checksum->skip_if_missing ? "if it has" : "with",
                        asked.checksum->needs_group);
  }
  checks.push_back(std::move(text));
}

std::string value_checks(const Rule& rule) {
  std::vector<std::string> checks;
  if (!rule.path.empty()) checks.push_back("path matches " + rule.path);
  if (rule.entropy > 0) {
    checks.push_back(fmt::format("entropy of {}{} bits a character",
                                 rule.semantics == Semantics::kOwn ? "" : "more than ",
                                 rule.entropy));
  }
  if (rule.checksum) {
    checks.push_back(fmt::format(
        "{} over {} in the last {} characters",
        kChecksumKindWords.at(static_cast<std::size_t>(rule.checksum->kind)),
        rule.checksum->over_prefix ? "prefix and body" : "the body", rule.checksum->last));
  }
  if (rule.structure != Structure::kNone) {
    checks.push_back("structure " +
                     std::string(kStructureWords.at(static_cast<std::size_t>(rule.structure))));
  }
  if (!rule.stop_words.empty()) checks.push_back("holds none of: " + joined(rule.stop_words));
  if (!rule.not_after.empty()) checks.push_back("not right after: " + joined(rule.not_after));
  if (rule.generic) checks.push_back("is a literal in the language of the file");
  if (rule.names != NameFamily::kNone) {
    checks.push_back("rules of thumb and a model of values (docs/value-model.md)");
  }
  if (!rule.needs.empty()) checks.push_back("needs " + nears(rule.needs));
  if (rule.requirements) add_requirements(*rule.requirements, checks);
  for (const auto& allowlist : rule.allowlists)
    checks.push_back("no " + allowlist_text(*allowlist));
  for (const auto& filter : rule.filters) {
    constexpr std::size_t kShownBytes = 200;
    const std::string text = one_line_of(filter->text);
    checks.push_back("not: " + text.substr(0, kShownBytes) +
                     (text.size() > kShownBytes ? " .." : ""));
  }
  for (const Required& required : rule.required) {
    checks.push_back("needs " + required_text(required));
  }
  std::string text;
  for (const std::string& check : checks) text += (text.empty() ? "" : "\n            ") + check;
  return text.empty() ? "none beyond the pattern" : text;
}

std::string group_text(const Rule& rule, const CompiledRule& compiled) {
  if (rule.semantics == Semantics::kKingfisher && !rule.secret_group) {
    return "secret is the group TOKEN, else the first with a name, else the first, else all";
  }
  if (rule.secret_group && compiled.regex().NumberOfCapturingGroups() > 0) {
    return *rule.secret_group == 0 ? "the first group that is not empty is the secret"
                                   : fmt::format("secret is group {}", *rule.secret_group);
  }
  std::string text = compiled.secret_group == 0
                         ? std::string("the whole match is the secret")
                         : fmt::format("secret is group {}", compiled.secret_group);
  if (compiled.account_group != 0) {
    text += fmt::format(", account is group {}", compiled.account_group);
  }
  if (compiled.target_group != 0)
    text += fmt::format(", target is group {}", compiled.target_group);
  return text;
}

std::string window_text(const Rule& rule, const CompiledRule& compiled) {
  if (rule.unfiltered) return "every view, whole: slow";
  if (compiled.every_uuid) return "each dash of the view";
  if (compiled.lazy_regex == nullptr) return "what follows the name, at most 4 KiB";
  if (compiled.max_match == 0) return "the whole view, once a literal stands in it";
  if (!compiled.anchored) {
    return "the whole view, once a literal stands in it (the pattern does not contain one)";
  }
  return fmt::format("literal plus and minus {} bytes", compiled.max_match);
}

std::string bound_text(const CompiledRule& compiled) {
  if (compiled.lazy_regex == nullptr) return "the value and its name";
  if (compiled.max_match == 0) return "none (declared: whole)";
  return fmt::format("{} bytes ({})", compiled.max_match,
                     compiled.max_match_derived ? "derived from the pattern" : "declared");
}

}  // namespace

bool has_value_checks(const Rule& rule) {
  return !rule.path.empty() || !rule.allowlists.empty() || !rule.filters.empty() ||
         !rule.required.empty() || rule.entropy > 0 || rule.checksum || rule.requirements ||
         rule.structure != Structure::kNone || rule.generic || !rule.stop_words.empty() ||
         !rule.not_after.empty() || !rule.needs.empty();
}

RuleCheck check_rule(const RuleSet& rules, RuleIndex index) {
  return Checker(rules.rule(index), rules.compiled(index)).run();
}

std::string explain_rule(const RuleSet& rules, RuleIndex index) {
  const Rule& rule = rules.rule(index);
  const CompiledRule& compiled = rules.compiled(index);
  std::string text = fmt::format("{}  {}\n", rule.id, rule.name);
  const auto row = [&text](std::string_view label, std::string_view value) {
    if (!value.empty()) text += fmt::format("  {:<10}{}\n", label, value);
  };
  row("kind", to_string(rule.kind));
  if (rule.kind == RuleKind::kIndicator) {
    row("indicator", fmt::format("{} ({})", rule.indicator, to_string(rule.indicator_class)));
    row("subclass", rule.subclass);
  } else {
    row("principal", fmt::format("{}, role {}", to_string(rule.principal), to_string(rule.role)));
  }
  row("category", rule.category);
  row("rank", fmt::format("severity {}, confidence {}", to_string(rule.severity),
                          to_string(rule.confidence)));
  row("from", fmt::format("{}:{}", rule.file, rule.line));
  if (rule.semantics != Semantics::kOwn)
    row("judged", fmt::format("as {} does", to_string(rule.semantics)));
  if (rule.names != NameFamily::kNone) {
    row("names", fmt::format("whose last stem is of the family '{}', in every notation",
                             kNameFamilyWords.at(static_cast<std::size_t>(rule.names))));
    row("literals", joined(compiled.literals));
    row("window", window_text(rule, compiled));
  } else if (compiled.every_uuid) {
    row("finds", "every UUID");
    row("window", window_text(rule, compiled));
  } else if (rule.pattern.empty()) {
    row("pattern", "none: the path of the file is all");
  } else {
    row("pattern", rule.pattern + (rule.case_insensitive ? "  (any case)" : ""));
    row("groups", group_text(rule, compiled));
    row("literals", rule.unfiltered ? std::string("none")
                                    : fmt::format("{} ({})", joined(compiled.literals),
                                                  rule.keywords.empty() ? "derived" : "declared"));
    row("bound", bound_text(compiled));
    row("window", window_text(rule, compiled));
    row("cost", fmt::format("{} instructions of RE2", compiled.regex().ProgramSize()));
  }
  row("checks", value_checks(rule));
  if (rule.tests_only) row("where", "tests, examples and documentation alone");
  row("raised by", nears(rule.raised_by));
  row("parts", parts_text(rule));
  row("rotator", rule.rotator);
  if (!rule.reported) row("reported", "never by itself: company for other rules");
  row("tags", joined(rule.tags));
  for (const std::string& note : rule.notes) row("note", note);
  row("examples", fmt::format("{} matches, {} misses", rule.matches.size(), rule.misses.size()));
  for (const std::string& reference : rule.references) row("see", reference);
  return text;
}

std::string list_rules(const RuleSet& rules) {
  std::size_t width = 0;
  for (const Rule& rule : rules.rules()) width = std::max(width, rule.id.size());
  std::string text;
  for (const Rule& rule : rules.rules()) {
    text += fmt::format("{:<{}}  {:<10}  {:<10}  {:<8}  {:<8}  {}\n", rule.id, width,
                        to_string(rule.kind), rule.category, to_string(rule.severity),
                        to_string(rule.confidence), rule.name);
  }
  return text;
}

}  // namespace nhi
