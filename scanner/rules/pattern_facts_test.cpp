#include "scanner/rules/pattern_facts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <string>

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct FactsCase {
  std::string_view name;
  std::string_view pattern;
  std::optional<std::size_t> max_bytes;
  std::vector<std::string> literals;
};

const FactsCase kCases[] = {
    {"Literal", "AcMe", 4, {"acme"}},
    {"Prefixed", R"(\bacme_(?P<secret>[0-9A-Za-z]{32})\b)", 37, {"acme_"}},
    {"SmallClass", "gh[pousr]_[A-Z]{3}", 7, {"gho_", "ghp_", "ghr_", "ghs_", "ghu_"}},
    {"Alternation", "(?:AKIA|ASIA)[0-9]{4}", 8, {"akia", "asia"}},
    {"RedundantAlternatives", "pass(?:word|wd)?=", 9, {"pass=", "passwd=", "password="}},
    {"TheShorterCovers", "(?:api)?token", 8, {"token"}},
    {"OptionalHead", "(?:aws.)?secret_key", 14, {"secret_key"}},
    {"LongerTextWins", "abc.+secret_access_key", std::nullopt, {"secret_access_key"}},
    {"FixedRepeat", "-{5}BEGIN", 10, {"-----begin"}},
    {"PlusKeepsItsText", "(?:abc)+x*", std::nullopt, {"abc"}},
    {"StarKeepsNothing", "(?:abc)*", std::nullopt, {}},
    {"OneBranchWithoutText", "abcd|[0-9]+", std::nullopt, {}},
    {"TooShort", "ab[0-9]", 3, {}},
    {"BraceIsOrdinary", "abc{x}", 6, {"abc{x}"}},
    {"OpenRepeat", "abc{2,}", std::nullopt, {"abcc"}},
    {"LazyRepeat", "token.{0,9}?end", 17, {"token"}},
    {"Quoted", R"(\Qa.b*c\E)", 5, {"a.b*c"}},
    {"HexEscapes", R"(\x41\x{42}\103)", 3, {"abc"}},
    {"HighByteIsNoText", R"(abc\xe9def)", 7, {"abc"}},
    {"EmptyWidth", R"(^\babc\B$)", 3, {"abc"}},
    {"EmptyWidthRepeated", R"((?:\b)*abc)", 3, {"abc"}},
    {"FlagsInside", "(?i)abc(?-s:.)(?i:DEF)", 7, {"abc"}},
    {"ClassWithBracket", "[]a]bc", 3, {"]bc", "abc"}},
    {"ClassWithNamedSet", "[[:alpha:]_]abc", 4, {"abc"}},
    {"NegatedClass", "[^a]abc", 4, {"abc"}},
    {"ClassWithTrailingMinus", "[a-]bc", 3, {"-bc", "abc"}},
    {"UnicodeProperty", R"(\p{Lu}abc\pN)", 5, {"abc"}},
};

class PatternFactsTest : public testing::TestWithParam<FactsCase> {};

TEST_P(PatternFactsTest, AreThoseWorkedOutByHand) {
  const auto facts = analyse_pattern(GetParam().pattern);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->max_bytes, GetParam().max_bytes);
  EXPECT_EQ(facts->literals, GetParam().literals);
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  EXPECT_TRUE(re2::RE2(std::string(GetParam().pattern), options).ok());
}
INSTANTIATE_TEST_SUITE_P(Table, PatternFactsTest, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PatternFacts, SayWhatStandsBeforeALiteral) {
  const auto before = [](std::string_view pattern) {
    return analyse_pattern(pattern)->literals_before;
  };
  EXPECT_EQ(before("abc"), 0U);
  EXPECT_EQ(before(R"(\bpat[0-9]{14})"), 0U);
  EXPECT_EQ(before("[0-9]{2,14}abc.{3}"), 14U);
  EXPECT_EQ(before("(?:.{3}abc|abcd|x.{4}abc)"), 9U);  // `abc` may be the one in `abcd`
  EXPECT_EQ(before(".*abc"), std::nullopt);
}

TEST(PatternFacts, SayWhatStandsBehindALiteral) {
  const auto next = [](std::string_view pattern, char byte) {
    return analyse_pattern(pattern)->literals_next.test(static_cast<unsigned char>(byte));
  };
  EXPECT_TRUE(next(R"(user\s+[a-z]+)", ' '));
  EXPECT_FALSE(next(R"(user\s+[a-z]+)", '='));
  EXPECT_FALSE(next(R"((?:x*user\s+|y+user\d)[a-z]+)", '='));
  EXPECT_TRUE(next(R"(user\s*[a-z]+)", '='));  // the walk does not look past what may be empty
  EXPECT_TRUE(next(R"((?:user|users)\s)", 's'));
  EXPECT_TRUE(next("user", '='));
}

TEST(PatternFacts, KnowTheBytesOfAMatch) {
  const auto alphabet = [](std::string_view pattern) {
    std::string found;
    const MatchShape shape = analyse_pattern(pattern)->shape;
    for (unsigned i = 0; i < 256; ++i) {
      if (shape.alphabet.test(i)) found += static_cast<char>(i);
    }
    return found;
  };
  EXPECT_EQ(alphabet(R"(\b[0-9a-c]{3}\.$)"), ".0123456789ABCabc");
  EXPECT_EQ(alphabet(R"([\d_]x)"), "0123456789X_x");
  EXPECT_EQ(alphabet(R"(\s)"), "\t\n\f\r ");
  EXPECT_EQ(alphabet(R"([^\S ])"), "\t\n\f\r");
  EXPECT_EQ(alphabet(R"([[:digit:]x])").size(), 256U);
  EXPECT_EQ(alphabet(R"([^\pL])").size(), 256U);
  EXPECT_EQ(alphabet(R"([^"<\s])").size(), 256U - 7);
}

TEST(PatternFacts, NumberNamedGroupsAsRe2Does) {
  const std::string pattern = R"((a)(?:b)(?P<account>c)(?i)((?P<secret>d))\(x[(]y)";
  const auto facts = analyse_pattern(pattern);
  ASSERT_TRUE(facts);
  const re2::RE2 regex(pattern, re2::RE2::Latin1);
  ASSERT_TRUE(regex.ok());
  ASSERT_EQ(facts->groups.size(), regex.NamedCapturingGroups().size());
  for (const PatternGroup& group : facts->groups) {
    EXPECT_EQ(regex.NamedCapturingGroups().at(group.name), group.number) << group.name;
  }
}

TEST(PatternFacts, AreNotClaimedOfUnknownSyntax) {
  for (const std::string_view text : {"(", ")", "[a", "a(?<n>b)", R"(\Z)", R"(\1)", "(?P=x)", "*a",
                                      R"(abc\)", "a{2000}", R"(\x4)"}) {
    EXPECT_FALSE(analyse_pattern(text)) << text;
  }
  EXPECT_FALSE(analyse_pattern(std::string(5000, '(') + std::string(5000, ')')));
}

// The prefilter folds ASCII letters only. That is enough because RE2's other folds of ASCII letters
// (the Kelvin sign, the long s) lie beyond Latin-1.
TEST(PatternFacts, CaselessAsciiHasNoFoldOutsideAscii) {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_case_sensitive(false);
  options.set_never_nl(false);
  for (int pattern_byte = 0; pattern_byte < 0x80; ++pattern_byte) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto high = static_cast<std::size_t>(pattern_byte / 16);
    const auto low = static_cast<std::size_t>(pattern_byte % 16);
    const re2::RE2 regex(std::string("\\x") + kHex[high] + kHex[low], options);
    for (int byte = 0; byte < 256; ++byte) {
      const std::string text(1, static_cast<char>(byte));
      const auto fold = [](int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; };
      EXPECT_EQ(re2::RE2::FullMatch(text, regex), fold(byte) == fold(pattern_byte))
          << pattern_byte << " " << byte;
    }
  }
}

// Texts made of the alphabet of small random patterns: whatever RE2 matches must hold a literal and
// be no longer than claimed.
class RandomPatterns {
 public:
  explicit RandomPatterns(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t n) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>((state_ >> 33) % n);
  }
  std::string pattern(int depth) {
    std::string text;
    const std::size_t pieces = 1 + below(4);
    for (std::size_t i = 0; i < pieces; ++i) {
      if (i > 0 && below(6) == 0) text += "|";
      text += atom(depth);
      static constexpr std::string_view kRepeats[] = {"",  "",    "",      "?",  "*",
                                                      "+", "{2}", "{0,2}", "??", "{1,}"};
      text += kRepeats[below(std::size(kRepeats))];
    }
    return text;
  }
  std::string text() {
    std::string made(below(14), 'a');
    for (char& c : made) c = "abcABC_-\n"[below(9)];
    return made;
  }

 private:
  std::string atom(int depth) {
    static constexpr std::string_view kAtoms[] = {"a",     "b",   "C",     "abc", "_",      "[ab]",
                                                  "[^a]",  ".",   "\\w",   "\\b", "^",      "$",
                                                  "[a-c]", "bca", "\\x61", "cab", "(?i:Ab)"};
    if (depth > 0 && below(3) == 0) {
      const std::string inner = pattern(depth - 1);
      return (below(2) == 0 ? "(" : "(?:") + inner + ")";
    }
    return std::string(kAtoms[below(std::size(kAtoms))]);
  }
  std::uint64_t state_;
};

bool stands_in(const std::string& match, const std::string& text, const RequiredTexts& list) {
  for (std::size_t at = match.find(text); at != std::string::npos; at = match.find(text, at + 1)) {
    const std::size_t end = at + text.size();
    const bool followed = end < match.size()
                              ? list.next.test(static_cast<unsigned char>(match[end]))
                              : list.next.all();
    if (at <= list.before.value_or(match.size()) && followed) return true;
  }
  return false;
}

void expect_shape(const MatchShape& shape, re2::StringPiece match, const std::string& pattern) {
  EXPECT_GE(match.size(), shape.least) << pattern;
  std::size_t row = 0;
  std::size_t longest = 0;
  for (const char c : match) {
    const auto byte = static_cast<unsigned char>(c);
    EXPECT_TRUE(shape.alphabet.test(byte)) << pattern << " on " << std::string(match);
    row = shape.run.bytes.test(byte) ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  EXPECT_GE(longest, shape.run.least) << pattern << " on " << std::string(match);
}

TEST(PatternFacts, HoldForEveryMatchOfRandomPatterns) {
  RandomPatterns random(20261125);
  std::size_t with_literals = 0;
  std::size_t matches = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string pattern = random.pattern(2);
    re2::RE2::Options options(re2::RE2::Latin1);
    options.set_log_errors(false);
    options.set_case_sensitive(random.below(2) == 0);
    const re2::RE2 regex(pattern, options);
    if (!regex.ok()) continue;
    const auto facts = analyse_pattern(pattern);
    ASSERT_TRUE(facts) << pattern;
    with_literals += facts->literals.empty() ? 0 : 1;
    for (int attempt = 0; attempt < 40; ++attempt) {
      const std::string text = random.text();
      re2::StringPiece match;
      if (!regex.Match(text, 0, text.size(), re2::RE2::UNANCHORED, &match, 1)) continue;
      ++matches;
      if (facts->max_bytes) {
        EXPECT_LE(match.size(), *facts->max_bytes) << pattern;
      }
      expect_shape(facts->shape, match, pattern);
      std::string folded(match);
      for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      for (const RequiredTexts& list : facts->required) {
        const auto holds = [&](const std::string& literal) {
          return stands_in(folded, literal, list);
        };
        EXPECT_TRUE(std::any_of(list.texts.begin(), list.texts.end(), holds))
            << pattern << " on " << folded;
      }
    }
  }
  EXPECT_GT(with_literals, 500U);
  EXPECT_GT(matches, 10'000U);
}

TEST(PatternFacts, KnowTheTextsWithinGroups) {
  const auto facts =
      analyse_pattern("(?i)(?P<secret>\\b(?:ssb|gas)[a-z]{0,9}(?:key|word))[0-9]{2}");
  ASSERT_TRUE(facts);
  const auto lists = [&](const std::vector<std::string>& texts) {
    return std::any_of(facts->required.begin(), facts->required.end(),
                       [&](const RequiredTexts& list) { return list.texts == texts; });
  };
  EXPECT_TRUE(lists({"gas", "ssb"}));
  EXPECT_TRUE(lists({"key", "word"}));
}

TEST(PatternFacts, LookForWhatIsRarer) {
  const auto literals = [](std::string_view pattern) {
    return analyse_pattern(pattern).value_or(PatternFacts{}).literals;
  };
  EXPECT_EQ(literals("(?i)azure[a-z]{0,9}key"), std::vector<std::string>{"azure"});
  EXPECT_EQ(literals("(?i)key[a-z]{0,9}zqx"), std::vector<std::string>{"zqx"});
  // Two bytes are no literal, however rare.
  EXPECT_EQ(literals("(?i)zq[a-z]{0,9}key"), std::vector<std::string>{"key"});
}

}  // namespace
}  // namespace nhi
