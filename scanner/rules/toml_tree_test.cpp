#include "scanner/rules/toml_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using testing::HasSubstr;

TEST(TomlTree, KeepsOrderLinesAndWhatWasAString) {
  const auto root =
      parse_toml("b = 3\na = '''x\ny'''\n\n[[rules]]\nid = \"i\"\nentropy = 3.5\n", "r.toml");
  ASSERT_TRUE(root) << root.error().message();
  ASSERT_EQ(root->entries.size(), 3U);
  EXPECT_EQ(root->entries[0].key, "b");
  EXPECT_EQ(root->entries[0].value.scalar, "3");
  EXPECT_FALSE(root->entries[0].value.quoted);
  EXPECT_EQ(root->entries[1].value.scalar, "x\ny");
  EXPECT_TRUE(root->entries[1].value.quoted);
  const YamlNode& rule = root->entries[2].value.items.at(0);
  EXPECT_EQ(rule.line, 5U);
  EXPECT_EQ(rule.entries[1].line, 7U);
  EXPECT_EQ(rule.entries[1].value.scalar, "3.5");
}

TEST(TomlTree, NamesTheLineOfWhatIsNoToml) {
  const auto root = parse_toml("a = 1\nb = = 2\n", "r.toml");
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().subject, "r.toml:2");
  EXPECT_THAT(root.error().what, HasSubstr("not TOML"));
  EXPECT_FALSE(parse_toml("a = 1\na = 2\n", "r.toml"));
  EXPECT_FALSE(parse_toml("a = 2026-01-01\n", "r.toml"));
}

TEST(TomlTree, RefusesDepthBeforeItIsBuilt) {
  std::string keys = "a";
  for (int i = 0; i < 1'000'000; ++i) keys += ".a";
  const auto dotted = parse_toml("x = 1\n" + keys + " = 1\n", "r.toml");
  ASSERT_FALSE(dotted);
  EXPECT_EQ(dotted.error().subject, "r.toml:2");
  EXPECT_FALSE(parse_toml("[" + keys + "]\n", "r.toml"));
  EXPECT_FALSE(parse_toml("a = " + std::string(200'000, '['), "r.toml"));
  EXPECT_FALSE(parse_toml("a = " + std::string(30, '[') + std::string(30, ']'), "r.toml"));
}

// Found by the fuzzer: the library asserted.
TEST(TomlTree, RefusesATableWithoutAName) {
  for (const std::string_view text : {std::string_view("[\n"), std::string_view("[\n a]\n"),
                                      std::string_view("[\0rules]]\n", 10)}) {
    const auto root = parse_toml(text, "r.toml");
    ASSERT_FALSE(root);
    EXPECT_THAT(root.error().what, HasSubstr("not TOML"));
  }
}

// Found by the fuzzer: the library promised the compiler that this never happens.
TEST(TomlTree, RefusesLettersBeyondAsciiOutsideOfTexts) {
  for (const char* text : {"[rules\xC3\xA9]\n", "\xC3\xA9 = 1\n", "a = \xC3\xA9\n",
                           "a = 1 \xE3\x80\x81\n", "a = 1 \xD2\x98\n"}) {
    EXPECT_FALSE(parse_toml(text, "r.toml")) << text;
  }
  EXPECT_TRUE(parse_toml("a = 'caf\xC3\xA9' # \xC3\xA9\n", "r.toml"));
}

TEST(TomlTree, DotsInStringsAndCommentsAreNoDepth) {
  const std::string dots(40, '.');
  const auto root = parse_toml("a = '" + dots + "' # " + dots + "\nb = \"\"\"\n\\\"" + dots +
                                   "\"\"\"\nc = '''" + dots + "'''''\n",
                               "r.toml");
  ASSERT_TRUE(root) << root.error().message();
  EXPECT_EQ(root->entries[2].value.scalar, dots + "''");
}

}  // namespace
}  // namespace nhi
