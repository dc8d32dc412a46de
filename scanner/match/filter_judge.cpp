#include "scanner/match/filter_judge.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "scanner/match/conditions.hpp"
#include "scanner/match/foreign.hpp"
#include "scanner/match/matcher.hpp"

namespace nhi {
namespace {

FilterVerdict verdict(bool yes) { return yes ? FilterVerdict::kYes : FilterVerdict::kNo; }

// As Go counts them: every byte that is no UTF-8 is one.
double characters_of(Bytes text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += character_length(text, at)) ++count;
  return static_cast<double>(count);
}

bool matches(const LazyRegex& regex, Bytes text) {
  return regex.get().Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                           re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace

FilterVerdict FilterJudge::judge(const CompiledFilter& filter, const FilterFacts& facts) {
  filter_ = &filter;
  facts_ = &facts;
  known_.assign(filter.tree.nodes.size(), Known::kUnasked);
  return truth(filter.tree.root);
}

std::optional<Level> FilterJudge::confidence(const CompiledFilter& filter,
                                             const FilterFacts& facts) {
  if (!filter.tree.confidence) return std::nullopt;
  filter_ = &filter;
  facts_ = &facts;
  known_.assign(filter.tree.nodes.size(), Known::kUnasked);
  const auto level = text(*filter.tree.confidence);
  return level ? parse_level(*level) : std::nullopt;
}

FilterVerdict FilterJudge::truth(FilterPart part) {
  if (known_[part] == Known::kUnasked) {
    const FilterVerdict found = ask_truth(part);
    known_[part] = found == FilterVerdict::kYes  ? Known::kYes
                   : found == FilterVerdict::kNo ? Known::kNo
                                                 : Known::kUnknown;
    return found;
  }
  return known_[part] == Known::kYes  ? FilterVerdict::kYes
         : known_[part] == Known::kNo ? FilterVerdict::kNo
                                      : FilterVerdict::kUnknown;
}

FilterVerdict FilterJudge::ask_truth(FilterPart part) {
  const FilterNode& node = filter_->tree.nodes[part];
  switch (node.op) {
    case FilterOp::kTruth:
      return verdict(node.number != 0);
    case FilterOp::kNot: {
      const FilterVerdict inner = truth(node.parts[0]);
      return inner == FilterVerdict::kUnknown ? inner : verdict(inner == FilterVerdict::kNo);
    }
    case FilterOp::kAnd:
    case FilterOp::kOr: {
      // One part of this kind settles it; else what is unknown stays so.
      const FilterVerdict settles = verdict(node.op == FilterOp::kOr);
      FilterVerdict so_far = verdict(node.op == FilterOp::kAnd);
      for (const FilterPart inner : node.parts) {
        const FilterVerdict found = truth(inner);
        if (found == settles) return settles;
        if (found == FilterVerdict::kUnknown) so_far = found;
      }
      return so_far;
    }
    case FilterOp::kChoose: {
      const auto branch = chosen(node);
      return branch ? truth(*branch) : FilterVerdict::kUnknown;
    }
    case FilterOp::kLess:
    case FilterOp::kAtMost:
    case FilterOp::kSameNumber:
      return ask_numbers(node);
    default:
      return ask_texts(node, part);
  }
}

FilterVerdict FilterJudge::ask_numbers(const FilterNode& node) {
  const auto left = number(node.parts[0]);
  const auto right = number(node.parts[1]);
  if (!left || !right) return FilterVerdict::kUnknown;
  if (node.op == FilterOp::kLess) return verdict(*left < *right);
  if (node.op == FilterOp::kAtMost) return verdict(*left <= *right);
  return verdict(*left == *right);
}

FilterVerdict FilterJudge::ask_texts(const FilterNode& node, FilterPart part) {
  const auto left = text(node.parts[0]);
  if (!left) return FilterVerdict::kUnknown;
  if (node.op == FilterOp::kMatchesAny) {
    return verdict(filter_->regexes[part] != nullptr && matches(*filter_->regexes[part], *left));
  }
  if (node.op == FilterOp::kContainsAny) return verdict(filter_->words[part].any_in(*left));
  if (node.op == FilterOp::kIn) {
    return verdict(std::find(node.list.begin(), node.list.end(), *left) != node.list.end());
  }
  const auto right = text(node.parts[1]);
  if (!right) return FilterVerdict::kUnknown;
  switch (node.op) {
    case FilterOp::kContains:
      return verdict(left->find(*right) != Bytes::npos);
    case FilterOp::kStartsWith:
      return verdict(left->starts_with(*right));
    case FilterOp::kEndsWith:
      return verdict(left->ends_with(*right));
    default:
      return verdict(*left == *right);
  }
}

std::optional<double> FilterJudge::number(FilterPart part) {
  const FilterNode& node = filter_->tree.nodes[part];
  if (node.op == FilterOp::kNumber) return node.number;
  if (node.op == FilterOp::kChoose) {
    const auto branch = chosen(node);
    return branch ? number(*branch) : std::nullopt;
  }
  const auto asked = text(node.parts[0]);
  if (!asked) return std::nullopt;
  return node.op == FilterOp::kEntropy ? shannon_bits_per_byte(*asked) : characters_of(*asked);
}

std::optional<Bytes> FilterJudge::text(FilterPart part) {
  const FilterNode& node = filter_->tree.nodes[part];
  if (node.op == FilterOp::kText) return Bytes(node.text);
  if (node.op == FilterOp::kPath) return facts_->path;
  if (node.op == FilterOp::kCommit) return facts_->commit;
  if (node.op == FilterOp::kChoose) {
    const auto branch = chosen(node);
    return branch ? text(*branch) : std::nullopt;
  }
  if (!facts_->matched) return std::nullopt;
  if (node.op == FilterOp::kSecret) return facts_->secret;
  if (node.op == FilterOp::kMatch) return slice(facts_->view, facts_->whole);
  return lines_of(facts_->view, facts_->whole);
}

std::optional<FilterPart> FilterJudge::chosen(const FilterNode& node) {
  const FilterVerdict which = truth(node.parts[0]);
  if (which == FilterVerdict::kUnknown) return std::nullopt;
  return node.parts[which == FilterVerdict::kYes ? 1 : 2];
}

}  // namespace nhi
