#include "scanner/decode/sequences.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nhi {
namespace {

using Find = void (*)(Bytes, const HitVisitor&);

std::string resolve(Find find, Bytes bytes) {
  std::vector<Hit> hits;
  find(bytes, [&](const Hit& hit) { hits.push_back(hit); });
  return decode_region(bytes, {0, bytes.size()}, hits).bytes;
}

struct Case {
  std::string_view encoded, decoded;
};

void expect_all(Find find, const std::vector<Case>& cases) {
  for (const Case& row : cases) EXPECT_EQ(resolve(find, row.encoded), row.decoded) << row.encoded;
}

TEST(Entities, ResolveNamesAndNumbers) {
  expect_all(find_entities, {{"a&amp;b&lt;&gt;&quot;&apos;", "a&b<>\"'"},
                             {"&#65;&#x42;&#X43;&#0068;", "ABCD"},
                             {"&commat;&colon;&equals;&sol;&dollar;&lowbar;&NewLine;", "@:=/$_\n"},
                             {"&nbsp;&eacute;&pound;", "\xC2\xA0\xC3\xA9\xC2\xA3"},
                             {"&#x1F600;&euro;", "\xF0\x9F\x98\x80\xE2\x82\xAC"},
                             {"&#xd;&#10;", "\r\n"},
                             {"&amp;amp;", "&amp;"}});
}

TEST(Entities, LeaveTheInvalidAlone) {
  for (const std::string_view text :
       {"&", "&;", "&#;", "&#x;", "&#0;", "&#x0;", "&#x110000;", "&#xD800;", "&#xDFFF;", "&amp",
        "& amp;", "&#65", "&#12a;", "&#99999999999999999999;", "&#00000000000000000065;",
        "&nosuchname;", "&&&#&"}) {
    EXPECT_EQ(resolve(find_entities, text), text);
  }
}

TEST(CdataFrames, AreRemovedAndTheirContentsKept) {
  expect_all(find_cdata_frames, {{"<a><![CDATA[p<w]]></a>", "<a>p<w</a>"},
                                 {"pass<![CDATA[wo]]>rd", "password"},
                                 {"<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"},
                                 {"<![CDATA[open", "open"},
                                 {"if (a[b[0]]>1)", "if (a[b[0]]>1)"},
                                 {"<![CDATA", "<![CDATA"}});
}

TEST(Percent, ResolvesBytesAndUnits) {
  expect_all(find_percent, {{"p%40ss%3dw%2F", "p@ss=w/"},
                            {"%u0041%U00e9", "A\xC3\xA9"},
                            {"%2541", "%41"},
                            {"%C3%A9", "\xC3\xA9"}});
  for (const std::string_view text :
       {"%", "%4", "%Z1", "%4Z", "100%", "%u", "%u12", "%uD800", "%%"}) {
    EXPECT_EQ(resolve(find_percent, text), text);
  }
}

TEST(Escapes, ResolveWhatProgramsWrite) {
  expect_all(find_escapes, {{R"(a\"b\\c\/d\'e)", R"(a"b\c/d'e)"},
                            {R"(\u0041\x42\U00000043\u{44})", "ABCD"},
                            {R"(\n\r\t\b\f\v)", "\n\r\t\b\f\v"},
                            {R"(\ud83d\ude00\u00e9)", "\xF0\x9F\x98\x80\xC3\xA9"},
                            {R"(https\://user\:p\=\#\!)", "https://user:p=#!"},
                            {R"(\\u0041)", R"(\u0041)"},
                            {"pass\\\n    word", "password"},
                            {"pass\\\r\n\tword", "password"}});
}

TEST(Escapes, LeaveTheInvalidAlone) {
  for (const std::string_view text :
       {"\\", "\\u12", "\\u", "\\uZZZZ", "\\ud83d", "\\ude00x", "\\ud83dx\\ude00", "\\x", "\\x4",
        "\\xZ1", "\\U0000004", "\\U00110000", "\\u{}", "\\u{110000}", "\\u{41", "C:\\Apps\\Data",
        "\\0", "\\q"}) {
    EXPECT_EQ(resolve(find_escapes, text), text);
  }
}

TEST(Escapes, DoNotOpenARegionForALineEndBeforeAQuote) {
  std::vector<bool> opens;
  find_escapes(R"("done\n" '\n' "a\nb")", [&](const Hit& hit) { opens.push_back(hit.opens); });
  EXPECT_EQ(opens, (std::vector<bool>{false, false, true}));
}

// `%CA` are two hexadecimal digits.
TEST(Percent, VariablesOfWindowsAreNone) {
  std::vector<Span> hits;
  find_percent("%CARDIOLOGY_PASSWORD% %41%42 %C3%A4 %DB% %BAD%20",
               [&](const Hit& hit) { hits.push_back(hit.span); });
  const std::vector<Span> wanted = {{22, 25}, {25, 28}, {29, 32}, {32, 35},
                                    {36, 39}, {41, 44}, {45, 48}};
  EXPECT_EQ(hits, wanted);
}

}  // namespace
}  // namespace nhi
