// Claims about what a change of a text makes of its matches. The judge is scan() of the new text;
// the built-in rules and real texts are put to the same test in sweep/versions_test.cpp.
#include <gtest/gtest.h>

#include <random>

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
  std::vector<Rule> rules;
  rules.push_back(make_rule("words", R"(\bkey_[a-z]{4}\b)"));
  rules.push_back(make_rule("lines", R"((?m)^[ \t]{0,3}pin=[0-9]{2,5}$)"));
  Rule open = make_rule("open", R"((?P<secret>[a-z0-9]+)@@end)");
  open.max_match = 12;
  rules.push_back(open);
  Rule whole = make_rule("whole", R"((?s)BEG.*?FIN)");
  whole.whole_view = true;
  rules.push_back(whole);
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
    TextChange change(text_.size());
    change.keep(0, from);
    change.add(fresh.size());
    change.keep(to, text_.size() - to);
    change.finish();
    return look(change, text_.substr(0, from) + fresh + text_.substr(to));
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

TEST(MatcherChange, SeesALineBecomeAHeader) {
  std::vector<Rule> rules;
  rules.push_back(named("named", NameFamily::kPassword));
  const RuleSet set = make_set(std::move(rules));
  Changing text(set, filling(3'000) + "login,password\nsvc,kU7-xQ2!mB9z\n" + filling(3'000));
  EXPECT_EQ(text.change(0, text.text().find("login"), ""), Held::kFound);
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
