#include "scanner/match/value_features.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace nhi {
namespace {

int feature(const Features& features, std::string_view name) {
  const auto names = feature_names();
  const auto found = std::find(names.begin(), names.end(), name);
  EXPECT_NE(found, names.end()) << name;
  return features.values.at(static_cast<std::size_t>(found - names.begin()));
}

Features features_of(std::string_view key, std::string_view value) {
  JudgedValue candidate;
  candidate.value = value;
  candidate.around.key = key;
  candidate.family = NameFamily::kPassword;
  candidate.shape = word_shape(value);
  return value_features(candidate, PlainVerdict{});
}

TEST(ValueFeaturesTest, AreAsManyAsTheirNames) {
  EXPECT_EQ(features_of("password", "x").count, feature_names().size());
  EXPECT_LE(feature_names().size(), kFeatureMax);
}

TEST(ValueFeaturesTest, CountWhatTheyName) {
  const Features features = features_of("dbPassword", "aB3$aB3$");
  EXPECT_EQ(feature(features, "value: length"), 8);
  EXPECT_EQ(feature(features, "value: digits, %"), 25);
  EXPECT_EQ(feature(features, "value: capitals, %"), 25);
  EXPECT_EQ(feature(features, "value: signs, %"), 25);
  EXPECT_EQ(feature(features, "value: distinct characters, %"), 50);
  EXPECT_EQ(feature(features, "name: length"), 10);
  EXPECT_EQ(feature(features, "value: UUID"), 0);
}

TEST(ValueFeaturesTest, SurviveEmptyAndEndlessValues) {
  EXPECT_EQ(feature(features_of("", ""), "value: length"), 0);
  const std::string endless(100000, 'a');
  EXPECT_EQ(feature(features_of("password", endless), "value: length"), 3000);
}

}  // namespace
}  // namespace nhi
