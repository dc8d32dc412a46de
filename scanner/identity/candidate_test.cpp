#include "scanner/identity/candidate.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

struct Rules {
  Rules() {
    generic.id = "generic-password";
    generic.generic = true;
    specific.id = "acme-token";
    first.id = first.indicator = "cis1.host.gas";
    first.kind = RuleKind::kIndicator;
    second.id = second.indicator = "cis1.path.login";
    second.kind = RuleKind::kIndicator;
    second.needs = {{"cis1.host.", std::nullopt}};
    near.id = near.indicator = "cis2.client-auth";
    near.kind = RuleKind::kIndicator;
    near.needs = {{"cis2.issuer", 3}};
    issuer.id = issuer.indicator = "cis2.issuer";
    issuer.kind = RuleKind::kIndicator;
    site.owner.format = "mirth.channel";
    site.form = Form::kPlaintext;
  }
  Rule generic, specific, first, second, near, issuer;
  Site site;
};

Candidate at(const Rule& rule, Span span, std::uint64_t line = 1) {
  Candidate candidate;
  candidate.rule = &rule;
  candidate.blob = candidate.text = span;
  candidate.value = SecretText("v");
  candidate.line = line;
  candidate.confidence = rule.confidence;
  return candidate;
}

std::vector<Candidate> list(std::vector<Candidate*> items) {
  std::vector<Candidate> out;
  for (Candidate* item : items) out.push_back(std::move(*item));
  return out;
}

TEST(Fuse, OneSecretIsOneFindingAndTheSiteWins) {
  const Rules rules;
  Candidate generic = at(rules.generic, {10, 30});
  generic.account = "from the rule";
  Candidate specific = at(rules.specific, {12, 28});
  Candidate site = at(rules.specific, {10, 30});
  site.rule = nullptr;
  site.site = &rules.site;
  const auto fused = fuse(list({&generic, &specific, &site}));
  ASSERT_EQ(fused.size(), 1U);
  EXPECT_EQ(fused[0].rule_id(), "site.mirth.channel");
  EXPECT_EQ(fused[0].also, (std::vector<std::string>{"acme-token", "generic-password"}));
  EXPECT_EQ(fused[0].account, "from the rule") << "what the site does not say is filled in";
}

TEST(Fuse, PrefersVerifiedThenSpecificThenGeneric) {
  const Rules rules;
  Candidate generic = at(rules.generic, {0, 40});
  Candidate verified = at(rules.generic, {5, 20});
  verified.verified = true;
  Candidate specific = at(rules.specific, {6, 21});
  const auto fused = fuse(list({&generic, &specific, &verified}));
  ASSERT_EQ(fused.size(), 1U);
  EXPECT_TRUE(fused[0].verified);
}

TEST(Fuse, OfTwoGenericRulesOnTheSameBytesTheSurerWins) {
  Rules rules;
  Rule command = rules.generic;
  command.id = "zzz-command-password";
  rules.generic.names = NameFamily::kPassword;
  Candidate named = at(rules.generic, {10, 30});
  named.confidence = Level::kLow;
  Candidate placed = at(command, {10, 30});
  placed.confidence = Level::kHigh;
  const auto fused = fuse(list({&named, &placed}));
  ASSERT_EQ(fused.size(), 1U);
  EXPECT_EQ(fused[0].rule_id(), "zzz-command-password");
}

TEST(Fuse, TakesTheInnermostOfEquals) {
  const Rules rules;
  Candidate outer = at(rules.generic, {0, 40});
  Candidate inner = at(rules.generic, {8, 24});
  inner.chain = {Encoding::kBase64};
  const auto fused = fuse(list({&outer, &inner}));
  ASSERT_EQ(fused.size(), 1U);
  EXPECT_EQ(fused[0].chain.size(), 1U);
}

TEST(Fuse, KeepsNeighboursThatOnlyTouch) {
  const Rules rules;
  Candidate a = at(rules.generic, {0, 10});
  Candidate b = at(rules.generic, {10, 20});
  EXPECT_EQ(fuse(list({&a, &b})).size(), 2U);
}

TEST(Fuse, KeepsIndicatorsOfDifferentKindsOnTheSameBytes) {
  const Rules rules;
  Candidate host = at(rules.first, {0, 30});
  Candidate same = at(rules.first, {5, 30});
  Candidate path = at(rules.second, {0, 30});
  EXPECT_EQ(fuse(list({&host, &same, &path})).size(), 2U);
}

TEST(ApplyNeighbours, DropsWhatStandsAlone) {
  const Rules rules;
  Candidate path = at(rules.second, {0, 5});
  auto alone = list({&path});
  apply_neighbours(alone);
  EXPECT_TRUE(alone.empty());
  Candidate again = at(rules.second, {0, 5});
  Candidate host = at(rules.first, {10, 15}, 900);
  auto both = list({&again, &host});
  apply_neighbours(both);
  EXPECT_EQ(both.size(), 2U);
}

TEST(ApplyNeighbours, CountsLines) {
  const Rules rules;
  for (const auto& [line, kept] : {std::pair{4U, 2U}, std::pair{5U, 1U}}) {
    Candidate issuer = at(rules.issuer, {0, 5}, 1);
    Candidate near = at(rules.near, {100, 105}, line);
    auto candidates = list({&issuer, &near});
    apply_neighbours(candidates);
    EXPECT_EQ(candidates.size(), kept) << "line " << line;
  }
}

}  // namespace
}  // namespace nhi
