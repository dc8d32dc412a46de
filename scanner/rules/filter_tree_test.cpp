#include "scanner/rules/filter_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FilterTree, TypesMustFit) {
  FilterBuilder builder;
  const auto secret = builder.field("finding", "secret");
  const auto number = builder.constant(3.5);
  const auto truth = builder.constant(true);
  ASSERT_TRUE(secret && number && truth);
  EXPECT_THAT(builder.compared("<", *secret, *number).error().what, HasSubstr("wants a number"));
  EXPECT_THAT(builder.compared("==", *secret, *number).error().what, HasSubstr("wants a text"));
  EXPECT_THAT(builder.compared("==", *truth, *truth).error().what, HasSubstr("wants a number"));
  EXPECT_THAT(builder.measure(FilterOp::kEntropy, *number).error().what, HasSubstr("entropy"));
  EXPECT_THAT(builder.negated(*secret).error().what, HasSubstr("true or false"));
  EXPECT_THAT(builder.joined(FilterOp::kOr, {*truth, *secret}).error().what, HasSubstr("||"));
  EXPECT_THAT(builder.chosen(*truth, *secret, *number).error().what, HasSubstr("':'"));
  EXPECT_THAT(builder.finish(*secret).error().what, HasSubstr("the whole"));
}

TEST(FilterTree, RisingAndFallingSignsAreOne) {
  FilterBuilder builder;
  const auto one = builder.constant(1.0);
  const auto two = builder.constant(2.0);
  ASSERT_TRUE(one && two);
  const auto more = builder.compared(">", *two, *one);
  const auto least = builder.compared(">=", *two, *one);
  ASSERT_TRUE(more && least);
  const auto root = builder.joined(FilterOp::kAnd, {*more, *least});
  ASSERT_TRUE(root);
  const auto tree = builder.finish(*root);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->nodes[*more].op, FilterOp::kLess);
  EXPECT_THAT(tree->nodes[*more].parts, ElementsAre(*one, *two));
  EXPECT_EQ(tree->nodes[*least].op, FilterOp::kAtMost);
  EXPECT_FALSE(asks_place(*tree));
  EXPECT_FALSE(asks_match(*tree));
}

TEST(FilterTree, RegexesBecomeOursEachByItself) {
  FilterBuilder builder;
  const auto line = builder.field("finding", "line");
  ASSERT_TRUE(line);
  const auto made = builder.listed(FilterOp::kMatchesAny, *line, {"(?i)a", "b\xC3\xA9?"});
  ASSERT_TRUE(made);
  const auto tree = builder.finish(*made);
  ASSERT_TRUE(tree);
  EXPECT_THAT(tree->nodes[*made].list, ElementsAre("(?:(?i)a)", "(?:b(?:\\xc3\\xa9)?)"));
  EXPECT_TRUE(asks_match(*tree));
}

TEST(FilterTree, NamesTheRegexThatIsRefused) {
  FilterBuilder builder;
  const auto path = builder.field("attributes", "path");
  ASSERT_TRUE(path);
  const auto bad = builder.listed(FilterOp::kMatchesAny, *path, {"a", "b("});
  EXPECT_THAT(bad.error().what, HasSubstr("'b('"));
  EXPECT_THAT(builder.listed(FilterOp::kMatchesAny, *path, {"a)(b"}).error().what,
              HasSubstr("'a)(b'"));
  EXPECT_THAT(builder.listed(FilterOp::kContainsAny, *path, {""}).error().what,
              HasSubstr("empty word"));
  EXPECT_THAT(builder.listed(FilterOp::kContainsAny, *path, {"\xC3\xA9"}).error().what,
              HasSubstr("ASCII"));
}

TEST(FilterTree, KnowsFiveFields) {
  FilterBuilder builder;
  for (const char* key : {"secret", "match", "line"}) EXPECT_TRUE(builder.field("finding", key));
  for (const char* key : {"path", "git.sha"}) EXPECT_TRUE(builder.field("attributes", key));
  EXPECT_EQ(builder.field("finding", "path").error().what,
            "asks finding[\"path\"], which is not honoured");
  EXPECT_THAT(builder.field("attributes", "git.author_name").error().what,
              HasSubstr("git.author_name"));
}

TEST(FilterTree, HasLimits) {
  FilterBuilder deep;
  auto part = deep.constant(true);
  for (std::size_t i = 1; i < kFilterDepthMax; ++i) {
    ASSERT_TRUE(part);
    part = deep.negated(*part);
  }
  ASSERT_TRUE(part);
  EXPECT_THAT(deep.negated(*part).error().what, HasSubstr("64 deep"));
  FilterBuilder wide;
  for (std::size_t i = 0; i < kFilterNodesMax; ++i) ASSERT_TRUE(wide.constant(1.0));
  EXPECT_THAT(wide.constant(1.0).error().what, HasSubstr("10,000 parts"));
}

TEST(FilterTree, SetsOneOfThreeLevels) {
  FilterBuilder builder;
  const auto truth = builder.constant(true);
  const auto low = builder.constant(std::string("low"));
  const auto silly = builder.constant(std::string("silly"));
  ASSERT_TRUE(truth && low && silly);
  const auto choice = builder.chosen(*truth, *low, *silly);
  ASSERT_TRUE(choice);
  EXPECT_THAT(builder.set_confidence(*choice).error().what, HasSubstr("another confidence"));
  EXPECT_THAT(builder.set_confidence(*truth).error().what, HasSubstr("another confidence"));
  EXPECT_TRUE(builder.set_confidence(*low));
  EXPECT_THAT(builder.set_confidence(*low).error().what, HasSubstr("twice"));
}

}  // namespace
}  // namespace nhi
