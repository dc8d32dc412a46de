#include <gtest/gtest.h>
#include <pugixml.hpp>

#include <array>
#include <map>

#include "scanner/grammar/test_support.hpp"

namespace nhi {
namespace {

using test::PathText;
using test::Random;
using test::read_all;

TEST(TokenizeXml, WritesPathsAsTheReferenceDoes) {
  const auto reading =
      read_all(Format::kXml, "<c a='1'><d><e><p>x</p></e><e><p>y</p></e></d><q></q><r/></c>");
  EXPECT_TRUE(reading.result.has_value());
  EXPECT_TRUE(reading.nested);
  const std::vector<PathText> want = {
      {"/c/@a", "1"}, {"/c/d/e/p", "x"}, {"/c/d/e[2]/p", "y"}, {"/c/q", ""}};
  EXPECT_EQ(reading.values, want);
}

struct XmlCase {
  std::string_view name, document, text;
};
constexpr XmlCase kXmlCases[] = {
    {"Plain", "<a>x</a>", "x"},
    {"ByteOrderMark", "\xEF\xBB\xBF<a>x</a>", "x"},
    {"JunkBeforeDeclaration", " \n<!-- c -->\n<?xml version='1.0'?><a>x</a>", "x"},
    {"WordsBeforeRoot", "This file\n<a>x</a>", "x"},
    {"PredefinedEntities", "<a>&lt;&gt;&amp;&quot;&apos;</a>", "<>&\"'"},
    {"DecimalAndHexReferences", "<a>&#65;&#x42;&#xd;</a>", "AB\r"},
    {"ControlReference", "<a>x&#x1a;y</a>", "x\x1Ay"},
    {"UnknownEntityStays", "<a>&foo;&nbsp;</a>", "&foo;&nbsp;"},
    {"BareAmpersand", "<a>a & b &</a>", "a & b &"},
    {"BrokenReferences", "<a>&#;&#x;&#xG;&#1114112;&#xD800;&#0;</a>",
     "&#;&#x;&#xG;&#1114112;&#xD800;&#0;"},
    {"CdataAlone", "<a><![CDATA[x<y]]></a>", "x<y"},
    {"CdataJoinsText", "<a>p<![CDATA[q]]>r</a>", "pqr"},
    {"CdataEndInText", "<a>x]]>y</a>", "x]]>y"},
    {"CommentInText", "<a>x<!-- n -->y</a>", "xy"},
    {"InstructionInText", "<a>x<?n?>y</a>", "xy"},
    {"LessThanInText", "<a>1 < 2</a>", "1 < 2"},
    {"LineEndsStay", "<a>x\r\ny</a>", "x\r\ny"},
    {"DoctypeWithSubset", "<!DOCTYPE a [<!ENTITY b \"]>\"><!-- ]> --><?p ]> ?>]><a>&b;</a>", "&b;"},
    {"GreaterThanInAttribute", "<a b='>'>x</a>", "x"},
    {"SpaceInEndTag", "<a>x</a  >", "x"},
};
class XmlText : public testing::TestWithParam<XmlCase> {};
TEST_P(XmlText, IsReadAsPeopleMeanIt) {
  const auto reading = read_all(Format::kXml, GetParam().document);
  EXPECT_TRUE(reading.result.has_value());
  EXPECT_TRUE(reading.maps_hold);
  ASSERT_FALSE(reading.values.empty());
  EXPECT_EQ(reading.values.back().second, GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(Table, XmlText, testing::ValuesIn(kXmlCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(TokenizeXml, SaysWhichBytesMadeAValue) {
  const std::string document = "<a>\n <p>ab&amp;cd</p></a>";
  Span whole;
  Span middle;
  ASSERT_TRUE(tokenize_xml(document, [&](const Token& token) {
    if (token.kind == TokenKind::kValue && token.name == "p") {
      whole = token.value.to_document({0, 5});
      middle = token.value.to_document({2, 3});
    }
    return true;
  }));
  EXPECT_EQ(slice(document, whole), "ab&amp;cd");
  EXPECT_EQ(slice(document, middle), "&amp;");
}

TEST(TokenizeXml, HandsOverWhatStoodBeforeTheFault) {
  for (const std::string_view document :
       {"<a>\n<b>x</b><c", "<a>\n<b>x</b><c>y", "<a>\n<b>x</b></q>", "<a>\n<b>x</b><!-- y",
        "<a>\n<b>x</b><![CDATA[ y", "<a>\n<b>x</b><c d='"}) {
    const auto reading = read_all(Format::kXml, document);
    ASSERT_FALSE(reading.result.has_value()) << document;
    EXPECT_EQ(reading.result.error().code, ErrorCode::kMalformed);
    EXPECT_TRUE(reading.result.error().subject.starts_with("2:")) << document;
    ASSERT_EQ(reading.values.size(), 1U) << document;
    EXPECT_EQ(reading.values[0], PathText("/a/b", "x"));
  }
}

TEST(TokenizeXml, EntityBombIsAFewSkippedBytes) {
  std::string bomb = "<!DOCTYPE lolz [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "&l" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY l" + std::to_string(i) + " \"";
    for (int j = 0; j < 10; ++j) bomb += before;
    bomb += "\">";
  }
  bomb += "]><a>&l29;</a>";
  const auto reading = read_all(Format::kXml, bomb);
  EXPECT_TRUE(reading.result.has_value());
  ASSERT_EQ(reading.values.size(), 1U);
  EXPECT_EQ(reading.values[0].second, "&l29;");
}

TEST(TokenizeXml, RefusesAHundredThousandLevels) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  const auto reading = read_all(Format::kXml, deep);
  ASSERT_FALSE(reading.result.has_value());
  EXPECT_EQ(reading.result.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(reading.opens.size(), 512U);
}

TEST(TokenizeXml, StopsWhenTold) {
  int seen = 0;
  EXPECT_TRUE(tokenize_xml("<a><b>x</b><c>y</c></a>", [&](const Token&) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
}

// A tree as XML text, with the forms that real files mix.
void write_element(Random& random, int depth, std::string& out) {
  static constexpr std::array<std::string_view, 4> kNames = {"a", "b", "cc", "d.e-f"};
  static constexpr std::array<std::string_view, 9> kPieces = {
      "x", " y ", "&lt;", "&#233;", "é", "<![CDATA[ <z> ]]>", "<!-- n -->", "&amp;amp;", "]]>"};
  const std::string name(random.pick(kNames));
  out += "<" + name;
  if (random.below(3) == 0) out += " k='v&quot;" + std::to_string(random.below(9)) + "'";
  const std::uint32_t children = depth > 5 ? 0 : random.below(4);
  const std::uint32_t pieces = random.below(4);
  if (children == 0 && pieces == 0) {
    out += "/>";
    return;
  }
  out += ">";
  if (children == 0) {
    for (std::uint32_t i = 0; i < pieces; ++i) out += random.pick(kPieces);
  }
  for (std::uint32_t i = 0; i < children; ++i) {
    out += "\n ";
    write_element(random, depth + 1, out);
  }
  out += "</" + name + ">";
}

void list_pugi(const pugi::xml_node& node, const std::string& path, std::vector<PathText>& out) {
  for (const auto& attribute : node.attributes()) {
    out.emplace_back(path + "/@" + attribute.name(), attribute.value());
  }
  std::map<std::string, int> seen;
  std::string text;
  bool leaf = true;
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_element) {
      leaf = false;
      const int count = ++seen[child.name()];
      list_pugi(child,
                path + "/" + child.name() + (count > 1 ? "[" + std::to_string(count) + "]" : ""),
                out);
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      text += child.value();
    }
  }
  if (leaf && !text.empty()) out.emplace_back(path, text);
}

TEST(XmlOracle, GeneratedDocumentsReadAsPugixmlReadsThem) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    std::string document = "<?xml version='1.0'?>\n";
    write_element(random, 0, document);
    pugi::xml_document tree;
    const unsigned flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata;
    if (!tree.load_buffer(document.data(), document.size(), flags, pugi::encoding_utf8)) continue;
    std::vector<PathText> want;
    list_pugi(tree.document_element(), std::string("/") + tree.document_element().name(), want);
    auto reading = read_all(Format::kXml, document);
    EXPECT_TRUE(reading.result.has_value()) << document;
    EXPECT_TRUE(reading.maps_hold && reading.nested) << document;
    std::erase_if(reading.values, [](const PathText& value) {
      return value.second.empty() && value.first.find('@') == std::string::npos;
    });
    ASSERT_EQ(reading.values, want) << document;
    ++compared;
  }
  EXPECT_GT(compared, 380);
}

TEST(TokenizeXml, AnyCutIsHarmless) {
  Random random(7);
  std::string document;
  write_element(random, 0, document);
  document += "<z k='v'>&amp;<![CDATA[q]]></z>";
  for (std::size_t i = 0; i <= document.size(); ++i) {
    const auto reading = read_all(Format::kXml, std::string_view(document).substr(0, i));
    EXPECT_TRUE(reading.maps_hold);
  }
}

}  // namespace
}  // namespace nhi
