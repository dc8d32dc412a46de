#include "scanner/sources/git/path_table.hpp"

#include "gtest/gtest.h"

namespace nhi {
namespace {

TEST(PathTable, KeepsEachPathOnce) {
  NameTable names;
  PathTable paths;
  const std::uint32_t conf = paths.number(PathTable::kTop, names.number("conf"));
  const std::uint32_t key = paths.number(conf, names.number("key.txt"));
  const std::uint32_t at_top = paths.number(PathTable::kTop, names.number("key.txt"));
  EXPECT_NE(key, at_top);
  EXPECT_EQ(paths.number(conf, names.number("key.txt")), key);
  EXPECT_EQ(paths.path(key, names), "conf/key.txt");
  EXPECT_EQ(paths.path(at_top, names), "key.txt");
  EXPECT_EQ(paths.path(PathTable::kTop, names), "");
}

TEST(PathTable, BeginsWithTextsToo) {
  NameTable names;
  PathTable paths;
  const std::uint32_t tag = paths.add_text("refs/tags/v1");
  const std::uint32_t twin = paths.add_text("refs/tags/v1");
  EXPECT_NE(tag, twin);
  EXPECT_EQ(paths.path(tag, names), "refs/tags/v1");
  EXPECT_EQ(paths.path(paths.number(tag, names.number("a")), names), "refs/tags/v1/a");
  // The number of a name is no place of a text.
  EXPECT_EQ(paths.path(paths.number(PathTable::kTop, names.number("a")), names), "a");
}

TEST(PathTable, HoldsManyInOneFolderAndDeepOnes) {
  NameTable names;
  PathTable paths;
  std::uint32_t folder = PathTable::kTop;
  std::string expected;
  for (int depth = 0; depth < 4096; ++depth) {
    folder = paths.number(folder, names.number("d"));
    expected += depth == 0 ? "d" : "/d";
  }
  EXPECT_EQ(paths.path(folder, names), expected);
  std::vector<std::uint32_t> numbers;
  for (int i = 0; i < 5000; ++i) {
    numbers.push_back(paths.number(folder, names.number("f" + std::to_string(i))));
  }
  EXPECT_EQ(paths.path(numbers[4321], names), expected + "/f4321");
}

}  // namespace
}  // namespace nhi
