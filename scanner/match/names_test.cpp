// The examples of rules without a pattern: what they find is decided in this room.
#include <gtest/gtest.h>

#include <string>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using match_test::builtin_set;
using match_test::Collector;

// Made once: what a matcher is made of takes longer than any text of these.
Matcher& matcher() {
  static Matcher made(builtin_set());
  return made;
}

bool is_found(RuleIndex rule, std::string_view text) {
  Collector found;
  const ViewContext context{Syntax::kUnknown, builtin_set().rule(rule).tests_only};
  EXPECT_TRUE(matcher().scan(text, context, found));
  return std::any_of(found.matches.begin(), found.matches.end(),
                     [&](const Match& match) { return match.rule == rule; });
}

TEST(NamesTest, RulesWithoutAPatternFindTheirExamplesAndNoCounterExample) {
  constexpr std::uint64_t kSeeds = 20;
  std::size_t rules = 0;
  for (std::uint32_t i = 0; i < builtin_set().size(); ++i) {
    const RuleIndex index{i};
    const Rule& rule = builtin_set().rule(index);
    if (!rule.pattern.empty()) continue;
    ++rules;
    const auto check = [&](const std::vector<Example>& examples, bool wanted) {
      for (const Example& example : examples) {
        for (std::uint64_t seed = 0; seed < (example.is_template ? kSeeds : 1); ++seed) {
          const std::string text =
              example.is_template ? match_test::made(example.text, seed) : example.text;
          EXPECT_EQ(is_found(index, text), wanted)
              << rule.id << ": " << example.text << " seed " << seed;
        }
      }
    };
    check(rule.matches, true);
    check(rule.misses, false);
  }
  EXPECT_EQ(rules, 7U);
}

// Objects of a repository are first examined without a place.
TEST(NamesTest, NowhereFindsWhatAnyPlaceFinds) {
  static constexpr std::string_view kPaths[] = {
      "a.py",           "src/A.java", "conf/a.properties", "a.json",     "a.sh",
      "a.ps1",          "a.sql",      "README.md",         "tests/a.py", "src/test/A.java",
      "fixtures/a.yml", "x/a.rb",     "a.unknown"};
  static constexpr std::string_view kValues[] = {
      "{base62:12}",         "{hex:16}", "{lower:9}",  "{password:8}", "{digits:9}",
      "{lower:4}_{lower:5}", "getValue", "my-value-1", "{base64:24}"};
  static constexpr std::string_view kNames[] = {"password", "apiKey",       "auth", "user_token",
                                                "nonce",    "clientSecret", "key"};
  std::size_t found = 0;
  for (const std::string_view name : kNames) {
    for (const std::string_view value : kValues) {
      for (const std::string_view frame : {" = \"", ": '", "='"}) {
        std::string text(name);
        text += frame;
        text += match_test::made(value, found) + frame.back() + "\n";
        const auto count = [&](const ViewContext& context) {
          Collector collector;
          EXPECT_TRUE(matcher().scan(text, context, collector));
          return collector.matches.size();
        };
        const bool nowhere = count({}) != 0;
        for (const std::string_view path : kPaths) {
          if (count({syntax_of(path), is_test_path(path), path}) == 0) continue;
          ++found;
          EXPECT_TRUE(nowhere) << path << ": " << text;
        }
      }
    }
  }
  EXPECT_GT(found, 500U);
}

}  // namespace
}  // namespace nhi
