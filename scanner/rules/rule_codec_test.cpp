#include "scanner/rules/rule_codec.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "scanner/rules/rule_set.hpp"

namespace nhi {
namespace {

Rule sample() {
  Rule rule;
  rule.id = "acme-key";
  rule.name = "Acme key";
  rule.pattern = "acme_[a-z]{8}";
  rule.matches = {{"acme_{lower:8}", true}};
  rule.misses = {{"acme_", false}};
  rule.references = {"https://example.com/"};
  rule.file = "acme.yaml";
  rule.line = 7;
  return rule;
}

std::string digest_of(Rule rule) {
  auto rules = RuleSet::create({std::move(rule)});
  return rules ? rules->digest() : rules.error().message();
}

// What the allowlists of the table differ in.
struct Allowed {
  bool all = false;
  AllowTarget target = AllowTarget::kSecret;
  std::vector<std::string> regexes = {};
  std::vector<std::string> paths = {};
  std::vector<std::string> stop_words = {};
  std::vector<std::string> commits = {};
};

void allow(Rule& rule, const Allowed& allowed) {
  rule.allowlists.push_back(std::make_shared<const Allowlist>(
      Allowlist{"", allowed.all, allowed.target, allowed.regexes, allowed.paths, allowed.stop_words,
                allowed.commits}));
}

struct Change {
  std::string_view name;
  std::function<void(Rule&)> apply;
};

const Change kDeciding[] = {
    {"Id", [](Rule& r) { r.id = "acme-key2"; }},
    {"Name", [](Rule& r) { r.name = "Acme"; }},
    {"Pattern", [](Rule& r) { r.pattern = "acme_[a-z]{9}"; }},
    {"CaseInsensitive", [](Rule& r) { r.case_insensitive = true; }},
    {"Keywords", [](Rule& r) { r.keywords = {"acme"}; }},
    {"MaxMatch", [](Rule& r) { r.max_match = 13; }},
    {"WholeView", [](Rule& r) { r.whole_view = true; }},
    {"Entropy", [](Rule& r) { r.entropy = 0.1; }},
    {"Checksum", [](Rule& r) { r.checksum = Checksum{}; }},
    {"ChecksumLast",
     [](Rule& r) {
       r.checksum = Checksum{ChecksumKind::kCrc32Base62, false, 7};
     }},
    {"ChecksumSpan",
     [](Rule& r) {
       r.checksum = Checksum{ChecksumKind::kCrc32Base62, true, 6};
     }},
    {"ChecksumKind",
     [](Rule& r) {
       r.checksum = Checksum{ChecksumKind::kCrc32Hex, false, 6};
     }},
    {"Structure", [](Rule& r) { r.structure = Structure::kJwt; }},
    {"Generic", [](Rule& r) { r.generic = true; }},
    {"Kind", [](Rule& r) { r.kind = RuleKind::kIndicator; }},
    {"Category", [](Rule& r) { r.category = "saas"; }},
    {"Principal", [](Rule& r) { r.principal = Principal::kHuman; }},
    {"Role", [](Rule& r) { r.role = Role::kId; }},
    {"Severity", [](Rule& r) { r.severity = Level::kHigh; }},
    {"Confidence", [](Rule& r) { r.confidence = Level::kHigh; }},
    {"Rotator", [](Rule& r) { r.rotator = "acme"; }},
    {"PublicPrefix", [](Rule& r) { r.public_prefix = "acme_"; }},
    {"StopWords", [](Rule& r) { r.stop_words = {"x"}; }},
    {"NotAfter", [](Rule& r) { r.not_after = {"x"}; }},
    {"IndicatorClass", [](Rule& r) { r.indicator_class = IndicatorClass::kCis1; }},
    {"Subclass", [](Rule& r) { r.subclass = "spine"; }},
    {"Indicator", [](Rule& r) { r.indicator = "cis1.x"; }},
    {"Needs",
     [](Rule& r) {
       r.needs = {{"cis2.", std::nullopt}};
     }},
    {"NeedsLines",
     [](Rule& r) {
       r.needs = {{"cis2.", 3}};
     }},
    {"RaisedBy",
     [](Rule& r) {
       r.raised_by = {{"cis2.", std::nullopt}};
     }},
    {"Parts",
     [](Rule& r) {
       r.parts = {{"aws-secret", std::nullopt, std::nullopt}};
     }},
    {"PartsLines",
     [](Rule& r) {
       r.parts = {{"aws-secret", 3, std::nullopt}};
     }},
    {"PartsBytes",
     [](Rule& r) {
       r.parts = {{"aws-secret", 3, 512}};
     }},
    {"Semantics", [](Rule& r) { r.semantics = Semantics::kGitleaks; }},
    {"SecretGroup", [](Rule& r) { r.secret_group = 0; }},
    {"Unfiltered", [](Rule& r) { r.unfiltered = true; }},
    {"Reported", [](Rule& r) { r.reported = false; }},
    {"Path", [](Rule& r) { r.path = "x"; }},
    {"Required",
     [](Rule& r) {
       r.required = {{r.id, std::nullopt, std::nullopt}};
     }},
    {"RequiredLines",
     [](Rule& r) {
       r.required = {{r.id, 1, std::nullopt}};
     }},
    {"RequiredColumns",
     [](Rule& r) {
       r.required = {{r.id, std::nullopt, 1}};
     }},
    {"Requirements", [](Rule& r) { r.requirements = Requirements{}; }},
    {"RequirementsCount", [](Rule& r) { r.requirements = Requirements{.digits = 1}; }},
    {"RequirementsWords", [](Rule& r) { r.requirements = Requirements{.none_of = {"x"}}; }},
    {"RequirementsChecksum",
     [](Rule& r) {
       r.requirements = Requirements{.checksum = TemplateChecksum{"a", "b", "", false}};
     }},
    {"Allowlist", [](Rule& r) { allow(r, {.stop_words = {"x"}}); }},
    {"AllowlistAll", [](Rule& r) { allow(r, {.all = true, .stop_words = {"x"}}); }},
    {"AllowlistTarget",
     [](Rule& r) { allow(r, {.target = AllowTarget::kLine, .stop_words = {"x"}}); }},
    {"AllowlistRegexes", [](Rule& r) { allow(r, {.regexes = {"x"}}); }},
    {"AllowlistPaths", [](Rule& r) { allow(r, {.paths = {"x"}}); }},
    {"AllowlistCommits", [](Rule& r) { allow(r, {.commits = {"x"}}); }},
};

TEST(RuleSetDigest, ChangesWithEachFieldThatDecides) {
  std::set<std::string> digests = {digest_of(sample())};
  for (const Change& change : kDeciding) {
    Rule rule = sample();
    change.apply(rule);
    EXPECT_TRUE(digests.insert(digest_of(rule)).second) << change.name;
  }
}

TEST(RuleSetDigest, StaysWithWhatOnlyDescribes) {
  Rule rule = sample();
  rule.matches.clear();
  rule.misses.clear();
  rule.references.clear();
  rule.file = "other.yaml";
  rule.line = 8;
  rule.proven = true;
  EXPECT_EQ(digest_of(rule), digest_of(sample()));
  EXPECT_EQ(digest_of(rule).substr(0, 7), "sha256:");
  EXPECT_EQ(digest_of(rule).size(), 7U + 64U);
}

TEST(RuleSetDigest, ChangesWithTheOrderOfRules) {
  Rule other = sample();
  other.id = "other";
  const auto one = RuleSet::create({sample(), other});
  const auto two = RuleSet::create({other, sample()});
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->digest(), two->digest());
}

TEST(RuleCodec, GivesBackEveryField) {
  std::vector<Rule> rules = {sample()};
  for (const Change& change : kDeciding) {
    Rule rule = sample();
    change.apply(rule);
    rules.push_back(rule);
  }
  const auto again = decode_rules(encode_rules(rules));
  ASSERT_TRUE(again);
  ASSERT_EQ(again->size(), rules.size());
  EXPECT_EQ(encode_rules(*again), encode_rules(rules));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    EXPECT_EQ(digest_fields((*again)[i]), digest_fields(rules[i])) << i;
  }
  EXPECT_EQ(again->front().matches.front().text, "acme_{lower:8}");
  EXPECT_TRUE(again->front().matches.front().is_template);
  EXPECT_EQ(again->front().line, 7U);
}

TEST(RuleCodec, RefusesEveryCutOfItsBytes) {
  const std::string bytes = encode_rules({sample()});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_rules(Bytes(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_rules(bytes + "x"));
}

}  // namespace
}  // namespace nhi
