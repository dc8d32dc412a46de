#include "rotators/mariadb/desk.hpp"

#include "rotators/mariadb/test_support.hpp"

// What needs no server; the rest is in tests/plugins/mariadb_test.cpp, at a real one.
namespace nhi {
namespace {

TEST(MariadbDesk, ReadsRightsOnEverything) {
  const MariaRows grants{{{"GRANT PROCESS, CREATE USER, CONNECTION ADMIN ON *.* TO `rotator`@`%` "
                           "IDENTIFIED BY PASSWORD '*00'"},
                          {"GRANT SELECT ON `mysql`.`global_priv` TO `rotator`@`%`"},
                          {"GRANT DELETE ON ` ON *.* TO x`.* TO `rotator`@`%`"},
                          {"GRANT `role` TO `rotator`@`%`"},
                          {"GRANT RELOAD ON *.* TO `role`"},
                          {}}};
  const std::set<std::string> expected = {"PROCESS", "CREATE USER", "CONNECTION ADMIN", "RELOAD"};
  EXPECT_EQ(rights_in(grants), expected);
}

TEST(MariadbDesk, AnAdminThatCannotComeIsUnreachable) {
  FakeCall call("inspect", {});
  const MariaTarget target = target_at(1);
  const auto desk = sit_down(call, target, target.nodes.front(), SecretText("a"));
  ASSERT_FALSE(desk);
  EXPECT_EQ(desk.error().code, PluginErrorCode::kUnreachable);
  call.is_cancelled = true;
  const FakeServer silent("", /*hang_up=*/false);
  const MariaTarget there = target_at(silent.port());
  const auto cancelled = sit_down(call, there, there.nodes.front(), SecretText("a"));
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, PluginErrorCode::kCancelled);
}

}  // namespace
}  // namespace nhi
