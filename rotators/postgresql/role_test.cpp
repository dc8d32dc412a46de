#include "rotators/postgresql/role.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

using Words = std::vector<std::string>;

Standing usual(int version) {
  Standing it;
  it.role.exists = true;
  it.admin.version = version;
  it.admin.createrole = true;
  it.admin.may_signal = true;
  return it;
}

TEST(PgRights, CreateroleIsEnoughUpTo15) {
  Standing it = usual(150'020);
  EXPECT_EQ(missing_to_alter(it, "app"), Words());
  it.admin.createrole = false;
  EXPECT_EQ(missing_to_alter(it, "app"), Words({"CREATEROLE"}));
}

// Source: release notes of PostgreSQL 16, and seen on 18.4.
TEST(PgRights, From16OnTheRoleHasToBeGiven) {
  Standing it = usual(160'000);
  EXPECT_EQ(missing_to_alter(it, "app"), Words({"ADMIN OPTION on app"}));
  it.admin.admin_option = true;
  EXPECT_EQ(missing_to_alter(it, "app"), Words());
}

TEST(PgRights, OnlyASuperuserAltersOne) {
  Standing it = usual(150'020);
  it.role.superuser = true;
  EXPECT_EQ(missing_to_alter(it, "app"), Words({"SUPERUSER: app is one"}));
  EXPECT_EQ(missing_to_end(it, "app"), Words({"SUPERUSER: app is one"}));
  it.role.superuser = false;
  it.role.replication = true;
  EXPECT_EQ(missing_to_alter(it, "app"), Words({"SUPERUSER: app has REPLICATION"}));
  it.admin.superuser = true;
  EXPECT_EQ(missing_to_alter(it, "app"), Words());
}

TEST(PgRights, EndingSessionsIsARightOfItsOwn) {
  Standing it = usual(150'020);
  EXPECT_EQ(missing_to_end(it, "app"), Words());
  it.admin.may_signal = false;
  EXPECT_EQ(missing_to_end(it, "app"), Words({"pg_signal_backend"}));
}

}  // namespace
}  // namespace nhi
