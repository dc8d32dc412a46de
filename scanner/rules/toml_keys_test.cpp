#include "scanner/rules/toml_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "scanner/rules/toml_tree.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array<std::string_view, 4> kNames = {"text", "list", "truth", "number"};

// Every key in order, or the refusal.
std::vector<std::string> read(const std::string& text) {
  const std::string file = "a.toml";
  const auto root = parse_toml(text, file);
  if (!root) return {root.error().message()};
  const TomlKeys keys(file);
  std::vector<std::string> found;
  const auto status =
      keys.each_key(*root, kNames, [&](const std::string& key, const YamlEntry& entry) {
        found.push_back(key);
        std::string one;
        std::vector<std::string> many;
        bool truth = false;
        std::uint64_t number = 0;
        return key == "text"    ? keys.read_text(entry, one)
               : key == "list"  ? keys.read_list(entry, many)
               : key == "truth" ? keys.read_bool(entry, truth)
                                : keys.read_whole(entry, number);
      });
  if (!status) return {status.error().subject + ": " + status.error().what};
  return found;
}

TEST(TomlKeys, KnowsKeysInAnyCase) {
  EXPECT_THAT(read("Text = 'a'\nLIST = ['b']\ntruth = true\nnumBer = 1000000\n"),
              ElementsAre("text", "list", "truth", "number"));
}

TEST(TomlKeys, NamesTheLineAndTheKey) {
  EXPECT_THAT(read("text = 1\n"), ElementsAre("a.toml:1: 'text' must be a string"));
  EXPECT_THAT(read("\nlist = 'a'\n"), ElementsAre("a.toml:2: 'list' must be an array"));
  EXPECT_THAT(read("list = [1]\n"), ElementsAre("a.toml:1: 'list' must be a string"));
  EXPECT_THAT(read("truth = 'true'\n"), ElementsAre(HasSubstr("true or false")));
  EXPECT_THAT(read("number = 1000001\n"), ElementsAre(HasSubstr("whole number from 0")));
  EXPECT_THAT(read("number = -1\n"), ElementsAre(HasSubstr("whole number from 0")));
  EXPECT_THAT(read("text = 'a'\nTEXT = 'b'\n"), ElementsAre(HasSubstr("'TEXT' is given twice")));
  EXPECT_THAT(read("texts = 'a'\n"), ElementsAre("a.toml:1: unknown key 'texts'"));
}

TEST(TomlKeys, ATableIsAsked) {
  const std::string file = "a.toml";
  const TomlKeys keys(file);
  const auto nothing = [](const std::string&, const YamlEntry&) -> Result<void> { return {}; };
  EXPECT_THAT(keys.each_key(YamlNode(), kNames, nothing).error().what, HasSubstr("a table"));
}

}  // namespace
}  // namespace nhi
