// Rules of Betterleaks find here what they find there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

// Seen with Betterleaks 1.7 (built from its source, with Go's own regexp) and 2.0.0-rc.4, each with
// a configuration of this one rule: `pattern` key=(\S+). `version` is 0 where both agree, else the
// one that takes it. `found` is the secret, empty where nothing is found.
struct ParityCase {
  const char* name;
  int version;
  const char* top;   // keys of the file
  const char* rule;  // keys of the rule
  const char* path;
  const char* text;
  const char* found;
};

#define SECRET "finding[\"secret\"]"
#define PATH "attributes[\"path\"]"

constexpr ParityCase kCases[] = {
    {"EntropyAtTheNumberIsDropped", 0, "", "filter='entropy(" SECRET ") <= 2.0'", "a", "key=abcd",
     ""},
    {"EntropyAtTheNumberIsKept", 0, "", "filter='entropy(" SECRET ") < 2.0'", "a", "key=abcd",
     "abcd"},
    {"EntropyIsOfBytes", 0, "", "filter='entropy(" SECRET ") < 1.4'", "a", "key=\xC3\xA9\xC3\xA8",
     "\xC3\xA9\xC3\xA8"},
    {"AFlagStaysWithItsRegex", 0, "", "filter='matchesAny(" SECRET ", [`(?i)zz`, `abc`])'", "a",
     "key=ABCD", "ABCD"},
    {"RegexesSeeTheMatch", 0, "", "filter='matchesAny(finding[\"match\"], [`^key=A`])'", "a",
     "key=ABCD", ""},
    {"RegexesSeeTheSecretAlone", 0, "", "filter='matchesAny(" SECRET ", [`^key=A`])'", "a",
     "key=ABCD", "ABCD"},
    {"WordsAreFoundInAnyCase", 0, "", "filter='containsAny(" SECRET ", [\"bcd\"])'", "a",
     "key=ABCD", ""},
    {"NotTurns", 0, "", "filter='!matchesAny(" SECRET ", [`B`])'", "a", "key=ABCD", "ABCD"},
    {"NotIsInWords", 0, "", "filter='" SECRET " not contains \"B\"'", "a", "key=ABCD", "ABCD"},
    {"AndBindsMoreThanOr", 0, "", "filter='true || true && false'", "a", "key=ABCD", ""},
    {"AndInWords", 0, "", "filter='true and not true'", "a", "key=ABCD", "ABCD"},
    {"ParenthesesBindMore", 0, "", "filter='(true || true) && false'", "a", "key=ABCD", "ABCD"},
    {"LetNamesAPart", 0, "", "filter='let a = matchesAny(" SECRET ", [`B`]); let b = !a; a && !b'",
     "a", "key=ABCD", ""},
    {"AChoiceIsMade", 0, "", "filter='" SECRET " == \"ABCD\" ? false : true'", "a", "key=ABCD",
     "ABCD"},
    {"ATextIsInAList", 0, "", "filter='" SECRET " in [\"x\", \"ABCD\"]'", "a", "key=ABCD", ""},
    {"ATextMatches", 0, "", "filter='" SECRET " matches \"^A\"'", "a", "key=ABCD", ""},
    {"ATextStartsAndEnds", 0, "",
     "filter='finding.secret startsWith \"AB\" && finding.secret endsWith \"CD\"'", "a", "key=ABCD",
     ""},
    {"LengthIsOfCharacters", 0, "", "filter='len(" SECRET ") == 2'", "a", "key=\xC3\xA9\xC3\xA8",
     ""},
    {"NumbersCompareBothWays", 0, "", "filter='2 >= entropy(" SECRET ") && 1.5 > 1'", "a",
     "key=abcd", ""},
    {"ThePathIsAsked", 0, "", "filter='matchesAny(" PATH ", [`md$`])'", "a.md", "key=ABCD", ""},
    {"AnotherPathIsNot", 0, "", "filter='matchesAny(" PATH ", [`md$`])'", "a", "key=ABCD", "ABCD"},
    {"APathThatMayBeMissing", 0, "", "filter='matchesAny((" PATH " ?? \"\"), [`md$`])'", "a.md",
     "key=ABCD", ""},
    {"PathAndSecretTogether", 0, "",
     "filter='matchesAny(" PATH ", [`md$`]) && matchesAny(" SECRET ", [`X`])'", "a.md", "key=ABCD",
     "ABCD"},
    {"AFilterOfAllRules", 0, "filter='matchesAny(" SECRET ", [`^AB`])'", "", "a", "key=ABCD", ""},
    {"BothFiltersAreAsked", 0, "filter='matchesAny(" SECRET ", [`^X`])'",
     "filter='matchesAny(" SECRET ", [`D$`])'", "a", "key=ABCD", ""},
    {"APrefilterSkipsTheFile", 0, "prefilter='matchesAny(" PATH ", [`md$`])'", "", "a.md",
     "key=ABCD", ""},
    {"APrefilterOfOthers", 0, "prefilter='matchesAny(" PATH ", [`md$`])'", "", "a", "key=ABCD",
     "ABCD"},
    {"AnEmptyFilterIsNone", 0, "", "filter=''", "a", "key=ABCD", "ABCD"},
    {"AnEmptyListMatchesNothing", 0, "", "filter='matchesAny(" SECRET ", [])'", "a", "key=ABCD",
     "ABCD"},
    {"CommentsAreSkipped", 0, "", "filter=\"\"\"// one\n/* two */ false // three\"\"\"", "a",
     "key=ABCD", "ABCD"},
    {"BackticksAreDoubled", 0, "",
     "filter='finding[\"match\"] contains `k``` || finding[\"match\"] contains `=`'", "a",
     "key=ABCD", ""},
    {"FunctionsOfTheFirst", 1, "", "filter='filter.entropy(" SECRET ") <= 2'", "a", "key=abcd", ""},
    {"GetOfTheFirst", 1, "", "filter='matchesAny(get(attributes, \"path\", \"\"), [`md$`])'",
     "a.md", "key=ABCD", ""},
    {"LineOfTheFirst", 1, "", "filter='matchesAny(finding[\"line\"], [`^\\nx key=ABCD y$`])'", "a",
     "a\nx key=ABCD y\nb\n", ""},
    {"EntropyOfARuleIsOfBytes", 1, "", "entropy=1.4\nfilter='false'", "a", "key=\xC3\xA9\xC3\xA8",
     "\xC3\xA9\xC3\xA8"},
    {"FlagsOfAnAllowlistStay", 1, "",
     "filter='false'\n[[rules.allowlists]]\nregexes=['(?i)zz', 'abc']", "a", "key=ABCD", "ABCD"},
    {"StopWordsInAnyCase", 1, "", "filter='false'\n[[rules.allowlists]]\nstopwords=['BC']", "a",
     "key=abcd", ""},
    {"AnAllowlistOfAllConditions", 1, "",
     "filter='false'\n[[rules.allowlists]]\ncondition='AND'\npaths=['md$']\nregexes=['AB']", "a.md",
     "key=ABCD", ""},
    {"CapitalsInWordsOfTheSecond", 2, "",
     "confidence='high'\nfilter='containsAny(" SECRET ", [\"BcD\"])'", "a", "key=ABCD", ""},
    {"ValueGroupOfTheSecond", 2, "", "confidence='high'\nvalueGroup=1", "a", "key=ABCD", "ABCD"},
};

#undef SECRET
#undef PATH

RuleSet read(const std::string& top, const std::string& rule) {
  const std::string text = "title='t'\nbetterleaksMinVersion='v1.0.0'\n" + top +
                           "\n[[rules]]\nid='acme'\nregex='''key=(\\S+)'''\nkeywords=['key']\n" +
                           rule + "\n";
  auto rules = parse_rules(text, "acme.toml", {});
  if (!rules) ADD_FAILURE() << rules.error().message();
  return make_set(rules ? std::move(*rules) : std::vector<Rule>());
}

Collector scanned(const RuleSet& set, std::string_view text, std::string_view path) {
  ViewContext context;
  context.path = path;
  Matcher matcher(set);
  Collector found;
  EXPECT_TRUE(matcher.scan(text, context, found).has_value());
  return found;
}

class BetterleaksParity : public testing::TestWithParam<ParityCase> {};

TEST_P(BetterleaksParity, FindsWhatBetterleaksFinds) {
  const ParityCase& row = GetParam();
  const Collector found = scanned(read(row.top, row.rule), row.text, row.path);
  std::string secret;
  for (const Match& match : found.matches) secret += slice(row.text, match.secret);
  EXPECT_EQ(secret, row.found);
}
INSTANTIATE_TEST_SUITE_P(Table, BetterleaksParity, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

// Seen with 2.0.0-rc.4: low.
TEST(Betterleaks, AFilterSetsTheConfidence) {
  const RuleSet set = read("",
                           "confidence='medium'\nfilter='let _ = setConfidence(finding.secret == "
                           "\"ABCD\" ? \"low\" : \"high\"); false'");
  const Collector found = scanned(set, "key=ABCD", "a");
  ASSERT_EQ(found.matches.size(), 1U);
  EXPECT_EQ(found.matches.front().confidence, Level::kLow);
  EXPECT_EQ(scanned(set, "key=other", "a").matches.front().confidence, Level::kHigh);
}

TEST(Betterleaks, WhereNobodyKnowsThePathNothingHangsOnIt) {
  const RuleSet set = read("prefilter='matchesAny(attributes[\"path\"], [`md$`])'",
                           "filter='!matchesAny(attributes[\"path\"], [`txt$`])'");
  Matcher matcher(set);
  Collector found;
  ASSERT_TRUE(matcher.scan("key=ABCD", {}, found).has_value());
  EXPECT_EQ(found.matches.size(), 1U);
  EXPECT_EQ(scanned(set, "key=ABCD", "a.md").matches.size(), 0U);
  EXPECT_EQ(scanned(set, "key=ABCD", "a.txt").matches.size(), 1U);
}

TEST(Betterleaks, OneMatcherAsksEachPlaceAnew) {
  const RuleSet set = read("", "filter='attributes[\"git.sha\"] == \"c1\"'");
  Matcher matcher(set);
  ViewContext context;
  context.path = "a";
  for (const char* commit : {"c1", "c2", "c1", ""}) {
    context.commit = commit;
    Collector found;
    ASSERT_TRUE(matcher.scan("key=ABCD", context, found).has_value());
    EXPECT_EQ(found.matches.empty(), std::string_view(commit) == "c1") << commit;
  }
}

}  // namespace
}  // namespace nhi
