#include "scanner/identity/companions.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace nhi {
namespace {

// Where a match starts. Columns count bytes from the line feed before, as Gitleaks has it: in the
// first line from the start of the text.
struct Start {
  std::uint64_t line = 0;
  std::uint64_t column = 0;
};

class Lines {
 public:
  explicit Lines(Bytes text) {
    for (std::size_t at = text.find('\n'); at != Bytes::npos; at = text.find('\n', at + 1)) {
      feeds_.push_back(at);
    }
  }
  [[nodiscard]] Start start_of(std::uint64_t offset) const {
    const auto behind = std::upper_bound(feeds_.begin(), feeds_.end(), offset);
    const auto line = static_cast<std::uint64_t>(behind - feeds_.begin());
    return {line, behind == feeds_.begin() ? offset : offset - *(behind - 1)};
  }

 private:
  std::vector<std::uint64_t> feeds_;
};

// All starts of one rule, for questions of either kind.
struct Starts {
  std::map<std::uint64_t, std::set<std::uint64_t>> by_line;  // line -> columns
  std::set<std::uint64_t> columns;
};

bool any_within(const std::set<std::uint64_t>& values, std::uint64_t value, std::uint64_t reach) {
  const auto first = values.lower_bound(value > reach ? value - reach : 0);
  return first != values.end() && *first <= value + reach;
}

bool met(const Required& required, const Starts& starts, const Start& at) {
  if (!required.lines) {
    return required.columns ? any_within(starts.columns, at.column, *required.columns)
                            : !starts.columns.empty();
  }
  const std::uint64_t lowest = at.line > *required.lines ? at.line - *required.lines : 0;
  for (auto line = starts.by_line.lower_bound(lowest);
       line != starts.by_line.end() && line->first <= at.line + *required.lines; ++line) {
    if (!required.columns || any_within(line->second, at.column, *required.columns)) return true;
  }
  return false;
}

}  // namespace

void apply_required(std::vector<Candidate>& candidates, Bytes text) {
  std::map<std::string_view, Starts> wanted;
  for (const Candidate& candidate : candidates) {
    if (candidate.rule == nullptr) continue;
    for (const Required& required : candidate.rule->required) wanted[required.rule];
  }
  if (!wanted.empty()) {
    const Lines lines(text);
    for (const Candidate& candidate : candidates) {
      if (candidate.rule == nullptr) continue;
      const auto starts = wanted.find(candidate.rule->id);
      if (starts == wanted.end()) continue;
      const Start at = lines.start_of(candidate.match.start);
      starts->second.by_line[at.line].insert(at.column);
      starts->second.columns.insert(at.column);
    }
    std::erase_if(candidates, [&](const Candidate& candidate) {
      if (candidate.rule == nullptr || candidate.rule->required.empty()) return false;
      const Start at = lines.start_of(candidate.match.start);
      const auto& all = candidate.rule->required;
      return !std::all_of(all.begin(), all.end(), [&](const Required& required) {
        return met(required, wanted.at(required.rule), at);
      });
    });
  }
  std::erase_if(candidates, [](const Candidate& candidate) {
    return candidate.rule != nullptr && !candidate.rule->reported;
  });
}

bool is_path_alone(const Rule& rule) {
  return rule.pattern.empty() && rule.names == NameFamily::kNone &&
         rule.structure != Structure::kUuid;
}

FileRuleHits judge_file_rules(const RuleSet& rules, Conditions& conditions,
                              const ViewContext& context, Bytes content) {
  FileRuleHits hits;
  conditions.set_place(context);
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules.rule(RuleIndex{i});
    if (!is_path_alone(rule)) continue;
    if (!context.path) {
      ++hits.unjudged;
      continue;
    }
    if (content.empty() || !conditions.admits(RuleIndex{i})) continue;
    Candidate candidate;
    candidate.rule = &rule;
    candidate.value = SecretText(content);
    candidate.confidence = rule.confidence;
    candidate.why = "path of the file";
    hits.candidates.push_back(std::move(candidate));
  }
  return hits;
}

}  // namespace nhi
