#include "scanner/match/checks.hpp"

#include <gtest/gtest.h>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

struct Checked {
  std::size_t matches = 0;
  std::string reason;
  Level confidence{};
  bool verified = false;
};
Checked check(Rule rule, std::string_view view) {
  const RuleSet set = make_set({std::move(rule)});
  Matcher matcher(set);
  Collector collector;
  EXPECT_TRUE(matcher.scan(view, {}, collector).has_value());
  Checked out;
  out.matches = collector.matches.size();
  if (!matcher.stats().rejected.empty()) out.reason = matcher.stats().rejected.begin()->first;
  if (!collector.matches.empty()) {
    out.confidence = collector.matches[0].confidence;
    out.verified = collector.matches[0].verified;
  }
  return out;
}

TEST(Checks, RightChecksumIsProofAndWrongOneIsDropped) {
  Rule rule = make_rule("token", R"(\bacme_[0-9A-Za-z]{36}\b)");
  rule.checksum = Checksum{};
  const std::string token = made("acme_{crc32-base62:{base62:30}}", 6);
  const Checked right = check(rule, token);
  EXPECT_EQ(right.matches, 1U);
  EXPECT_TRUE(right.verified);
  EXPECT_EQ(right.confidence, Level::kHigh);
  std::string twin = token;
  twin[8] = twin[8] == 'a' ? 'b' : 'a';
  const Checked wrong = check(rule, twin);
  EXPECT_EQ(wrong.matches, 0U);
  EXPECT_EQ(wrong.reason, "checksum");
}

TEST(Checks, EachRefusalHasItsWord) {
  Rule plain = make_rule("t", R"(tok_(?P<secret>\S{4,60}))");
  Rule entropy = plain;
  entropy.entropy = 3.0;
  EXPECT_EQ(check(entropy, "tok_abababababababcc").reason, "entropy");
  Rule stop = plain;
  stop.stop_words = {"Sandbox"};
  EXPECT_EQ(check(stop, "tok_" + made("{base62:8}") + "sandBOX").reason, "stop-word");
  Rule after = plain;
  after.not_after = {"no-"};
  EXPECT_EQ(check(after, "no-tok_" + made("{base62:20}")).reason, "not-after");
  EXPECT_EQ(check(after, "on-tok_" + made("{base62:20}")).matches, 1U);
  EXPECT_EQ(check(plain, "tok_AKIA************WXYZ").reason, "masked");
  EXPECT_EQ(check(plain, "tok_${VALUE}").matches, 0U);
  EXPECT_EQ(check(plain, "tok_{{value}}").matches, 0U);
  EXPECT_EQ(check(plain, "tok_1234567890").reason, "sequence");
  Rule uuid = plain;
  uuid.structure = Structure::kUuid;
  EXPECT_EQ(check(uuid, "tok_" + made("{base62:36}")).reason, "structure");
  EXPECT_EQ(check(uuid, "tok_" + made("{uuid}")).matches, 1U);
}

TEST(Checks, AHitInsideEncodedDataIsChance) {
  Rule rule = make_rule("aws", R"(AKIA[A-Z2-7]{16})");
  const std::string hit = "AKIA" + made("{base32:16}", 9);
  EXPECT_EQ(check(rule, "key " + hit + " end").matches, 1U);
  const std::string run = made("{base64:2000}", 3);
  EXPECT_EQ(check(rule, run + hit + run).reason, "inside-encoded-data");
  std::string wrapped;  // the same as mail and PEM wrap it
  const std::string all = made("{base64:1976}", 4) + hit + made("{base64:2000}", 5);
  for (std::size_t i = 0; i < all.size(); i += 76) wrapped += all.substr(i, 76) + "\n";
  EXPECT_EQ(check(rule, wrapped).matches, 0U);
  // Keys one a line are no wrapped data.
  std::string list;
  for (std::uint64_t i = 0; i < 40; ++i) list += "AKIA" + made("{base32:16}", 100 + i) + "\n";
  EXPECT_EQ(check(rule, list).matches, 40U);
}

TEST(Checks, APublishedDefaultIsShownWhereSomethingRunsWithIt) {
  Rule rule = make_rule("pw", R"(password=(?P<secret>\S{3,40}))");
  rule.generic = true;
  const RuleSet set = make_set({rule});
  Matcher matcher(set);
  for (const bool test_path : {false, true}) {
    Collector collector;
    ASSERT_TRUE(
        matcher.scan("password=changeit\n", {Syntax::kConfig, test_path}, collector).has_value());
    ASSERT_EQ(collector.matches.size(), 1U);
    EXPECT_EQ(collector.matches[0].why, "published default");
    EXPECT_EQ(collector.matches[0].confidence, test_path ? Level::kLow : Level::kMedium);
  }
}

TEST(Checks, IndicatorsAreNotJudgedAsValues) {
  Rule rule = make_rule("host", R"(gas\.example\.nhs)");
  rule.kind = RuleKind::kIndicator;
  EXPECT_EQ(check(rule, "url=gas.example.nhs").matches, 1U);
  rule.stop_words = {"example"};
  EXPECT_EQ(check(rule, "url=gas.example.nhs").matches, 0U) << "but by their own stop words";
}

}  // namespace
}  // namespace nhi
