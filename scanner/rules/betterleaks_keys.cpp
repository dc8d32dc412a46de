#include "scanner/rules/betterleaks_keys.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/rules/betterleaks_filter.hpp"

namespace nhi {
namespace {

constexpr std::uint64_t kWithinMax = 1'000'000;

bool has_capital(const FilterNode& node) {
  return node.op == FilterOp::kContainsAny &&
         std::any_of(node.list.begin(), node.list.end(), [](const std::string& word) {
           return std::any_of(word.begin(), word.end(), chars::is_upper);
         });
}

}  // namespace

Result<BetterleaksFilter> read_betterleaks_filter(std::string text, std::string name,
                                                  bool prefilter) {
  if (chars::trim(text).empty()) return BetterleaksFilter();
  NHI_TRY(const FilterTree tree, parse_betterleaks_filter(text));
  if (prefilter && (asks_match(tree) || tree.confidence)) {
    return fail(ErrorCode::kBadRule, "asks for the match, which is not known yet");
  }
  BetterleaksFilter made;
  made.capitals = std::any_of(tree.nodes.begin(), tree.nodes.end(), has_capital);
  made.line = std::any_of(tree.nodes.begin(), tree.nodes.end(),
                          [](const FilterNode& node) { return node.op == FilterOp::kLine; });
  made.filter = std::make_shared<const MatchFilter>(MatchFilter{std::move(name), std::move(text)});
  return made;
}

std::string_view other_version_of(const BetterleaksFilter& filter, bool second) {
  if (!second && filter.capitals) {
    return "looks for a word with a capital letter, which Betterleaks 1 never finds";
  }
  if (second && filter.line) {
    return "asks finding[\"line\"], which Betterleaks 2 cuts in another way";
  }
  return {};
}

Result<std::uint64_t> parse_within(std::string_view text) {
  std::uint64_t lines = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, lines);
  const bool honoured =
      parsed.ec == std::errc{} && lines <= kWithinMax && std::string_view(parsed.ptr, end) == "L";
  if (!honoured) {
    return fail(ErrorCode::kBadRule, "is not honoured: only a number of lines is, as in '5L'");
  }
  // Its own line is the first.
  return lines == 0 ? 0 : lines - 1;
}

}  // namespace nhi
