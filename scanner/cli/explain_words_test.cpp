#include "scanner/cli/explain_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Rule strict_rule() {
  Rule rule;
  rule.id = "acme-token";
  rule.pattern = "acme_x";
  rule.entropy = 3.5;
  rule.stop_words = {"example"};
  rule.checksum = Checksum{};
  rule.confidence = Level::kMedium;
  return rule;
}

TEST(ExplainWords, SayWhatTheRuleAsksAndWhatWouldHaveDroppedIt) {
  const Rule rule = strict_rule();
  EXPECT_THAT(checked_sentences(&rule), Contains(HasSubstr("3.5 bits")));
  EXPECT_THAT(checked_sentences(&rule), Contains(HasSubstr("checksum")));
  EXPECT_THAT(dropped_sentences(&rule, {}), Contains(HasSubstr("example")));
  EXPECT_THAT(dropped_sentences(&rule, {}), Contains(HasSubstr("checksum were wrong")));
  EXPECT_THAT(dropped_sentences(&rule, {}), Not(Contains(HasSubstr("rules of thumb"))));
  EXPECT_THAT(checked_sentences(nullptr), Contains(HasSubstr("native reader")));
}

TEST(ExplainWords, SayWhereTheConfidenceComesFrom) {
  const Rule rule = strict_rule();
  Finding finding;
  finding.confidence = Level::kHigh;
  finding.why = "checksum correct";
  EXPECT_THAT(confidence_sentences(finding, &rule, {}), Contains(HasSubstr("raised")));
  EXPECT_THAT(why_sentence(finding), HasSubstr("checksum in the value is right"));
  finding.confidence = Level::kLow;
  finding.place.path = "tests/a.py";
  EXPECT_THAT(confidence_sentences(finding, &rule, {}), Contains(HasSubstr("tests, examples")));
  finding.confidence = Level::kMedium;
  EXPECT_THAT(confidence_sentences(finding, &rule, {}), Contains("medium: that of the rule"));
}

TEST(ExplainWords, TellTheStrongestReasonsOnEachSide) {
  ValueStory story;
  story.thumb_why = "value under the name of a password";
  story.thumb_confidence = Level::kHigh;
  story.living = story.people = true;
  story.score = 1.25;
  story.reasons = {
      {"how random its characters are", 1.9}, {"its length", -0.3}, {"the rest", 0.01}};
  const auto rows = story_sentences(story);
  EXPECT_THAT(rows, Contains(HasSubstr("kept with confidence high")));
  EXPECT_THAT(rows, Contains(HasSubstr("for it: how random its characters are (+1.9)")));
  EXPECT_THAT(rows, Contains(HasSubstr("against it: its length (-0.3)")));
  EXPECT_THAT(rows, Not(Contains(HasSubstr("the rest"))));
  EXPECT_THAT(rows, Contains(HasSubstr("may add, not take away")));
}

TEST(ExplainWords, SayWhereTheModelHasNoWord) {
  ValueStory story;
  story.thumb_why = "says where the value is";
  story.settled = true;
  EXPECT_THAT(story_sentences(story), Contains("the words settle it: the model was not asked"));
  EXPECT_THAT(story_sentences(story), Not(Contains(HasSubstr("log-odds"))));
  story.settled = false;
  story.for_policy = true;
  EXPECT_THAT(story_sentences(story), Contains(HasSubstr("never less than medium")));
}

}  // namespace
}  // namespace nhi
