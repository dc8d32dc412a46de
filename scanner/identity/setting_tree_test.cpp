#include "scanner/identity/setting_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace nhi {
namespace {

struct PairCase {
  std::string_view name;
  Format format;
  std::string_view text;  // holds one value `svc` and one value `s3cret`
  bool together;
};
constexpr PairCase kPairs[] = {
    {"Properties", Format::kProperties, "db.user=svc\nx=1\ndb.password=s3cret\n", true},
    {"Env", Format::kEnv, "export DB_USER='svc'\nDB_PASSWORD=\"s3cret\"\n", true},
    {"IniSection", Format::kIni, "[db]\nuser = svc\npassword = s3cret\n", true},
    {"IniSections", Format::kIni, "[a]\nuser = svc\n[b]\npassword = s3cret\n", false},
    {"JsonMap", Format::kJson, R"({"db":{"user":"svc","password":"s3cret"}})", true},
    {"JsonMaps", Format::kJson, R"({"a":{"user":"svc"},"b":{"password":"s3cret"}})", false},
    {"JsonPairs", Format::kJson,
     R"([{"name":"DB_USER","value":"svc"},{"name":"DB_PASSWORD","value":"s3cret"}])", true},
    {"YamlMap", Format::kYaml, "db:\n  user: svc\n  password: 's3cret'\n", true},
    {"YamlDocuments", Format::kYaml, "user: svc\n---\npassword: s3cret\n", false},
    {"YamlItems", Format::kYaml, "- user: svc\n- password: s3cret\n", false},
    {"YamlPairs", Format::kYaml,
     "env:\n- name: DB_USER\n  value: svc\n- name: DB_PASSWORD\n  value: s3cret\n", true},
    {"YamlLines", Format::kYaml, "environment:\n  - DB_USER=svc\n  - DB_PASSWORD=s3cret\n", true},
    {"XmlElements", Format::kXml, "<a><user>svc</user><password>s3cret</password></a>", true},
    {"XmlAttributes", Format::kXml, R"(<a user="svc" password="s3cret"/>)", true},
    {"XmlMixed", Format::kXml, R"(<a user="svc"><password>s3cret</password></a>)", true},
    {"XmlAdd", Format::kXml,
     R"(<c><add key="DbUser" value="svc"/><add key="DbPassword" value="s3cret"/></c>)", true},
    {"XmlEntry", Format::kXml,
     R"(<c><entry key="db.user">svc</entry><entry key="db.password">s3cret</entry></c>)", true},
    {"XmlProperty", Format::kXml,
     "<c><property><name>db.user</name><value>svc</value></property>"
     "<property><name>db.password</name><value>s3cret</value></property></c>",
     true},
    {"XmlSiblings", Format::kXml,
     "<c><a><user>svc</user></a><b><password>s3cret</password></b></c>", false},
};
class SettingTreeTest : public testing::TestWithParam<PairCase> {};

TEST_P(SettingTreeTest, SaysWhatStandsTogether) {
  const PairCase& row = GetParam();
  const auto span_of_text = [&](std::string_view text) {
    const std::size_t at = row.text.find(text);
    return Span{at, at + text.size()};
  };
  const Span secret = span_of_text("s3cret");
  const auto tree = read_settings(row.format, row.text, std::vector<Span>{secret});
  ASSERT_TRUE(tree);
  const DocumentSetting* const password = tree->find(secret);
  const DocumentSetting* const user = tree->find(span_of_text("svc"));
  ASSERT_NE(password, nullptr);
  ASSERT_NE(user, nullptr);
  EXPECT_EQ(password->text, "s3cret");
  EXPECT_EQ(user->text, "svc");
  EXPECT_EQ(password->container == user->container, row.together);
  if (!row.together) {
    EXPECT_EQ(tree->apart(password->container, user->container),
              row.name != "JsonMaps" && row.name != "XmlSiblings");
  }
  const auto all = tree->of(password->container);
  EXPECT_EQ(all.size(), row.together ? 2U : 1U);
}
INSTANTIATE_TEST_SUITE_P(Table, SettingTreeTest, testing::ValuesIn(kPairs),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SettingTree, FindsNothingWhereTheSecretIsAPartOfATextOnly) {
  const std::string text = "a:\n  note: the password is s3cret today\n";
  const std::size_t at = text.find("s3cret");
  const Span secret{at, at + 6};
  const auto tree = read_settings(Format::kYaml, text, std::vector<Span>{secret});
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->find(secret), nullptr);
  EXPECT_EQ(tree->find({}), nullptr);
}

TEST(SettingTree, TakesOnlyWhatWasClosedBeforeAFault) {
  const std::string text = R"({"a":{"user":"svc"},"b":{"password":"x", )";
  const auto tree = read_settings(Format::kJson, text, {});
  ASSERT_TRUE(tree);
  const std::size_t user = text.find("svc");
  EXPECT_NE(tree->find({user, user + 3}), nullptr);
  const std::size_t password = text.find("\"x\"") + 1;
  EXPECT_EQ(tree->find({password, password + 1}), nullptr);
}

TEST(SettingTree, GivesUpOnDataSets) {
  std::string text = "[";
  for (std::size_t i = 0; i < kSettingsMax + 10; ++i) text += "{\"user\":\"a\"},";
  text += "{}]";
  EXPECT_FALSE(read_settings(Format::kJson, text, {}));
  EXPECT_FALSE(read_settings(Format::kJson, std::string(kSettingTreeBytesMax + 1, ' '), {}));
}

TEST(SettingTree, KnowsFormatsByTheNameOfTheFile) {
  EXPECT_EQ(settings_format("a/B.YML"), Format::kYaml);
  EXPECT_EQ(settings_format("x/.env.production"), Format::kEnv);
  EXPECT_EQ(settings_format("home/.aws/credentials"), Format::kIni);
  EXPECT_EQ(settings_format("web.config"), Format::kXml);
  EXPECT_FALSE(settings_format("main.py"));
  EXPECT_FALSE(settings_format("environment"));
  EXPECT_FALSE(settings_format(""));
}

}  // namespace
}  // namespace nhi
