#include "scanner/match/matcher.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "scanner/base/hash.hpp"
#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;

void expect_same(const RuleSet& set, Bytes view, const ViewContext& context = {}) {
  Matcher fast(set);
  Matcher slow(set);
  Collector by_windows;
  Collector by_judge;
  ASSERT_TRUE(fast.scan(view, context, by_windows).has_value());
  ASSERT_TRUE(slow.scan_plainly(view, context, by_judge).has_value());
  ASSERT_EQ(by_windows.seen, by_judge.seen) << "view of " << view.size() << " bytes";
}

TEST(MatcherOracle, EqualsOneRegexPerRuleOnRandomPieces) {
  const RuleSet set = make_set(window_rules());
  const std::vector<std::string> pieces = {"key_abcd",
                                           "key_abc",
                                           "KEY_abcd",
                                           "_",
                                           " ",
                                           "\n",
                                           "tok123",
                                           "tok12",
                                           "pin=123",
                                           "pin=1",
                                           "\npin=12345\n",
                                           "@@end",
                                           "abcdefghijklmnop",
                                           "a1b2",
                                           "a",
                                           ";",
                                           ";zed",
                                           "mno",
                                           "mnoooooooooo",
                                           "p",
                                           "abc1",
                                           "XBCD22",
                                           "z",
                                           "BEG",
                                           "FIN",
                                           "phone",
                                           "123-456",
                                           "\xC9",
                                           "\r\n",
                                           "  pin=99"};
  std::mt19937_64 random(41);
  for (int round = 0; round < 1500; ++round) {
    std::string view;
    const std::size_t count = random() % 60;
    for (std::size_t i = 0; i < count; ++i) view += pieces[random() % pieces.size()];
    ASSERT_NO_FATAL_FAILURE(expect_same(set, view)) << "round " << round;
  }
}

TEST(MatcherOracle, EqualsOneRegexPerRuleAcrossChunks) {
  // Views longer than one chunk of the search, dense with hits so that windows merge.
  const RuleSet set = make_set(window_rules());
  std::mt19937_64 random(5);
  const std::vector<std::string> pieces = {
      "key_abcd ", "x1@@end", "a--;zed",  "mnooop",           "abc1 ",
      "BEG",       "FIN",     "pin=12\n", "yyyyyyyyyyyyyyyy", "a"};
  for (int round = 0; round < 12; ++round) {
    std::string view;
    while (view.size() < 60'000) view += pieces[random() % pieces.size()];
    ASSERT_NO_FATAL_FAILURE(expect_same(set, view)) << "round " << round;
  }
}

TEST(MatcherOracle, EqualsOneRegexPerRuleForTheBuiltInRules) {
  std::vector<std::string> examples;
  std::uint64_t seed = 1;
  for (const Rule& rule : builtin_set().rules()) {
    for (const auto* list : {&rule.matches, &rule.misses}) {
      for (const Example& one : *list) {
        examples.push_back(one.is_template ? made(one.text, ++seed) : one.text);
      }
    }
  }
  std::mt19937_64 random(99);
  for (int round = 0; round < 25; ++round) {
    std::string view;
    for (int i = 0; i < 40; ++i) {
      view += examples[random() % examples.size()];
      view += random() % 3 == 0 ? "" : random() % 2 == 0 ? "\n" : "  ";
    }
    const auto syntax = static_cast<Syntax>(random() % 9);
    ASSERT_NO_FATAL_FAILURE(expect_same(builtin_set(), view, {syntax, round % 2 == 0}));
  }
}

TEST(Matcher, KeepsTheContextOfAWindow) {
  Rule rule = make_rule("edge", R"(\bident[0-9]{3}\b)");
  const RuleSet set = make_set({rule});
  Matcher matcher(set);
  for (const auto& [text, wanted] :
       std::vector<std::pair<std::string, std::size_t>>{{"ident123", 1},
                                                        {"xident123", 0},
                                                        {"ident1234", 0},
                                                        {"-ident123-", 1},
                                                        {"\xE9ident123", 1}}) {
    Collector collector;
    ASSERT_TRUE(matcher.scan(text, {}, collector).has_value());
    EXPECT_EQ(collector.matches.size(), wanted) << text;
  }
}

TEST(Matcher, TakesNoMatchLongerThanItsBound) {
  const RuleSet set = make_set({bounded("run", "<<<[a-z]*>", 10)});
  Matcher matcher(set);
  Collector collector;
  ASSERT_TRUE(matcher.scan("<<<abcdef> <<<abcdefg> <<<ab>", {}, collector).has_value());
  ASSERT_EQ(collector.matches.size(), 2U);
  EXPECT_EQ(collector.matches[0].whole, (Span{0, 10}));
  EXPECT_EQ(collector.matches[1].whole, (Span{23, 29}));
}

TEST(Matcher, HandsOverByStartThenRule) {
  const RuleSet set = make_set(
      {make_rule("b", "zabc[0-9]"), make_rule("a", "abc[0-9]"), make_rule("c", "abc[0-9]")});
  Matcher matcher(set);
  Collector collector;
  ASSERT_TRUE(matcher.scan("abc1 zabc2", {}, collector).has_value());
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  for (const Match& m : collector.matches) {
    order.emplace_back(m.whole.start, static_cast<std::uint32_t>(m.rule));
  }
  EXPECT_EQ(order, (std::vector<std::pair<std::uint64_t, std::uint32_t>>{
                       {0, 1}, {0, 2}, {5, 0}, {6, 1}, {6, 2}}));
}

TEST(Matcher, ForgetsOneViewBeforeTheNext) {
  const RuleSet set = make_set(window_rules());
  Matcher matcher(set);
  Collector first;
  Collector second;
  ASSERT_TRUE(matcher.scan("BEG key_abcd", {}, first).has_value());
  ASSERT_TRUE(matcher.scan("FIN key_abcd", {}, second).has_value());
  EXPECT_EQ(second.matches.size(), 1U);
  EXPECT_EQ(matcher.stats().views, 2U);
}

TEST(Matcher, CapturesAccountAndTarget) {
  const RuleSet set = make_set({make_rule(
      "url", R"(db://(?P<account>\w{1,20}):(?P<secret>[^@\s]{1,40})@(?P<target>[\w.]{1,40}))")});
  Matcher matcher(set);
  const std::string view = "x db://svc:" + made("{password:12}") + "@db01.local y";
  Collector collector;
  ASSERT_TRUE(matcher.scan(view, {}, collector).has_value());
  ASSERT_EQ(collector.matches.size(), 1U);
  EXPECT_EQ(slice(view, collector.matches[0].account), "svc");
  EXPECT_EQ(slice(view, collector.matches[0].secret), made("{password:12}"));
  EXPECT_EQ(slice(view, collector.matches[0].target), "db01.local");
}

// --- cost and threads ------------------------------------------------------------------------

TEST(MatcherCost, StaysLinearInDenseNearMatches) {
  const auto cost = [](const std::string& piece, std::size_t bytes) {
    Matcher matcher(builtin_set());
    std::string view;
    while (view.size() < bytes) view += piece;
    Collector collector;
    EXPECT_TRUE(matcher.scan(view, {Syntax::kData, false}, collector).has_value());
    return static_cast<double>(matcher.stats().searched_bytes);
  };
  for (const std::string& piece :
       {std::string("password="), std::string("AKIA"), std::string("-----BEGIN "),
        std::string("\"secret\":\""), std::string("postgres://a:"), std::string("token: '"),
        std::string("key")}) {
    const double one = cost(piece, 50'000);
    const double four = cost(piece, 200'000);
    EXPECT_LT(four, 6 * one + 1e6) << piece;
  }
}

TEST(MatcherCost, ReadsOneLineOfTenMegabytes) {
  std::string view;
  const std::string filler = R"({"id":12,"name":"a row of data","password":"","t":null},)";
  while (view.size() < 10'000'000) view += filler;
  const std::string value = made("{password:14}", 8);
  view.insert(5'000'000 / filler.size() * filler.size(), R"({"password":")" + value + "\"},");
  Matcher matcher(builtin_set());
  Collector collector;
  ASSERT_TRUE(matcher.scan(view, {Syntax::kData, false}, collector).has_value());
  bool found = false;
  for (const Match& match : collector.matches) found = found || slice(view, match.secret) == value;
  EXPECT_TRUE(found);
}

TEST(MatcherThreads, ShareOneRuleSet) {
  std::string view;
  for (std::uint64_t i = 0; i < 200; ++i) {
    view += "password = \"" + made("{password:12}", i) +
            "\"\nurl: postgres://svc:" + made("{password:9}", i) + "@db01:5432/pas\n";
  }
  auto rules = builtin_rules();
  ASSERT_TRUE(rules.has_value());
  const RuleSet set = make_set(std::move(*rules));  // fresh: the threads compile the patterns
  std::vector<std::vector<Seen>> seen(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < seen.size(); ++t) {
    threads.emplace_back([&, t] {
      Matcher matcher(set);
      Collector collector;
      EXPECT_TRUE(matcher.scan(view, {Syntax::kConfig, false}, collector).has_value());
      seen[t] = std::move(collector.seen);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(seen[0].empty());
  for (const auto& one : seen) EXPECT_EQ(one, seen[0]);
}

TEST(MatchStats, MergeAddsEveryCount) {
  MatchStats a;
  a.views = 1;
  a.rejected["masked"] = 2;
  MatchStats b;
  b.views = 2;
  b.engine_failures = 1;
  b.rejected["masked"] = 3;
  b.rejected["entropy"] = 1;
  a.merge(b);
  EXPECT_EQ(a.views, 3U);
  EXPECT_EQ(a.engine_failures, 1U);
  EXPECT_EQ(a.rejected.at("masked"), 5U);
  EXPECT_EQ(a.rejected.at("entropy"), 1U);
}

// What is looked for in two goes is what is looked for in one.
TEST(Matcher, RulesAloneAndInCompanyAreAllRules) {
  const RuleSet& rules = match_test::builtin_set();
  Matcher matcher(rules);
  std::size_t in_company = 0;
  for (const Rule& rule : rules.rules()) {
    for (const Example& example : rule.matches) {
      std::string text = example.text;
      if (example.is_template) {
        const auto expanded = expand_template(example.text, 1);
        ASSERT_TRUE(expanded) << example.text;
        text = *expanded;
      }
      const auto seen = [&](RuleShare share) {
        Collector found;
        EXPECT_TRUE(matcher.scan(text, {}, found, share));
        return found.seen;
      };
      auto both = seen(RuleShare::kAlone);
      const auto company = seen(RuleShare::kInCompany);
      in_company += company.size();
      both.insert(both.end(), company.begin(), company.end());
      auto all = seen(RuleShare::kAll);
      std::sort(both.begin(), both.end());
      std::sort(all.begin(), all.end());
      ASSERT_EQ(both, all) << rule.id;
    }
  }
  EXPECT_GT(in_company, 30U);
}

}  // namespace
}  // namespace nhi
