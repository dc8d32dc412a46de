#include "scanner/match/regex_search.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <string>

namespace nhi {
namespace {

std::vector<Span> spans(const std::string& pattern, Bytes view, Span range, std::size_t longest,
                        bool chunked = true) {
  const re2::RE2 regex(pattern, re2::RE2::Latin1);
  RegexSearch search;
  search.set_chunked(chunked);
  search.start(regex, view, range, longest, 1);
  std::vector<Span> out;
  while (search.next()) out.push_back(search.group(0));
  EXPECT_FALSE(search.gave_up());
  return out;
}

TEST(RegexSearch, GivesSuccessiveMatches) {
  EXPECT_EQ(spans("a+b", "ab aab b aaab", {0, 13}, 0),
            (std::vector<Span>{{0, 2}, {3, 6}, {9, 13}}));
}

TEST(RegexSearch, CutsATooLongMatchToTheOneThatFits) {
  EXPECT_EQ(spans("a+", "aaaaaaa", {0, 7}, 3), (std::vector<Span>{{0, 3}, {3, 6}, {6, 7}}));
  EXPECT_TRUE(spans("<a*>", "<aaaaaaa>", {0, 9}, 5).empty());
}

TEST(RegexSearch, SeesNeighboursOfTheRange) {
  EXPECT_TRUE(spans(R"(\bab\b)", "xab", {1, 3}, 4).empty());
  EXPECT_TRUE(spans("ab$", "abc", {0, 2}, 4).empty());
  EXPECT_EQ(spans(R"(\bab\b)", "-ab-", {1, 3}, 4).size(), 1U);
}

TEST(RegexSearch, AgreesWithAndWithoutChunks) {
  std::string view;
  for (int i = 0; i < 9000; ++i) view += i % 7 == 0 ? "k1z" : i % 3 == 0 ? "kk" : "1";
  for (const std::size_t longest : {2U, 5U, 40U}) {
    EXPECT_EQ(spans("k[k1]*z?", view, {0, view.size()}, longest, true),
              spans("k[k1]*z?", view, {0, view.size()}, longest, false));
  }
}

TEST(RegexSearch, GivesUpLoudlyWhenTooLongMatchesCostTooMuch) {
  // Near the end every byte starts a match that is too long, and nothing shorter fits.
  const std::string view(300'000, 'k');
  const re2::RE2 regex("k+$", re2::RE2::Latin1);
  RegexSearch search;
  search.start(regex, view, {0, view.size()}, 60'000, 1);
  while (search.next()) {
  }
  EXPECT_TRUE(search.gave_up());
}

TEST(RegexSearch, RefusesAPatternThatDidNotCompile) {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  const re2::RE2 regex("(", options);
  RegexSearch search;
  search.start(regex, "abc", {0, 3}, 0, 1);
  EXPECT_FALSE(search.next());
  EXPECT_TRUE(search.gave_up());
}

}  // namespace
}  // namespace nhi
