#include "scanner/definitions/script_tokens.hpp"

#include <gtest/gtest.h>

namespace nhi::definitions {
namespace {

std::vector<std::string> words(std::string_view script) {
  std::vector<std::string> out;
  for (const ScriptToken& token : tokenize_script(script)) {
    out.emplace_back(script.substr(token.start, token.end - token.start));
  }
  return out;
}
using Words = std::vector<std::string>;

TEST(ScriptTokens, SkipCommentsAndExpressions) {
  EXPECT_EQ(words("a /* ' */ = 'b' // \"\n+ c"), (Words{"a", "=", "'b'", "+", "c"}));
  EXPECT_EQ(words("x = /['\"]/g; y = a / b / c"),
            (Words{"x", "=", "g", ";", "y", "=", "a", "/", "b", "/", "c"}));
  EXPECT_EQ(words("a == b || $x1"), (Words{"a", "==", "b", "||", "$x1"}));
  EXPECT_EQ(words("`a\n'b`"), (Words{"`a\n'b`"}));
}

TEST(ScriptTokens, UnclosedQuoteIsAMark) {
  EXPECT_EQ(words("it's\n'x'"), (Words{"it", "'", "s", "'x'"}));
  EXPECT_EQ(words("'"), (Words{"'"}));
  EXPECT_EQ(words("`a"), (Words{"`", "a"}));
  EXPECT_EQ(words("/* open"), Words{});
}

TEST(ScriptLiteral, IsUnescapedWithItsMap) {
  const std::string script = "'a\\'\\x41\\u0042\\n\\q'";
  const auto tokens = tokenize_script(script);
  ASSERT_EQ(tokens.size(), 1U);
  const Scalar literal = read_literal(script, tokens[0]);
  EXPECT_EQ(literal.text, "a'AB\nq");
  EXPECT_EQ(slice(script, literal.to_document({2, 3})), "\\x41");
  EXPECT_EQ(slice(script, literal.to_document({0, literal.text.size()})),
            script.substr(1, script.size() - 2));
}

TEST(ScriptComments, KeepTheirOffsets) {
  const std::string script = "a('x'); // b('y')\n/* c(1) */";
  const std::string kept = comments_only(script);
  ASSERT_EQ(kept.size(), script.size());
  EXPECT_EQ(kept.find("b('y')"), script.find("b('y')"));
  EXPECT_EQ(kept.find("a("), std::string::npos);
  EXPECT_TRUE(comments_only("a('x'); // nothing to call").empty());
}

}  // namespace
}  // namespace nhi::definitions
