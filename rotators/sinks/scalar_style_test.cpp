#include "rotators/sinks/scalar_style.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace nhi::sinks {
namespace {

ScalarPlace place(Format format, Quoting quoting) {
  ScalarPlace where;
  where.format = format;
  where.quoting = quoting;
  return where;
}

struct StyleCase {
  std::string_view name;
  Format format;
  Quoting quoting;
  std::string_view text;
  std::optional<Quoting> fits;  // nothing: refused
  std::string_view written;
};
const StyleCase kStyleCases[] = {
    {"PropertiesEscapes", Format::kProperties, Quoting::kBare, " =\\\t\xC3\xA9\xF0\x9F\x94\x91#",
     Quoting::kBare, "\\ =\\\\\\t\\u00e9\\ud83d\\udd11#"},
    {"EnvWordStaysBare", Format::kEnv, Quoting::kBare, "a/b:c=%", Quoting::kBare, "a/b:c=%"},
    {"EnvDollarIsQuoted", Format::kEnv, Quoting::kBare, "a$b", Quoting::kSingle, "a$b"},
    {"EnvSingleGoesDouble", Format::kEnv, Quoting::kSingle, "a'$b", Quoting::kDouble, "a'\\$b"},
    {"EnvControlIsRefused", Format::kEnv, Quoting::kDouble, "a\x01", std::nullopt, ""},
    {"IniCommentIsRefused", Format::kIni, Quoting::kBare, "a;b", std::nullopt, ""},
    {"IniQuoteIsRefused", Format::kIni, Quoting::kDouble, "a\"b", std::nullopt, ""},
    {"YamlPlain", Format::kYaml, Quoting::kBare, "a,b:c#d", Quoting::kBare, "a,b:c#d"},
    {"YamlMark", Format::kYaml, Quoting::kBare, "*a'", Quoting::kSingle, "*a''"},
    {"YamlWordOfAType", Format::kYaml, Quoting::kBare, "No", Quoting::kSingle, "No"},
    {"YamlNumber", Format::kYaml, Quoting::kBare, "1e5", Quoting::kSingle, "1e5"},
    {"YamlLines", Format::kYaml, Quoting::kSingle, "a\nb", Quoting::kDouble, "a\\nb"},
    {"YamlDouble", Format::kYaml, Quoting::kDouble, "\"\\\x7F\xE2\x80\xA8", Quoting::kDouble,
     "\\\"\\\\\\x7f\\u2028"},
    {"JsonWord", Format::kJson, Quoting::kBare, "abc", Quoting::kDouble, "abc"},
    {"JsonEscapes", Format::kJson, Quoting::kDouble, "\"\\\n\x01/", Quoting::kDouble,
     "\\\"\\\\\\n\\u0001/"},
    {"XmlText", Format::kXml, Quoting::kBare, "<&>\"\r", Quoting::kBare, "&lt;&amp;&gt;\"&#13;"},
    {"XmlCdata", Format::kXml, Quoting::kCdata, "a]]>&", Quoting::kCdata, "a]]]]><![CDATA[>&"},
    {"XmlControlIsRefused", Format::kXml, Quoting::kBare, "a\x02", std::nullopt, ""},
    {"Pgpass", Format::kPgpass, Quoting::kBare, "a:b\\c", Quoting::kBare, "a\\:b\\\\c"},
    {"PgpassLines", Format::kPgpass, Quoting::kBare, "a\nb", std::nullopt, ""},
    {"NotUtf8", Format::kJson, Quoting::kDouble, "a\xE9", std::nullopt, ""},
    {"Empty", Format::kJson, Quoting::kDouble, "", std::nullopt, ""},
};
class ScalarStyle : public testing::TestWithParam<StyleCase> {};
TEST_P(ScalarStyle, HoldsTheValueOrRefusesIt) {
  const StyleCase& row = GetParam();
  const ScalarPlace where = place(row.format, row.quoting);
  const auto fits = fitting_quoting(where, row.text);
  ASSERT_EQ(fits.has_value(), row.fits.has_value());
  if (!fits) return;
  EXPECT_EQ(*fits, *row.fits);
  EXPECT_EQ(escaped(where, *fits, row.text, true).reveal(), row.written);
}
INSTANTIATE_TEST_SUITE_P(Table, ScalarStyle, testing::ValuesIn(kStyleCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ScalarStyleOf, NumbersStayNumbers) {
  ScalarPlace where = place(Format::kJson, Quoting::kBare);
  where.typed = is_typed_word(Format::kJson, "1234");
  EXPECT_EQ(*fitting_quoting(where, "5678"), Quoting::kBare);
  EXPECT_EQ(*fitting_quoting(where, "0678"), Quoting::kDouble);
  where.format = Format::kYaml;
  EXPECT_EQ(*fitting_quoting(where, "5678"), Quoting::kBare);
  EXPECT_EQ(*fitting_quoting(where, "0678"), Quoting::kSingle);
}

TEST(ScalarStyleOf, IniUsesTheQuotesThatTheDocumentHas) {
  ScalarPlace where = place(Format::kIni, Quoting::kBare);
  where.knows_double = true;
  EXPECT_EQ(*fitting_quoting(where, "a;b"), Quoting::kDouble);
  EXPECT_FALSE(fitting_quoting(where, "a;\"b").has_value());
  where.restores = true;
  EXPECT_EQ(*fitting_quoting(where, "a\\b;c"), Quoting::kBare);
}

TEST(ScalarStyleOf, UnknownCharacterSetsGetEscapesOrNothing) {
  ScalarPlace where = place(Format::kEnv, Quoting::kDouble);
  where.ascii_only = true;
  EXPECT_FALSE(fitting_quoting(where, "\xC3\xA9").has_value());
  where.restores = true;
  where.any_bytes = true;
  EXPECT_TRUE(fitting_quoting(where, "\xE9").has_value());
  where = place(Format::kXml, Quoting::kBare);
  where.ascii_only = true;
  EXPECT_EQ(escaped(where, Quoting::kBare, "\xC3\xA9", true).reveal(), "&#233;");
  where = place(Format::kYaml, Quoting::kSingle);
  where.ascii_only = true;
  EXPECT_EQ(*fitting_quoting(where, "\xF0\x9F\x94\x91"), Quoting::kDouble);
  EXPECT_EQ(escaped(where, Quoting::kDouble, "\xF0\x9F\x94\x91", true).reveal(), "\\U0001f511");
}

}  // namespace
}  // namespace nhi::sinks
