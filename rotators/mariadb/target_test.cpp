#include "rotators/mariadb/target.hpp"

#include "rotators/mariadb/test_support.hpp"

namespace nhi {
namespace {

Answer<MariaTarget> read(Json ref, Json config = Json::object()) {
  return target_of(FakeCall("inspect", params_of(std::move(ref), std::move(config))));
}

TEST(MariadbTarget, ThePrimaryIsTheFirstNode) {
  const auto target = read({{"host", "db1"}, {"account_host", "10.%"}},
                           {{"replicas", {"db2", "db3:3307"}}, {"plugin", "ed25519"}});
  ASSERT_TRUE(target);
  ASSERT_EQ(target->nodes.size(), 3U);
  EXPECT_EQ(target->nodes[0].label(), "db1:3306");
  EXPECT_EQ(target->nodes[1].label(), "db2:3306");
  EXPECT_EQ(target->nodes[2].label(), "db3:3307");
  EXPECT_EQ(target->account_host, "10.%");
  EXPECT_EQ(target->plugin, "ed25519");
}

// nhisweep gives the account of "mysql:db1:3306/app" to the required text that is no host.
TEST(MariadbTarget, TheUserIsTheOnlyRequiredTextBesideTheHost) {
  std::string required;
  for (const PluginField& field : ref_fields()) {
    if (field.required && field.kind == FieldKind::kText) required += field.name + " ";
  }
  EXPECT_EQ(required, "host user ");
}

struct WrongCase {
  const char* field;
  Json ref;
  Json config;
};

TEST(MariadbTarget, NamesTheFieldThatIsWrong) {
  const Json none = Json::object();
  const std::vector<WrongCase> cases = {
      {"host", {{"host", ""}}, none},
      {"host", {{"host", "db1;host=db2"}}, none},  // libmariadb reads that as settings
      {"port", {{"port", 70'000}}, none},
      {"user", {{"user", ""}}, none},
      {"user", {{"user", std::string("a\0b", 3)}}, none},
      {"user", {{"user", "app "}}, none},
      {"user", {{"user", "\xF0\x9F\x94\x91"}}, none},
      {"user", {{"user", std::string(129, 'u')}}, none},
      {"user", {{"user", "rotator"}}, none},  // the admin itself
      {"account_host", {{"account_host", std::string(256, 'h')}}, none},
      {"account_host", {{"account_host", std::string("%\0", 2)}}, none},
      {"admin", none, {{"admin", ""}}},
      {"plugin", none, {{"plugin", "mysql_old_password"}}},
      {"replicas", none, {{"replicas", {"db2:"}}}},
      {"tls", none, {{"tls", "off"}}},
      {"tls", none, {{"tls", "verify-ca"}}},
      {"ca", none, {{"tls", "require"}, {"ca", "/ca.pem"}}},
      {"ca", none, {{"tls", "disable"}, {"ca", "/ca.pem"}}},
  };
  for (const WrongCase& it : cases) {
    const auto target = read(it.ref, it.config);
    ASSERT_FALSE(target) << it.field << it.ref << it.config;
    EXPECT_EQ(target.error().code, PluginErrorCode::kInvalidConfig);
    EXPECT_EQ(text_in(target.error().data, "field"), it.field) << target.error().message;
  }
}

TEST(MariadbTarget, NamesAreCountedInCharacters) {
  std::string name;
  for (int i = 0; i < 128; ++i) name += "\xC3\xA9";
  EXPECT_TRUE(read({{"user", name}}));
  EXPECT_FALSE(read({{"user", name + "x"}}));
}

}  // namespace
}  // namespace nhi
