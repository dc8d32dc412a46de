#include "scanner/identity/examiner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "scanner/base/hash.hpp"
#include "scanner/decode/views.hpp"
#include "scanner/identity/finding_id.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

Rule token_rule() {
  Rule rule;
  rule.id = "acme-token";
  rule.name = "Acme token";
  rule.pattern = R"(\bacme_(?P<secret>[0-9a-f]{16})\b)";
  rule.category = "saas";
  rule.confidence = Level::kHigh;
  rule.matches = {{"acme_0badcafe0badcafe", false}};
  rule.misses = {{"acme_x", false}};
  return rule;
}

Rule password_rule() {
  Rule rule;
  rule.id = "acme-password";
  rule.name = "Acme password";
  rule.names = NameFamily::kPassword;
  rule.generic = true;
  rule.principal = Principal::kUnknown;
  rule.severity = Level::kHigh;
  return rule;
}

class ExaminerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = RuleSet::create({token_rule(), password_rule()});
    ASSERT_TRUE(made) << made.error().message();
    rules_ = std::make_unique<RuleSet>(std::move(*made));
  }
  Examined examine(std::string_view bytes, bool honour = true, std::string path = "a.txt") {
    Examiner examiner(*rules_, key_, {honour, false});
    BlobInput input;
    input.bytes = bytes;
    input.place.root = "root";
    input.place.path = std::move(path);
    Examined examined = examiner.examine(input, {});
    seal(examined.findings, key_, "root");
    return examined;
  }
  FingerprintKey key_{"k1", SecretText(std::string(32, 'k')), ""};
  std::unique_ptr<RuleSet> rules_;
};

constexpr std::string_view kToken = "acme_3f9a1c7be2d4058e";

// A value to test with opens nothing; a token with a format of its own counts wherever it stands.
TEST_F(ExaminerTest, ValuesToTestWithStandOutsideOfTheCounts) {
  const std::string text = "password = \"Vt7#qLm29xKe\"; // " + std::string(kToken) + "\n";
  const auto principals = [&](std::string path) {
    std::map<std::string, std::pair<Principal, Level>> found;
    for (const Finding& finding : examine(text, true, std::move(path)).findings) {
      found[finding.rule] = {finding.principal, finding.severity};
    }
    return found;
  };
  const auto live = principals("src/main.py");
  const auto test = principals("tests/fixtures/main.py");
  ASSERT_TRUE(live.contains("acme-password") && test.contains("acme-password"));
  EXPECT_EQ(live.at("acme-password"), (std::pair{Principal::kUnknown, Level::kHigh}));
  EXPECT_EQ(test.at("acme-password"), (std::pair{Principal::kHuman, Level::kLow}));
  EXPECT_EQ(test.at("acme-token").first, live.at("acme-token").first);
}

TEST_F(ExaminerTest, SaysLinesColumnsAndBytes) {
  const std::string text = "first\nkey é= " + std::string(kToken) + " end\n";
  const Examined examined = examine(text);
  ASSERT_EQ(examined.findings.size(), 1U);
  const Finding& finding = examined.findings[0];
  EXPECT_EQ(finding.first, (Position{2, 13})) << "code points, not bytes";
  EXPECT_EQ(finding.last, (Position{2, 29}));
  EXPECT_EQ(text.substr(finding.bytes.start, finding.bytes.size()), kToken.substr(5));
  EXPECT_TRUE(finding.encoding.empty());
  EXPECT_EQ(finding.redacted.find("3f9a"), std::string::npos);
}

TEST_F(ExaminerTest, CountsLinesInUtf16AfterDecoding) {
  const std::string text = "first\r\nkey=" + std::string(kToken) + "\r\n";
  std::string utf16 = "\xff\xfe";
  for (const char c : text) {
    utf16 += c;
    utf16 += '\0';
  }
  const Examined examined = examine(utf16);
  ASSERT_EQ(examined.findings.size(), 1U);
  EXPECT_EQ(examined.findings[0].first, (Position{2, 10}));
  EXPECT_EQ(examined.findings[0].encoding, std::vector<std::string>{"utf-16le"});
  EXPECT_EQ(examined.findings[0].bytes.size(), 32U) << "two stored bytes a character";
}

TEST_F(ExaminerTest, TakesThePasswordOutOfABasicAuthorization) {
  Rule basic;
  basic.id = "basic";
  basic.name = "Basic authorization";
  basic.pattern = "Basic (?P<secret>[0-9A-Za-z+/]{8,}={0,2})";
  basic.max_match = 256;
  basic.structure = Structure::kBasicCredentials;
  basic.category = "http";
  auto made = RuleSet::create({token_rule(), basic});
  ASSERT_TRUE(made) << made.error().message();
  rules_ = std::make_unique<RuleSet>(std::move(*made));
  const std::string text = "h: Basic " + to_base64("svc_pas:" + std::string(kToken)) +
                           "\nkey=" + std::string(kToken) + "\n";
  const Examined examined = examine(text);
  const auto in_header = [](const Finding& finding) { return finding.rule == "basic"; };
  const auto& findings = examined.findings;
  const auto found = std::find_if(findings.begin(), findings.end(), in_header);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->encoding, std::vector<std::string>{"base64"});
  EXPECT_EQ(found->first.line, 1U);
  EXPECT_GT(found->bytes.start, 9U + 8U) << "behind the user";
  // The plain rule finds `3f9a…` behind the prefix; the value here is the whole password.
  FingerprintKey same{"k1", SecretText(std::string(32, 'k')), ""};
  EXPECT_EQ(found->fingerprint, fingerprint(same, SecretText(kToken)));
}

TEST_F(ExaminerTest, MapsABase64ValueToItsStoredBytes) {
  const std::string encoded = to_base64("export KEY=" + std::string(kToken) + " # and more");
  const std::string text = "data: " + encoded + "\n";
  const Examined examined = examine(text);
  ASSERT_EQ(examined.findings.size(), 1U);
  const Finding& finding = examined.findings[0];
  EXPECT_EQ(finding.encoding, std::vector<std::string>{"base64"});
  const auto decoded = from_base64(text.substr(finding.bytes.start, finding.bytes.size()));
  ASSERT_TRUE(decoded);
  EXPECT_NE(decoded->find(kToken.substr(5)), std::string::npos);
}

TEST_F(ExaminerTest, OneValueIsOneFingerprintHoweverItIsStored) {
  const std::string plain = std::string(kToken) + "\n";
  const std::string encoded = to_base64("xx " + std::string(kToken) + " xx") + "\n";
  const Examined a = examine(plain);
  const Examined b = examine(encoded);
  ASSERT_EQ(a.findings.size(), 1U);
  ASSERT_EQ(b.findings.size(), 1U);
  EXPECT_EQ(a.findings[0].fingerprint, b.findings[0].fingerprint);
  EXPECT_EQ(a.findings[0].credential_id, b.findings[0].credential_id);
}

TEST_F(ExaminerTest, IdsDependOnNoLineAndCountEquals) {
  const std::string twice = std::string(kToken) + "\n" + std::string(kToken) + "\n";
  const Examined a = examine(twice);
  const Examined b = examine("# put above\n\n" + twice);
  ASSERT_EQ(a.findings.size(), 2U);
  EXPECT_NE(a.findings[0].id, a.findings[1].id);
  EXPECT_EQ(a.findings[0].id, b.findings[0].id);
  EXPECT_EQ(a.findings[1].id, b.findings[1].id);
}

TEST_F(ExaminerTest, InlineIgnoresAreHonouredOrReported) {
  const std::string line = std::string(kToken) + "  # nhisweep:allow\n";
  EXPECT_TRUE(examine(line, true).findings.empty());
  EXPECT_EQ(examine(line, true).coverage.by_policy.at(0).reason, "inline-ignore");
  const Examined reported = examine(line, false);
  ASSERT_EQ(reported.findings.size(), 1U);
  EXPECT_TRUE(reported.findings[0].ignored_inline);
}

// A blob whose findings nobody wants to see is not gone on with; what it ignores is counted.
TEST_F(ExaminerTest, WhereNothingReachesTheLeastConfidenceNothingIsMade) {
  const auto examine_from = [&](Level least, const std::string& text) {
    Examiner examiner(*rules_, key_, {true, false});
    BlobInput input;
    input.bytes = text;
    input.place.root = "root";
    input.place.path = "a.properties";
    input.least = least;
    return examiner.examine(input, {});
  };
  const std::string low = "db.password=password123\n";
  ASSERT_EQ(examine_from(Level::kLow, low).findings.size(), 1U);
  ASSERT_EQ(examine_from(Level::kLow, low).findings[0].confidence, Level::kLow);
  EXPECT_TRUE(examine_from(Level::kMedium, low).findings.empty());
  const std::string both = low + std::string(kToken) + "\n";
  EXPECT_EQ(examine_from(Level::kMedium, both).findings.size(), 2U);
  const std::string ignored = "# nhisweep:allow db.password=password123\n";
  for (const Level least : {Level::kLow, Level::kMedium}) {
    const Examined examined = examine_from(least, ignored);
    EXPECT_TRUE(examined.findings.empty());
    ASSERT_EQ(examined.coverage.by_policy.size(), 1U);
    EXPECT_EQ(examined.coverage.by_policy[0].count, 1U);
  }
}

TEST_F(ExaminerTest, ASegmentLeavesTheRestToTheNext) {
  const std::string text = "line\n" + std::string(kToken) + "\n" + std::string(kToken) + "\n";
  Examiner examiner(*rules_, key_, {});
  BlobInput first;
  first.bytes = text;
  first.fresh = 10;  // cuts through the first token: it starts here, so it belongs here
  first.whole = false;
  const Examined head = examiner.examine(first, {});
  ASSERT_EQ(head.findings.size(), 1U);
  BlobInput second;
  second.bytes = std::string_view(text).substr(10);
  second.offset = 10;
  second.fresh = second.bytes.size();
  second.base = head.end;
  second.whole = false;
  const Examined tail = examiner.examine(second, {});
  ASSERT_EQ(tail.findings.size(), 1U);
  EXPECT_EQ(tail.findings[0].first, (Position{3, 6}));
  EXPECT_EQ(text.substr(tail.findings[0].bytes.start, 16), kToken.substr(5));
}

// The match that a rule waits for may stand in a view that is decoded later than its own.
TEST_F(ExaminerTest, RulesInCompanyAreFoundWhereverTheCompanyStands) {
  Rule in_company = password_rule();
  in_company.id = "acme-in-company";
  in_company.names = NameFamily::kNone;
  in_company.generic = false;
  in_company.pattern = "pin=(?P<secret>[0-9]{6})";
  in_company.needs = {{"acme-token", std::nullopt}};
  in_company.matches = {{"pin=730164", false}};
  in_company.misses = {{"pin=x", false}};
  auto made = RuleSet::create({token_rule(), in_company});
  ASSERT_TRUE(made) << made.error().message();
  rules_ = std::make_unique<RuleSet>(std::move(*made));
  const auto rules_found = [&](const std::string& text) {
    std::vector<std::string> ids;
    for (const Finding& finding : examine(text).findings) ids.push_back(finding.rule);
    return ids;
  };
  const std::string token = "acme_7d3fe1b2a4c59680";
  const std::vector<std::string> both = {"acme-in-company", "acme-token"};
  EXPECT_EQ(rules_found("pin=730164\n"), std::vector<std::string>{});
  EXPECT_EQ(rules_found("pin=730164\n" + token), both);
  EXPECT_EQ(rules_found("pin=730164\nYWNtZV83ZDNmZTFiMmE0YzU5Njgw\n"), both);
}

// An engine may run with any word, so even a placeholder is listed: below everything else.
TEST_F(ExaminerTest, RanksASiteByWhatItHolds) {
  const struct {
    std::string_view value;
    Level confidence;
  } rows[] = {
      {"kQ7vX2mPz9wd", Level::kHigh},
      {"changeme", Level::kHigh},
      {"YOUR_KEY_HERE", Level::kLow},
      {"see-vault", Level::kLow},
      {"{enc}kQ7vX2mPz9wdkQ7vX2mPz9wd", Level::kLow},
  };
  for (const auto& row : rows) {
    const std::string text =
        "dir.appdata = appdata\ndatabase = postgres\nserver.id = x\n"
        "database.url = jdbc:postgresql://db01/mirth\n"
        "database.username = mirth\ndatabase.password = " +
        std::string(row.value) + "\n";
    const Examined examined = examine(text, true, "conf/mirth.properties");
    const auto found = std::find_if(
        examined.findings.begin(), examined.findings.end(),
        [](const Finding& finding) { return finding.rule == "site.mirth.properties"; });
    ASSERT_NE(found, examined.findings.end()) << row.value;
    EXPECT_EQ(found->confidence, row.confidence) << row.value;
  }
}

}  // namespace
}  // namespace nhi
