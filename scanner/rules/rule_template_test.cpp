#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <string>

#include "scanner/base/hash.hpp"
#include "scanner/rules/rule_set.hpp"

namespace nhi {
namespace {

std::string expand(std::string_view text, std::uint64_t seed = 1) {
  auto made = expand_template(text, seed);
  return made ? *made : "error: " + made.error().message();
}

struct ShapeCase {
  std::string_view name;
  std::string_view text;
  std::string_view shape;
};
constexpr ShapeCase kShapes[] = {
    {"Base62", "acme_{base62:32}", "acme_[0-9A-Za-z]{32}"},
    {"Hex", "{hex:40}", "[0-9a-f]{40}"},
    {"UpperHex", "{HEX:8}", "[0-9A-F]{8}"},
    {"Base32", "{base32:16}", "[A-Z2-7]{16}"},
    {"Base64", "{base64:40}", "[A-Za-z0-9+/]{40}"},
    {"Base64Url", "{base64url:43}", "[A-Za-z0-9_-]{43}"},
    {"Digits", "{digits:12}", "[0-9]{12}"},
    {"Lower", "{lower:8}", "[a-z]{8}"},
    {"Upper", "{upper:8}", "[A-Z]{8}"},
    {"LowerAlnum", "{lower-alnum:26}", "[a-z0-9]{26}"},
    {"UpperAlnum", "{upper-alnum:26}", "[A-Z0-9]{26}"},
    {"Password", "{password:12}", "[A-Z][A-Za-z0-9]{2}[a-z][A-Za-z0-9]{2}[0-9].{2}[!._-].{2}"},
    {"Uuid", "{uuid}", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
    {"Jwt", "{jwt}", R"(eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{43})"},
    {"Pem", "{pem:RSA PRIVATE KEY}",
     "-----BEGIN RSA PRIVATE KEY-----\nMIIB[A-Za-z0-9+/=\n]{300,400}\n-----END RSA PRIVATE "
     "KEY-----"},
    {"PemOpenSsh", "{pem:OPENSSH PRIVATE KEY}",
     "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk[^-]{300,400}-----END OPENSSH PRIVATE "
     "KEY-----"},
    {"ToBase64", "{to-base64:user:pass}", "dXNlcjpwYXNz"},
    {"ToHex", "{to-hex:AZ}", "415a"},
    {"Repeat", "{repeat:3:ab}", "ababab"},
    {"Nested", "{to-base64:{digits:3}}", "[A-Za-z0-9+/]{4}"},
    {"Braces", "${{VAR}} {{\"a\":\"{hex:2}\"}}", R"(\$\{VAR\} \{"a":"[0-9a-f]{2}"\})"},
    {"PartInBraces", "{{{hex:2}}}", R"(\{[0-9a-f]{2}\})"},
};

class TemplateShapeTest : public testing::TestWithParam<ShapeCase> {};
TEST_P(TemplateShapeTest, IsThatOfThePart) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string made = expand(GetParam().text, seed);
    EXPECT_TRUE(re2::RE2::FullMatch(made, std::string(GetParam().shape))) << made;
  }
}
INSTANTIATE_TEST_SUITE_P(Table, TemplateShapeTest, testing::ValuesIn(kShapes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Template, GivesTheSameTextForTheSameSeed) {
  EXPECT_EQ(expand("{base62:40}", 7), expand("{base62:40}", 7));
  EXPECT_NE(expand("{base62:40}", 7), expand("{base62:40}", 8));
  EXPECT_EQ(expand("{digits:10}", 42), expand("{digits:10}", 42));
}

TEST(Template, AppendsTheChecksumOfTheBody) {
  const std::string token = expand("ghp_{crc32-base62:{base62:30}}");
  ASSERT_EQ(token.size(), 40U);
  constexpr std::string_view kBase62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::uint64_t value = 0;
  for (const char c : token.substr(34)) value = value * 62 + kBase62.find(c);
  EXPECT_EQ(value, crc32(token.substr(4, 30)));
  const std::string hex = expand("{crc32-hex:glsa_{base62:32}_}");
  EXPECT_EQ(std::stoul(hex.substr(hex.size() - 8), nullptr, 16),
            crc32(hex.substr(0, hex.size() - 8)));
}

struct RefusalCase {
  std::string_view name, text, what, hint;
};
constexpr RefusalCase kRefusals[] = {
    {"UnknownPart", "{base63:4}", "unknown part 'base63'", "did you mean 'base62'?"},
    {"NoCount", "{hex}", "needs a count", ""},
    {"CountIsNoNumber", "{hex:4x}", "needs a count", ""},
    {"CountTooLarge", "{hex:70000}", "needs a count", ""},
    {"CountZero", "{hex:0}", "needs a count", ""},
    {"Open", "a{hex:4", "a '{' has no '}'", "write '{{' for a brace"},
    {"Closed", "a}b", "a '}' has no '{'", "write '}}' for a brace"},
    {"Incomplete", "{password}", "part 'password' is not complete", ""},
    {"RepeatTooLarge", "{repeat:65536:{repeat:100:x}}", "over 256 KiB", ""},
    {"TooDeep", "{to-hex:{to-hex:{to-hex:{to-hex:{to-hex:{to-hex:{to-hex:{to-hex:{to-hex:a",
     "nested too deeply", ""},
};
class TemplateRefusalTest : public testing::TestWithParam<RefusalCase> {};
TEST_P(TemplateRefusalTest, SaysWhatIsWrong) {
  const auto made = expand_template(GetParam().text, 1);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kBadRule);
  EXPECT_THAT(made.error().what, testing::HasSubstr(std::string(GetParam().what)));
  EXPECT_EQ(made.error().hint, GetParam().hint);
}
INSTANTIATE_TEST_SUITE_P(Table, TemplateRefusalTest, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace nhi
