#include "scanner/match/value_model.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

TEST(ValueModelTest, TreesAskAboutFeaturesThatExist) {
  ASSERT_EQ(feature_names().size(), kModelFeatures);
  const auto all = feature_names();
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size()) << "two of a name";
  std::size_t questions = 0;
  for (std::size_t i = 0; i < kModelTreeCount; ++i) {
    for (const auto& question : kModelTrees[i].questions) {
      ASSERT_LT(static_cast<std::size_t>(question.feature), kModelFeatures);
      questions += question.most != 32767 ? 1 : 0;
    }
  }
  EXPECT_GT(questions, 100U);
}

JudgedValue candidate(const ViewContext& context, std::string_view text,
                      const Assignment& assignment) {
  Match match;
  match.whole = assignment.whole;
  match.secret = assignment.value;
  static const Rule rule = [] {
    Rule made = match_test::make_rule("names", "");
    made.names = NameFamily::kPassword;
    made.generic = true;
    return made;
  }();
  return make_candidate(rule, text, context, match, &assignment);
}

// What is random lies above what is read, in code, whatever its name.
TEST(ValueModelTest, RandomTextOutweighsWords) {
  const ViewContext code{Syntax::kCLike, false};
  const std::string random = "password = \"" + match_test::made("{base62:20}") + "\";";
  const std::string words = "password = \"repeatPasswordField\";";
  const auto a = read_assignment(random, {0, 4});
  const auto b = read_assignment(words, {0, 4});
  ASSERT_TRUE(a && b);
  const JudgedValue first = candidate(code, random, *a);
  const JudgedValue second = candidate(code, words, *b);
  EXPECT_GT(model_score(value_features(first, judge_plainly(first))),
            model_score(value_features(second, judge_plainly(second))) + 2);
}

// People's passwords in living settings are what the training data has least of.
TEST(ValueModelTest, DoesNotOverruleTheRulesInLivingSettings) {
  const ViewContext settings{Syntax::kConfig, false};
  const std::string text = "db.password=Granite2021!\n";
  const auto assignment = read_assignment(text, {3, 7});
  ASSERT_TRUE(assignment);
  const JudgedValue one = candidate(settings, text, *assignment);
  const PlainVerdict plain = judge_plainly(one);
  ASSERT_TRUE(plain.refused.empty());
  const PlainVerdict verdict = judge_by_model(one, plain);
  EXPECT_TRUE(verdict.refused.empty());
  EXPECT_GE(verdict.confidence, plain.confidence);
}

TEST(ValueModelTest, RefusedIsNotRaisedInLivingSettings) {
  const ViewContext settings{Syntax::kConfig, false};
  const std::string text = "password_file=/run/secrets/qzxvkw\n";
  const auto assignment = read_assignment(text, {0, 4});
  ASSERT_TRUE(assignment);
  const JudgedValue one = candidate(settings, text, *assignment);
  const PlainVerdict plain = judge_plainly(one);
  ASSERT_FALSE(plain.refused.empty());
  EXPECT_EQ(judge_by_model(one, plain).refused, plain.refused);
}

}  // namespace
}  // namespace nhi
