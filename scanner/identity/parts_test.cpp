#include "scanner/identity/parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "scanner/decode/views.hpp"
#include "scanner/identity/examiner.hpp"

namespace nhi {
namespace {

// With the rules of the program: what they declare is half of the matter.
class PartsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = builtin_rules();
    ASSERT_TRUE(made);
    auto set = RuleSet::create(std::move(*made));
    ASSERT_TRUE(set) << set.error().message();
    rules_ = std::make_unique<RuleSet>(std::move(*set));
  }
  static void TearDownTestSuite() { rules_.reset(); }

  static std::string made(std::string_view parts, std::uint64_t seed = 1) {
    auto text = expand_template(parts, seed);
    return text ? *text : std::string();
  }
  std::vector<Finding> examine(std::string_view bytes, std::string path) const {
    Examiner examiner(*rules_, key_, {true, false});
    BlobInput input;
    input.bytes = bytes;
    input.place.path = std::move(path);
    return examiner.examine(input, {}).findings;
  }
  // "rule@line" of each group's members, in file order.
  static std::set<std::vector<std::string>> groups(const std::vector<Finding>& findings) {
    std::map<std::string, std::vector<std::string>> by;
    for (const Finding& finding : findings) {
      if (finding.group.empty()) continue;
      by[finding.group].push_back(finding.rule + "@" + std::to_string(finding.first.line));
    }
    std::set<std::vector<std::string>> out;
    for (auto& [group, members] : by) out.insert(std::move(members));
    return out;
  }

  FingerprintKey key_{"k1", SecretText(std::string(32, 'k')), ""};
  static std::unique_ptr<RuleSet> rules_;
};
std::unique_ptr<RuleSet> PartsTest::rules_;

using Groups = std::set<std::vector<std::string>>;

TEST_F(PartsTest, IdSecretAndSessionTokenAreOneCredential) {
  const std::string text = made(
      "export AWS_ACCESS_KEY_ID=ASIA{base32:16}\nexport AWS_SECRET_ACCESS_KEY={base64:40}\n"
      "export AWS_SESSION_TOKEN=FwoGZXIvYXdz{base64:240}\n");
  EXPECT_EQ(groups(examine(text, "login.sh")),
            Groups({{"aws-session-key-id@1", "aws-secret-access-key@2", "aws-session-token@3"}}));
}

TEST_F(PartsTest, ProfilesOfOneFileStayApart) {
  const std::string text =
      made("[a]\naws_access_key_id = AKIA{base32:16}\naws_secret_access_key = {base64:40}\n") +
      made("[b]\naws_access_key_id = AKIA{base32:16}\naws_secret_access_key = {base64:40}\n", 2) +
      made("[c]\naws_access_key_id = AKIA{base32:16}\n", 3) +
      made("[d]\naws_secret_access_key = {base64:40}\n", 4);
  const Groups profiles = {{"aws-access-key-id@2", "aws-secret-access-key@3"},
                           {"aws-access-key-id@5", "aws-secret-access-key@6"}};
  EXPECT_EQ(groups(examine(text, ".aws/credentials")), profiles);
}

TEST_F(PartsTest, RowsOfAListPairWithinTheRow) {
  std::string text;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    text += made("AKIA{base32:16},secret_key={base64:40}\n", seed);
  }
  EXPECT_EQ(groups(examine(text, "keys.txt")),
            Groups({{"aws-access-key-id@1", "aws-secret-access-key@1"},
                    {"aws-access-key-id@2", "aws-secret-access-key@2"},
                    {"aws-access-key-id@3", "aws-secret-access-key@3"}}));
}

TEST_F(PartsTest, WhatLeavesAChoiceIsNoPair) {
  const std::string text = made("id AKIA{base32:16}\n") + made("id AKIA{base32:16}\n", 2) +
                           made("secret_key={base64:40}\n") + made("secret_key={base64:40}\n", 2);
  const auto findings = examine(text, "keys.txt");
  ASSERT_EQ(findings.size(), 4U);
  EXPECT_EQ(groups(findings), Groups());
}

TEST_F(PartsTest, NamesPairWhereNearnessWouldBeWrong) {
  const std::string text =
      made("A_ACCESS_KEY=AKIA{base32:16}\n") + made("B_ACCESS_KEY=AKIA{base32:16}\n", 2) +
      made("A_SECRET_KEY={base64:40}\n") + made("B_SECRET_KEY={base64:40}\n", 2);
  EXPECT_EQ(groups(examine(text, "app.env")),
            Groups({{"aws-access-key-id@1", "aws-secret-access-key@3"},
                    {"aws-access-key-id@2", "aws-secret-access-key@4"}}));
}

TEST_F(PartsTest, AnEncodedPartIsJudgedWhereItStands) {
  const std::string inner = made("aws_secret_access_key = {base64:40}\n");
  const std::string text =
      made("id: AKIA{base32:16}\n") + "more: " + made("{to-base64:" + inner + "}") + "\n";
  const auto findings = examine(text, "notes.txt");
  EXPECT_EQ(groups(findings), Groups({{"aws-access-key-id@1", "aws-secret-access-key@2"}}));
  const std::string far = made("id: AKIA{base32:16}\n") + std::string(40, '\n') +
                          "more: " + made("{to-base64:" + inner + "}") + "\n";
  EXPECT_EQ(groups(examine(far, "notes.txt")), Groups());
}

TEST_F(PartsTest, OneLongLineIsNotOnePlace) {
  const std::string near = made("AKIA{base32:16} x secret_key={base64:40}");
  EXPECT_EQ(groups(examine(near, "a.min.txt")).size(), 1U);
  const std::string far =
      made("AKIA{base32:16} ") + std::string(2000, 'x') + made(" secret_key={base64:40}");
  EXPECT_EQ(groups(examine(far, "a.min.txt")), Groups());
}

TEST_F(PartsTest, AGenericSecretNeedsTheRightNameBesideTheId) {
  const std::string right =
      made("{{\"key_id\": \"rzp_live_{base62:14}\", \"key_secret\": \"{base62:24}\"}}");
  EXPECT_EQ(groups(examine(right, "pay.json")).size(), 1U);
  const std::string other =
      made("{{\"key_id\": \"rzp_live_{base62:14}\", \"db_password\": \"{password:14}\"}}");
  const auto findings = examine(other, "pay.json");
  EXPECT_EQ(findings.size(), 2U);
  EXPECT_EQ(groups(findings), Groups());
}

TEST_F(PartsTest, InCodeTheNextLineMayBeTheSecret) {
  const std::string text = made(
      "accessKey = \"LTAI{base62:20}\"\nsecretKey = \"{base62:36}\"\npassword = "
      "\"{password:14}\"\n");
  EXPECT_EQ(groups(examine(text, "main.py")),
            Groups({{"alibaba-access-key-id@1", "generic-key@2"}}));
}

TEST_F(PartsTest, RolesAreThoseOfTheRules) {
  const auto findings =
      examine(made("TWILIO_ACCOUNT_SID=AC{hex:32}\nTWILIO_AUTH_TOKEN={hex:32}\n"), "twilio.env");
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].role, Role::kAccount);
  EXPECT_EQ(findings[1].role, Role::kSecret);
  EXPECT_FALSE(findings[0].group.empty());
  EXPECT_EQ(findings[0].group, findings[1].group);
}

// A group says what belongs together, not where: lines above change nothing.
TEST_F(PartsTest, AGroupKeepsItsIdWhereverItStands) {
  const std::string text =
      made("aws_access_key_id = AKIA{base32:16}\naws_secret_access_key = {base64:40}\n");
  const auto a = examine(text, "a.txt");
  const auto b = examine("\n\n# moved\n" + text, "b.ini");
  ASSERT_EQ(a.size(), 2U);
  ASSERT_EQ(b.size(), 2U);
  EXPECT_EQ(a[0].group, b[0].group);
}

// Ten thousand candidates in a row: time must grow with their number, not with its square.
TEST_F(PartsTest, DenseFilesStayLinear) {
  std::vector<Finding> findings;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    Finding finding;
    finding.rule = i % 3 == 0 ? "aws-access-key-id" : "aws-secret-access-key";
    finding.role = i % 3 == 0 ? Role::kId : Role::kSecret;
    finding.fingerprint = std::to_string(i);
    finding.bytes = {i * 4, i * 4 + 3};
    finding.first = finding.last = {i / 100 + 1, 1};
    findings.push_back(std::move(finding));
  }
  group_parts(*rules_, key_, findings, nullptr, {});
  EXPECT_FALSE(std::all_of(findings.begin(), findings.end(),
                           [](const Finding& finding) { return finding.group.empty(); }));
}

// Rules of other programs say it with `required`.
TEST(ForeignParts, ACompositeRuleOfGitleaksIsOneCredential) {
  auto rules = parse_rules(
      "[[rules]]\nid='acme-secret'\nregex='secret_([a-z0-9]{8})'\nkeywords=['secret_']\n"
      "[[rules.required]]\nid='acme-id'\nwithinLines=2\n"
      "[[rules]]\nid='acme-id'\nregex='ident_([a-z0-9]{8})'\nkeywords=['ident_']\n",
      "acme.toml", {});
  ASSERT_TRUE(rules) << rules.error().message();
  const auto set = RuleSet::create(std::move(*rules));
  ASSERT_TRUE(set) << set.error().message();
  const FingerprintKey key{"k1", SecretText(std::string(32, 'k')), ""};
  const auto groups = [&](std::string_view text) {
    Examiner examiner(*set, key, {true, false});
    BlobInput input;
    input.bytes = text;
    input.place.path = "notes.txt";
    std::vector<std::string> found;
    for (const Finding& finding : examiner.examine(input, {}).findings) {
      found.push_back(finding.group);
    }
    return found;
  };
  const auto near = groups("ident_abcd1234\nx\nsecret_efgh5678\n");
  ASSERT_EQ(near.size(), 2U);
  EXPECT_FALSE(near[0].empty());
  EXPECT_EQ(near[0], near[1]);
  // The secret is nothing without an id near by, and an id alone is no pair.
  EXPECT_EQ(groups("ident_abcd1234\nx\nx\nsecret_efgh5678\n"), std::vector<std::string>{""});
}

}  // namespace
}  // namespace nhi
