// conditions.hpp - what rules ask of the place and of the value beyond their pattern: paths,
// allowlists and filters, of any rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/match/filter_judge.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {

/// How far around a match the line of it is followed, in bytes on each side.
inline constexpr std::size_t kAllowLineBytes = 16384;

/// The lines that the match touches, with the line feed before them, as Gitleaks has it.
[[nodiscard]] Bytes lines_of(Bytes view, Span whole);

// Thread-compatible: one a matcher; the RuleSet must outlive it. Verdicts on the path are kept as
// long as the path stays: a path is asked once a file, not once a match.
class Conditions {
 public:
  explicit Conditions(const RuleSet& rules);

  /// What the next questions are about. Where nobody knows the path, conditions on it are left
  /// open: rules apply, allowlists do not.
  void set_place(const ViewContext& context);

  /// False if nothing of `rule` can count here: another path is wanted, or an allowlist or a filter
  /// lets the whole place pass.
  [[nodiscard]] bool admits(RuleIndex rule);

  /// True if an allowlist of the rule lets this match pass. `secret` may be empty.
  /// Shapes: spans inside `view`.
  [[nodiscard]] bool allowed(RuleIndex rule, Bytes view, Span whole, Bytes secret);

  /// The same of its filters. If none does, `confidence` becomes what they say, if they do.
  [[nodiscard]] bool filtered(RuleIndex rule, Bytes view, Span whole, Bytes secret,
                              Level& confidence);

 private:
  enum class Verdict : std::uint8_t { kUnknown, kNo, kYes };
  [[nodiscard]] bool path_wanted(std::uint32_t rule);
  [[nodiscard]] bool path_listed(std::uint32_t allowlist);
  [[nodiscard]] bool commit_listed(const Allowlist& allowlist) const;
  [[nodiscard]] bool allows_place(std::uint32_t allowlist);
  [[nodiscard]] bool allows(std::uint32_t allowlist, Bytes view, Span whole, Bytes secret);
  [[nodiscard]] FilterFacts place_facts() const;
  [[nodiscard]] bool filters_place(std::uint32_t filter);

  const RuleSet* rules_;
  std::optional<std::string> path_;
  std::string commit_;
  std::vector<Verdict> wanted_;  // by rule
  std::vector<Verdict> listed_;  // by allowlist
  std::vector<Verdict> passed_;  // by filter
  FilterJudge filter_judge_;
};

}  // namespace nhi
