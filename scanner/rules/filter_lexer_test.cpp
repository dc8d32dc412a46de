#include "scanner/rules/filter_lexer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> tokens(std::string_view text) {
  FilterLexer lexer(text);
  std::vector<std::string> found;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const auto token = lexer.next();
    if (!token) return {"refused: " + token.error().what};
    if (token->kind == FilterTokenKind::kEnd) break;
    const bool text_token = token->kind == FilterTokenKind::kText;
    found.push_back(text_token ? "<" + token->text + ">" : token->text);
  }
  return found;
}

TEST(FilterLexer, CutsWordsTextsNumbersAndSigns) {
  EXPECT_THAT(tokens(R"(entropy(finding["secret"]) <= 3.5)"),
              ElementsAre("entropy", "(", "finding", "[", "<secret>", "]", ")", "<=", "3.5"));
  EXPECT_THAT(tokens("a?.b??c ? !d : e||f&&g"), ElementsAre("a", "?.", "b", "??", "c", "?", "!",
                                                            "d", ":", "e", "||", "f", "&&", "g"));
  EXPECT_THAT(tokens(""), ElementsAre());
}

TEST(FilterLexer, TakesTextsInThreeQuotes) {
  EXPECT_THAT(tokens(R"('a"b' "c'd" `e\w"'`)"), ElementsAre("<a\"b>", "<c'd>", "<e\\w\"'>"));
  EXPECT_THAT(tokens(R"("\\d\"\n\t")"), ElementsAre("<\\d\"\n\t>"));
  EXPECT_THAT(tokens("`a``b`"), ElementsAre("<a`b>"));
  EXPECT_THAT(tokens("`a\nb`"), ElementsAre("<a\nb>"));
}

TEST(FilterLexer, SkipsCommentsAndCountsLines) {
  FilterLexer lexer("// one\n/* two\n */ `x\ny` z");
  const auto text = lexer.next();
  ASSERT_TRUE(text);
  EXPECT_EQ(text->line, 3U);
  const auto word = lexer.next();
  ASSERT_TRUE(word);
  EXPECT_EQ(word->text, "z");
  EXPECT_EQ(word->line, 4U);
  EXPECT_EQ(lexer.next()->kind, FilterTokenKind::kEnd);
  EXPECT_EQ(lexer.next()->kind, FilterTokenKind::kEnd);
}

TEST(FilterLexer, RefusesWhatDoesNotEndOrIsNotKnown) {
  EXPECT_THAT(tokens("\n'a"), ElementsAre("refused: has a text that does not end (line 2 of the "
                                          "expression)"));
  EXPECT_THAT(tokens("`a``").back(), HasSubstr("does not end"));
  EXPECT_THAT(tokens("'a\\").back(), HasSubstr("does not end"));
  EXPECT_THAT(tokens("/* a").back(), HasSubstr("comment that does not end"));
  EXPECT_THAT(tokens(R"("\u00e9")").back(), HasSubstr("escape"));
  EXPECT_THAT(tokens("0x1f").back(), HasSubstr("number"));
  EXPECT_THAT(tokens("1.2.3").back(), HasSubstr("number"));
  EXPECT_THAT(tokens("a # b").back(), HasSubstr("0x23"));
  EXPECT_THAT(tokens("\xC3\xA9").back(), HasSubstr("0xc3"));
}

}  // namespace
}  // namespace nhi
