#include "scanner/identity/ssh_key.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

// private_key_test.cpp compares both ways with ssh-keygen; here is what it never writes.
std::string with(Bytes cipher, std::uint32_t check_2, Bytes kind) {
  std::string blob("openssh-key-v1\0", 15);
  const auto number = [&](std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      blob += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
    }
  };
  const auto text = [&](Bytes bytes) {
    number(static_cast<std::uint32_t>(bytes.size()));
    blob.append(bytes);
  };
  text(cipher);
  text("none");
  text("");
  number(1);
  text("");
  number(static_cast<std::uint32_t>(8 + 4 + kind.size()));
  number(7);
  number(check_2);
  text(kind);
  return blob;
}

TEST(SshKey, RefusesByName) {
  EXPECT_EQ(read_ssh_key(with("aes256-ctr", 7, "ssh-ed25519")).error().code, ErrorCode::kBadUse);
  EXPECT_EQ(read_ssh_key(with("none", 8, "ssh-ed25519")).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(read_ssh_key(with("none", 7, "ssh-ed25519")).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(read_ssh_key(with("none", 7, "sk-ssh-ed25519@openssh.com")).error().code,
            ErrorCode::kBadUse);
  EXPECT_EQ(read_ssh_key(with("none", 7, "ssh-dss")).error().code, ErrorCode::kBadUse);
}

TEST(SshKey, IsReadAsItWasWritten) {
  const KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  ASSERT_TRUE(key);
  const auto blob = write_ssh_key(key.get(), "a comment");
  ASSERT_TRUE(blob);
  const auto read = read_ssh_key(blob->reveal());
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->comment, "a comment");
  EXPECT_EQ(EVP_PKEY_eq(read->key.get(), key.get()), 1);
}

TEST(SshKey, WritesNoKindThatSshDoesNotKnow) {
  const KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  ASSERT_TRUE(key);
  EXPECT_EQ(write_ssh_key(key.get(), "").error().code, ErrorCode::kBadUse);
  EXPECT_EQ(ssh_public_blob(key.get()).error().code, ErrorCode::kBadUse);
}

}  // namespace
}  // namespace nhi
