// literal_table.hpp - the literals of all rules, each with the rules that look around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "scanner/match/matcher.hpp"
#include "scanner/match/rule_guard.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {

/// True if the rule counts only beside a match of another rule (`needs`), and no rule asks for it:
/// in a blob without that other match it need not be looked for.
[[nodiscard]] std::vector<bool> rules_in_company(const RuleSet& rules);

// Immutable.
class LiteralTable {
 public:
  explicit LiteralTable(const RuleSet& rules);

  /// What is handed to the prefilter; a literal is its position here.
  [[nodiscard]] const std::vector<std::string>& literals() const { return literals_; }
  [[nodiscard]] std::size_t size_of(std::uint32_t literal) const {
    return literals_[literal].size();
  }
  [[nodiscard]] std::size_t longest() const { return longest_; }
  /// Rules of names whose stem it is.
  [[nodiscard]] std::span<const RuleIndex> name_rules(std::uint32_t literal) const;
  /// Rules with a pattern that a hit of the literal can open.
  [[nodiscard]] std::span<const RuleIndex> rules(std::uint32_t literal, RuleShare share) const;
  /// By literal: does any rule of the share look around it?
  [[nodiscard]] std::vector<bool> wanted_by(RuleShare share) const;
  /// False: no pattern of these rules goes on with what stands behind the literal, at `end`.
  [[nodiscard]] bool may_go_on(std::uint32_t literal, RuleShare share, Bytes view,
                               std::uint64_t end) const;

 private:
  // Places in rules_: of the rules from `first` to `alone_end` none waits for another, those up to
  // `end` do.
  struct Use {
    std::uint32_t names = 0;
    std::uint32_t first = 0;
    std::uint32_t alone_end = 0;
    std::uint32_t end = 0;
    bool names_alone = false;     // a rule of names does not wait for another
    bool names_wait = false;      // one does
    bool anything_alone = false;  // may stand behind it
    bool anything_all = false;
    ByteTest next_alone;
    ByteTest next_all;
  };
  void add_rules(Use& use, const RuleSet& rules, const std::vector<RuleIndex>& wanted,
                 const std::vector<bool>& in_company);

  std::vector<std::string> literals_;  // sorted
  std::vector<Use> uses_;              // by literal
  std::vector<RuleIndex> rules_;
  std::size_t longest_ = 0;
};

}  // namespace nhi
