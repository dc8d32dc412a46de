#include "scanner/match/value_story.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "scanner/match/table.hpp"
#include "scanner/match/value_model.hpp"

namespace nhi {
namespace {

struct Words {
  std::string_view begin;  // of the feature's name
  std::string_view what;
};
// Features in the words of people, the longest beginning first. No word of the value is named: that
// it holds "admin" would be a part of it.
constexpr Words kWords[] = {
    {"rules of thumb", "what the rules of thumb say"},
    {"name: has", "the words of its name"},
    {"name: family", "what its name stands for"},
    {"name: kind", "what its name stands for"},
    {"name: characters behind", "what its name stands for"},
    {"name: ", "how its name is written"},
    {"place: test path", "whether its path is one of tests"},
    {"place: line", "what else stands on its line"},
    {"place: asks", "what else stands on its line"},
    {"place: sign behind", "what else stands on its line"},
    {"place: ", "how name and value are written together"},
    {"language: ", "the language of the file"},
    {"value: length", "its length"},
    {"value: entropy", "how random its characters are"},
    {"value: alphabet", "how random its characters are"},
    {"value: distinct", "how random its characters are"},
    {"value: letters", "how much it reads like words"},
    {"value: words", "how much it reads like words"},
    {"value: strangeness", "how much it reads like words"},
    {"value: stock", "how much it reads like words"},
    {"value: only stock", "how much it reads like words"},
    {"value: longest", "the order of its characters"},
    {"value: changes", "the order of its characters"},
    {"value: humps", "the order of its characters"},
    {"value: starts", "how it begins and ends"},
    {"value: ends", "how it begins and ends"},
    {"value: UUID", "the format it has"},
    {"value: hex", "the format it has"},
    {"value: base64", "the format it has"},
    {"value: a name", "the format it has"},
    {"value: a dotted name", "the format it has"},
    {"value: stands in its name", "how like its name it is"},
    {"value: holds its name", "how like its name it is"},
    {"value: equals the account", "whether it equals its account"},
    {"value: holds", "the words that stand in it"},
    {"value: ", "the mix of its characters"},
};

std::string_view words_of(std::string_view feature) {
  const auto found = std::find_if(std::begin(kWords), std::end(kWords),
                                  [&](const Words& row) { return feature.starts_with(row.begin); });
  return found == std::end(kWords) ? "the rest" : found->what;
}

std::vector<ValueReason> reasons_of(const Features& features) {
  const std::vector<std::string> names = feature_names();
  const std::vector<double> shares = model_shares(features);
  std::map<std::string_view, double> sums;
  for (std::size_t i = 0; i < shares.size(); ++i) sums[words_of(names.at(i))] += shares[i];
  std::vector<ValueReason> reasons;
  reasons.reserve(sums.size());
  for (const auto& [what, weight] : sums) reasons.push_back({what, weight});
  std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) {
    return std::fabs(a.weight) > std::fabs(b.weight);
  });
  return reasons;
}

// The cell of a table that the match was made of: the stem stands in the header.
std::optional<Assignment> cell_of(const Rule& rule, Bytes view, const Match& match) {
  std::optional<Assignment> found;
  for (std::size_t at = 0; at < match.secret.start && !found; ++at) {
    if (stem_at(view.substr(at)) != rule.names) continue;
    for (const NameStem& stem : kNameStems) {
      if (stem.family != rule.names) continue;
      read_column(view, {at, at + stem.text.size()}, [&](const Assignment& cell) {
        if (cell.value.contains(match.secret)) found = cell;
      });
    }
  }
  return found;
}

// The assignment that the match was made of: the stem stands somewhere before the value.
std::optional<Assignment> assignment_of(const Rule& rule, Bytes view, const Match& match) {
  const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(match.whole.end, view.size()));
  for (auto at = static_cast<std::size_t>(match.whole.start); at < end; ++at) {
    if (stem_at(view.substr(at)) != rule.names) continue;
    for (const NameStem& stem : kNameStems) {
      if (stem.family != rule.names) continue;
      const auto read = read_assignment(view, {at, at + stem.text.size()});
      if (read && read->value.contains(match.secret)) return read;
    }
  }
  return cell_of(rule, view, match);
}

}  // namespace

std::optional<ValueStory> tell_named_value(const Rule& rule, Bytes view, const ViewContext& context,
                                           const Match& match) {
  const auto assignment = assignment_of(rule, view, match);
  if (!assignment) return std::nullopt;
  const JudgedValue candidate = make_candidate(rule, view, context, match, &*assignment);
  const PlainVerdict plain = judge_plainly(candidate);
  const Features features = value_features(candidate, plain);
  ValueStory story;
  story.thumb_refused = plain.refused;
  story.thumb_why = plain.why;
  story.thumb_confidence = plain.confidence;
  story.living = candidate.deployed();
  story.people = candidate.family == NameFamily::kPassword;
  story.settled = plain.settled;
  story.for_policy =
      plain.refused.empty() && plain.confidence >= Level::kHigh && made_for_policy(candidate);
  story.score = model_score(features);
  story.middle = model_middle();
  story.reasons = reasons_of(features);
  return story;
}

}  // namespace nhi
