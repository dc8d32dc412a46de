#include "scanner/match/value_model.hpp"

#include <algorithm>
#include <array>

#include "scanner/base/result.hpp"

namespace nhi {
namespace {

// Thresholds in log-odds. At 0 a value is as likely a secret as not by the training data, which
// holds far more traps a line than real files do; docs/value-model.md has the table.
constexpr double kHighScore = kModelHighScore;
constexpr double kMediumScore = kModelKeepScore;
constexpr double kDoubtScore = -2.0;
constexpr std::size_t kLanguageCount = 8;  // beside the unknown one

double tree_score(const ModelTree& tree, const Features& features) {
  std::size_t at = 0;
  while (at < 7) {
    const ModelTree::Question& question = tree.questions[at];
    const std::int16_t value = features.values.at(static_cast<std::size_t>(question.feature));
    at = 2 * at + (value <= question.most ? 1 : 2);
  }
  return static_cast<double>(tree.leaves[at - 7]);
}

// The mean of the leaves below each node: 0 to 6 are the questions, 7 to 14 the leaves.
std::array<double, 15> node_means(const ModelTree& tree) {
  std::array<double, 15> means{};
  for (std::size_t i = 0; i < 8; ++i) means.at(7 + i) = static_cast<double>(tree.leaves[i]);
  for (std::size_t i = 7; i-- > 0;) means.at(i) = (means.at(2 * i + 1) + means.at(2 * i + 2)) / 2;
  return means;
}

std::size_t feature_at(std::string_view name) {
  const auto names = feature_names();
  const auto found = std::find(names.begin(), names.end(), name);
  NHI_ASSERT(found != names.end());
  return static_cast<std::size_t>(found - names.begin());
}

struct PlaceFeatures {
  std::size_t test_path = feature_at("place: test path");
  std::size_t languages = feature_at("language: unknown");
  [[nodiscard]] bool holds(std::size_t feature) const {
    return feature == test_path || (feature >= languages && feature <= languages + kLanguageCount);
  }
};

// Of all trees, those that ask where a value stands; the others say the same of every place.
std::vector<const ModelTree*> trees_about_places(const PlaceFeatures& places, bool wanted) {
  std::vector<const ModelTree*> trees;
  for (std::size_t i = 0; i < kModelTreeCount; ++i) {
    const auto& questions = kModelTrees[i].questions;
    const bool asks = std::any_of(std::begin(questions), std::end(questions), [&](const auto& one) {
      return places.holds(static_cast<std::size_t>(one.feature));
    });
    if (asks == wanted) trees.push_back(&kModelTrees[i]);
  }
  return trees;
}

// Objects of a repository are examined before anybody knows where they stand; only what holds
// something is examined again at its places. So nowhere must be the kindest of all places.
double best_score(Features features) {
  static const PlaceFeatures kPlaces;
  static const auto kAsking = trees_about_places(kPlaces, true);
  static const auto kOthers = trees_about_places(kPlaces, false);
  const auto sum = [&](const std::vector<const ModelTree*>& trees) {
    double score = 0;
    for (const ModelTree* const tree : trees) score += tree_score(*tree, features);
    return score;
  };
  const double elsewhere = kModelBase + sum(kOthers);
  double best = sum(kAsking);
  features.values.at(kPlaces.languages) = 0;
  for (std::size_t language = 1; language <= kLanguageCount; ++language) {
    for (std::int16_t test = 0; test < 2; ++test) {
      features.values.at(kPlaces.test_path) = test;
      features.values.at(kPlaces.languages + language) = 1;
      best = std::max(best, sum(kAsking));
      features.values.at(kPlaces.languages + language) = 0;
    }
  }
  return elsewhere + best;
}

}  // namespace

double model_score(const Features& features) {
  NHI_ASSERT(features.count == kModelFeatures);
  double score = kModelBase;
  for (std::size_t i = 0; i < kModelTreeCount; ++i) score += tree_score(kModelTrees[i], features);
  return score;
}

std::vector<double> model_shares(const Features& features) {
  NHI_ASSERT(features.count == kModelFeatures);
  std::vector<double> shares(features.count);
  for (std::size_t i = 0; i < kModelTreeCount; ++i) {
    const ModelTree& tree = kModelTrees[i];
    const auto means = node_means(tree);
    std::size_t at = 0;
    while (at < 7) {
      const ModelTree::Question& question = tree.questions[at];
      const auto feature = static_cast<std::size_t>(question.feature);
      const std::size_t next = 2 * at + (features.values.at(feature) <= question.most ? 1 : 2);
      shares.at(feature) += means.at(next) - means.at(at);
      at = next;
    }
  }
  return shares;
}

double model_middle() {
  double score = kModelBase;
  for (std::size_t i = 0; i < kModelTreeCount; ++i) score += node_means(kModelTrees[i])[0];
  return score;
}

PlainVerdict judge_by_model(const JudgedValue& candidate, const PlainVerdict& plain) {
  if (plain.settled) return plain;
  const bool kept = plain.refused.empty();
  // It does not raise in living settings what the rules refuse: they are full of names of secrets.
  if (!kept && candidate.deployed()) return plain;
  const Features features = value_features(candidate, plain);
  const double score = candidate.nowhere() ? best_score(features) : model_score(features);
  // People's passwords in living settings are what the training data has least of: there the rules
  // of thumb hold, whatever the model says.
  const bool settled = kept && candidate.deployed() && candidate.family == NameFamily::kPassword;
  PlainVerdict verdict = plain;
  if (kept && plain.confidence == Level::kLow && score < kMediumScore) return plain;
  if (score >= kMediumScore) {
    verdict.refused = {};
    verdict.confidence = score >= kHighScore ? Level::kHigh : Level::kMedium;
    if (!kept) verdict.why = "reads like chance where a secret is named";
    if (kept && settled) verdict.confidence = std::max(verdict.confidence, plain.confidence);
    return verdict;
  }
  if (settled) return plain;
  // Nor does it know many that people made up of all that a policy asks for.
  if (kept && made_for_policy(candidate) && plain.confidence >= Level::kHigh) {
    verdict.confidence = Level::kMedium;
    return verdict;
  }
  if (kept && chosen_for_policy(candidate)) {
    verdict.confidence = Level::kMedium;
    return verdict;
  }
  // In living settings it takes more to overrule what the rules are sure of.
  const bool sure = kept && candidate.deployed() && plain.confidence >= Level::kHigh;
  if (sure && score >= kDoubtScore) {
    verdict.confidence = Level::kMedium;
    return verdict;
  }
  verdict.confidence = Level::kLow;
  return verdict;
}

}  // namespace nhi
