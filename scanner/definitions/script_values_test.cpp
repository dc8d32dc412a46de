#include "scanner/definitions/script_values.hpp"

#include <gtest/gtest.h>

namespace nhi::definitions {
namespace {

// The value of the expression behind `=` of the last assignment.
ScriptValue last_value(const std::string& text) {
  std::vector<std::unique_ptr<ParsedScript>> scripts;
  scripts.push_back(parse_script(text, OffsetMap::identity(text.size())));
  const ParsedScript& script = *scripts[0];
  std::size_t first = 0;
  for (std::size_t i = 0; i < script.tokens.size(); ++i) {
    if (script.is(i, "=")) first = i + 1;
  }
  return ScriptValues(scripts).value(script, first, script.expression_end(first));
}

TEST(ScriptValues, LiteralsAndSums) {
  for (const std::string_view text :
       {"x = 'ab';", "x = 'a' + 'b';", "x = ('a' + \"b\")", "a = 'a'; x = a + 'b'",
        "x = String('ab')", "x = new java.lang.String('ab')", "x = 'ab'.toString()",
        "x = $cfg('k') || 'ab'"}) {
    const ScriptValue value = last_value(std::string(text));
    EXPECT_EQ(value.kind, ValueKind::kLiteral) << text;
    EXPECT_EQ(value.text.text(), "ab") << text;
  }
}

TEST(ScriptValues, ReferencesKeepTheirName) {
  for (const std::string_view text :
       {"x = $('k')", "x = $cfg('k').toString()", "x = configurationMap.get('k')"}) {
    const ScriptValue value = last_value(std::string(text));
    EXPECT_EQ(value.kind, ValueKind::kReference) << text;
    EXPECT_EQ(value.name, "k") << text;
  }
  const ScriptValue mixed = last_value("x = 'jdbc:' + $('k') + '/d'");
  EXPECT_EQ(mixed.kind, ValueKind::kLiteral);
  EXPECT_EQ(mixed.text.text(), "jdbc:${k}/d");
}

TEST(ScriptValues, TheRestIsUnknown) {
  for (const std::string_view text : {"x = f('a')", "x = msg['PID']", "x = a", "x = 'a' + b",
                                      "x = x + 'a'", "x = 'a' - 'b'", "a = b; b = a; x = a"}) {
    EXPECT_EQ(last_value(std::string(text)).kind, ValueKind::kUnknown) << text;
  }
}

TEST(ScriptValues, ConstantsThatDoubleStayBounded) {
  std::string text = "a0 = 'x';";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + " = " + before;
    for (int j = 0; j < 40; ++j) text += " + " + before;
    text += ";";
  }
  text += "x = a5";
  EXPECT_LT(last_value(text).text.text().size(), 10'000'000U);
}

}  // namespace
}  // namespace nhi::definitions
