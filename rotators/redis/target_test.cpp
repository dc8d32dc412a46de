#include "rotators/redis/target.hpp"

#include "rotators/redis/test_support.hpp"

namespace nhi {
namespace {

Answer<RedisTarget> read(Json ref, Json config = Json::object()) {
  return target_of(FakeCall("inspect", params_of(std::move(ref), std::move(config))));
}

TEST(RedisTarget, TheTargetsOwnNodeIsTheFirst) {
  const auto target = read({{"host", "cache1"}}, {{"nodes", {"cache2", "cache3:7000"}}});
  ASSERT_TRUE(target);
  ASSERT_EQ(target->nodes.size(), 3U);
  EXPECT_EQ(target->nodes[0].label(), "cache1:6379");
  EXPECT_EQ(target->nodes[1].label(), "cache2:6379");
  EXPECT_EQ(target->nodes[2].label(), "cache3:7000");
}

struct WrongCase {
  const char* field;
  Json ref;
  Json config;
};

TEST(RedisTarget, NamesTheFieldThatIsWrong) {
  const Json none = Json::object();
  const std::vector<WrongCase> cases = {
      {"host", {{"host", ""}}, none},
      {"port", {{"port", 0}}, none},
      {"user", {{"user", ""}}, none},
      {"user", {{"user", "two words"}}, none},
      {"user", {{"user", "tab\t"}}, none},
      {"user", {{"user", std::string("a\0b", 3)}}, none},
      {"user", {{"user", std::string(1025, 'u')}}, none},
      {"user", {{"user", "rotator"}}, none},  // the admin itself
      {"admin", none, {{"admin", ""}}},
      {"admin", none, {{"admin", "a\nb"}}},
      {"nodes", none, {{"nodes", {"cache2:"}}}},
      {"tls", none, {{"tls", "on"}}},
  };
  for (const WrongCase& it : cases) {
    const auto target = read(it.ref, it.config);
    ASSERT_FALSE(target) << it.field;
    EXPECT_EQ(target.error().code, PluginErrorCode::kInvalidConfig);
    EXPECT_EQ(text_in(target.error().data, "field"), it.field) << target.error().message;
  }
}

}  // namespace
}  // namespace nhi
