#include "scanner/identity/key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace nhi {
namespace {

class KeyTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "nhi-key-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ + "/config/nhisweep/fingerprint.key";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text, mode_t mode = 0600) {
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), mode);
  }
  std::string folder_, path_;
};

TEST_F(KeyTest, IsMadeOnceAndReadAgain) {
  const auto made = load_or_create_fingerprint_key(path_);
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->bytes.size(), 32U);
  const auto again = load_or_create_fingerprint_key(path_);
  ASSERT_TRUE(again);
  EXPECT_EQ(made->bytes.reveal(), again->bytes.reveal());
  struct stat facts {};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(KeyTest, ThatOthersCanReadIsRefused) {
  ASSERT_TRUE(load_or_create_fingerprint_key(path_));
  ::chmod(path_.c_str(), 0644);
  const auto refused = load_or_create_fingerprint_key(path_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadUse);
}

TEST_F(KeyTest, OfAnotherShapeIsRefusedAndLeftAlone) {
  for (const char* text :
       {"", "garbage", "nhisweep-fingerprint-key/1 k1 00ff", "nhisweep-fingerprint-key/1  0000"}) {
    write(text);
    const auto refused = load_or_create_fingerprint_key(path_);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, ErrorCode::kBadUse);
    EXPECT_EQ(std::filesystem::file_size(path_), std::string_view(text).size());
  }
}

}  // namespace
}  // namespace nhi
