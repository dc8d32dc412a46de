// Claims about what a change of a text makes of its matches. The judge is scan() of the new text;
// the built-in rules and real texts are put to the same test in sweep/versions_test.cpp.
#include <gtest/gtest.h>

#include <random>

#include "scanner/base/test_text_change.hpp"
#include "scanner/match/matcher.hpp"
#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

Rule named(std::string id, NameFamily family) {
  Rule rule = make_rule(std::move(id), "");
  rule.names = family;
  rule.generic = true;
  return rule;
}

std::vector<Rule> rules_of_all_kinds() {
  std::vector<Rule> rules = window_rules();
  rules.push_back(make_rule("start", R"(\Atop[0-9]{3})"));
  rules.push_back(make_rule("end", R"(tail[0-9]{3}\z)"));
  return rules;
}

// A text and its trace, changed step by step.
class Changing {
 public:
  Changing(const RuleSet& set, std::string text) : matcher_(set), text_(std::move(text)) {
    (void)look(TextChange::all_new(text_.size()), text_);
  }
  // Bytes of [from, to) are replaced by `fresh`.
  Held change(std::size_t from, std::size_t to, const std::string& fresh) {
    std::string text = text_;
    const TextChange change = test::replace_in(text, from, to, fresh);
    return look(change, std::move(text));
  }
  Held look(const TextChange& change, std::string text) {
    MatchTrace after;
    const std::uint64_t bytes = matcher_.stats().bytes;
    const Held held = matcher_.look_over(text, {}, RuleShare::kAll, change, trace_, after);
    looked_ = matcher_.stats().bytes - bytes;
    trace_ = std::move(after);
    text_ = std::move(text);
    Collector all;
    EXPECT_TRUE(matcher_.scan(text_, {}, all, RuleShare::kAll));
    EXPECT_EQ(held == Held::kNothing, all.seen.empty()) << told(all);
    return held;
  }
  [[nodiscard]] static std::string told(const Collector& all) {
    std::string out;
    for (const Match& match : all.matches) {
      out += "rule " + std::to_string(static_cast<std::uint32_t>(match.rule)) + " at " +
             std::to_string(match.whole.start) + " to " + std::to_string(match.whole.end) + "\n";
    }
    return out;
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::uint64_t looked() const { return looked_; }

 private:
  Matcher matcher_;
  std::string text_;
  MatchTrace trace_;
  std::uint64_t looked_ = 0;
};

std::string filling(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "nothing of note stands on this line\n";
  return text;
}

TEST(MatcherChange, LooksOnlyWhereBytesChanged) {
  const RuleSet set = make_set(rules_of_all_kinds());
  Changing text(set, filling(50'000));
  EXPECT_EQ(text.change(20'000, 20'001, "x"), Held::kNothing);
  EXPECT_LT(text.looked(), 200U);
}

TEST(MatcherChange, FindsWhatACutJoins) {
  const RuleSet set = make_set(rules_of_all_kinds());
  Changing text(set, filling(9'000) + "key_ab" + filling(1'000) + "cd \n" + filling(1'000));
  const std::size_t first = text.text().find("key_ab") + 6;
  const std::size_t second = text.text().find("cd \n");
  EXPECT_EQ(text.change(first, second, ""), Held::kFound);
  EXPECT_EQ(text.change(10, 11, "y"), Held::kAsKept);
  const std::size_t at = text.text().find("key_abcd");
  EXPECT_EQ(text.change(at + 8, at + 8, "e"), Held::kNothing) << "no word of four letters any more";
}

TEST(MatcherChange, KnowsWhereATextBeginsAndEnds) {
  const RuleSet set = make_set(rules_of_all_kinds());
  Changing text(set, "x" + std::string("top123\n") + filling(1'000) + "tail123" + filling(1'000));
  EXPECT_EQ(text.change(0, 1, ""), Held::kFound) << "first in the text now";
  EXPECT_EQ(text.change(0, 0, "x"), Held::kNothing);
  const std::size_t tail = text.text().find("tail123") + 7;
  EXPECT_EQ(text.change(tail, text.text().size(), ""), Held::kFound) << "last in the text now";
}

TEST(MatcherChange, LooksAtTheWholeForRulesThatDo) {
  const RuleSet set = make_set(rules_of_all_kinds());
  Changing text(set, "BEG\n" + filling(40'000));
  EXPECT_EQ(text.change(39'000, 39'000, " FIN "), Held::kFound);
  EXPECT_EQ(text.change(100, 101, "x"), Held::kFound);
  EXPECT_EQ(text.change(0, 1, "b"), Held::kNothing);
}

TEST(MatcherChange, JudgesAgainWhatTheRestOfItsLineSays) {
  std::vector<Rule> rules;
  rules.push_back(named("named", NameFamily::kPassword));
  const RuleSet set = make_set(std::move(rules));
  Changing text(set, filling(9'000) + "password = \n" + filling(9'000));
  const std::size_t at = text.text().find("password = ") + 11;
  EXPECT_EQ(text.change(at, at, "'kU7-xQ2!mB9z'"), Held::kFound);
  EXPECT_EQ(text.change(17'900, 17'901, "y"), Held::kAsKept);
}

// How far readers of names look, one limit after the other: the change is as far away as it may be.
class MatcherChangeOfNames : public ::testing::Test {
 protected:
  static RuleSet make() {
    std::vector<Rule> rules;
    rules.push_back(named("named", NameFamily::kPassword));
    return make_set(std::move(rules));
  }
  // `before` with the first `old` in it replaced.
  static Held replaced(const std::string& text, const std::string& old, const std::string& fresh) {
    const RuleSet set = make();
    Changing changing(set, filling(9'000) + text + filling(9'000));
    const std::size_t at = changing.text().find(old, 9'000 - 40);
    EXPECT_NE(at, std::string::npos);
    return changing.change(at, at + old.size(), fresh);
  }
};

TEST_F(MatcherChangeOfNames, SeesALineBecomeAHeader) {
  const RuleSet set = make();
  const std::string comment = "# " + std::string(120, 'c') + "\n";
  std::string table;
  for (int i = 0; i < 6; ++i) table += comment;
  table += "login,password\nsvc,kU7-xQ2!mB9z\n";
  Changing text(set, filling(3'000) + table + filling(3'000));
  EXPECT_EQ(text.change(0, text.text().find(comment), ""), Held::kFound);
}

TEST_F(MatcherChangeOfNames, SeesARowBecomeATable) {
  std::string cells;
  for (int i = 0; i < 18; ++i)
    cells += " cell of many words and no meaning" + std::to_string(i) + " |";
  const std::string table =
      "\n" + cells + " password|\n" + "|---|---|\n" + "|" + cells + " kU7-xQ2!mB9z |\n";
  EXPECT_EQ(replaced(table, "\n cell", "\n| cell"), Held::kFound);
}

TEST_F(MatcherChangeOfNames, SeesASignFarBehindItsName) {
  const std::string blanks(79, ' ');
  const std::string name = "password" + blanks + "{ get; set; }" + blanks;
  EXPECT_EQ(replaced("\n" + name + "; 'kU7-xQ2!mB9z'\n", "; 'k", "= 'k"), Held::kFound);
}

TEST_F(MatcherChangeOfNames, SeesAWordOnTheLineBeforeItsName) {
  EXPECT_EQ(replaced("\n<add nane=\n\"password\" value=\"kU7-xQ2!mB9z\" />\n", "nane", "name"),
            Held::kFound);
}

TEST_F(MatcherChangeOfNames, SeesAValueFarBehindItsSign) {
  const std::string text = "\npassword =" + std::string(70, ' ') + "\n" + std::string(70, ' ') +
                           "new " + "Password" + std::string(30, 's') + "(" + std::string(70, ' ');
  EXPECT_EQ(replaced(text + "x'kU7-xQ2!mB9z')\n", "x'k", "'k"), Held::kFound);
}

// What its line says of a value is weighed, however far away it stands.
TEST_F(MatcherChangeOfNames, ReachToTheEndsOfTheLineOfWhatWasJudged) {
  const RuleSet set = make();
  Matcher matcher(set);
  const std::string code(3'000, ';');
  const std::string text =
      filling(3'000) + code + "password = 'xxxxxxxxxxxx'" + code + "\n" + filling(500);
  MatchTrace trace;
  EXPECT_EQ(
      matcher.look_over(text, {}, RuleShare::kAll, TextChange::all_new(text.size()), {}, trace),
      Held::kNothing);
  const std::size_t stem = text.find("password");
  const auto hit = std::find_if(trace.hits.begin(), trace.hits.end(), [&](const TracedHit& one) {
    return one.start >= stem && one.start < stem + 8 && one.before > 3'000;
  });
  ASSERT_NE(hit, trace.hits.end());
  EXPECT_GE(hit->behind, 3'030);
}

TEST(MatcherChange, JudgesAgainWhatARowOfDigitsAroundItSays) {
  std::vector<Rule> rules;
  rules.push_back(make_rule("token", "tok[a-z0-9]{10}"));
  const RuleSet set = make_set(std::move(rules));
  const std::string digits(150, 'A');
  Changing text(set, filling(9'000) + digits + "tokq7w8e9r1t2" + digits + "\n" + filling(9'000));
  const std::size_t at = text.text().find("tok") - 100;
  EXPECT_EQ(text.change(at, at, " "), Held::kFound);
}

TEST(MatcherChange, EqualsAScanAfterAnyChange) {
  const RuleSet set = make_set(rules_of_all_kinds());
  const std::vector<std::string> pieces = {
      "key_abcd", "key_ab", " ",       "\n", "pin=123", "\npin=1", "@@end", "abcd12", "BEG",
      "FIN",      "top123", "tail123", ";",  "cd",      "line",    "@@",    "_",      "k"};
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    Changing text(set, filling(3'000));
    for (int step = 0; step < 30; ++step) {
      const std::size_t size = text.text().size();
      const std::size_t from = random() % (size + 1);
      const std::size_t cut = random() % 3 == 0 ? random() % 400 : random() % 4;
      std::string fresh;
      for (std::size_t i = random() % 3; i > 0; --i) fresh += pieces[random() % pieces.size()];
      if (random() % 8 == 0) fresh += filling(300);
      (void)text.change(from, std::min(size, from + cut), fresh);
      ASSERT_FALSE(HasFailure()) << seed << " " << step;
    }
  }
}

}  // namespace
}  // namespace nhi
