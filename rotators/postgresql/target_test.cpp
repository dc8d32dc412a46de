#include "rotators/postgresql/target.hpp"

#include "rotators/postgresql/test_support.hpp"

namespace nhi {
namespace {

Answer<PgTarget> read(Json ref, Json config = Json::object()) {
  return target_of(FakeCall("inspect", params_of(std::move(ref), std::move(config))));
}

TEST(PgTarget, FillsInWhatIsLeftOut) {
  const auto target = read({{"host", "db1"}});
  ASSERT_TRUE(target);
  EXPECT_EQ(target->primary.label(), "db1:5432");
  EXPECT_EQ(target->database, "postgres");
  EXPECT_EQ(target->admin_database, "postgres");
  const auto named = read({{"host", "db1"}, {"database", "app"}}, {{"database", "admin"}});
  ASSERT_TRUE(named);
  EXPECT_EQ(named->database, "app");
  EXPECT_EQ(named->admin_database, "admin");
}

struct WrongCase {
  const char* field;
  Json ref;
  Json config;
};

TEST(PgTarget, NamesTheFieldThatIsWrong) {
  const std::string with_nul("a\0b", 3);
  const std::vector<WrongCase> cases = {
      {"role", {{"role", ""}}, {}},
      {"role", {{"role", std::string(64, 'a')}}, {}},  // PostgreSQL would alter another
      {"role", {{"role", with_nul}}, {}},
      {"role", {{"role", "rotator"}}, {}},  // the admin itself
      {"database", {{"database", std::string(64, 'a')}}, {}},
      {"admin", {}, {{"admin", ""}}},
      {"tls", {}, {{"tls", "prefer"}}},
      {"iterations", {}, {{"iterations", 1}}},
      {"standbys", {}, {{"standbys", {"db2:"}}}},
  };
  for (const WrongCase& it : cases) {
    const auto target = read(it.ref.is_null() ? Json::object() : it.ref,
                             it.config.is_null() ? Json::object() : it.config);
    ASSERT_FALSE(target) << it.field;
    EXPECT_EQ(target.error().code, PluginErrorCode::kInvalidConfig);
    EXPECT_EQ(text_in(target.error().data, "field"), it.field) << target.error().message;
  }
  EXPECT_TRUE(read({{"role", std::string(63, 'a')}}));
}

}  // namespace
}  // namespace nhi
