#include "scanner/identity/key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

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

TEST_F(KeyTest, IsOneForAllThatStartTogether) {
  for (int round = 0; round < 50; ++round) {
    const std::string path = folder_ + "/" + std::to_string(round) + "/fingerprint.key";
    std::array<std::string, 4> checks;
    std::vector<std::thread> first_commands;
    for (std::string& check : checks) {
      first_commands.emplace_back([&] {
        const auto key = load_or_create_fingerprint_key(path);
        check = key ? key_check(*key) : key.error().message();
      });
    }
    for (std::thread& command : first_commands) command.join();
    const auto key = load_fingerprint_key(path);
    ASSERT_TRUE(key) << key.error().message();
    EXPECT_THAT(checks, testing::Each(key_check(*key)));
  }
}

TEST_F(KeyTest, RotatesWithTheFormerOneBesideItUntilThatIsForgotten) {
  EXPECT_EQ(rotate_fingerprint_key(path_).error().code, ErrorCode::kNotFound);
  const auto first = load_or_create_fingerprint_key(path_);
  ASSERT_TRUE(first);
  EXPECT_EQ(forget_former_key(path_).error().code, ErrorCode::kBadUse);
  const auto second = rotate_fingerprint_key(path_);
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_EQ(second->id, "k2");
  ASSERT_TRUE(second->former);
  EXPECT_EQ(second->former->id, "k1");
  EXPECT_EQ(second->former->bytes.reveal(), first->bytes.reveal());
  EXPECT_NE(second->bytes.reveal(), first->bytes.reveal());
  EXPECT_NE(key_check(*second), key_check(*first));
  EXPECT_EQ(key_check(*second->former), key_check(*first));
  EXPECT_EQ(rotate_fingerprint_key(path_).error().code, ErrorCode::kBadUse);
  const auto alone = forget_former_key(path_);
  ASSERT_TRUE(alone);
  EXPECT_FALSE(alone->former);
  EXPECT_EQ(alone->bytes.reveal(), second->bytes.reveal());
  EXPECT_EQ(rotate_fingerprint_key(path_)->id, "k3");
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
       {"", "garbage", "nhisweep-fingerprint-key/1 k1 00ff", "nhisweep-fingerprint-key/1  0000",
        "nhisweep-fingerprint-key/1 k2 "
        "0000000000000000000000000000000000000000000000000000000000000000"
        "\ngarbage\n"}) {
    write(text);
    const auto refused = load_or_create_fingerprint_key(path_);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, ErrorCode::kBadUse);
    EXPECT_EQ(std::filesystem::file_size(path_), std::string_view(text).size());
  }
}

}  // namespace
}  // namespace nhi
