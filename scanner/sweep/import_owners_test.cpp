#include "scanner/sweep/import_owners.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(ImportOwners, KeepsHostsApartAndTellsUnownedFromUnknown) {
  ImportOwners owners;
  owners.add({"a/etc", "a/etc", "x"}, {"x", {"platform", "estate"}});
  owners.add({"b/etc", "b/etc", "x"}, {"x", {"", ""}});
  owners.add({"a/repos", "a/repos/one", ".git"}, {"conf/y", {"@pas", "codeowners"}});
  const auto known = owners.owner_of({"a/etc", "a/etc", "x"});
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->name, "platform");
  EXPECT_EQ(known->source, "estate");
  const auto unowned = owners.owner_of({"b/etc", "b/etc", "x"});
  ASSERT_TRUE(unowned.has_value());
  EXPECT_EQ(unowned->name, "");
  EXPECT_EQ(owners.owner_of({"a/repos", "a/repos/one", "conf/y"})->name, "@pas");
  EXPECT_FALSE(owners.owner_of({"b/etc", "b/etc", "y"}).has_value());
}

}  // namespace
}  // namespace nhi
