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

TEST(PgTarget, ProvesTheServerUnlessItIsThisMachine) {
  const auto target = read({{"host", "db1"}});
  ASSERT_TRUE(target);
  EXPECT_EQ(tls_of(*target, {"db1", 5432}), "verify-full");
  EXPECT_EQ(tls_of(*target, {"127.0.0.1", 5432}), "disable");
  EXPECT_EQ(tls_of(*target, {"::1", 5432}), "disable");
  EXPECT_EQ(tls_of(*target, {"/run/postgresql", 5432}), "disable");
  const auto told = read({{"host", "db1"}}, {{"tls", "verify-ca"}});
  ASSERT_TRUE(told);
  EXPECT_EQ(tls_of(*told, {"127.0.0.1", 5432}), "verify-ca");
  EXPECT_EQ(tls_of(*told, {"/run/postgresql", 5432}), "disable");
}

struct WrongCase {
  const char* field;
  Json ref;
  Json config;
};

TEST(PgTarget, NamesTheFieldThatIsWrong) {
  const std::string with_nul("a\0b", 3);
  const std::vector<WrongCase> cases = {
      {"host", {{"host", "db1,db2"}}, {}},       // two hosts to libpq
      {"host", {{"host", "x:  28P01: y"}}, {}},  // a message of libpq that lies
      {"port", {{"port", 0}}, {}},
      {"port", {{"port", 65536}}, {}},
      {"role", {{"role", ""}}, {}},
      {"role", {{"role", std::string(64, 'a')}}, {}},  // PostgreSQL would alter another
      {"role", {{"role", with_nul}}, {}},
      {"role", {{"role", "rotator"}}, {}},  // the admin itself
      {"database", {{"database", std::string(64, 'a')}}, {}},
      {"admin", {}, {{"admin", ""}}},
      {"tls", {}, {{"tls", "prefer"}}},
      {"ca", {}, {{"ca", "ca.pem"}}},
      {"iterations", {}, {{"iterations", 1}}},
      {"standbys", {}, {{"standbys", {"db2:"}}}},
      {"standbys", {}, {{"standbys", {"db2:x"}}}},
      {"standbys", {}, {{"standbys", {""}}}},
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

TEST(PgTarget, ReadsNodes) {
  EXPECT_EQ(*parse_node("db2:5433", 1), (PgNode{"db2", 5433}));
  EXPECT_EQ(*parse_node("db2", 7), (PgNode{"db2", 7}));
  EXPECT_EQ(*parse_node("[::1]:5433", 1), (PgNode{"::1", 5433}));
  EXPECT_EQ(*parse_node("::1", 7), (PgNode{"::1", 7}));
  EXPECT_EQ((PgNode{"::1", 5433}).label(), "[::1]:5433");
}

}  // namespace
}  // namespace nhi
