#include <gtest/gtest.h>

#include "rotators/sinks/value_place.hpp"

namespace nhi {
namespace {

ValueEdit edit(ValueRef place, std::string_view is, std::string_view becomes) {
  return {std::move(place), SecretText(is), SecretText(becomes), false};
}

struct RewriteCase {
  std::string_view name;
  Format format;
  std::string_view document;
  ValueRef place;
  std::string_view is, becomes;
  std::string_view result;  // empty: refused
  bool requoted = false;
};
const RewriteCase kRewriteCases[] = {
    {"PropertiesContinued",
     Format::kProperties,
     "# c\na = x\\\n   y\r\nb=1\n",
     {"a", 0, "", {}},
     "xy",
     " =z\xC3\xA9",
     "# c\na = \\ =z\\u00e9\r\nb=1\n"},
    {"SecondOfDoubled",
     Format::kProperties,
     "a=x\na=x\n",
     {"a", 1, "", {}},
     "x",
     "y",
     "a=x\na=y\n"},
    {"EnvStaysBare", Format::kEnv, "A=old # c\n", {"A", 0, "", {}}, "old", "n3w", "A=n3w # c\n"},
    {"EnvNeedsQuotes",
     Format::kEnv,
     "A=old # c\n",
     {"A", 0, "", {}},
     "old",
     "n w",
     "A='n w' # c\n",
     true},
    {"EnvJoinedWord",
     Format::kEnv,
     "A='o'\"l\"d\nB=1\n",
     {"A", 0, "", {}},
     "old",
     "new",
     "A='new'\nB=1\n",
     true},
    {"EnvDouble",
     Format::kEnv,
     "export A=\"old\"\n",
     {"A", 0, "", {}},
     "old",
     "a$b\"`\\",
     "export A=\"a\\$b\\\"\\`\\\\\"\n"},
    {"Ini",
     Format::kIni,
     "[a]\nk = \"old\" ; c\n",
     {"[a] k", 0, "", {}},
     "old",
     "a;b",
     "[a]\nk = \"a;b\" ; c\n"},
    {"IniLearnsQuotes",
     Format::kIni,
     "k = old\nj = \"x\"\n",
     {"k", 0, "", {}},
     "old",
     "a;b",
     "k = \"a;b\"\nj = \"x\"\n",
     true},
    {"IniWithoutQuotes", Format::kIni, "k = old\n", {"k", 0, "", {}}, "old", "a;b", ""},
    {"YamlBlock",
     Format::kYaml,
     "a:\n  k: |\n    x\n    y\n  b: 1\n",
     {"$.a.k", 0, "", {}},
     "x\ny\n",
     "1\n\n 2\n",
     "a:\n  k: |\n    1\n\n     2\n  b: 1\n"},
    {"YamlBlockWithoutItsEnd",
     Format::kYaml,
     "k: |\n  x\nb: 1\n",
     {"$.k", 0, "", {"trim"}},
     "x",
     "y",
     "k: |\n  y\nb: 1\n"},
    {"YamlBlockHoldsNoEscape",
     Format::kYaml,
     "k: |\n  x\n",
     {"$.k", 0, "", {"trim"}},
     "x",
     "\x01",
     ""},
    {"YamlFlow",
     Format::kYaml,
     "a: {k: old, b: 1}\n",
     {"$.a.k", 0, "", {}},
     "old",
     "x,y",
     "a: {k: 'x,y', b: 1}\n",
     true},
    {"YamlPlainOutside",
     Format::kYaml,
     "k: old # c\n",
     {"$.k", 0, "", {}},
     "old",
     "x,y",
     "k: x,y # c\n"},
    {"Json",
     Format::kJson,
     "{\"k\": \"old\", /* c */}",
     {"$.k", 0, "", {}},
     "old",
     "\"\\",
     "{\"k\": \"\\\"\\\\\", /* c */}"},
    {"JsonNumber",
     Format::kJson,
     "{\"k\": 123}",
     {"$.k", 0, "", {}},
     "123",
     "abc",
     "{\"k\": \"abc\"}",
     true},
    {"XmlCdata",
     Format::kXml,
     "<a>\n <![CDATA[old]]>\n</a>",
     {"/a", 0, "", {"trim"}},
     "old",
     "<]]>",
     "<a>\n <![CDATA[<]]]]><![CDATA[>]]>\n</a>"},
    {"XmlCdataWithSeam",
     Format::kXml,
     "<a><![CDATA[<]]]]><![CDATA[>]]></a>",
     {"/a", 0, "", {}},
     "<]]>",
     "n",
     "<a><![CDATA[n]]></a>"},
    {"XmlMixedIsLeftAlone",
     Format::kXml,
     "<a>o<!-- c -->ld</a>",
     {"/a", 0, "", {}},
     "old",
     "n",
     ""},
    {"XmlAttribute",
     Format::kXml,
     "<a k='old' j=\"1\"/>",
     {"/a/@k", 0, "", {}},
     "old",
     "'<\"",
     "<a k='&apos;&lt;\"' j=\"1\"/>"},
    {"ConnectionInXml",
     Format::kXml,
     "<a k=\"Server=h;Uid=s;Pwd=old\"/>",
     {"/a/@k", 0, "secret", {}},
     "old",
     "a;&b",
     "<a k=\"Server=h;Uid=s;Pwd=&quot;a;&amp;b&quot;\"/>",
     true},
    {"ConnectionInProperties",
     Format::kProperties,
     "u=jdbc\\:postgresql\\://h/d?user\\=s&password\\=old\n",
     {"u", 0, "secret", {}},
     "old",
     "a b",
     "u=jdbc\\:postgresql\\://h/d?user\\=s&password\\=a%20b\n"},
    {"KubernetesSecret",
     Format::kYaml,
     "d: b2xk\n",
     {"$.d", 0, "", {"base64"}},
     "old",
     "\x01\n",
     "d: AQo=\n"},
    {"BasicAuthorization",
     Format::kProperties,
     "h=Basic c3ZjOm9sZA==\n",
     {"h", 0, "secret", {"basic", "base64"}},
     "old",
     "new:1",
     "h=Basic c3ZjOm5ldzox\n"},
    {"Pgpass",
     Format::kPgpass,
     "h:1:d:u:old\r\nh:1:d:v:x\n",
     {"entry[1] password", 0, "", {}},
     "old",
     "a:\\",
     "h:1:d:u:a\\:\\\\\r\nh:1:d:v:x\n"},
    {"Latin1",
     Format::kProperties,
     "# caf\xE9\nk=old\n",
     {"k", 0, "", {}},
     "old",
     "\xC3\xA9",
     "# caf\xE9\nk=\\u00e9\n"},
    {"Latin1Env", Format::kEnv, "# caf\xE9\nk=old\n", {"k", 0, "", {}}, "old", "\xC3\xA9", ""},
    {"Mark",
     Format::kEnv,
     "\xEF\xBB\xBFk=old\n",
     {"k", 0, "", {}},
     "old",
     "n",
     "\xEF\xBB\xBFk=n\n"},
};
class Rewritten : public testing::TestWithParam<RewriteCase> {};
TEST_P(Rewritten, ChangesTheValueAndNothingElse) {
  const RewriteCase& row = GetParam();
  const ValueEdit edits[] = {edit(row.place, row.is, row.becomes)};
  const auto result = rewritten(row.document, row.format, edits);
  ASSERT_EQ(result.has_value(), !row.result.empty());
  if (!result) {
    EXPECT_EQ(result.error().code, ErrorCode::kBadUse);
    return;
  }
  EXPECT_EQ(result->bytes.reveal(), row.result);
  EXPECT_EQ(result->requoted.size(), row.requoted ? 1U : 0U);
}
INSTANTIATE_TEST_SUITE_P(Table, Rewritten, testing::ValuesIn(kRewriteCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RewrittenTogether, AllEditsOrNone) {
  const std::string_view document = R"({"u":"svc","p":"old","cs":"amqp://svc:old@h/"})";
  std::vector<ValueEdit> edits;
  edits.push_back(edit({"$.cs", 0, "account", {}}, "svc", "svc2"));
  edits.push_back(edit({"$.p", 0, "", {}}, "old", "n/w"));
  edits.push_back(edit({"$.u", 0, "", {}}, "svc", "svc2"));
  edits.push_back(edit({"$.cs", 0, "secret", {}}, "old", "n/w"));
  const auto result = rewritten(document, Format::kJson, edits);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->bytes.reveal(), R"({"u":"svc2","p":"n/w","cs":"amqp://svc2:n%2Fw@h/"})");
  edits.push_back(edit({"$.cs", 0, "secret", {}}, "old", "x"));
  EXPECT_EQ(rewritten(document, Format::kJson, edits).error().code, ErrorCode::kBadUse);
  edits.back().place.part = "";
  EXPECT_EQ(rewritten(document, Format::kJson, edits).error().code, ErrorCode::kBadUse);
  edits.back() = edit({"$.p", 1, "", {}}, "old", "x");
  EXPECT_EQ(rewritten(document, Format::kJson, edits).error().code, ErrorCode::kNotFound);
  edits.back() = edit({"$.q", 0, "", {}}, "old", "x");
  EXPECT_EQ(rewritten(document, Format::kJson, edits).error().code, ErrorCode::kNotFound);
  edits.pop_back();
  edits[1].is = SecretText("other");
  EXPECT_EQ(rewritten(document, Format::kJson, edits).error().code, ErrorCode::kConflict);
}

TEST(RewrittenTogether, Utf16StaysUtf16) {
  std::string document = "\xFE\xFF";
  for (const char c : std::string_view("p=old\r\n")) document += std::string{'\0', c};
  const ValueEdit edits[] = {edit({"p", 0, "", {}}, "old", "n")};
  const auto result = rewritten(document, Format::kEnv, edits);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->bytes.reveal(), std::string("\xFE\xFF\0p\0=\0n\0\r\0\n", 12));
}

TEST(RewrittenTogether, WhatStoodThereCanBePutBack) {
  ValueEdit back = edit({"k", 0, "", {}}, "new", "o\\l#d\xE9");
  back.restores = true;
  const ValueEdit edits[] = {std::move(back)};
  const auto result = rewritten("; caf\xE9\nk = new\n", Format::kIni, edits);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->bytes.reveal(), "; caf\xE9\nk = o\\l#d\xE9\n");
  // The value itself was all that told the character set.
  const ValueEdit there[] = {edit({"k", 0, "", {}}, "o\xE9", "new")};
  const auto forth = rewritten("k=o\xE9\n", Format::kEnv, there);
  ASSERT_TRUE(forth.has_value());
  ValueEdit undo = edit({"k", 0, "", {}}, "new", "o\xE9");
  undo.restores = true;
  const ValueEdit undos[] = {std::move(undo)};
  EXPECT_EQ(rewritten(forth->bytes.reveal(), Format::kEnv, undos)->bytes.reveal(), "k=o\xE9\n");
}

}  // namespace
}  // namespace nhi
