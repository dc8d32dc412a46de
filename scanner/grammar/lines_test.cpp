#include <gtest/gtest.h>

#include "scanner/grammar/test_support.hpp"

namespace nhi {
namespace {

using test::PathText;
using test::read_all;

struct LineCase {
  std::string_view name;
  Format format;
  std::string_view document;
  std::vector<PathText> want;
};

const std::vector<LineCase>& line_cases() {
  static const std::vector<LineCase> cases = {
      {"PropertiesSeparators",
       Format::kProperties,
       "a=x\nb: y\nc z\n d = e \n",
       {{"a", "x"}, {"b", "y"}, {"c", "z"}, {"d", "e "}}},
      {"PropertiesComments", Format::kProperties, "# c\n! d\na=x#y\n", {{"a", "x#y"}}},
      {"PropertiesContinued",
       Format::kProperties,
       "a=x\\\n   y\\\r\n z\nb=c\n",
       {{"a", "xyz"}, {"b", "c"}}},
      {"PropertiesEscapes",
       Format::kProperties,
       "a\\ b\\:c=\\u0041\\t\\=\\q\\\\\n",
       {{"a b:c", "A\t=q\\"}}},
      {"PropertiesEmpty", Format::kProperties, "a=\nb\nc = \n", {{"a", ""}, {"b", ""}, {"c", ""}}},
      {"PropertiesUrl",
       Format::kProperties,
       "u = jdbc:derby:x;create=true\n",
       {{"u", "jdbc:derby:x;create=true"}}},
      {"PropertiesWindows", Format::kProperties, "a=x\r\nb=y\r\n", {{"a", "x"}, {"b", "y"}}},
      {"IniSections",
       Format::kIni,
       "top=1\n[s]\na = x\n[t u]\nb: y\n",
       {{"top", "1"}, {"[s] a", "x"}, {"[t u] b", "y"}}},
      {"IniComments",
       Format::kIni,
       "; c\n# d\n[s]\na = x ; note\nb = x;y\nc = p#q\n",
       {{"[s] a", "x"}, {"[s] b", "x;y"}, {"[s] c", "p#q"}}},
      {"IniQuotes",
       Format::kIni,
       "a = \"x ; y\" ; z\nb = 'q'\nc = \"un\nd = \"a\"b\"\n",
       {{"a", "x ; y"}, {"b", "q"}, {"c", "\"un"}, {"d", "a\"b"}}},
      {"IniBareKey",
       Format::kIni,
       "[mysqld]\nskip-networking\n",
       {{"[mysqld] skip-networking", ""}}},
      {"IniQuotedKey", Format::kIni, "[H]\n\"a=b\"=\"x\"\n", {{"[H] a=b", "x"}}},
      {"IniWindows", Format::kIni, "[s]\r\na=x\r\n", {{"[s] a", "x"}}},
      {"EnvPlain",
       Format::kEnv,
       "A=x\nexport B=y z\nC = q\n# D=1\n",
       {{"A", "x"}, {"B", "y z"}, {"C", "q"}}},
      {"EnvQuotes",
       Format::kEnv,
       "A='x $y'\nB=\"p\\\"q\\$r\\n\"\nC='a'\"b\"c\n",
       {{"A", "x $y"}, {"B", "p\"q$r\\n"}, {"C", "abc"}}},
      {"EnvOverLines", Format::kEnv, "A=\"x\ny\"\nB=z\n", {{"A", "x\ny"}, {"B", "z"}}},
      {"EnvComments",
       Format::kEnv,
       "A=x # c\nB=x#y\nC=\"z\" # c\n",
       {{"A", "x"}, {"B", "x#y"}, {"C", "z"}}},
      {"EnvUnclosed", Format::kEnv, "A='it\nB=x\n", {{"A", "'it"}, {"B", "x"}}},
      {"EnvApostrophe", Format::kEnv, "A=it's\nB=x\n", {{"A", "it's"}, {"B", "x"}}},
  };
  return cases;
}

class LineFormats : public testing::TestWithParam<LineCase> {};
TEST_P(LineFormats, GiveTheseValues) {
  const auto reading = read_all(GetParam().format, GetParam().document);
  EXPECT_TRUE(reading.result.has_value());
  EXPECT_TRUE(reading.maps_hold && reading.nested);
  EXPECT_EQ(reading.values, GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(Table, LineFormats, testing::ValuesIn(line_cases()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(LineFormats, AnyCutIsHarmless) {
  for (const LineCase& row : line_cases()) {
    for (std::size_t i = 0; i <= row.document.size(); ++i) {
      const auto reading = read_all(row.format, row.document.substr(0, i));
      EXPECT_TRUE(reading.result.has_value() && reading.maps_hold) << row.name << i;
    }
  }
}

// Patterns that make a careless reader look at the rest of the document again and again. Quadratic
// work on 2 MB would not end within the time limit of the test.
TEST(EveryFormat, HostileRepetitionIsLinear) {
  const std::string_view patterns[] = {"&",    "<",     "<a ", "]]",   "<!--", "\"", "'",   "a='",
                                       "{{",   "a: ",   "- ",  "\\\n", "[a",   "|",  "\n ", "&#1",
                                       "a={x", "\\u12", "${a", "? ",   "!a ",  "#",  ":\n", "x;"};
  for (const std::string_view pattern : patterns) {
    std::string document;
    while (document.size() < 2'000'000) document += pattern;
    for (const Format format : {Format::kXml, Format::kJson, Format::kYaml, Format::kProperties,
                                Format::kIni, Format::kEnv, Format::kPgpass}) {
      for (const std::string& text : {document, "<a>" + document}) {
        const auto result = tokenize(format, text, [](const Token&) { return true; });
        EXPECT_TRUE(result.has_value() || !result.error().subject.empty());
      }
    }
    (void)parse_connection("jdbc:sqlserver://h;" + document);
    (void)parse_connection("https://h/?" + document);
    (void)parse_connection("server=h;" + document);
  }
}

TEST(TokenizePgpass, ReadsWhatLibpqReads) {
  const auto reading = test::read_all(Format::kPgpass,
                                      "# a comment\n"
                                      "db1:5432:*:svc:s3:cret\r\n"
                                      "too:few:fields\n"
                                      "\\:\\:1:5432:a\\\\b:u:p\\:w\\\\d");
  ASSERT_TRUE(reading.result.has_value());
  EXPECT_TRUE(reading.maps_hold);
  EXPECT_TRUE(reading.nested);
  // An unescaped colon ends a password.
  const std::vector<test::PathText> expected = {
      {"entry[1] host", "db1"},       {"entry[1] port", "5432"},     {"entry[1] database", "*"},
      {"entry[1] user", "svc"},       {"entry[1] password", "s3"},   {"entry[2] host", "::1"},
      {"entry[2] port", "5432"},      {"entry[2] database", "a\\b"}, {"entry[2] user", "u"},
      {"entry[2] password", "p:w\\d"}};
  EXPECT_EQ(reading.values, expected);
}

TEST(TokenizeEnv, UnclosedQuotesCostNoMoreThanTheirBytes) {
  std::string document;
  for (int i = 0; i < 200'000; ++i) document += "A=\"x\\\n";
  EXPECT_TRUE(tokenize_env(document, [](const Token&) { return true; }).has_value());
}

}  // namespace
}  // namespace nhi
