#include "scanner/base/own_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "scanner/base/file.hpp"

namespace nhi {
namespace {

constexpr OwnPlace kPlace = {
    "seal",    "NHI_TEST_SEAL",    "/etc/nhi-test/seal.key", "NHI_TEST_CONFIG",
    ".config", "nhi-test/seal.key"};

// Sets a variable of the environment and takes it back.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* const before = std::getenv(name);
    before_ = before == nullptr ? "" : before;
    ::setenv(name, value, 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::setenv(name_, before_.c_str(), 1); }

 private:
  const char* name_;
  std::string before_;
};

TEST(OwnPath, IsTheNamedFileElseTheUsersElseRoots) {
  {
    const Variable named("NHI_TEST_SEAL", "/x/seal");
    EXPECT_EQ(*own_path(kPlace), "/x/seal");
  }
  if (::geteuid() == 0) {
    EXPECT_EQ(*own_path(kPlace), "/etc/nhi-test/seal.key");
    return;
  }
  const Variable home("HOME", "/home/ada");
  EXPECT_EQ(*own_path(kPlace), "/home/ada/.config/nhi-test/seal.key");
  {
    const Variable folder("NHI_TEST_CONFIG", "/conf");
    EXPECT_EQ(*own_path(kPlace), "/conf/nhi-test/seal.key");
  }
  const Variable homeless("HOME", "");
  EXPECT_EQ(own_path(kPlace).error().code, ErrorCode::kBadUse);
}

TEST(KeyFile, IsRefusedWhereOthersCanReadIt) {
  std::string folder = (std::filesystem::temp_directory_path() / "nhi-own-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/a/b/seal.key";
  EXPECT_EQ(read_key_file(path, "seal", 10).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(make_folders_of(path, "seal").has_value());
  ASSERT_TRUE(make_folders_of(path, "seal").has_value());
  struct stat facts {};
  ASSERT_EQ(::stat((folder + "/a/b").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
  ASSERT_TRUE(write_new_file(path, "12345").has_value());
  EXPECT_EQ(*read_key_file(path, "seal", 10), "12345");
  EXPECT_EQ(read_key_file(path, "seal", 4).error().code, ErrorCode::kTooLarge);
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const auto open = read_key_file(path, "seal", 10);
  ASSERT_FALSE(open.has_value());
  EXPECT_EQ(open.error().what, "the seal can be read by others");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace nhi
