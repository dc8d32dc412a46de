#include "scanner/sweep/owners.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace nhi {
namespace {

std::string owner(const OwnerMap& map, std::string_view root, std::string_view path) {
  const auto found = map.owner_of(root, path);
  return found ? found->source + ":" + found->name : "nobody";
}

OwnerMap codeowners(std::string_view text) {
  OwnerMap map;
  map.add_codeowners("repos/a", text);
  return map;
}

TEST(Codeowners, TheLastLineThatMatchesWins) {
  const OwnerMap map = codeowners("# teams\n* @all\n*.sql @dba @pas\n/conf/ @ops\n");
  EXPECT_EQ(owner(map, "repos/a", "readme"), "codeowners:@all");
  EXPECT_EQ(owner(map, "repos/a", "deep/x.sql"), "codeowners:@dba, @pas");
  EXPECT_EQ(owner(map, "repos/a", "conf/x.sql"), "codeowners:@ops");
  EXPECT_EQ(owner(map, "repos/a", "other/conf/x"), "codeowners:@all");
  EXPECT_EQ(owner(map, "repos/b", "readme"), "nobody");
}

TEST(Codeowners, FollowsTheFormOfGitignore) {
  const OwnerMap map =
      codeowners("docs/* @docs\napps/ @apps\n**/logs @logs\n/build/**/out @build\nmy\\ file @me\n");
  EXPECT_EQ(owner(map, "repos/a", "docs/a.md"), "codeowners:@docs");
  EXPECT_EQ(owner(map, "repos/a", "docs/more/a.md"), "nobody");
  EXPECT_EQ(owner(map, "repos/a", "x/apps/y/z"), "codeowners:@apps");
  EXPECT_EQ(owner(map, "repos/a", "apps"), "nobody") << "a file of a folder's name";
  EXPECT_EQ(owner(map, "repos/a", "a/b/logs/c"), "codeowners:@logs");
  EXPECT_EQ(owner(map, "repos/a", "build/x/y/out"), "codeowners:@build");
  EXPECT_EQ(owner(map, "repos/a", "deep/my file"), "codeowners:@me");
}

TEST(Codeowners, ALineWithoutOwnersMeansNobody) {
  const OwnerMap map = codeowners("* @all\n/free\n");
  EXPECT_EQ(owner(map, "repos/a", "free"), "nobody");
}

TEST(Codeowners, SectionsOfGitlabOwnByDefault) {
  const OwnerMap map = codeowners("[Data][2] @dba\n*.sql\n*.csv @bi\n^[Docs]\n*.md @docs\r\n");
  EXPECT_EQ(owner(map, "repos/a", "a.sql"), "codeowners:@dba");
  EXPECT_EQ(owner(map, "repos/a", "a.csv"), "codeowners:@bi");
  EXPECT_EQ(owner(map, "repos/a", "a.md"), "codeowners:@docs");
}

TEST(Codeowners, SurvivesGarbage) {
  const OwnerMap map = codeowners(std::string_view("\0\xff[ \\\n///// @x\n[", 16));
  EXPECT_EQ(owner(map, "repos/a", "a"), "codeowners:@x") << "'/////' is the root";
}

class OwnersFile : public ::testing::Test {
 protected:
  ~OwnersFile() override { std::remove(path_.c_str()); }
  Result<OwnerMap> load(std::string_view text) {
    std::ofstream(path_) << text;
    return OwnerMap::load(path_);
  }
  std::string path_ = ::testing::TempDir() + "owners_test.yaml";
};

TEST_F(OwnersFile, GoesBeforeCodeowners) {
  auto map = load("'repos/**': platform\n'repos/a/**/*.sql': dba\n");
  ASSERT_TRUE(map);
  map->add_codeowners("repos/a", "* @all\n");
  EXPECT_EQ(owner(*map, "repos/a", "x/y.sql"), "owners:dba");
  EXPECT_EQ(owner(*map, "repos/a", "x"), "owners:platform");
}

TEST_F(OwnersFile, RefusesWhatIsNoMapping) {
  for (const char* text : {"- a\n", "a: [b]\n", "'': x\n", "a: {b\n"}) {
    EXPECT_FALSE(load(text)) << text;
  }
}

}  // namespace
}  // namespace nhi
