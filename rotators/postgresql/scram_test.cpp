#include "rotators/postgresql/scram.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

// Source: RFC 7677, section 3: user "user", password "pencil", this salt. Keys worked out with
// Python's hashlib; ServerKey gives the signature that the RFC prints.
TEST(Scram, MakesTheVerifierOfTheRfc) {
  const std::string salt("\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81", 16);
  const auto made = scram_verifier(SecretText("pencil"), salt, 4096);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->reveal(),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
            "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
            "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
}

TEST(Scram, SaltsEachTime) {
  const auto one = scram_verifier(SecretText("pencil"), 4096);
  const auto two = scram_verifier(SecretText("pencil"), 4096);
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->reveal(), two->reveal());
}

TEST(Scram, KnowsWhatNeedsNoPreparation) {
  EXPECT_TRUE(is_plain_password("aA0 ~!$'\\"));
  EXPECT_FALSE(is_plain_password("pass\xC3\xA9"));
  EXPECT_FALSE(is_plain_password("tab\t"));
}

}  // namespace
}  // namespace nhi
