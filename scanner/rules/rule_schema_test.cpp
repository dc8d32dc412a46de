// The JSON Schema that is shipped for editors says what the loader says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/rules/requirements.hpp"
#include "scanner/rules/rule_words.hpp"
#include "scanner/rules/rule_yaml.hpp"

namespace nhi {
namespace {

nlohmann::json rule_schema() {
  const auto text = read_small_file(NHI_RULE_SCHEMA, kRuleFileBytesMax);
  return text ? nlohmann::json::parse(*text, nullptr, false)["items"] : nlohmann::json();
}

std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

template <class Names>
std::set<std::string> set_of(const Names& names) {
  return {names.begin(), names.end()};
}

TEST(RuleSchema, ListsTheKeysOfTheLoader) {
  const nlohmann::json schema = rule_schema();
  ASSERT_TRUE(schema.is_object());
  EXPECT_EQ(keys_of(schema["properties"]), set_of(rule_keys()));
  EXPECT_EQ(keys_of(schema["properties"]["checksum"]["properties"]), set_of(checksum_keys()));
  for (const char* key : {"needs", "raised_by"}) {
    EXPECT_EQ(keys_of(schema["properties"][key]["items"]["properties"]), set_of(near_keys()));
  }
  const nlohmann::json& properties = schema["properties"];
  EXPECT_EQ(keys_of(properties["allowlists"]["items"]["properties"]), set_of(allowlist_keys()));
  EXPECT_EQ(keys_of(properties["filters"]["items"]["properties"]), set_of(filter_keys()));
  EXPECT_EQ(keys_of(properties["required"]["items"]["properties"]), set_of(required_keys()));
  EXPECT_EQ(keys_of(properties["requirements"]["properties"]), set_of(requirement_keys()));
  EXPECT_EQ(keys_of(properties["parts"]["items"]["properties"]), set_of(part_keys()));
  EXPECT_EQ(schema["additionalProperties"], false);
}

TEST(RuleSchema, ListsTheWordsOfTheLoader) {
  const nlohmann::json properties = rule_schema()["properties"];
  const auto words = [&](const char* key) {
    return properties[key]["enum"].get<std::set<std::string>>();
  };
  EXPECT_EQ(words("kind"), set_of(kKindWords));
  EXPECT_EQ(words("severity"), set_of(kLevelWords));
  EXPECT_EQ(words("confidence"), set_of(kLevelWords));
  EXPECT_EQ(words("principal"), set_of(kPrincipalWords));
  EXPECT_EQ(words("role"), set_of(kRoleWords));
  EXPECT_EQ(words("class"), set_of(kClassWords));
  EXPECT_EQ(words("semantics"), set_of(kSemanticsWords));
  EXPECT_EQ(properties["allowlists"]["items"]["properties"]["target"]["enum"]
                .get<std::set<std::string>>(),
            set_of(kAllowTargetWords));
  EXPECT_EQ(words("structure"), set_of(kStructureWords));
  EXPECT_EQ(properties["checksum"]["properties"]["kind"]["enum"].get<std::set<std::string>>(),
            set_of(kChecksumKindWords));
}

}  // namespace
}  // namespace nhi
