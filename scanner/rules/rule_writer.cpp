#include "scanner/rules/rule_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "scanner/rules/rule_words.hpp"

namespace nhi {
namespace {

// A pattern over this is written in parts: no text of a rule file may be over 16 KiB.
constexpr std::size_t kPartBytes = 8192;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto value = static_cast<unsigned char>(c);
    return value >= 0x20 && value != 0x7F;
  });
}

// In single quotes where nothing needs an escape: patterns stay readable.
std::string in_quotes(std::string_view text) {
  std::string made;
  if (is_plain(text)) {
    for (const char c : text) made += c == '\'' ? "''" : std::string(1, c);
    return "'" + made + "'";
  }
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      made += '\\';
      made += c;
    } else if (value < 0x20 || value == 0x7F) {
      made += fmt::format("\\x{:02x}", value);
    } else {
      made += c;
    }
  }
  return "\"" + made + "\"";
}

template <class Enum, std::size_t N>
std::string_view word(const std::array<std::string_view, N>& words, Enum value) {
  return words.at(static_cast<std::size_t>(value));
}

class Writer {
 public:
  std::string run(const std::vector<Rule>& rules, const std::string& header) {
    text_ = "# " + header + "\n";
    for (const Rule& rule : rules) write_rule(rule);
    return std::move(text_);
  }

 private:
  void line(std::string_view key, std::string_view value) {
    text_ += fmt::format("{}{}: {}\n", start_, key, value);
    start_ = indent_;
  }
  void text(std::string_view key, const std::string& value) {
    if (!value.empty()) line(key, in_quotes(value));
  }
  void truth(std::string_view key, bool value, bool usual) {
    if (value != usual) line(key, value ? "true" : "false");
  }
  void list(std::string_view key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    text_ += fmt::format("{}{}:\n", start_, key);
    start_ = indent_;
    for (const std::string& value : values)
      text_ += fmt::format("{}  - {}\n", indent_, in_quotes(value));
  }
  void examples(std::string_view key, const std::vector<Example>& values) {
    if (values.empty()) return;
    text_ += fmt::format("{}{}:\n", indent_, key);
    for (const Example& value : values) {
      const std::string what = in_quotes(value.text);
      text_ += value.is_template ? fmt::format("{}  - {{template: {}}}\n", indent_, what)
                                 : fmt::format("{}  - {}\n", indent_, what);
    }
  }
  void nears(std::string_view key, const std::vector<Near>& values) {
    if (values.empty()) return;
    text_ += fmt::format("{}{}:\n", indent_, key);
    for (const Near& near : values) {
      text_ += fmt::format("{}  - {{prefix: {}{}}}\n", indent_, in_quotes(near.prefix),
                           near.lines ? fmt::format(", lines: {}", *near.lines) : "");
    }
  }

  void parts(const std::vector<Part>& values) {
    if (!values.empty()) text_ += "  parts:\n";
    for (const Part& part : values) {
      std::string entry = fmt::format("prefix: {}", in_quotes(part.prefix));
      if (part.lines) entry += fmt::format(", lines: {}", *part.lines);
      if (part.bytes) entry += fmt::format(", bytes: {}", *part.bytes);
      text_ += fmt::format("    - {{{}}}\n", entry);
    }
  }

  void long_text(std::string_view key, const std::string& value) {
    if (value.size() <= kPartBytes) return text(key, value);
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < value.size(); at += kPartBytes) {
      parts.push_back(value.substr(at, kPartBytes));
    }
    list(key, parts);
  }

  void filter(const MatchFilter& given) {
    start_ = "    - ";
    indent_ = "      ";
    text("name", given.name);
    const bool known = !given.name.empty() && !named_filters_.insert(given.name).second;
    if (!known) long_text("expression", given.text);
    indent_ = "  ";
    start_ = indent_;
  }

  void allowlist(const Allowlist& given) {
    // `- ` before the first key, and every list of it two deeper.
    start_ = "    - ";
    indent_ = "      ";
    text("name", given.name);
    const bool known = !given.name.empty() && !named_.insert(given.name).second;
    if (!known) {
      if (given.all) line("condition", "all");
      if (given.target != AllowTarget::kSecret)
        line("target", word(kAllowTargetWords, given.target));
      list("regexes", given.regexes);
      list("paths", given.paths);
      list("stop_words", given.stop_words);
      list("commits", given.commits);
    }
    indent_ = "  ";
    start_ = indent_;
  }

  void requirements(const Requirements& given) {
    text_ += "  requirements:\n";
    indent_ = "    ";
    start_ = indent_;
    const auto count = [this](std::string_view key, const std::optional<std::uint64_t>& value) {
      if (value) line(key, std::to_string(*value));
    };
    count("min_digits", given.digits);
    count("min_uppercase", given.uppercase);
    count("min_lowercase", given.lowercase);
    count("min_special_chars", given.special);
    if (given.special_chars) line("special_chars", in_quotes(*given.special_chars));
    list("ignore_if_contains", given.none_of);
    if (given.checksum) {
      std::string actual = "{template: " + in_quotes(given.checksum->actual);
      if (!given.checksum->needs_group.empty()) {
        actual += ", requires_capture: " + in_quotes(given.checksum->needs_group);
      }
      text_ += "    checksum:\n      actual: " + actual + "}\n";
      text_ += "      expected: " + in_quotes(given.checksum->expected) + "\n";
      if (given.checksum->skip_if_missing) text_ += "      skip_if_missing: true\n";
    }
    indent_ = "  ";
    start_ = indent_;
  }

  void conditions(const Rule& rule) {
    if (rule.semantics != Semantics::kOwn) line("semantics", to_string(rule.semantics));
    if (rule.secret_group) line("secret_group", std::to_string(*rule.secret_group));
    truth("unfiltered", rule.unfiltered, false);
    truth("report", rule.reported, true);
    text("path", rule.path);
    if (!rule.allowlists.empty()) text_ += "  allowlists:\n";
    for (const auto& given : rule.allowlists) allowlist(*given);
    if (!rule.filters.empty()) text_ += "  filters:\n";
    for (const auto& given : rule.filters) filter(*given);
    if (!rule.required.empty()) text_ += "  required:\n";
    for (const Required& required : rule.required) {
      std::string entry = fmt::format("rule: {}", in_quotes(required.rule));
      if (required.lines) entry += fmt::format(", lines: {}", *required.lines);
      if (required.columns) entry += fmt::format(", columns: {}", *required.columns);
      text_ += fmt::format("    - {{{}}}\n", entry);
    }
    if (rule.requirements) requirements(*rule.requirements);
    list("tags", rule.tags);
    list("notes", rule.notes);
  }

  void checks(const Rule& rule) {
    if (rule.max_match) line("max_match", std::to_string(*rule.max_match));
    if (rule.whole_view) line("max_match", "whole");
    if (rule.entropy > 0) line("entropy", fmt::format("{}", rule.entropy));
    if (rule.checksum) {
      line("checksum",
           fmt::format("{{kind: {}, over: {}, last: {}}}",
                       word(kChecksumKindWords, rule.checksum->kind),
                       rule.checksum->over_prefix ? "all" : "body", rule.checksum->last));
    }
    if (rule.structure != Structure::kNone) {
      line("structure", word(kStructureWords, rule.structure));
    }
    truth("tests_only", rule.tests_only, false);
    if (rule.names != NameFamily::kNone) {
      line("names", word(kNameFamilyWords, rule.names));
    } else {
      truth("generic", rule.generic, false);
    }
  }

  void meaning(const Rule& rule) {
    text("category", rule.category);
    if (rule.principal != Principal::kMachine) line("principal", to_string(rule.principal));
    if (rule.role != Role::kSecret) line("role", to_string(rule.role));
    line("severity", to_string(rule.severity));
    line("confidence", to_string(rule.confidence));
    text("rotator", rule.rotator);
    text("public_prefix", rule.public_prefix);
    list("stop_words", rule.stop_words);
    list("not_after", rule.not_after);
    if (rule.kind == RuleKind::kIndicator) {
      line("class", to_string(rule.indicator_class));
      text("subclass", rule.subclass);
      text("indicator", rule.indicator);
    }
    nears("needs", rule.needs);
    nears("raised_by", rule.raised_by);
    parts(rule.parts);
  }

  void write_rule(const Rule& rule) {
    start_ = "- ";
    line("id", rule.id);
    text("name", rule.name);
    if (rule.kind == RuleKind::kIndicator) line("kind", to_string(rule.kind));
    long_text("pattern", rule.pattern);
    truth("case_insensitive", rule.case_insensitive, false);
    list("keywords", rule.keywords);
    checks(rule);
    meaning(rule);
    conditions(rule);
    examples("matches", rule.matches);
    examples("misses", rule.misses);
    list("references", rule.references);
    text_ += '\n';
  }

  std::string text_;
  std::string_view start_ = "- ";   // of the next line
  std::string_view indent_ = "  ";  // of the ones after it
  std::set<std::string> named_;     // allowlists whose content was written
  std::set<std::string> named_filters_;
};

}  // namespace

std::string write_rules_yaml(const std::vector<Rule>& rules, const std::string& header) {
  return Writer().run(rules, header);
}

}  // namespace nhi
