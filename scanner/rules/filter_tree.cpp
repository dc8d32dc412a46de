#include "scanner/rules/filter_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/rules/foreign_pattern.hpp"

namespace nhi {
namespace {

using Part = Result<FilterPart>;

constexpr std::size_t kShownBytes = 40;  // of what was not honoured

Unexpected<Error> refuse(std::string what, std::string hint = {}) {
  return fail(ErrorCode::kBadRule, std::move(what), {}, std::move(hint));
}

FilterNode node_of(FilterOp op, FilterType type, std::vector<FilterPart> parts = {}) {
  FilterNode node;
  node.op = op;
  node.type = type;
  node.parts = std::move(parts);
  return node;
}

bool asks_any(const FilterTree& tree, std::initializer_list<FilterOp> ops) {
  return std::any_of(tree.nodes.begin(), tree.nodes.end(), [&](const FilterNode& node) {
    return std::find(ops.begin(), ops.end(), node.op) != ops.end();
  });
}

// Patterns of Go become patterns of ours, each by itself: a flag does not go on to the next.
Result<void> translate(std::vector<std::string>& patterns) {
  std::string joined;
  for (std::string& pattern : patterns) {
    auto made = from_go_pattern(pattern);
    const auto taken = made ? check_foreign_pattern(*made) : Result<void>(fail(made.error()));
    if (!taken) {
      return refuse(fmt::format("has the regex '{}', which {}", pattern.substr(0, kShownBytes),
                                taken.error().what),
                    taken.error().hint);
    }
    pattern = "(?:" + *made + ")";
    joined += (joined.empty() ? "" : "|") + pattern;
  }
  if (patterns.size() < 2) return {};
  if (const auto taken = check_foreign_pattern(joined); !taken) {
    return refuse("has regexes that together are refused: " + taken.error().what);
  }
  return {};
}

Result<void> check_words(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.empty()) return refuse("looks for an empty word");
    if (!std::any_of(word.begin(), word.end(), chars::is_high)) continue;
    return refuse("looks for a word with a character outside of ASCII");
  }
  return {};
}

}  // namespace

bool asks_place(const FilterTree& tree) {
  return asks_any(tree, {FilterOp::kPath, FilterOp::kCommit});
}

bool asks_match(const FilterTree& tree) {
  return asks_any(tree, {FilterOp::kSecret, FilterOp::kMatch, FilterOp::kLine});
}

Part FilterBuilder::add(FilterNode node) {
  if (tree_.nodes.size() >= kFilterNodesMax) return refuse("has over 10,000 parts");
  for (const FilterPart part : node.parts) {
    node.depth = std::max(node.depth, tree_.nodes[part].depth + 1);
  }
  if (node.depth > kFilterDepthMax) return refuse("has parts over 64 deep within each other");
  tree_.nodes.push_back(std::move(node));
  return static_cast<FilterPart>(tree_.nodes.size() - 1);
}

Result<void> FilterBuilder::need(FilterPart part, FilterType type, std::string_view whose) const {
  if (tree_.nodes[part].type == type) return {};
  constexpr std::array<std::string_view, 3> kNames = {"true or false", "a number", "a text"};
  return refuse(fmt::format("wants {} for {}", kNames.at(static_cast<std::size_t>(type)), whose));
}

Part FilterBuilder::constant(bool truth) {
  FilterNode node = node_of(FilterOp::kTruth, FilterType::kTruth);
  node.number = truth ? 1 : 0;
  return add(std::move(node));
}

Part FilterBuilder::constant(double number) {
  FilterNode node = node_of(FilterOp::kNumber, FilterType::kNumber);
  node.number = number;
  return add(std::move(node));
}

Part FilterBuilder::constant(std::string text) {
  FilterNode node = node_of(FilterOp::kText, FilterType::kText);
  node.text = std::move(text);
  return add(std::move(node));
}

Part FilterBuilder::field(std::string_view map, std::string_view key) {
  struct Field {
    std::string_view map;
    std::string_view key;
    FilterOp op;
  };
  constexpr std::array<Field, 5> kFields = {{{"finding", "secret", FilterOp::kSecret},
                                             {"finding", "match", FilterOp::kMatch},
                                             {"finding", "line", FilterOp::kLine},
                                             {"attributes", "path", FilterOp::kPath},
                                             {"attributes", "git.sha", FilterOp::kCommit}}};
  for (const Field& known : kFields) {
    if (known.map == map && known.key == key) return add(node_of(known.op, FilterType::kText));
  }
  return refuse(
      fmt::format("asks {}[\"{}\"], which is not honoured", map, key.substr(0, kShownBytes)));
}

Part FilterBuilder::measure(FilterOp op, FilterPart text) {
  NHI_CHECK_OK(need(text, FilterType::kText, op == FilterOp::kEntropy ? "entropy" : "len"));
  return add(node_of(op, FilterType::kNumber, {text}));
}

Part FilterBuilder::listed(FilterOp op, FilterPart text, std::vector<std::string> list) {
  NHI_CHECK_OK(need(text, FilterType::kText, "what is looked at"));
  if (op == FilterOp::kMatchesAny) NHI_CHECK_OK(translate(list));
  if (op == FilterOp::kContainsAny) NHI_CHECK_OK(check_words(list));
  FilterNode node = node_of(op, FilterType::kTruth, {text});
  node.list = std::move(list);
  return add(std::move(node));
}

Part FilterBuilder::texts(FilterOp op, FilterPart left, FilterPart right) {
  for (const FilterPart part : {left, right}) {
    NHI_CHECK_OK(need(part, FilterType::kText, "what is compared"));
  }
  return add(node_of(op, FilterType::kTruth, {left, right}));
}

Part FilterBuilder::compared(std::string_view sign, FilterPart left, FilterPart right) {
  const bool same = sign == "==" || sign == "!=";
  if (!same || tree_.nodes[left].type == FilterType::kTruth) {
    NHI_CHECK_OK(need(left, FilterType::kNumber, sign));
  }
  NHI_CHECK_OK(need(right, tree_.nodes[left].type, sign));
  if (same) {
    const bool number = tree_.nodes[left].type == FilterType::kNumber;
    const auto op = number ? FilterOp::kSameNumber : FilterOp::kSameText;
    NHI_TRY(const FilterPart equal, add(node_of(op, FilterType::kTruth, {left, right})));
    return sign == "==" ? Part(equal) : negated(equal);
  }
  if (sign.front() == '>') std::swap(left, right);
  const auto op = sign.size() == 1 ? FilterOp::kLess : FilterOp::kAtMost;
  return add(node_of(op, FilterType::kTruth, {left, right}));
}

Part FilterBuilder::joined(FilterOp op, std::vector<FilterPart> parts) {
  if (parts.size() == 1) return parts.front();
  for (const FilterPart part : parts) {
    NHI_CHECK_OK(need(part, FilterType::kTruth, op == FilterOp::kOr ? "||" : "&&"));
  }
  return add(node_of(op, FilterType::kTruth, std::move(parts)));
}

Part FilterBuilder::negated(FilterPart part) {
  NHI_CHECK_OK(need(part, FilterType::kTruth, "'not'"));
  return add(node_of(FilterOp::kNot, FilterType::kTruth, {part}));
}

Part FilterBuilder::chosen(FilterPart first, FilterPart second, FilterPart third) {
  const FilterType type = tree_.nodes[second].type;
  NHI_CHECK_OK(need(first, FilterType::kTruth, "what stands before '?'"));
  NHI_CHECK_OK(need(third, type, "what stands behind ':'"));
  return add(node_of(FilterOp::kChoose, type, {first, second, third}));
}

// A choice shared by several names is looked at once: they are at most as many as there are nodes.
Result<void> FilterBuilder::check_level(FilterPart part) const {
  std::vector<FilterPart> left = {part};
  std::vector<bool> seen(tree_.nodes.size());
  while (!left.empty()) {
    const FilterPart at = left.back();
    left.pop_back();
    if (seen[at]) continue;
    seen[at] = true;
    const FilterNode& node = tree_.nodes[at];
    if (node.op == FilterOp::kChoose && node.type == FilterType::kText) {
      left.insert(left.end(), node.parts.begin() + 1, node.parts.end());
      continue;
    }
    const bool level = node.text == "low" || node.text == "medium" || node.text == "high";
    if (node.op != FilterOp::kText || !level) {
      return refuse("sets another confidence than low, medium or high");
    }
  }
  return {};
}

Result<void> FilterBuilder::set_confidence(FilterPart level) {
  if (tree_.confidence) return refuse("sets the confidence twice");
  NHI_CHECK_OK(check_level(level));
  tree_.confidence = level;
  return {};
}

Result<FilterTree> FilterBuilder::finish(FilterPart root) {
  NHI_CHECK_OK(need(root, FilterType::kTruth, "the whole"));
  tree_.root = root;
  return std::move(tree_);
}

}  // namespace nhi
