#include "scanner/rules/rule_yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scanner/base/limits.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/yaml_tree.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kMinimal = R"(- id: acme-key
  name: Acme key
  pattern: 'acme_[a-z]{8}'
  category: saas
  severity: high
  confidence: high
  matches: [acme_abcdefgh]
  misses: [acme_]
)";

TEST(RuleYaml, ReadsEveryKey) {
  const std::string text = R"(- id: acme.key-2
  name: Acme key
  kind: credential
  pattern: '\bacme_(?P<secret>[a-z]{8})'
  case_insensitive: true
  keywords: [acme_]
  max_match: 64
  entropy: 3.25
  checksum: {kind: crc32-hex, over: all}
  structure: base64
  generic: true
  category: saas
  principal: application
  role: account
  severity: low
  confidence: critical
  rotator: http.acme
  public_prefix: acme_
  stop_words: [example, "123"]
  not_after: ['sha256:']
  needs: [{prefix: cis2., lines: 5}, {prefix: cis1.}]
  raised_by: [{prefix: spine.}]
  parts: [{prefix: acme-secret, lines: 5, bytes: 300}, {prefix: generic-}]
  matches: ['key = acme_abcdefgh', {template: 'acme_{lower:8}'}]
  misses: [acme_]
  references: ['https://example.com/']
)";
  const auto rules = parse_rules_yaml(text, "acme.yaml");
  ASSERT_TRUE(rules) << rules.error().message();
  ASSERT_EQ(rules->size(), 1U);
  const Rule& rule = rules->front();
  EXPECT_EQ(rule.id, "acme.key-2");
  EXPECT_TRUE(rule.case_insensitive);
  EXPECT_THAT(rule.keywords, ElementsAre("acme_"));
  EXPECT_EQ(rule.max_match, 64U);
  EXPECT_EQ(rule.entropy, 3.25);
  ASSERT_TRUE(rule.checksum);
  EXPECT_EQ(rule.checksum->kind, ChecksumKind::kCrc32Hex);
  EXPECT_TRUE(rule.checksum->over_prefix);
  EXPECT_EQ(rule.checksum->last, 8U);
  EXPECT_EQ(rule.structure, Structure::kBase64);
  EXPECT_TRUE(rule.generic);
  EXPECT_EQ(rule.principal, Principal::kApplication);
  EXPECT_EQ(rule.role, Role::kAccount);
  EXPECT_EQ(rule.severity, Level::kLow);
  EXPECT_EQ(rule.confidence, Level::kCritical);
  EXPECT_THAT(rule.stop_words, ElementsAre("example", "123"));
  EXPECT_THAT(rule.not_after, ElementsAre("sha256:"));
  ASSERT_EQ(rule.needs.size(), 2U);
  EXPECT_EQ(rule.needs[0].lines, 5U);
  EXPECT_EQ(rule.needs[1].lines, std::nullopt);
  EXPECT_EQ(rule.raised_by.front().prefix, "spine.");
  ASSERT_EQ(rule.parts.size(), 2U);
  EXPECT_EQ(rule.parts[0].prefix, "acme-secret");
  EXPECT_EQ(rule.parts[0].lines, 5U);
  EXPECT_EQ(rule.parts[0].bytes, 300U);
  EXPECT_EQ(rule.parts[1].lines, std::nullopt);
  EXPECT_FALSE(rule.matches[0].is_template);
  EXPECT_TRUE(rule.matches[1].is_template);
  EXPECT_EQ(rule.file, "acme.yaml");
  EXPECT_EQ(rule.line, 1U);
}

TEST(RuleYaml, GivesIndicatorsTheirDefaults) {
  const auto rules = parse_rules_yaml(R"(- id: cis1.host.gas
  name: Gas host
  kind: indicator
  class: CIS1
  subclass: spine
  pattern: 'gas\.nhs'
  max_match: whole
  matches: [gas.nhs]
  misses: [gas]
)",
                                      "n.yaml");
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->front().indicator, "cis1.host.gas");
  EXPECT_EQ(rules->front().category, "nhs");
  EXPECT_EQ(rules->front().indicator_class, IndicatorClass::kCis1);
  EXPECT_TRUE(rules->front().whole_view);
}

TEST(RuleYaml, JoinsAPatternThatIsAList) {
  std::string text(kMinimal);
  const std::string_view whole = "'acme_[a-z]{8}'";
  text.replace(text.find(whole), whole.size(), "['acme_', '[a-z]{8}']");
  const auto rules = parse_rules_yaml(text, "r.yaml");
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->front().pattern, "acme_[a-z]{8}");
}

TEST(RuleYaml, TakesNamesOrEveryUuidInPlaceOfAPattern) {
  const auto rules = parse_rules_yaml(
      "- {id: a, name: A, names: token, category: x, severity: low, confidence: low, matches: [x], "
      "misses: [y]}\n"
      "- {id: b, name: B, structure: uuid, tests_only: true, category: x, severity: low, "
      "confidence: low, matches: [x], misses: [y]}\n",
      "r.yaml");
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ((*rules)[0].names, NameFamily::kToken);
  EXPECT_TRUE((*rules)[0].generic);
  EXPECT_TRUE((*rules)[1].tests_only);
  const auto set = RuleSet::create(*rules);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->compiled(RuleIndex{0}).literals, (std::vector<std::string>{"token"}));
  EXPECT_TRUE(set->compiled(RuleIndex{1}).every_uuid);
}

TEST(RuleYaml, TakesAnEmptyListAsNoRules) {
  const auto rules = parse_rules_yaml("[]\n", "n.yaml");
  ASSERT_TRUE(rules);
  EXPECT_TRUE(rules->empty());
}

struct RefusalCase {
  std::string_view name;
  std::string_view change_from;  // this line of kMinimal …
  std::string_view change_to;    // … becomes this
  std::string_view what;
  std::string_view subject;
  std::string_view hint;
};
constexpr RefusalCase kRefusals[] = {
    {"UnknownKey", "  name:", "  nmae:", "rule 'acme-key': unknown key 'nmae'", "r.yaml:2",
     "did you mean 'name'?"},
    {"UnknownWord", "severity: high", "severity: hihg", "unknown value of 'severity' 'hihg'",
     "r.yaml:5", "did you mean 'high'?"},
    {"UnknownFarWord", "severity: high", "severity: scarlet", "unknown value of 'severity'",
     "r.yaml:5", "one of low, medium, high, critical"},
    {"NoMatches", "  matches: [acme_abcdefgh]\n", "", "'matches' is missing", "r.yaml:1", ""},
    {"NoMisses", "  misses: [acme_]\n", "", "'misses' is missing", "r.yaml:1", ""},
    {"NoCategory", "  category: saas\n", "", "'category' is missing", "r.yaml:1", ""},
    {"NoId", "id: acme-key", "references: [x]", "'id' is missing", "r.yaml:1", ""},
    {"EmptyMatches", "[acme_abcdefgh]", "[]", "list with at least one entry", "r.yaml:7", ""},
    {"MatchesIsText", "[acme_abcdefgh]", "acme_abcdefgh", "list with at least one entry",
     "r.yaml:7", ""},
    {"BadTemplate", "[acme_abcdefgh]", "[{template: 'a{hexx:8}'}]", "unknown part 'hexx'",
     "r.yaml:7", "did you mean 'hex'?"},
    {"TemplateKey", "[acme_abcdefgh]", "[{templat: 'a'}]", "unknown key 'templat'", "r.yaml:7",
     "did you mean 'template'?"},
    {"BadId", "id: acme-key", "id: Acme_Key", "'id' must be words", "r.yaml:1", ""},
    {"IdEndsOpen", "id: acme-key", "id: acme-", "'id' must be words", "r.yaml:1", ""},
    {"TwiceTheKey", "category: saas", "name: saas", "key 'name' is given twice", "r.yaml:4", ""},
    {"NumberIsText", "category: saas", "category: saas\n  max_match: long",
     "whole number from 1 to", "r.yaml:5", ""},
    {"NumberIsNegative", "category: saas", "category: saas\n  max_match: -4",
     "whole number from 1 to", "r.yaml:5", ""},
    {"EntropyTooHigh", "category: saas", "category: saas\n  entropy: 9", "from 0 to 8", "r.yaml:5",
     ""},
    {"BoolIsText", "category: saas", "category: saas\n  generic: 'true'", "true or false",
     "r.yaml:5", ""},
    {"BoolIsYes", "category: saas", "category: saas\n  generic: yes", "true or false", "r.yaml:5",
     ""},
    {"GroupName", "'acme_[a-z]{8}'", "'acme_(?P<secert>[a-z]{8})'", "unknown group 'secert'",
     "r.yaml:3", "did you mean 'secret'?"},
    {"NamesBesidePattern", "category: saas", "category: saas\n  names: token",
     "'pattern' stands beside 'names'", "r.yaml:1", ""},
    {"NeitherPatternNorNames", "  pattern: 'acme_[a-z]{8}'\n", "", "'pattern' is missing",
     "r.yaml:1", ""},
    {"NotAscii", "'acme_[a-z]{8}'", "'acmé_[a-z]{8}'", "not ASCII", "r.yaml:3",
     "patterns match bytes; write \\xNN for each byte"},
    {"ChecksumKind", "category: saas", "category: saas\n  checksum: {over: all}", "has no 'kind'",
     "r.yaml:5", ""},
    {"ChecksumKey", "category: saas", "category: saas\n  checksum: {kid: crc32-hex}",
     "unknown key 'kid'", "r.yaml:5", "did you mean 'kind'?"},
    {"NearWithoutPrefix", "category: saas", "category: saas\n  needs: [{lines: 3}]",
     "has no 'prefix'", "r.yaml:5", ""},
    {"ClassOnCredential", "category: saas", "category: saas\n  class: CIS1",
     "'class' is for rules of kind indicator", "r.yaml:1", ""},
    {"IndicatorWithoutClass", "category: saas", "kind: indicator", "'class' is missing", "r.yaml:1",
     ""},
    {"NotAList", "- id: acme-key", "x: 1\ny:\n  id: acme-key", "a rule file is a list of rules",
     "r.yaml:1", ""},
    {"RuleIsText", "- id: acme-key", "- acme\n- id: acme-key", "a rule is a map of keys",
     "r.yaml:1", ""},
    {"Anchor", "category: saas", "category: &a saas", "anchors are not allowed", "r.yaml:4", ""},
    {"Alias", "- id: acme-key", "- &x\n  id: acme-key", "anchors are not allowed", "r.yaml:", ""},
    {"Tag", "category: saas", "category: !!str saas", "tags are not allowed", "r.yaml:4", ""},
    {"Broken", "category: saas", "category: [saas", "not YAML", "r.yaml:", ""},
    {"TwoDocuments", "  misses: [acme_]\n", "  misses: [acme_]\n---\n- x\n",
     "more than one YAML document", "r.yaml", ""},
};

class RuleYamlRefusalTest : public testing::TestWithParam<RefusalCase> {};
TEST_P(RuleYamlRefusalTest, NamesPlaceAndRemedy) {
  std::string text(kMinimal);
  const std::size_t at = text.find(GetParam().change_from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, GetParam().change_from.size(), GetParam().change_to);
  const auto rules = parse_rules_yaml(text, "r.yaml");
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error().what, HasSubstr(std::string(GetParam().what)));
  EXPECT_THAT(rules.error().subject, testing::StartsWith(std::string(GetParam().subject)));
  EXPECT_EQ(rules.error().hint, GetParam().hint);
}
INSTANTIATE_TEST_SUITE_P(Table, RuleYamlRefusalTest, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RuleYaml, AcceptsTheRuleThatTheRefusalsChange) {
  const auto rules = parse_rules_yaml(kMinimal, "r.yaml");
  ASSERT_TRUE(rules) << rules.error().message();
  EXPECT_EQ(rules->size(), 1U);
}

TEST(YamlTree, RefusesAliasesOnTheirOwn) {
  const auto root = parse_yaml("- &a x\n- *a\n", "r.yaml");
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().subject, "r.yaml:1");
}

TEST(YamlTree, HasALimitOfDepthAndSize) {
  for (const std::size_t depth : {20U, 400U, 100'000U}) {
    EXPECT_FALSE(parse_yaml(std::string(depth, '['), "r.yaml")) << depth;
    EXPECT_FALSE(parse_yaml(std::string(depth, '[') + std::string(depth, ']'), "r.yaml")) << depth;
  }
  const auto large = parse_yaml(std::string(kRuleFileBytesMax + 1, '#'), "r.yaml");
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
}

TEST(YamlTree, RefusesNulBytesThatWouldHideTheRest) {
  EXPECT_FALSE(parse_yaml(std::string("- a\n\0- b\n", 9), "r.yaml"));
}

TEST(YamlTree, RemembersQuotesLinesAndNulls) {
  const auto root = parse_yaml("a: 'true'\nb: true\nc:\nd: ~\n", "r.yaml");
  ASSERT_TRUE(root) << root.error().message();
  ASSERT_EQ(root->entries.size(), 4U);
  EXPECT_TRUE(root->entries[0].value.quoted);
  EXPECT_FALSE(root->entries[1].value.quoted);
  EXPECT_TRUE(root->entries[2].value.null);
  EXPECT_TRUE(root->entries[3].value.null);
  EXPECT_EQ(root->entries[3].line, 4U);
}

}  // namespace
}  // namespace nhi
