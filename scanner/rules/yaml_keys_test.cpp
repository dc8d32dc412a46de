#include "scanner/rules/yaml_keys.hpp"

#include <gtest/gtest.h>

#include <array>

namespace nhi {
namespace {

constexpr std::array<std::string_view, 2> kNames = {"pattern", "path"};
const std::string kFile = "a.yml";

YamlEntry only_entry(const std::string& text) {
  const auto root = parse_yaml(text, kFile);
  EXPECT_TRUE(root) << (root ? "" : root.error().message());
  return root ? root->entries.at(0) : YamlEntry{};
}

std::string said(const Result<void>& result) {
  if (result) return {};
  const Error& error = result.error();
  return error.subject + ": " + error.what + (error.hint.empty() ? "" : " [" + error.hint + "]");
}

TEST(YamlKeys, NameFileLineRuleAndKey) {
  const YamlKeys keys(kFile, "acme");
  const YamlEntry entry = only_entry("check:\n  pattren: x\n");
  EXPECT_EQ(said(keys.check_keys(entry.value, kNames, entry.key)),
            "a.yml:2: rule 'acme': unknown key 'pattren' in 'check' [did you mean 'pattern'?]");
  EXPECT_EQ(said(YamlKeys(kFile).check_keys(entry.value, kNames, {}, "nobody has it")),
            "a.yml:2: unknown key 'pattren' [did you mean 'pattern'?]");
  const YamlEntry other = only_entry("check:\n  zzz: x\n");
  EXPECT_EQ(said(YamlKeys(kFile).check_keys(other.value, kNames, {}, "nobody has it")),
            "a.yml:2: unknown key 'zzz' [nobody has it]");
  EXPECT_TRUE(keys.check_keys(only_entry("check: {path: x}").value, kNames, "check"));
  EXPECT_FALSE(keys.check_keys(only_entry("check: x").value, kNames, "check"));
}

TEST(YamlKeys, ReadTextsAndNumbersWithinTheirLimits) {
  const YamlKeys keys(kFile, "acme");
  std::string text;
  EXPECT_TRUE(keys.read_text(only_entry("a: some text"), text));
  EXPECT_EQ(text, "some text");
  EXPECT_EQ(said(keys.read_text(only_entry("a: [x]"), text)),
            "a.yml:1: rule 'acme': 'a' must be text");
  EXPECT_FALSE(keys.read_text(only_entry("a: " + std::string(16 * 1024 + 1, 'x')), text));
  std::uint64_t number = 0;
  EXPECT_TRUE(keys.read_number(only_entry("a: 12"), 12, number));
  EXPECT_EQ(number, 12U);
  for (const std::string value : {"13", "-1", "1.5", "x", "''", "[1]", "99999999999999999999"}) {
    EXPECT_FALSE(keys.read_number(only_entry("a: " + value), 12, number)) << value;
  }
}

}  // namespace
}  // namespace nhi
