// value_model.hpp - a small learned judge of named values, trained by tools/train_value_model.py.
//
// A sum of shallow decision trees over value_features.hpp: every tree asks three questions of the
// kind "digits, % <= 12". What it adds to the rules of thumb, and from what it was trained, stands
// in docs/value-model.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "scanner/match/value_features.hpp"

namespace nhi {

/// A complete tree of depth 3: question `i` is followed by `2 i + 1` (yes) and `2 i + 2` (no).
struct ModelTree {
  struct Question {
    std::int16_t feature;
    std::int16_t most;  // yes, if the feature is no more than this
  };
  Question questions[7];
  float leaves[8];
};
extern const double kModelBase;
extern const std::size_t kModelFeatures;
extern const std::size_t kModelTreeCount;
extern const ModelTree kModelTrees[];

/// The log-odds that a value with these features is a secret.
[[nodiscard]] double model_score(const Features& features);

/// What each feature adds to the score: at every question the answer moves the expected score of
/// the tree, and the move is the feature's. All of them and model_middle() make model_score().
[[nodiscard]] std::vector<double> model_shares(const Features& features);
/// The score where no question is asked.
[[nodiscard]] double model_middle();

/// Where a value is kept with medium, and with high confidence.
inline constexpr double kModelKeepScore = 0.0;
inline constexpr double kModelHighScore = 2.0;

/// What model and rules of thumb make of a candidate of a rule of names.
[[nodiscard]] PlainVerdict judge_by_model(const JudgedValue& candidate, const PlainVerdict& plain);

}  // namespace nhi
