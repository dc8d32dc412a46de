#include "scanner/rules/betterleaks_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

using testing::HasSubstr;

// The tree as a text in which every part has its parentheses.
std::string shown(const FilterTree& tree, FilterPart part) {
  constexpr const char* kNames[] = {"truth", "not",    "and",   "or",       "choose",  "matches",
                                    "words", "in",     "same",  "contains", "starts",  "ends",
                                    "<",     "<=",     "=",     "number",   "entropy", "len",
                                    "text",  "secret", "match", "line",     "path",    "commit"};
  const FilterNode& node = tree.nodes[part];
  std::string text = kNames[static_cast<std::size_t>(node.op)];
  if (node.op == FilterOp::kText) text += ":" + node.text;
  if (node.op == FilterOp::kTruth) text = node.number != 0 ? "true" : "false";
  if (node.op == FilterOp::kNumber) text = std::to_string(node.number).substr(0, 3);
  if (node.parts.empty()) return text;
  text += "(";
  for (const FilterPart inner : node.parts) text += shown(tree, inner) + " ";
  text.back() = ')';
  return text;
}

std::string read(std::string_view expression) {
  const auto tree = parse_betterleaks_filter(expression);
  return tree ? shown(*tree, tree->root) : "refused: " + tree.error().what;
}

TEST(BetterleaksFilter, ReadsWhatItsDefaultRulesSay) {
  EXPECT_EQ(read(R"(entropy(finding["secret"]) <= 3.8)"), "<=(entropy(secret) 3.8)");
  EXPECT_EQ(read(R"(filter.entropy(finding["secret"]) < 3.0 ||
                    !filter.matchesAny(finding["secret"], [`[0-9]`]))"),
            "or(<(entropy(secret) 3.0) not(matches(secret)))");
  EXPECT_EQ(read(R"(matchesAny((attributes["path"] ?? ""), [`a`]))"), "matches(path)");
  EXPECT_EQ(read(R"(matchesAny(get(attributes, "path", ""), [`a`, `b`, ]))"), "matches(path)");
  EXPECT_EQ(read(R"(containsAny(finding["secret"], ["ab"]))"), "words(secret)");
}

TEST(BetterleaksFilter, BindsAsTheLanguageDoes) {
  EXPECT_EQ(read("true || true && !false"), "or(true and(true not(false)))");
  EXPECT_EQ(read("(true or false) and not false"), "and(or(true false) not(false))");
  EXPECT_EQ(read("true ? false : true ? true : false"),
            "choose(true false choose(true true false))");
  EXPECT_EQ(read("!!!true"), "not(true)");
  EXPECT_EQ(read("len(finding.match) != 3"), "not(=(len(match) 3.0))");
  EXPECT_EQ(read(R"(finding?.line contains "a" && attributes.path not in ["b"])"),
            "and(contains(line text:a) not(in(path)))");
}

TEST(BetterleaksFilter, NamesStandForWhatTheyAreGiven) {
  EXPECT_EQ(read(R"(let s = finding["secret"]; let a = s == "x"; a || (let b = !a; b))"),
            "or(same(secret text:x) not(same(secret text:x)))");
  EXPECT_THAT(read("(let b = true; b) || b"), HasSubstr("'b'"));
  EXPECT_THAT(read("let a = true; let a = false; a"), HasSubstr("'a'"));
  EXPECT_THAT(read("let finding = true; finding"), HasSubstr("'finding'"));
}

TEST(BetterleaksFilter, TakesAConfidence) {
  const auto tree = parse_betterleaks_filter(
      R"(let level = true ? "low" : "high"; let _ = setConfidence(level); false)");
  ASSERT_TRUE(tree);
  ASSERT_TRUE(tree->confidence);
  EXPECT_EQ(shown(*tree, *tree->confidence), "choose(true text:low text:high)");
  EXPECT_THAT(read(R"((let _ = setConfidence("low"); false))"), HasSubstr("'setConfidence'"));
  EXPECT_THAT(read(R"(setConfidence("low"))"), HasSubstr("'setConfidence'"));
  EXPECT_THAT(read(R"(let _ = setConfidence("x"); false)"), HasSubstr("another confidence"));
}

TEST(BetterleaksFilter, NamesWhatItDoesNotHonour) {
  EXPECT_EQ(read("true ||\n failsTokenEfficiency(finding[\"secret\"])"),
            "refused: asks 'failsTokenEfficiency', which is not honoured (line 2 of the "
            "expression)");
  EXPECT_THAT(read(R"(tokenRatio(finding["secret"]) >= 2.5)"), HasSubstr("'tokenRatio'"));
  EXPECT_THAT(read(R"(finding["context"] == "a")"), HasSubstr("finding[\"context\"]"));
  EXPECT_THAT(read(R"(attributes["fs.symlink"] == "a")"), HasSubstr("fs.symlink"));
  EXPECT_THAT(read(R"(get(attributes, "path", "x") == "a")"), HasSubstr("'x'"));
  EXPECT_THAT(read(R"(finding["secret"][0:3] == "a")"), HasSubstr("'['"));
  EXPECT_THAT(read("entropy(finding[\"secret\"]) + 1 < 3"), HasSubstr("'+'"));
  EXPECT_THAT(read("true | false"), HasSubstr("'|'"));
  EXPECT_THAT(read("not true == true"), HasSubstr("wants a number"));
  EXPECT_THAT(read("1 < 2 < 3"), HasSubstr("'<'"));
  EXPECT_THAT(read("finding[\"secret\"]"), HasSubstr("the whole"));
  for (const char* cut : {"", "true ||", "(true", "let a = true;", "let a", "true ? false",
                          "matchesAny(finding[\"secret\"], [`a`", "filter.", "finding[", "get("}) {
    EXPECT_THAT(read(cut), HasSubstr("refused")) << cut;
  }
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string made;
  for (std::size_t i = 0; i < times; ++i) made += text;
  return made;
}

TEST(BetterleaksFilter, HasLimitsWithNumbers) {
  EXPECT_EQ(read(repeated("(", 30) + "true" + repeated(")", 30)), "true");
  EXPECT_THAT(read(repeated("(", 100'000)), HasSubstr("64 deep"));
  EXPECT_THAT(read(repeated("true ? true : ", 1000) + "true"), HasSubstr("64 deep"));
  EXPECT_EQ(read(repeated("!", 100'000) + "true"), "true");
  EXPECT_THAT(read(repeated("true || ", kFilterNodesMax) + "true"), HasSubstr("10,000 parts"));
  EXPECT_THAT(read("finding.secret in [" + repeated("'a',", kFilterNodesMax + 1) + "]"),
              HasSubstr("list of over 10,000"));
  std::string names;
  for (std::size_t i = 0; i <= kFilterNamesMax; ++i) {
    names += "let a" + std::to_string(i) + " = true; ";
  }
  EXPECT_THAT(read(names + "a0"), HasSubstr("256 names"));
  EXPECT_THAT(read(std::string(kFilterBytesMax + 1, ' ')), HasSubstr("1 MiB"));
}

}  // namespace
}  // namespace nhi
