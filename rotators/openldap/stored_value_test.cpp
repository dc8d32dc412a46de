#include "rotators/openldap/stored_value.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace nhi {
namespace {

Fit fit(std::string_view stored, std::string_view value) {
  return fit_of(SecretText(stored), SecretText(value));
}

struct StoredCase {
  const char* name;
  const char* stored;  // of the value "secret"
};
// Source: hashlib of Python 3.11 over "secret" and the bytes 0 to 15; slappasswd of OpenLDAP 2.5.13
// where it says so; crypt(3) of libxcrypt 4.4.
constexpr StoredCase kStored[] = {
    {"Ssha", "{SSHA}o8knsqoeF6dfrPOYBJ37h3y7MHYAAQIDBAUGBwgJCgsMDQ4P"},
    {"SshaOfSlappasswd", "{SSHA}oergKk7sLn9R44rvYswf1eVF01vqASJP"},
    {"SshaSaltOfFour", "{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0"},
    {"LowerCase", "{ssha}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0"},
    {"Sha", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="},
    {"Smd5", "{SMD5}Vg7JRJCS02fKXvtwbNTnBwABAgMEBQYHCAkKCwwNDg8="},
    {"Md5", "{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ=="},
    {"Ssha256", "{SSHA256}AAztJD1mCljEDl2sgjDF/mJZo8ne8aW9Ya1MgeYWBAYAAQIDBAUGBwgJCgsMDQ4P"},
    {"Sha256", "{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols="},
    {"Ssha384",
     "{SSHA384}YTc/srfW+FIrQkZIwiCSdaqDHMhxan85CuV8oeO486TupQhT6jfbQVqQYVRVTvBbAAECAwQFBgcICQoLDA0O"
     "Dw=="},
    {"Ssha512OfSlappasswd",
     "{SSHA512}OKupllsaJThV/"
     "YogSIFOaESSa+f1DHK0gNXMX8510HCRNdtivZHsIwQsZi0CyPb7S+k9QdWmWSlx8XglQZk7S6"
     "21z6EM4SS2"},
    {"Argon2OfSlappasswd",
     "{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$QKUWIIjWCs6WRNrui5mUWQ$iZTXrelgJ2XboutoNUk9MEI+6IZgUg9ts"
     "IubVY4gFZ8"},
    {"CryptDes", "{CRYPT}saHW9GdxihkGQ"},
    {"CryptMd5", "{CRYPT}$1$saltsalt$9xy1btjgzLYfb7hivXtC//"},
    {"CryptSha256", "{CRYPT}$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA"},
    {"CryptSha512Rounds",
     "{CRYPT}$6$rounds=5000$saltsalt$"
     "TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSp"
     "T0Y77vwPZN.Pq.H91p5hVO1"},
    {"CryptYescrypt",
     "{CRYPT}$y$j9T$F5Jx5fExrKuPp53xLKQ..1$GmcwIgvdUC9qLWcKCi6gklUa1dM3ziD43YxYNURLKy0"},
    {"Cleartext", "{CLEARTEXT}secret"},
    {"NoScheme", "secret"},
};
class OpenldapStored : public testing::TestWithParam<StoredCase> {};
TEST_P(OpenldapStored, FitsItsValueAndNoOther) {
  EXPECT_EQ(fit(GetParam().stored, "secret"), Fit::kYes);
  EXPECT_EQ(fit(GetParam().stored, "secret2"), Fit::kNo);
  EXPECT_EQ(fit(GetParam().stored, "Secret"), Fit::kNo);
}
INSTANTIATE_TEST_SUITE_P(Table, OpenldapStored, testing::ValuesIn(kStored),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(OpenldapStoredValue, WhatIsMadeFitsAndShowsNothing) {
  for (const char* const word : {"ssha", "ssha256", "ssha512", "argon2"}) {
    const auto made = stored_form(*store_as_from(word), SecretText("a value"), salt_for("1", "dn"));
    ASSERT_TRUE(made) << word;
    EXPECT_EQ(fit_of(*made, SecretText("a value")), Fit::kYes) << word;
    EXPECT_EQ(fit_of(*made, SecretText("b value")), Fit::kNo) << word;
    EXPECT_EQ(made->reveal().find("a value"), std::string_view::npos);
    EXPECT_EQ("{" + std::string(word) + "}", [&] {
      std::string scheme = scheme_shown(*made);
      for (char& c : scheme) c = static_cast<char>(std::tolower(c));
      return scheme;
    }());
  }
  EXPECT_FALSE(store_as_from("md5"));
}

TEST(OpenldapStoredValue, ARepeatOfAStepMakesTheSameText) {
  // Source: hashlib.sha256(b"nhisweep openldap.entry step" + b"cn=app,dc=test")
  const std::string salt = salt_for("step", "cn=app,dc=test");
  EXPECT_EQ(salt.substr(0, 4), std::string("\x5e\x1d\x98\xf9"));
  EXPECT_EQ(salt.size(), kSaltBytes);
  EXPECT_NE(salt_for("step2", "cn=app,dc=test"), salt);
  EXPECT_NE(salt_for("step", "cn=app2,dc=test"), salt);
  EXPECT_NE(salt_for("", "cn=app,dc=test"), salt_for("", "cn=app,dc=test"));
  EXPECT_NE(unknown_value()->reveal(), unknown_value()->reveal());
}

TEST(OpenldapStoredValue, WhatCannotBeComputedIsNotCalledAnotherValue) {
  for (const char* const stored :
       {"{SASL}app@TRUST", "{UNIX}app", "{PBKDF2}x", "{}", "{SSHA}", "{SSHA}!!!!", "{SSHA}QUJD",
        "{SHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0", "{ARGON2}", "{ARGON2}$argon2id$v=19$m=4096",
        "{CRYPT}", "{CRYPT}*0", "{CRYPT}!", "{CRYPT}$9$x$y", "{CRYPT}$6$rounds=x$y$z"}) {
    EXPECT_EQ(fit(stored, "secret"), Fit::kUnknown) << stored;
  }
  EXPECT_EQ(fit("secret", ""), Fit::kUnknown);
}

TEST(OpenldapStoredValue, ASmallTextCannotAskForALotOfWork) {
  const auto begun = std::chrono::steady_clock::now();
  for (const char* const stored :
       {"{CRYPT}$6$rounds=999999999$saltsalt$x", "{CRYPT}$5$rounds=4000000000$saltsalt$x",
        "{CRYPT}$2b$31$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "{CRYPT}$y$jFT$F5Jx5fExrKuPp53xLKQ..1$x",
        "{ARGON2}$argon2id$v=19$m=4194304,t=3,p=1$QKUWIIjWCs6WRNrui5mUWQ$iZTX",
        "{ARGON2}$argon2id$v=19$m=4096,t=4000000000,p=1$QKUWIIjWCs6WRNrui5mUWQ$iZTX",
        "{ARGON2}$argon2id$v=19$m=4096,t=3,p=4000$QKUWIIjWCs6WRNrui5mUWQ$iZTX",
        "{ARGON2}$argon2id$v=19$m=4096,t=3,p=1,m=4194304$QKUWIIjWCs6WRNrui5mUWQ$iZTX"}) {
    EXPECT_EQ(fit(stored, "secret"), Fit::kUnknown) << stored;
  }
  EXPECT_EQ(fit(std::string(5'000, 'x'), "secret"), Fit::kUnknown);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST(OpenldapStoredValue, ShowsSchemesAndNoPieceOfAPassword) {
  EXPECT_EQ(scheme_shown(SecretText("{SSHA}x")), "{SSHA}");
  EXPECT_EQ(scheme_shown(SecretText("{SASL}x")), "{SASL}");
  EXPECT_EQ(scheme_shown(SecretText("hunter2")), "no scheme");
  EXPECT_EQ(scheme_shown(SecretText("{HUNTER2}and more")), "{?}");
  EXPECT_EQ(scheme_shown(SecretText("{open")), "no scheme");
}

}  // namespace
}  // namespace nhi
