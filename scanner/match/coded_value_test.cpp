#include "scanner/match/coded_value.hpp"

#include <gtest/gtest.h>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

struct Case {
  const char* name;
  Structure structure;
  std::string text;
  std::string secret;  // empty: there is none
  std::string user;
};

TEST(CodedValue, IsThePasswordNeverTheWholeText) {
  const std::vector<Case> cases = {
      {"user and password", Structure::kBasicCredentials, "svc:pa55-word", "pa55-word", "svc"},
      {"colons in the password", Structure::kBasicCredentials, "svc:a:b:c", "a:b:c", "svc"},
      {"no user", Structure::kBasicCredentials, ":pa55-word", "pa55-word", ""},
      {"a token as user", Structure::kBasicCredentials, "tok-3f9a:", "tok-3f9a", ""},
      {"a token, git", Structure::kBasicCredentials, "tok-3f9a:x-oauth-basic", "tok-3f9a", ""},
      {"not only ASCII", Structure::kBasicCredentials, "svc:p\xc3\xa4ss", "p\xc3\xa4ss", "svc"},
      {"no colon", Structure::kBasicCredentials, "kalkulyator", "", ""},
      {"nothing at all", Structure::kBasicCredentials, ":", "", ""},
      {"not text", Structure::kBasicCredentials, "svc:\x01\x02", "", ""},
      {"not UTF-8", Structure::kBasicCredentials, "svc:\xff\xfe", "", ""},
      {"cut in a sequence", Structure::kBasicCredentials, "svc:p\xc3", "", ""},
      {"coded text", Structure::kBase64, "pa55:word", "pa55:word", ""},
      {"coded bytes", Structure::kBase64, std::string("\x80\x81\x00", 3), "", ""},
      {"another structure", Structure::kUuid, "svc:pa55-word", "", ""},
  };
  for (const Case& c : cases) {
    const auto value = read_coded_value(c.structure, to_base64(c.text));
    EXPECT_EQ(value.has_value(), !c.secret.empty()) << c.name;
    if (!value) continue;
    EXPECT_EQ(value->secret.reveal(), c.secret) << c.name;
    EXPECT_EQ(value->user, c.user) << c.name;
  }
}

TEST(CodedValue, SpansAreTheFewestCharactersThatHoldTheSecret) {
  for (std::size_t users = 1; users < 8; ++users) {
    for (std::size_t passwords = 1; passwords < 8; ++passwords) {
      const std::string code =
          to_base64(std::string(users, 'u') + ":" + std::string(passwords, 'p'));
      const auto value = read_coded_value(Structure::kBasicCredentials, code);
      ASSERT_TRUE(value);
      // A character is in the span exactly if changing it can change the password.
      for (std::size_t i = 0; i < code.size() && code[i] != '='; ++i) {
        const bool holds = i * 6 < (users + 1 + passwords) * 8 && (i + 1) * 6 > (users + 1) * 8;
        const bool inside = i >= value->secret_code.start && i < value->secret_code.end;
        EXPECT_EQ(inside, holds) << code << ' ' << i;
      }
    }
  }
}

TEST(CodedValue, RefusesWhatIsNotBase64) {
  EXPECT_FALSE(read_coded_value(Structure::kBasicCredentials, "not base64!"));
  EXPECT_FALSE(read_coded_value(Structure::kBasicCredentials, ""));
}

}  // namespace
}  // namespace nhi
