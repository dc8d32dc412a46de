#include "scanner/match/literal_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using match_test::make_rule;
using match_test::make_set;

std::uint32_t position(const LiteralTable& table, const std::string& literal) {
  const auto& all = table.literals();
  return static_cast<std::uint32_t>(std::find(all.begin(), all.end(), literal) - all.begin());
}

std::vector<RuleIndex> listed(const LiteralTable& table, const std::string& literal,
                              RuleShare share) {
  const auto rules = table.rules(position(table, literal), share);
  return {rules.begin(), rules.end()};
}

// Rule 1 counts only beside rule 0; rule 2 does as well, but rule 3 asks for it.
RuleSet rules_in_each_role() {
  Rule alone = make_rule("alone", "secret=[a-z]{4}");
  Rule waits = make_rule("waits", "secret:[a-z]{4}");
  waits.needs = {{"alone", std::nullopt}};
  Rule asked_for = make_rule("asked-for", "secret;[a-z]{4}");
  asked_for.needs = {{"alone", std::nullopt}};
  Rule asks = make_rule("asks", "secret![a-z]{4}");
  asks.required = {{"asked-for", std::nullopt, std::nullopt}};
  return make_set({alone, waits, asked_for, asks});
}

TEST(LiteralTable, PutsRulesInCompanyApart) {
  const RuleSet rules = rules_in_each_role();
  EXPECT_EQ(rules_in_company(rules), (std::vector<bool>{false, true, false, false}));
  const LiteralTable table(rules);
  EXPECT_EQ(listed(table, "secret:", RuleShare::kAlone), std::vector<RuleIndex>{});
  EXPECT_EQ(listed(table, "secret:", RuleShare::kInCompany), std::vector<RuleIndex>{RuleIndex{1}});
  EXPECT_EQ(listed(table, "secret:", RuleShare::kAll), std::vector<RuleIndex>{RuleIndex{1}});
  EXPECT_EQ(listed(table, "secret;", RuleShare::kAlone), std::vector<RuleIndex>{RuleIndex{2}});
}

TEST(LiteralTable, SaysWhichLiteralsAShareAsksFor) {
  const LiteralTable table(rules_in_each_role());
  const auto wanted = [&](const std::string& literal, RuleShare share) -> bool {
    const std::vector<bool> by_literal = table.wanted_by(share);
    return by_literal[position(table, literal)];
  };
  EXPECT_FALSE(wanted("secret:", RuleShare::kAlone));
  EXPECT_TRUE(wanted("secret:", RuleShare::kInCompany));
  EXPECT_TRUE(wanted("secret;", RuleShare::kAlone));
  EXPECT_FALSE(wanted("secret;", RuleShare::kInCompany));
  EXPECT_TRUE(wanted("secret:", RuleShare::kAll));
  EXPECT_TRUE(wanted("secret;", RuleShare::kAll));
}

TEST(LiteralTable, ListsEveryRuleOfALiteral) {
  Rule names;
  names.id = "names";
  names.names = NameFamily::kSecret;
  Rule in_company = make_rule("b", "(?i)secret [0-9]{4}");
  in_company.needs = {{"a", std::nullopt}};
  const LiteralTable table(make_set({in_company, names, make_rule("a", "(?i)secret=[0-9]{4}"),
                                     make_rule("c", "(?i)secret-?[0-9]{4}")}));
  const auto names_of = table.name_rules(position(table, "secret"));
  EXPECT_EQ(std::vector<RuleIndex>(names_of.begin(), names_of.end()),
            std::vector<RuleIndex>{RuleIndex{1}});
  EXPECT_EQ(table.longest(), std::string("secret=").size());
}

TEST(LiteralTable, LooksBehindTheLiteralForAllOfItsRules) {
  const LiteralTable table(
      make_set({make_rule("a", "(?i)token[0-9]{4}"), make_rule("b", "(?i)token[a-z]{4}")}));
  const std::uint32_t token = position(table, "token");
  const auto may = [&](const std::string& view) {
    return table.may_go_on(token, RuleShare::kAlone, view, 5);
  };
  EXPECT_TRUE(may("token1"));
  EXPECT_TRUE(may("tokenx"));
  EXPECT_FALSE(may("token="));
  EXPECT_FALSE(may("token"));
}

}  // namespace
}  // namespace nhi
