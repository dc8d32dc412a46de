#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "scanner/rules/foreign_rules.hpp"
#include "scanner/rules/rule_check.hpp"
#include "scanner/rules/rule_set.hpp"
#include "scanner/rules/rule_writer.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<std::vector<Rule>> read(const std::string& text) {
  return parse_rules(text, "acme.yml", {});
}

// One sentence of the refusal of `text`: what, where and the hint.
std::string refusal(const std::string& text) {
  const auto rules = read(text);
  if (rules) {
    const auto set = RuleSet::create(*rules);
    return set ? "taken" : set.error().what + " [" + set.error().hint + "]";
  }
  return rules.error().subject + ": " + rules.error().what + " [" + rules.error().hint + "]";
}

// A file of one rule; `more` stands below its three needed keys.
std::string with(const std::string& more, const std::string& pattern = "acme_[a-z0-9]{8}") {
  return "rules:\n  - name: Acme\n    id: kingfisher.acme.1\n    pattern: '" + pattern + "'\n" +
         more;
}

constexpr const char* kSample = R"yaml(rules:
  - name: "Acme
      Key"
    id: kingfisher.acme.1
    pattern: |
      (?x)
      \b ( acme_ (?P<body>[A-Za-z0-9]{30}) (?P<checksum>[A-Za-z0-9]{6}) )  # a key
    min_entropy: 3.5
    confidence: HIGH
    categories: [api, key]
    examples: ['k = acme_x']
    negative_examples: ['k = acne_x']
    references: ['https://acme.example/keys']
    pattern_requirements:
      min_digits: 2
      min_lowercase: 1
      special_chars: '$'
      ignore_if_contains: [' Test ', '']
      checksum:
        actual: {template: '{{ checksum }}', requires_capture: checksum}
        expected: '{{ body | crc32 | base62: 6 }}'
        skip_if_missing: true
    depends_on_rule:
      - rule_id: kingfisher.acme.2
        variable: ID
      - null
    validation:
      type: Http
      content: {request: {method: GET, url: 'https://acme.example', response_matcher: []}}
    tls_mode: lax
  - name: Acme id
    id: np.Acme_Id
    pattern: 'acme-id'
    visible: false
    betterleaks_secret_group: 1
    path: '\.env$'
    depends_on_rule:
      - {rule_id: kingfisher.acme.1, variable: KEY, within: '0'}
)yaml";

TEST(KingfisherRules, AreReadAsTheyAre) {
  const auto rules = read(kSample);
  ASSERT_TRUE(rules) << rules.error().message() << rules.error().subject;
  ASSERT_EQ(rules->size(), 2U);
  const Rule& key = rules->at(0);
  EXPECT_EQ(key.id, "kingfisher.acme.1");
  EXPECT_EQ(key.name, "Acme Key");
  EXPECT_EQ(key.semantics, Semantics::kKingfisher);
  EXPECT_EQ(key.pattern, "\\b(acme_(?P<body>[0-9A-Za-z]{30})(?P<checksum>[0-9A-Za-z]{6}))");
  EXPECT_EQ(key.entropy, 3.5);
  EXPECT_EQ(key.confidence, Level::kHigh);
  EXPECT_EQ(key.severity, Level::kHigh);
  EXPECT_EQ(key.category, "token");
  EXPECT_THAT(key.tags, ElementsAre("api", "key"));
  EXPECT_EQ(key.matches.size(), 1U);
  EXPECT_EQ(key.misses.size(), 1U);
  EXPECT_TRUE(key.reported);
  ASSERT_TRUE(key.requirements);
  EXPECT_EQ(key.requirements->digits, 2U);
  EXPECT_EQ(key.requirements->uppercase, std::nullopt);
  EXPECT_THAT(key.requirements->none_of, ElementsAre("test"));
  EXPECT_EQ(key.requirements->checksum->needs_group, "checksum");
  EXPECT_THAT(key.required, IsEmpty());
  EXPECT_THAT(key.notes,
              ElementsAre(HasSubstr("'depends_on_rule' on kingfisher.acme.2 decides nothing"),
                          HasSubstr("'validation' (Http) is left out")));
  const Rule& id = rules->at(1);
  EXPECT_EQ(id.id, "kingfisher.np.acme-id");
  EXPECT_FALSE(id.reported);
  EXPECT_EQ(id.secret_group, 1U);
  EXPECT_EQ(id.path, "\\.env(?:$|\\n\\z)");
  ASSERT_EQ(id.required.size(), 1U);
  EXPECT_EQ(id.required[0].rule, "kingfisher.acme.1");
}

TEST(KingfisherRules, WrittenAsOursTheyAreTheSame) {
  const auto rules = read(kSample);
  ASSERT_TRUE(rules);
  const auto again = parse_rules(write_rules_yaml(*rules, "acme"), "ours.yaml", {});
  ASSERT_TRUE(again) << again.error().message() << again.error().subject;
  const auto was = RuleSet::create(*rules);
  const auto is = RuleSet::create(*again);
  ASSERT_TRUE(was) << was.error().message();
  ASSERT_TRUE(is) << is.error().message();
  EXPECT_EQ(was->digest(), is->digest());
}

TEST(KingfisherRules, AreExplained) {
  const auto rules = read(kSample);
  ASSERT_TRUE(rules);
  const auto set = RuleSet::create(*rules);
  ASSERT_TRUE(set);
  const std::string text = explain_rule(*set, RuleIndex{0});
  EXPECT_THAT(text, HasSubstr("judged    as kingfisher does"));
  EXPECT_THAT(text, HasSubstr("secret is the group TOKEN"));
  EXPECT_THAT(text, HasSubstr("at least 2 digits"));
  EXPECT_THAT(text, HasSubstr("holds none of: test"));
  EXPECT_THAT(text, HasSubstr("{{ checksum }} is {{ body | crc32 | base62: 6 }}, if it has"));
}

TEST(KingfisherRules, RefusesWithFileLineRuleAndKey) {
  EXPECT_EQ(refusal(with("    min_entrpy: 3\n")),
            "acme.yml:5: rule 'kingfisher.acme.1': unknown key 'min_entrpy' [did you mean "
            "'min_entropy'?]");
  EXPECT_THAT(refusal(with("    betterleaks_filter: {kind: nil}\n")),
              HasSubstr("'betterleaks_filter' is an expression"));
  EXPECT_THAT(refusal(with("    min_entropy: -1\n")), HasSubstr("'min_entropy' must be a number"));
  EXPECT_THAT(refusal(with("    confidence: sure\n")), HasSubstr("'confidence' must be low"));
  EXPECT_THAT(refusal(with("    visible: maybe\n")), HasSubstr("'visible' must be true or false"));
  EXPECT_THAT(refusal(with("", "a(?=b)")), HasSubstr("acme.yml:4: rule 'kingfisher.acme.1': "
                                                     "'pattern' looks around"));
  EXPECT_THAT(refusal(with("", "(a{500}){1000}")), HasSubstr("'pattern' is refused by RE2"));
  EXPECT_THAT(refusal(with("    depends_on_rule: [{rule_id: a, variable: A, within: 5L}]\n")),
              HasSubstr("'within' is not honoured"));
  EXPECT_THAT(refusal("rules:\n  - {name: a, pattern: b}\n"), HasSubstr("'id' is missing"));
  EXPECT_THAT(refusal("rules:\n  - {id: a, pattern: b}\n"),
              HasSubstr("acme.yml:2: rule 'a': 'name' is missing"));
  EXPECT_THAT(refusal("rules:\n  - {name: a, id: '--', pattern: b}\n"),
              HasSubstr("neither letter"));
  EXPECT_THAT(refusal("rules: 3\n"), HasSubstr("must be a list"));
  EXPECT_THAT(refusal("rulez: []\n"), HasSubstr("did you mean 'rules'?"));
  EXPECT_THAT(refusal("{}\n"), HasSubstr("no list 'rules'"));
}

// 1.x has keys that 2.x passes over; a rule of 1.x is no mistake.
TEST(KingfisherRules, TakesKeysOfOlderVersions) {
  EXPECT_EQ(refusal(with("    prevalidated: true\n    description: d\n"
                         "    vectorscan_compatible: false\n    authoritative: true\n")),
            "taken");
}

TEST(KingfisherRules, OfTwoWithOneIdTheLaterCounts) {
  const auto rules = read(
      "rules:\n  - {name: a, id: x, pattern: aaa}\n"
      "  - {name: b, id: x, pattern: bbb}\n");
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 1U);
  EXPECT_EQ(rules->front().name, "b");
  EXPECT_THAT(rules->front().notes, ElementsAre(HasSubstr("takes the place")));
  EXPECT_THAT(refusal("rules:\n  - {name: a, id: x_y, pattern: aaa}\n"
                      "  - {name: b, id: x-y, pattern: bbb}\n"),
              HasSubstr("'id' becomes 'kingfisher.x-y', as that of rule 'x_y' does"));
}

TEST(KingfisherRules, AFolderOfThemIsOneSet) {
  const std::string folder = testing::TempDir() + "/kingfisher-folder";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/a.yml") << "rules:\n  - {name: a, id: x, pattern: aaa}\n";
  std::ofstream(folder + "/b.yaml") << "rules:\n  - {name: b, id: x, pattern: bbb}\n"
                                    << "  - {name: c, id: z, pattern: ccc}\n";
  const auto rules = load_rules(folder, {});
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(rules) << rules.error().message();
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ(rules->at(0).name, "b");
  EXPECT_EQ(rules->at(1).id, "kingfisher.z");
}

TEST(KingfisherRules, OurRulesHaveNoRequirements) {
  const auto rules = parse_rules(
      "- {id: a, name: a, pattern: abc, category: x, severity: low, confidence: low,\n"
      "   matches: [abc], misses: [d], requirements: {min_digits: 1}}\n",
      "ours.yaml", {});
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error().what, HasSubstr("'requirements' are for rules of Kingfisher"));
}

}  // namespace
}  // namespace nhi
