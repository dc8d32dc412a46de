#include "rotators/mariadb/verifier.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

struct Case {
  const char* password;
  const char* native;   // SELECT PASSWORD('…') of MariaDB 10.11.19
  const char* ed25519;  // USING PASSWORD('…') of its ed25519
};

TEST(MariadbVerifier, EqualsWhatTheServerMakes) {
  const Case cases[] = {
      {"old", "*CD02AC33DE7D3D2AFEDF5F2BAB51B07CDB499E79", nullptr},
      {"new", "*6FE2B845E049CDA9EFED8CFAF265CD29622FD852",
       "2Myhib04x6YbkKFUPRi2sDYC70U9V12xITjrzW+EOtY"},
      {"new2", nullptr, "xSwpQDtzZuYYy79GOsbQ4iqkw1GOjozEJU4z4fNVRWE"},
  };
  for (const Case& it : cases) {
    const SecretText password(it.password);
    if (it.native != nullptr) {
      EXPECT_EQ(native_verifier(password).value(), it.native);
    }
    if (it.ed25519 != nullptr) {
      EXPECT_EQ(ed25519_verifier(password).value(), it.ed25519);
    }
  }
}

// RFC 8032, section 7.1, test 1: there a seed has 32 bytes.
TEST(MariadbVerifier, EqualsTheStandardWhereASeedIsAsLongAsThere) {
  constexpr unsigned char kSeed[] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
                                     0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
                                     0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
                                     0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
  const SecretText seed(std::string_view(reinterpret_cast<const char*>(kSeed), sizeof kSeed));
  // d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
  EXPECT_EQ(ed25519_verifier(seed).value(), "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo");
}

}  // namespace
}  // namespace nhi
