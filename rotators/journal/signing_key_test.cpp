#include "rotators/journal/signing_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "rotators/journal/test_support.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

using test::JournalFolder;
using test::must;
using testing::HasSubstr;

TEST(AuditKey, IsMadeOnceForItsOwnerOnly) {
  const JournalFolder folder;
  const AuditSigningKey made = folder.key();
  struct stat facts {};
  ASSERT_EQ(::stat(folder.file("audit.key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_EQ(folder.key().public_key().id(), made.public_key().id());
  EXPECT_NE(folder.key("other.key").public_key().id(), made.public_key().id());
  EXPECT_THAT(must(read_small_file(folder.file("audit.key"), 4096)),
              HasSubstr("-----BEGIN PRIVATE KEY-----"));
  ASSERT_EQ(::chmod(folder.file("audit.key").c_str(), 0644), 0);
  const auto open = AuditSigningKey::load_or_create(folder.file("audit.key"));
  ASSERT_FALSE(open.has_value());
  EXPECT_EQ(open.error().code, ErrorCode::kBadUse);
}

TEST(AuditKey, SignsWhatItsPublicHalfVerifies) {
  const JournalFolder folder;
  const AuditSigningKey key = folder.key();
  const std::string signature = must(key.sign("text"));
  const auto known = AuditPublicKey::from_pem(key.public_key().pem(), "f");
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->id(), key.public_key().id());
  EXPECT_EQ(known->id().size(), 32U);
  EXPECT_TRUE(known->verifies("text", signature));
  EXPECT_FALSE(known->verifies("texT", signature));
  std::string other = signature;
  other[10] = static_cast<char>(other[10] ^ 1);
  EXPECT_FALSE(known->verifies("text", other));
  EXPECT_FALSE(known->verifies("text", signature.substr(1)));
  EXPECT_FALSE(known->verifies("text", ""));
  EXPECT_FALSE(folder.key("other.key").public_key().verifies("text", signature));
}

// RFC 8032, 7.1, test 2: the key as openssl writes it, and the signature of one byte.
TEST(AuditKey, IsEd25519) {
  constexpr std::string_view kPem =
      "-----BEGIN PUBLIC KEY-----\n"
      "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
      "-----END PUBLIC KEY-----\n";
  const auto key = AuditPublicKey::from_pem(kPem, "f");
  ASSERT_TRUE(key.has_value());
  const auto signature = from_hex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(key->verifies("\x72", *signature));
  EXPECT_EQ(key->pem(), kPem);
}

TEST(AuditKey, OfAnotherKindIsRefused) {
  const JournalFolder folder;
  const std::pair<const char*, const char*> files[] = {
      {"text", "hello\n"},
      {"empty", ""},
      {"public",
       "-----BEGIN PUBLIC KEY-----\n"
       "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
       "-----END PUBLIC KEY-----\n"},
      // openssl genpkey -algorithm X25519: it agrees on keys and signs nothing.
      {"x25519",
       "-----BEGIN PRIVATE KEY-----\n"
       "MC4CAQAwBQYDK2VuBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
       "-----END PRIVATE KEY-----\n"},
  };
  for (const auto& [name, text] : files) {
    ASSERT_TRUE(write_new_file(folder.file(name), text).has_value());
    const auto loaded = AuditSigningKey::load_or_create(folder.file(name));
    ASSERT_FALSE(loaded.has_value()) << name;
    EXPECT_EQ(loaded.error().code, ErrorCode::kBadUse) << name;
    EXPECT_EQ(must(read_small_file(folder.file(name), 4096)), text) << name;
  }
  EXPECT_FALSE(AuditPublicKey::from_pem("hello", "f").has_value());
}

}  // namespace
}  // namespace nhi
