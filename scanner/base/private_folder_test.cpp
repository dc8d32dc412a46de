#include "scanner/base/private_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace nhi {
namespace {

namespace fs = std::filesystem;

TEST(PrivateFolder, IsClosedToOthersAndGoesAwayWithWhatIsInIt) {
  std::string path;
  {
    const auto folder = PrivateFolder::make();
    ASSERT_TRUE(folder);
    path = folder->path();
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0700U);
    std::ofstream(folder->file("a")) << "a";
    fs::create_directory(folder->file("b"));
    std::ofstream(folder->file("b/c")) << "c";
    EXPECT_TRUE(fs::exists(path + "/b/c"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(PrivateFolder, WhatWasMovedFromTakesNothingAway) {
  auto first = PrivateFolder::make();
  ASSERT_TRUE(first);
  const std::string path = first->path();
  {
    const PrivateFolder second = std::move(*first);
    EXPECT_EQ(second.path(), path);
    first = fail(ErrorCode::kNotFound, "gone");
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace nhi
