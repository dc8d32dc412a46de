// filter_judge.hpp - is an expression of Betterleaks true of a place, or of a match at it?
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "scanner/rules/rule_set.hpp"

namespace nhi {

/// kUnknown: it hangs on something that nobody knows here.
enum class FilterVerdict : std::uint8_t { kUnknown, kNo, kYes };

/// What an expression may ask.
struct FilterFacts {
  std::optional<std::string_view> path;  // below the root; none where nobody knows it
  std::string_view commit;
  bool matched = false;  // false: nothing is matched yet, and what follows says nothing
  Bytes view;
  Span whole;
  Bytes secret;  // may be empty
};

// Thread-compatible: one a worker, for its scratch memory.
class FilterJudge {
 public:
  /// Costs at most one look at each part of the tree, each over the text that it asks.
  [[nodiscard]] FilterVerdict judge(const CompiledFilter& filter, const FilterFacts& facts);

  /// How sure the match is, as the filter judged last says; none if it says nothing.
  [[nodiscard]] std::optional<Level> confidence(const CompiledFilter& filter,
                                                const FilterFacts& facts);

 private:
  enum class Known : std::uint8_t { kUnasked, kUnknown, kNo, kYes };
  [[nodiscard]] FilterVerdict truth(FilterPart part);
  [[nodiscard]] FilterVerdict ask_truth(FilterPart part);
  [[nodiscard]] FilterVerdict ask_texts(const FilterNode& node, FilterPart part);
  [[nodiscard]] FilterVerdict ask_numbers(const FilterNode& node);
  [[nodiscard]] std::optional<double> number(FilterPart part);
  [[nodiscard]] std::optional<Bytes> text(FilterPart part);
  [[nodiscard]] std::optional<FilterPart> chosen(const FilterNode& node);

  const CompiledFilter* filter_ = nullptr;
  const FilterFacts* facts_ = nullptr;
  std::vector<Known> known_;  // by node: a truth that `let` shares is asked once
};

}  // namespace nhi
