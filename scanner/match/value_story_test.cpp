#include "scanner/match/value_story.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "scanner/match/test_support.hpp"
#include "scanner/match/value_model.hpp"

namespace nhi {
namespace {

class OneMatch : public MatchSink {
 public:
  void on_match(const Match& match) override { last = match; }
  std::optional<Match> last;
};

Rule names_rule(NameFamily family) {
  Rule rule = match_test::make_rule("names", "");
  rule.names = family;
  rule.generic = true;
  return rule;
}

std::optional<ValueStory> story_of(NameFamily family, const std::string& text,
                                   const ViewContext& context) {
  auto rules = RuleSet::create({names_rule(family)});
  if (!rules) return std::nullopt;
  Matcher matcher(*rules);
  OneMatch sink;
  if (!matcher.scan(text, context, sink) || !sink.last) return std::nullopt;
  return tell_named_value(rules->rule(RuleIndex{0}), text, context, *sink.last);
}

TEST(ValueStory, ItsReasonsMakeTheScore) {
  const std::string text = "api_token = \"" + match_test::made("{base62:32}") + "\"";
  const auto story = story_of(NameFamily::kToken, text, {Syntax::kScript, false, "main.py"});
  ASSERT_TRUE(story);
  const double sum = std::accumulate(
      story->reasons.begin(), story->reasons.end(), story->middle,
      [](double before, const ValueReason& reason) { return before + reason.weight; });
  EXPECT_NEAR(sum, story->score, 1e-6);
  EXPECT_GT(story->score, kModelKeepScore);
  EXPECT_TRUE(story->thumb_refused.empty());
  EXPECT_FALSE(story->living);
  for (std::size_t i = 1; i < story->reasons.size(); ++i) {
    EXPECT_GE(std::abs(story->reasons[i - 1].weight), std::abs(story->reasons[i].weight));
  }
}

TEST(ValueStory, KnowsPasswordsOfLivingSettings) {
  const auto story = story_of(NameFamily::kPassword, "db.password=Granite2021!\n",
                              {Syntax::kConfig, false, "app.properties"});
  ASSERT_TRUE(story);
  EXPECT_TRUE(story->living);
  EXPECT_TRUE(story->people);
  EXPECT_FALSE(story->thumb_why.empty());
}

TEST(ValueStory, EveryFeatureHasWords) {
  const auto story = story_of(NameFamily::kPassword, "db.password=Granite2021!\n",
                              {Syntax::kConfig, false, "app.properties"});
  ASSERT_TRUE(story);
  for (const ValueReason& reason : story->reasons) EXPECT_NE(reason.what, "the rest");
}

TEST(ValueStory, SaysNothingWhereNoNamedValueStands) {
  Match match;
  match.whole = {0, 3};
  match.secret = {0, 3};
  EXPECT_FALSE(
      tell_named_value(names_rule(NameFamily::kPassword), "abc", {Syntax::kConfig, false}, match));
  match.whole = {0, 300};
  EXPECT_FALSE(tell_named_value(names_rule(NameFamily::kPassword), "password=", {}, match));
}

}  // namespace
}  // namespace nhi
