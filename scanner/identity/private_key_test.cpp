#include "scanner/identity/private_key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "scanner/base/private_folder.hpp"

namespace nhi {
namespace {

// ssh-keygen(1) makes the keys, and reads what we write.
class PrivateKeyTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (::access("/usr/bin/ssh-keygen", X_OK) != 0) GTEST_SKIP() << "no ssh-keygen here";
    auto made = PrivateFolder::make();
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
  }
  // 0 if it went well; what it prints goes to the file "out".
  [[nodiscard]] int keygen(const std::vector<std::string>& words) const {
    std::vector<std::string> all = {"ssh-keygen"};
    all.insert(all.end(), words.begin(), words.end());
    const pid_t child = ::fork();
    if (child == 0) {
      std::vector<char*> argv;
      for (std::string& word : all) argv.push_back(word.data());
      argv.push_back(nullptr);
      if (std::freopen(folder_->file("out").c_str(), "w", stdout) == nullptr) ::_exit(126);
      ::execv("/usr/bin/ssh-keygen", argv.data());
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream in(folder_->file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void put(const std::string& name, Bytes bytes) const {
    std::ofstream(folder_->file(name), std::ios::binary) << bytes;
    ::chmod(folder_->file(name).c_str(), 0600);
  }
  // What ssh-keygen says the public key of a private one is.
  [[nodiscard]] std::string public_of(const std::string& name) const {
    EXPECT_EQ(keygen({"-y", "-P", "", "-f", folder_->file(name)}), 0);
    return text("out");
  }
  // Of one of the kinds that the tests go through: "rsa:2048", "ecdsa:521".
  void make(const std::string& name, const std::string& kind,
            const std::vector<std::string>& more = {}) const {
    const std::size_t colon = kind.find(':');
    std::vector<std::string> words = {
        "-q", "-N", "", "-C", "svc@pas", "-t", kind.substr(0, colon), "-f", folder_->file(name)};
    if (colon != std::string::npos) {
      words.insert(words.end(), {"-b", kind.substr(colon + 1)});
    }
    words.insert(words.end(), more.begin(), more.end());
    ASSERT_EQ(keygen(words), 0);
  }

  std::optional<PrivateFolder> folder_;
};

TEST_P(PrivateKeyTest, IsTheKeyThatSshKeygenMade) {
  make("key", GetParam());
  const auto key = PrivateKey::read(text("key"));
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(key->container(), KeyContainer::kOpenSsh);
  const auto line = key->ssh_public();
  ASSERT_TRUE(line);
  EXPECT_EQ(*line + " svc@pas\n", text("key.pub"));
}

TEST_P(PrivateKeyTest, IsReadBySshKeygenInEachContainer) {
  make("key", GetParam());
  const auto key = PrivateKey::read(text("key"));
  ASSERT_TRUE(key);
  const auto again = key->pem();
  ASSERT_TRUE(again);
  put("again", again->reveal());
  EXPECT_EQ(public_of("again"), text("key.pub"));
  const auto pkcs8 = key->pem_as(KeyContainer::kPkcs8);
  ASSERT_TRUE(pkcs8);
  const auto back = PrivateKey::read(pkcs8->reveal());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->container(), KeyContainer::kPkcs8);
  EXPECT_EQ(*back->ssh_public(), *key->ssh_public());
  EXPECT_EQ(*back->public_der(), *key->public_der());
  const auto old_form = key->pem_as(KeyContainer::kTraditional);
  if (std::string_view(GetParam()) == "ed25519") {
    EXPECT_EQ(old_form.error().code, ErrorCode::kBadUse);
    return;
  }
  ASSERT_TRUE(old_form);
  put("old", old_form->reveal());
  const std::string told = public_of("old");
  EXPECT_EQ(told.substr(0, told.rfind('\n')), *key->ssh_public());
}

TEST_P(PrivateKeyTest, AnotherIsOfTheSameKindAndWorks) {
  make("key", GetParam());
  const auto key = PrivateKey::read(text("key"));
  ASSERT_TRUE(key);
  const auto fresh = key->another();
  ASSERT_TRUE(fresh) << fresh.error().message();
  EXPECT_NE(*fresh->public_der(), *key->public_der());
  put("fresh", fresh->pem()->reveal());
  EXPECT_EQ(public_of("fresh"), *fresh->ssh_public() + " svc@pas\n");
  EXPECT_EQ(text("key").substr(0, 36), text("fresh").substr(0, 36));
  EXPECT_EQ(keygen({"-l", "-f", folder_->file("fresh")}), 0);
  const std::string told = text("out");
  const std::string bits = told.substr(0, told.find(' '));
  EXPECT_EQ(bits, std::string_view(GetParam()) == "rsa:2048"    ? "3072"
                  : std::string_view(GetParam()) == "rsa:4096"  ? "4096"
                  : std::string_view(GetParam()) == "ecdsa:384" ? "384"
                  : std::string_view(GetParam()) == "ecdsa:521" ? "521"
                                                                : "256");
}

TEST_P(PrivateKeyTest, OfThePemFormIsTheSame) {
  if (std::string_view(GetParam()) == "ed25519") GTEST_SKIP() << "has no such form";
  make("key", GetParam(), {"-m", "PEM"});
  const auto key = PrivateKey::read(text("key"));
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(key->container(), KeyContainer::kTraditional);
  EXPECT_EQ(*key->ssh_public() + " svc@pas\n", text("key.pub"));
}

TEST_P(PrivateKeyTest, LockedIsRefusedByName) {
  make("key", GetParam());
  ASSERT_EQ(keygen({"-q", "-p", "-P", "", "-N", "opensesame", "-f", folder_->file("key")}), 0);
  const auto key = PrivateKey::read(text("key"));
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::kBadUse);
  EXPECT_NE(key.error().what.find("passphrase"), std::string::npos);
}

// Each byte changed and each end cut off: an error or a key, and nothing else.
TEST_P(PrivateKeyTest, DamageIsNoKeyOrAnother) {
  make("key", GetParam());
  const std::string whole = text("key");
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
    const auto changed = PrivateKey::read(damaged);
    if (changed) {
      EXPECT_TRUE(changed->public_der());
    }
    const auto cut = PrivateKey::read(whole.substr(0, at));
    EXPECT_FALSE(cut);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PrivateKeyTest,
                         testing::Values("ed25519", "rsa:2048", "rsa:4096", "ecdsa:256",
                                         "ecdsa:384", "ecdsa:521"));

TEST(PrivateKey, RefusesWhatIsNone) {
  for (const char* text :
       {"", "hunter2", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY"}) {
    const auto key = PrivateKey::read(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code, ErrorCode::kMalformed) << text;
  }
  EXPECT_EQ(PrivateKey::read(std::string(kPrivateKeyBytesMax + 1, 'A')).error().code,
            ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace nhi
