#include "scanner/identity/companions.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

Rule rule_of(std::string id) {
  Rule rule;
  rule.id = std::move(id);
  rule.semantics = Semantics::kGitleaks;
  rule.pattern = "x";
  return rule;
}

Candidate at(const Rule& rule, std::uint64_t offset) {
  Candidate candidate;
  candidate.rule = &rule;
  candidate.match = {offset, offset + 1};
  return candidate;
}

// How many candidates are left of one match of the rule and one of its company?
std::size_t left(const Required& required, std::string_view text, std::uint64_t own,
                 std::uint64_t company) {
  Rule rule = rule_of("key");
  rule.required = {required};
  const Rule host = rule_of("host");
  std::vector<Candidate> candidates;
  candidates.push_back(at(rule, own));
  candidates.push_back(at(host, company));
  apply_required(candidates, text);
  return candidates.size() - 1;
}

TEST(Companions, WithoutADistanceAnywhereInTheFileIsNear) {
  EXPECT_EQ(left({"host", {}, {}}, "a\n\n\n\nb", 0, 5), 1U);
  EXPECT_EQ(left({"other", {}, {}}, "a\n\n\n\nb", 0, 5), 0U);
}

TEST(Companions, LinesAndColumnsMustBothBeNear) {
  const std::string_view text = "a\nbb\ncccccc\n";
  EXPECT_EQ(left({"host", 2, {}}, text, 0, 5), 1U);
  EXPECT_EQ(left({"host", 1, {}}, text, 0, 5), 0U);
  EXPECT_EQ(left({"host", 0, {}}, text, 5, 9), 1U);
  EXPECT_EQ(left({"host", {}, 4}, text, 5, 9), 1U);
  EXPECT_EQ(left({"host", {}, 3}, text, 5, 9), 0U);
  EXPECT_EQ(left({"host", 1, 3}, text, 2, 8), 1U);
  EXPECT_EQ(left({"host", 0, 3}, text, 2, 8), 0U);
  EXPECT_EQ(left({"host", 1, 2}, text, 2, 8), 0U);
}

// Gitleaks counts the columns of the first line from 1, those of all others from 2.
TEST(Companions, ColumnsOfTheFirstLineAreOneLess) {
  EXPECT_EQ(left({"host", {}, 0}, "a\nbb\n", 0, 2), 0U);
  EXPECT_EQ(left({"host", {}, 1}, "a\nbb\n", 0, 2), 1U);
}

TEST(Companions, EveryRequiredRuleMustBeThere) {
  Rule rule = rule_of("key");
  rule.required = {{"host", {}, {}}, {"user", {}, {}}};
  const Rule host = rule_of("host");
  const Rule user = rule_of("user");
  std::vector<Candidate> candidates;
  candidates.push_back(at(rule, 0));
  candidates.push_back(at(host, 0));
  apply_required(candidates, "a");
  ASSERT_EQ(candidates.size(), 1U);
  candidates.push_back(at(rule, 0));
  candidates.push_back(at(user, 0));
  apply_required(candidates, "a");
  EXPECT_EQ(candidates.size(), 3U);
}

// What is dropped for want of company is company for others all the same: no chains.
TEST(Companions, CompanyNeedNotHaveItsOwn) {
  Rule rule = rule_of("key");
  rule.required = {{"host", {}, {}}};
  Rule host = rule_of("host");
  host.required = {{"nobody", {}, {}}};
  std::vector<Candidate> candidates;
  candidates.push_back(at(rule, 0));
  candidates.push_back(at(host, 0));
  apply_required(candidates, "a");
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates[0].rule->id, "key");
}

TEST(Companions, CompanyOnlyIsNotReported) {
  Rule host = rule_of("host");
  host.reported = false;
  Rule rule = rule_of("key");
  rule.required = {{"host", {}, {}}};
  std::vector<Candidate> candidates;
  candidates.push_back(at(rule, 0));
  candidates.push_back(at(host, 0));
  apply_required(candidates, "a");
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates[0].rule->id, "key");
}

TEST(Companions, AFileMayBeFoundByItsPath) {
  Rule rule = rule_of("p12");
  rule.pattern.clear();
  rule.path = R"(\.p12$)";
  Allowlist list;
  list.paths = {"^test/"};
  rule.allowlists.push_back(std::make_shared<const Allowlist>(list));
  rule.confidence = Level::kMedium;
  const auto set = RuleSet::create({rule});
  ASSERT_TRUE(set) << set.error().message();
  Conditions conditions(*set);
  ViewContext context;
  const auto hits = [&](std::string_view path) {
    context.path = path;
    return judge_file_rules(*set, conditions, context, "content").candidates.size();
  };
  EXPECT_EQ(hits("keys/a.p12"), 1U);
  EXPECT_EQ(hits("test/a.p12"), 0U);
  EXPECT_EQ(hits("a.txt"), 0U);
  EXPECT_EQ(hits(""), 0U);
  context.path.reset();
  const FileRuleHits unknown = judge_file_rules(*set, conditions, context, "content");
  EXPECT_TRUE(unknown.candidates.empty());
  EXPECT_EQ(unknown.unjudged, 1U);
}

}  // namespace
}  // namespace nhi
