#include "scanner/base/shown_text.hpp"

#include <gtest/gtest.h>

#include "scanner/base/scrub.hpp"

namespace nhi {
namespace {

struct TextCase {
  std::string_view name, raw, wanted;
};
class ShownTest : public testing::TestWithParam<TextCase> {};
TEST_P(ShownTest, LeavesNothingThatSteersAScreen) {
  EXPECT_EQ(shown(GetParam().raw), GetParam().wanted);
}
constexpr TextCase kShown[] = {
    {"Plain", "a/b c", "a/b c"},
    {"Accent", "caf\xC3\xA9", "caf\xC3\xA9"},
    {"Escape", "\x1b[31mred", "\\x1B[31mred"},
    {"Newline", "a\r\nb\tc", "a\\x0D\\x0Ab\\x09c"},
    {"C1Csi",
     "\xC2\x9B"
     "2J",
     "\\x9B2J"},
    {"RightToLeftOverride",
     "a\xE2\x80\xAE"
     "b",
     "a\\u{202E}b"},
    {"ZeroWidth",
     "a\xE2\x80\x8B"
     "b",
     "a\\u{200B}b"},
    {"StrayByte",
     "a\xFF"
     "b",
     "a\xEF\xBF\xBD"
     "b"},
    {"CutSequence", "\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"Surrogate", "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"Overlong", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
};
INSTANTIATE_TEST_SUITE_P(Table, ShownTest, testing::ValuesIn(kShown),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ValidUtf8, LeavesWhatIsUtf8AsItIs) {
  for (const TextCase& row : kShown)
    EXPECT_EQ(valid_utf8(row.raw) == row.raw, is_utf8(row.raw)) << row.name;
}

TEST(XmlEscaped, LeavesOnlyWhatXmlAllows) {
  EXPECT_EQ(xml_escaped("a<b>&\"'c"), "a&lt;b&gt;&amp;&quot;&apos;c");
  EXPECT_EQ(xml_escaped("a\n\x01"), "a\\x0A\\x01");
  EXPECT_EQ(xml_escaped("\xEF\xBF\xBE\xEF\xBF\xBF\xFF"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(xml_escaped("caf\xC3\xA9 \xF0\x9F\x94\x91"), "caf\xC3\xA9 \xF0\x9F\x94\x91");
}

TEST(PercentEncoded, KeepsRawBytesAndMakesNoScheme) {
  EXPECT_EQ(percent_encoded("a b/c:d"), "a%20b/c%3Ad");
  EXPECT_EQ(percent_encoded("x\xFF%?#"), "x%FF%25%3F%23");
}

TEST(Numbers, AreWrittenForPeople) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
  EXPECT_EQ(human_bytes(999), "999 bytes");
  EXPECT_EQ(human_bytes(999'960), "1.0 MB");
  EXPECT_EQ(human_bytes(18'446'744'073'709'551'615u), "18.4 EB");
  EXPECT_EQ(counted(1, "identity", "identities"), "1 identity");
  EXPECT_EQ(counted(2, "identity", "identities"), "2 identities");
}

TEST(Wrapped, BreaksAtSpacesAndKeepsALongWordWhole) {
  EXPECT_EQ(wrapped("aa bb cc", 1, 6), " aa bb\n cc\n");
  EXPECT_EQ(wrapped("a/very/long/path x", 2, 8), "  a/very/long/path\n  x\n");
  EXPECT_EQ(wrapped("", 2, 8), "");
}

}  // namespace
}  // namespace nhi
