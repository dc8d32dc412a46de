#include "scanner/base/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

struct GlobCase {
  std::string_view pattern;
  std::string_view path;
  bool hit;
};

TEST(Glob, MatchesWholePathsByParts) {
  const GlobCase rows[] = {
      {"*.pem", "a/b/key.pem", true},  // without `/`: the last part
      {"*.pem", "key.pem.bak", false},
      {"conf/*.xml", "conf/a.xml", true},
      {"conf/*.xml", "conf/x/a.xml", false},
      {"conf/**/*.xml", "conf/a.xml", true},
      {"conf/**/*.xml", "conf/x/y/a.xml", true},
      {"**/cache/**", "a/b/cache/c/d", true},
      {"**/cache/**", "cache/c", true},
      {"**/cache/**", "a/mycache/c", false},
      {"**", "a/b/c", true},
      {"a/**", "a/b/c", true},
      {"a/**", "b/a/c", false},
      {"/srv/git/*.git", "/srv/git/x.git", true},
      {"fil?.txt", "file.txt", true},
      {"a/?", "a/b", true},
      {"a?b", "a/b", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]x", "bx", false},
      {"[!a-c]x", "dx", true},
      {"[]]x", "]x", true},
      {"[a-]x", "-x", true},
      {"{a,b}/c", "b/c", true},
      {"{a,b}/c", "d/c", false},
      {"*.{yml,yaml}", "x/y.yaml", true},
      {"a\\*b", "a*b", true},
      {"a\\*b", "axb", false},
      {"", "", true},
      {"*", "", true},
      {"", "a", false},
  };
  for (const GlobCase& row : rows) {
    EXPECT_EQ(glob_match(row.pattern, row.path), row.hit) << row.pattern << " on " << row.path;
  }
}

TEST(Glob, HostileNamesDoNotExplode) {
  const std::string path(20'000, 'a');
  EXPECT_FALSE(glob_match("*a*a*a*a*a*a*a*a*b", path));
  EXPECT_FALSE(glob_match("[", "x"));
  EXPECT_FALSE(glob_match("{a,b", "a"));
}

TEST(GlobSet, NamesThePatternThatMatched) {
  GlobSet set;
  EXPECT_TRUE(set.empty());
  set.add("*.log");
  set.add("**/cache/**");
  EXPECT_EQ(set.match("x/cache/y"), "**/cache/**");
  EXPECT_EQ(set.match("a.log"), "*.log");
  EXPECT_EQ(set.match("a.txt"), "");
}

}  // namespace
}  // namespace nhi
