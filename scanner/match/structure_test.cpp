#include "scanner/match/structure.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/base/hash.hpp"
#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using match_test::made;

std::string url_base64(std::string text) {
  std::string out = to_base64(text);
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (out.ends_with('=')) out.pop_back();
  return out;
}

TEST(ChecksumHolds, AcceptsTheGitHubFormAndRefusesEveryChangedCharacter) {
  const Checksum checksum{ChecksumKind::kCrc32Base62, false, 6};
  // Thirty characters, then their sum; the template computes it as GitHub does.
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    std::string token = made("ghp_{crc32-base62:{base62:30}}", seed);
    ASSERT_TRUE(checksum_holds(checksum, token)) << seed;
    for (std::size_t i = 4; i < token.size(); ++i) {
      std::string twin = token;
      twin[i] = twin[i] == 'a' ? 'b' : 'a';
      EXPECT_FALSE(checksum_holds(checksum, twin)) << seed << ' ' << i;
    }
  }
}

TEST(ChecksumHolds, PadsSmallSumsWithZeros) {
  constexpr std::string_view kBase62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const Checksum checksum{ChecksumKind::kCrc32Base62, true, 6};
  bool padded = false;
  for (int i = 0; i < 100000 && !padded; ++i) {
    const std::string body = std::to_string(i);
    if (crc32(body) >= 62U * 62 * 62 * 62 * 62) continue;  // six digits without padding
    std::uint32_t sum = crc32(body);
    std::string digits;
    for (int k = 0; k < 6; ++k, sum /= 62) {
      digits.insert(digits.begin(), kBase62[sum % 62]);
    }
    EXPECT_TRUE(checksum_holds(checksum, body + digits));
    padded = true;
  }
  EXPECT_TRUE(padded);
}

TEST(ChecksumHolds, ReadsGrafanasHexOverTheBody) {
  const Checksum checksum{ChecksumKind::kCrc32Hex, false, 8};
  const std::string body(32, 'q');
  std::string sum(8, '0');
  const std::uint32_t value = crc32(body);
  for (unsigned i = 0; i < 8; ++i) sum[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15U];
  EXPECT_TRUE(checksum_holds({ChecksumKind::kCrc32Hex, true, 8}, body + sum));
  EXPECT_FALSE(checksum_holds({ChecksumKind::kCrc32Hex, true, 8}, body + "00000000"));
  EXPECT_FALSE(checksum_holds(checksum, "short"));
}

TEST(CheckStructure, ProvesJwtByItsHeader) {
  const std::string body = "." + url_base64("{\"sub\":\"1\"}") + "." + std::string(43, 'A');
  EXPECT_EQ(check_structure(Structure::kJwt, url_base64("{\"alg\":\"HS256\"}") + body),
            Proof::kProven);
  const auto proof = [&](const std::string& header) {
    return check_structure(Structure::kJwt, url_base64(header) + body);
  };
  EXPECT_EQ(proof("{ \"t\":1, \"alg\" : \"RS256\" }"), Proof::kProven);
  EXPECT_EQ(proof("{\"typ\":\"JWT\"}"), Proof::kBroken);
  EXPECT_EQ(proof("{\"alg\":5}"), Proof::kBroken);
  EXPECT_EQ(check_structure(Structure::kJwt, "eyJ!!" + body), Proof::kBroken);
  EXPECT_EQ(check_structure(Structure::kJwt, "nodots"), Proof::kBroken);
}

std::string pem(const std::string& body) {
  return "-----BEGIN RSA PRIVATE "
         "KEY-----" +
         body +
         "-----END RSA PRIVATE "
         "KEY-----";
}

TEST(CheckStructure, ReadsPemInEveryDress) {
  const std::string line = "M" + made("{base64:63}", 3);
  const std::string more = made("{base64:64}", 4);
  EXPECT_EQ(check_structure(Structure::kPrivateKeyPem, pem("\n" + line + "\n" + more + "\n")),
            Proof::kProven);
  EXPECT_EQ(check_structure(Structure::kPrivateKeyPem, pem("\\n" + line + "\\n" + more + "\\n")),
            Proof::kProven);
  EXPECT_EQ(check_structure(Structure::kPrivateKeyPem,
                            pem("\\n\" +\n    \"" + line + "\\n\" +\n    \"" + more + "\\n\" +\n")),
            Proof::kProven);
  EXPECT_EQ(check_structure(Structure::kPrivateKeyPem, pem("\n# " + line + "\n# " + more + "\n")),
            Proof::kProven);
}

TEST(CheckStructure, RefusesPemWithoutAKey) {
  for (const std::string& body : {std::string("\n...\n"), std::string("\nMIIE\n"), std::string(),
                                  "\n" + std::string(200, 'x') + "\n",
                                  std::string("\nyour key goes here, paste it and save the file; "
                                              "then restart the service and look at its log\n")}) {
    EXPECT_EQ(check_structure(Structure::kPrivateKeyPem, pem(body)), Proof::kBroken) << body;
  }
}

TEST(CheckStructure, KnowsUuidsAndBase64) {
  EXPECT_EQ(check_structure(Structure::kUuid, "3f2a9c10-5b7d-4e8f-9a01-c2d3e4f56789"),
            Proof::kPlausible);
  EXPECT_EQ(check_structure(Structure::kUuid, "00000000-0000-0000-0000-000000000002"),
            Proof::kBroken);
  EXPECT_EQ(check_structure(Structure::kUuid, "3f2a9c10x5b7d-4e8f-9a01-c2d3e4f56789"),
            Proof::kBroken);
  EXPECT_EQ(check_structure(Structure::kBase64, to_base64("svc:pw-9q")), Proof::kPlausible);
  EXPECT_EQ(check_structure(Structure::kBase64, "authentication"), Proof::kBroken);
  EXPECT_EQ(check_structure(Structure::kBase64, "a*b*"), Proof::kBroken);
}

}  // namespace
}  // namespace nhi
