#include "rotators/sinks/public_key_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "rotators/sinks/test_support.hpp"

namespace nhi {
namespace {

const std::string kKey(32, 'k');

class PublicKeyFileTest : public testing::Test {
 protected:
  PublicKeyFileTest() {
    test::write_text(path_, "private");
    test::write_text(path_ + ".pub", "ssh-ed25519 AAAAold svc@pas of trust\n");
    ::chmod((path_ + ".pub").c_str(), 0640);
  }
  static std::function<Result<std::string>()> words(const std::string& text) {
    return [text]() -> Result<std::string> { return text; };
  }
  test::Folder folder_;
  std::string path_ = folder_.path("id_ed25519");
};

TEST_F(PublicKeyFileTest, TellsTheKeyThatItNames) {
  const auto words = public_key_beside(path_);
  ASSERT_TRUE(words);
  EXPECT_EQ(words->value(), "ssh-ed25519 AAAAold");
  EXPECT_FALSE(public_key_beside(folder_.path("other"))->has_value());
  test::write_text(path_ + ".pub", "ssh-ed25519 AAAA\nssh-ed25519 BBBB\n");
  EXPECT_EQ(public_key_beside(path_).error().code, ErrorCode::kMalformed);
  test::write_text(path_ + ".pub", "nothing");
  EXPECT_EQ(public_key_beside(path_).error().code, ErrorCode::kMalformed);
}

TEST_F(PublicKeyFileTest, GoesAsideAndComesBackWithAnotherKey) {
  ASSERT_TRUE(set_public_key_aside(path_, "r_1-3"));
  EXPECT_FALSE(public_key_beside(path_)->has_value());
  ASSERT_TRUE(set_public_key_aside(path_, "r_1-3")) << "a second try finds nothing to do";
  ASSERT_TRUE(put_public_key_back(path_, "r_1-3", words("ssh-ed25519 AAAAnew"), kKey));
  EXPECT_EQ(test::read_text(path_ + ".pub"), "ssh-ed25519 AAAAnew svc@pas of trust\n");
  struct stat facts {};
  ASSERT_EQ(::stat((path_ + ".pub").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0640U);
  EXPECT_EQ(folder_.entries(), 2U);
  ASSERT_TRUE(put_public_key_back(path_, "r_1-3", words("ssh-ed25519 AAAAother"), kKey));
  EXPECT_EQ(*public_key_beside(path_).value(), "ssh-ed25519 AAAAnew");
}

// Killed between the change of what lies aside and its coming back.
TEST_F(PublicKeyFileTest, ComesBackInASecondTry) {
  ASSERT_TRUE(set_public_key_aside(path_, "r_1-3"));
  ASSERT_TRUE(put_public_key_back(path_, "r_2-9", words("ssh-ed25519 AAAAnew"), kKey))
      << "that of another rotation is none of ours";
  EXPECT_FALSE(public_key_beside(path_)->has_value());
  ASSERT_TRUE(put_public_key_back(path_, "r_1-3", words("ssh-ed25519 AAAAold"), kKey));
  EXPECT_EQ(test::read_text(path_ + ".pub"), "ssh-ed25519 AAAAold svc@pas of trust\n");
}

TEST_F(PublicKeyFileTest, NobodyIsAskedForAKeyThatIsNotAside) {
  const auto asked = []() -> Result<std::string> {
    return fail(ErrorCode::kBadUse, "SSH has no keys of this kind");
  };
  EXPECT_TRUE(put_public_key_back(path_, "r_1-3", asked, kKey));
  ASSERT_TRUE(set_public_key_aside(path_, "r_1-3"));
  EXPECT_EQ(put_public_key_back(path_, "r_1-3", asked, kKey).error().code, ErrorCode::kBadUse);
}

TEST_F(PublicKeyFileTest, SeesACertificate) {
  EXPECT_FALSE(has_certificate_beside(path_));
  test::write_text(path_ + "-cert.pub", "ssh-ed25519-cert-v01@openssh.com AAAA svc\n");
  EXPECT_TRUE(has_certificate_beside(path_));
}

}  // namespace
}  // namespace nhi
