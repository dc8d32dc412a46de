// filter_tree.hpp - an expression over a match as a typed tree, and what makes one. What the parts
// mean is said in betterleaks_filter.hpp; scanner/match/filter_judge.hpp asks them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"

namespace nhi {

/// Bytes of one expression; the longest known is 40 KiB. Over it: refused, like the next three.
inline constexpr std::size_t kFilterBytesMax = 1 << 20;
/// Parts within each other, names of `let` counted as what they stand for.
inline constexpr std::size_t kFilterDepthMax = 64;
/// Parts of one expression, and entries of one list.
inline constexpr std::size_t kFilterNodesMax = 10'000;
/// Names of `let` in sight at one place.
inline constexpr std::size_t kFilterNamesMax = 256;

enum class FilterOp : std::uint8_t {
  kTruth,        // number: 1 or 0
  kNot,          // of one part
  kAnd,          // of all parts
  kOr,           // of any part
  kChoose,       // first part ? second : third; of any type
  kMatchesAny,   // text, list of RE2
  kContainsAny,  // text, list of words
  kIn,           // text, list of texts
  kSameText,     // two texts, as are the next three
  kContains,
  kStartsWith,
  kEndsWith,
  kLess,  // two numbers, as are the next two
  kAtMost,
  kSameNumber,
  kNumber,   // number
  kEntropy,  // of a text: bits a byte
  kLength,   // of a text: characters
  kText,     // text
  kSecret,
  kMatch,
  kLine,
  kPath,
  kCommit,
};
enum class FilterType : std::uint8_t { kTruth, kNumber, kText };

using FilterPart = std::uint32_t;  // position of a node

struct FilterNode {
  FilterOp op = FilterOp::kTruth;
  FilterType type = FilterType::kTruth;
  std::vector<FilterPart> parts;  // all before this one
  double number = 0;
  std::string text;
  std::vector<std::string> list;
  std::size_t depth = 1;
};

struct FilterTree {
  std::vector<FilterNode> nodes;
  FilterPart root = 0;                   // a truth
  std::optional<FilterPart> confidence;  // a text: low, medium or high
};

/// True if the tree asks for what is known of a place before anything is matched.
[[nodiscard]] bool asks_place(const FilterTree& tree);
/// True if the tree asks for the match, so that the place alone may not decide.
[[nodiscard]] bool asks_match(const FilterTree& tree);

// Makes a tree from its leaves up. Every call checks types and limits and costs what it is given.
// Errors: kBadRule with what is wrong in `what`, perhaps a hint; no subject.
class FilterBuilder {
 public:
  [[nodiscard]] Result<FilterPart> constant(bool truth);
  [[nodiscard]] Result<FilterPart> constant(double number);
  [[nodiscard]] Result<FilterPart> constant(std::string text);
  /// `map` is finding or attributes.
  [[nodiscard]] Result<FilterPart> field(std::string_view map, std::string_view key);
  /// kEntropy or kLength of a text.
  [[nodiscard]] Result<FilterPart> measure(FilterOp op, FilterPart text);
  /// kMatchesAny with patterns of Go, kContainsAny or kIn.
  [[nodiscard]] Result<FilterPart> listed(FilterOp op, FilterPart text,
                                          std::vector<std::string> list);
  /// kContains, kStartsWith or kEndsWith.
  [[nodiscard]] Result<FilterPart> texts(FilterOp op, FilterPart left, FilterPart right);
  /// `sign` is one of < <= > >= == !=.
  [[nodiscard]] Result<FilterPart> compared(std::string_view sign, FilterPart left,
                                            FilterPart right);
  /// kAnd or kOr; one part stands for itself.
  [[nodiscard]] Result<FilterPart> joined(FilterOp op, std::vector<FilterPart> parts);
  [[nodiscard]] Result<FilterPart> negated(FilterPart part);
  [[nodiscard]] Result<FilterPart> chosen(FilterPart first, FilterPart second, FilterPart third);

  /// What setConfidence is given, once an expression.
  [[nodiscard]] Result<void> set_confidence(FilterPart level);
  [[nodiscard]] Result<FilterTree> finish(FilterPart root);

 private:
  [[nodiscard]] Result<FilterPart> add(FilterNode node);
  [[nodiscard]] Result<void> need(FilterPart part, FilterType type, std::string_view whose) const;
  [[nodiscard]] Result<void> check_level(FilterPart part) const;

  FilterTree tree_;
};

}  // namespace nhi
