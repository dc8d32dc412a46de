#include "scanner/match/literal_table.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <unordered_set>

namespace nhi {

std::vector<bool> rules_in_company(const RuleSet& rules) {
  std::unordered_set<std::string_view> asked_for;
  for (const Rule& rule : rules.rules()) {
    for (const Required& required : rule.required) asked_for.insert(required.rule);
  }
  std::vector<bool> in_company;
  in_company.reserve(rules.size());
  for (const Rule& rule : rules.rules()) {
    in_company.push_back(!rule.needs.empty() && asked_for.count(rule.id) == 0);
  }
  return in_company;
}

LiteralTable::LiteralTable(const RuleSet& rules) {
  std::map<std::string, std::vector<RuleIndex>> wanted;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    for (const std::string& literal : rules.compiled(RuleIndex{i}).literals) {
      auto& list = wanted[literal];
      if (list.empty() || list.back() != RuleIndex{i}) list.push_back(RuleIndex{i});
    }
  }
  const std::vector<bool> in_company = rules_in_company(rules);
  for (const auto& [literal, list] : wanted) {
    literals_.push_back(literal);
    longest_ = std::max(longest_, literal.size());
    Use use;
    add_rules(use, rules, list, in_company);
    uses_.push_back(use);
  }
}

void LiteralTable::add_rules(Use& use, const RuleSet& rules, const std::vector<RuleIndex>& wanted,
                             const std::vector<bool>& in_company) {
  ByteSet next_alone;
  ByteSet next_all;
  const auto names_values = [&](RuleIndex index) {
    return rules.rule(index).names != NameFamily::kNone;
  };
  const auto count = [&] { return static_cast<std::uint32_t>(rules_.size()); };
  use.names = count();
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(rules_), names_values);
  use.first = count();
  for (const RuleIndex index : std::span(rules_).subspan(use.names)) {
    bool& kind = in_company[static_cast<std::size_t>(index)] ? use.names_wait : use.names_alone;
    kind = true;
  }
  for (const bool company : {false, true}) {
    for (const RuleIndex index : wanted) {
      if (names_values(index)) continue;
      if (in_company[static_cast<std::size_t>(index)] != company) continue;
      rules_.push_back(index);
      // A rule that looks at the whole view does so wherever its literal stands.
      const CompiledRule& rule = rules.compiled(index);
      const bool windows = rule.anchored && rule.max_match != 0;
      const ByteSet next = windows ? rule.literal_next : ByteSet().set();
      next_all |= next;
      if (!company) next_alone |= next;
    }
    if (!company) use.alone_end = count();
  }
  use.end = count();
  use.anything_alone = next_alone.all();
  use.anything_all = next_all.all();
  use.next_alone = ByteTest(next_alone);
  use.next_all = ByteTest(next_all);
}

std::span<const RuleIndex> LiteralTable::name_rules(std::uint32_t literal) const {
  const Use& use = uses_[literal];
  return std::span(rules_).subspan(use.names, use.first - use.names);
}

std::span<const RuleIndex> LiteralTable::rules(std::uint32_t literal, RuleShare share) const {
  const Use& use = uses_[literal];
  const std::uint32_t from = share == RuleShare::kInCompany ? use.alone_end : use.first;
  const std::uint32_t to = share == RuleShare::kAlone ? use.alone_end : use.end;
  return std::span(rules_).subspan(from, to - from);
}

std::vector<bool> LiteralTable::wanted_by(RuleShare share) const {
  std::vector<bool> wanted;
  wanted.reserve(uses_.size());
  for (std::uint32_t literal = 0; literal < uses_.size(); ++literal) {
    const Use& use = uses_[literal];
    const bool names = (share != RuleShare::kInCompany && use.names_alone) ||
                       (share != RuleShare::kAlone && use.names_wait);
    wanted.push_back(names || !rules(literal, share).empty());
  }
  return wanted;
}

bool LiteralTable::may_go_on(std::uint32_t literal, RuleShare share, Bytes view,
                             std::uint64_t end) const {
  const Use& use = uses_[literal];
  const bool alone = share == RuleShare::kAlone;
  if (alone ? use.anything_alone : use.anything_all) return true;
  if (end >= view.size()) return false;
  return (alone ? use.next_alone : use.next_all)(view[static_cast<std::size_t>(end)]);
}

}  // namespace nhi
