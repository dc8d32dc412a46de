#include "scanner/match/rule_guard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using match_test::make_rule;
using match_test::make_set;

struct Guarded {
  explicit Guarded(const std::string& pattern, std::size_t longest = 0)
      : set([&] {
          Rule rule = make_rule("r", pattern);
          if (longest != 0) rule.max_match = longest;
          return make_set({rule});
        }()),
        guard(set.compiled(RuleIndex{0})) {}
  [[nodiscard]] Span window(const std::string& view, const std::string& literal) const {
    const std::size_t at = view.find(literal);
    return guard.window(view, {at, at + literal.size()});
  }
  RuleSet set;
  RuleGuard guard;
};

TEST(RuleGuard, OpensNoWindowInAShortWord) {
  const Guarded guarded(R"(\bpat[0-9A-Za-z]{14}\.[0-9a-f]{64}\b)");
  EXPECT_TRUE(
      guarded.window("a path of words, none of them long enough to be a token", "pat").empty());
  const std::string token = "pat" + std::string(14, 'x') + "." + std::string(64, 'a');
  const Span window = guarded.window("\"" + token + "\"", "pat");
  EXPECT_EQ(window.start, 1U);  // nothing of a match stands before the literal
  EXPECT_EQ(window.end, 1 + token.size());
}

TEST(RuleGuard, LooksAtTheByteBehindALiteral) {
  const Guarded guarded(R"((?i)\buser\s{1,3}[a-z]{1,9})");
  const std::string view = "user=x USER\tx user";
  EXPECT_FALSE(guarded.guard.may_hold(view, {0, 4}));
  EXPECT_TRUE(guarded.guard.may_hold(view, {7, 11}));
  EXPECT_FALSE(guarded.guard.may_hold(view, {14, 18}));  // nothing stands there
  EXPECT_TRUE(Guarded("user.{0,9}").guard.may_hold(view, {14, 18}));
}

TEST(RuleGuard, ReachesNoFurtherThanAMatch) {
  const Guarded guarded("[0-9]{2,14}abc.{3,5}x");
  const std::string view = std::string(50, '1') + "abc" + std::string(50, '2');
  const Span window = guarded.window(view, "abc");
  EXPECT_EQ(window.start, 50U - 14);
  EXPECT_EQ(window.end, 50U + 14 + 3 + 5 + 1);
}

TEST(RuleGuard, GoesOnWhereAnEarlierWindowEnds) {
  const Guarded guarded("abc[0-9a-c]{2,8}");
  const std::string view = "abc123abc456789 abc";
  EXPECT_EQ(guarded.guard.window_end(view, {6, 9}, 11), 15U);
  EXPECT_EQ(guarded.guard.window_end(view, {6, 9}, 15), 15U);
}

TEST(RuleGuard, AsksForTheRunAndForTheBytesOfEveryMatch) {
  const Guarded guarded("(?i)key.{0,20}[0-9a-f]{10}[^x]{0,5}@", 64);
  const RuleGuard& guard = guarded.guard;
  EXPECT_TRUE(guard.may_match("key = 0123456789@"));
  EXPECT_TRUE(guard.may_match("KEY = 0123ABCDEF  @"));
  EXPECT_FALSE(guard.may_match("key = 0123456789"));
  EXPECT_FALSE(guard.may_match("key = 012345678 9@"));
  EXPECT_FALSE(guard.may_match("key@"));
}

// The skipping search for a run against one that looks at every byte.
TEST(RuleGuard, FindsEveryRun) {
  std::uint64_t state = 7;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    std::size_t row = 0;
    std::size_t longest = 0;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::size_t length = (state >> 33) % 60;
    for (std::size_t i = 0; i < length; ++i) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      const bool digit = (state >> 40) % 6 != 0;
      text += digit ? '7' : ' ';
      row = digit ? row + 1 : 0;
      longest = std::max(longest, row);
    }
    static const Guarded guarded("key.{0,40}[0-9]{10}.{0,40}", 128);
    EXPECT_EQ(guarded.guard.may_match("key" + text), longest >= 10) << text;
  }
}

TEST(RuleGuard, AsksForATextOfEachListThatAMatchHolds) {
  const Guarded guarded("(?i)\\b(?:(?:ssb|gas)[a-z_]{0,20}(?:password|secret_key))=[0-9]{2,9}");
  const RuleGuard& guard = guarded.guard;
  EXPECT_TRUE(guard.may_match("gas_password=12"));
  EXPECT_TRUE(guard.may_match("SSB_SECRET_KEY=12"));
  EXPECT_FALSE(guard.may_match("db_password=12345"));
}

}  // namespace
}  // namespace nhi
