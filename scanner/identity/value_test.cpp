#include "scanner/identity/value.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

FingerprintKey fixed_key(char fill) {
  return {"k1", SecretText(std::string(32, fill)), "/nowhere"};
}

// A private key made here and now, in PKCS#8 or in the traditional form.
std::string make_pem(EVP_PKEY* key, bool traditional) {
  BIO* bio = BIO_new(BIO_s_mem());
  if (traditional) {
    PEM_write_bio_PrivateKey_traditional(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  } else {
    PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

std::string fingerprint_of(std::string_view value) {
  return fingerprint(fixed_key('k'), canonical_value(SecretText(value)));
}

TEST(Fingerprint, IsEqualForOnePrivateKeyInEveryForm) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  ASSERT_NE(key, nullptr);
  const std::string pkcs8 = make_pem(key, false);
  const std::string sec1 = make_pem(key, true);
  EVP_PKEY_free(key);
  ASSERT_NE(pkcs8, sec1);
  EXPECT_EQ(fingerprint_of(pkcs8), fingerprint_of(sec1));
  EXPECT_EQ(fingerprint_of(pkcs8), fingerprint_of(with_crlf(pkcs8)));
}

TEST(Fingerprint, DiffersBetweenKeysAndValues) {
  const SecretText value("correct horse");
  EXPECT_NE(fingerprint(fixed_key('a'), value), fingerprint(fixed_key('b'), value));
  EXPECT_NE(fingerprint_of("correct horse"), fingerprint_of("correct horsf"));
  EXPECT_TRUE(fingerprint_of("x").starts_with("hmac-sha256:k1:"));
  EXPECT_EQ(fingerprint_of("x").size(), 15U + 64U);
}

TEST(Fingerprint, OfBrokenPemDependsOnNoLineEnds) {
  const std::string broken =
      "-----BEGIN PRIVATE KEY-----\nnot base64 at all\n-----END PRIVATE KEY-----";
  EXPECT_EQ(fingerprint_of(broken), fingerprint_of(with_crlf(broken) + "\r\n"));
}

TEST(Redact, ShowsThePublicPrefixAndNoLength) {
  Rule rule;
  rule.public_prefix = "acme_";
  EXPECT_EQ(redact(SecretText("acme_0123456789"), &rule), "acme_********");
  EXPECT_EQ(redact(SecretText("acme_0123456789abcdef"), &rule), "acme_********");
  EXPECT_EQ(redact(SecretText("acme_01"), &rule), "********") << "little would stay hidden";
  EXPECT_EQ(redact(SecretText("hunter2"), nullptr), "********");
}

TEST(LengthClass, HasThreeSteps) {
  EXPECT_EQ(length_class(7), "1-7");
  EXPECT_EQ(length_class(8), "8-15");
  EXPECT_EQ(length_class(15), "8-15");
  EXPECT_EQ(length_class(16), "16+");
}

TEST(TokenExpiry, IsReadFromAJwtPayload) {
  const auto token = [](std::string_view payload) {
    return SecretText("eyJhbGciOiJIUzI1NiJ9." + to_base64(payload) + ".c2ln");
  };
  EXPECT_EQ(token_expiry(token(R"({"sub":"a","exp": 1803772800})")), Instant{1803772800});
  EXPECT_EQ(token_expiry(token(R"({"sub":"exp"})")), std::nullopt);
  EXPECT_EQ(token_expiry(token(R"({"exp":99999999999999})")), std::nullopt);
  EXPECT_EQ(token_expiry(SecretText("eyJ.nothing")), std::nullopt);
  EXPECT_EQ(token_expiry(SecretText("")), std::nullopt);
}

TEST(KeyedId, SeparatesKindsAndKeys) {
  EXPECT_NE(keyed_id(fixed_key('a'), "f_", "x"), keyed_id(fixed_key('a'), "c_", "x"));
  EXPECT_NE(keyed_id(fixed_key('a'), "f_", "x"), keyed_id(fixed_key('b'), "f_", "x"));
  EXPECT_EQ(keyed_id(fixed_key('a'), "f_", "x").size(), 2U + 24U);
}

}  // namespace
}  // namespace nhi
