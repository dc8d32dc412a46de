#include "scanner/match/prefilter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

namespace nhi {
namespace {

using Hit = std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>;

struct Collector final : LiteralSink {
  void on_literal(std::uint32_t literal, std::uint64_t start, std::uint64_t end) override {
    hits.emplace_back(literal, start, end);
  }
  std::vector<Hit> hits;
};

// With all that this processor has, once it was seen that less of it finds the same.
std::vector<Hit> found(const std::vector<std::string>& literals, Bytes view) {
  const Prefilter prefilter(literals);
  std::vector<Hit> hits;
  for (const Instructions level :
       {Instructions::kPlain, Instructions::kWide, Instructions::kWidest}) {
    if (level > best_instructions()) break;
    Collector collector;
    prefilter.find(view, collector, level);
    std::sort(collector.hits.begin(), collector.hits.end());
    if (level != Instructions::kPlain) {
      EXPECT_EQ(collector.hits, hits);
    }
    hits = std::move(collector.hits);
  }
  return hits;
}

std::vector<Hit> found_plainly(const std::vector<std::string>& literals, Bytes view) {
  std::vector<Hit> hits;
  for (std::uint32_t i = 0; i < literals.size(); ++i) {
    for (std::size_t at = 0; at + literals[i].size() <= view.size(); ++at) {
      const bool same =
          std::equal(literals[i].begin(), literals[i].end(),
                     view.begin() + static_cast<std::ptrdiff_t>(at), [](char a, char b) {
                       return fold_byte(static_cast<unsigned char>(a)) ==
                              fold_byte(static_cast<unsigned char>(b));
                     });
      if (same) hits.emplace_back(i, at, at + literals[i].size());
    }
  }
  std::sort(hits.begin(), hits.end());
  return hits;
}

TEST(Prefilter, FindsLiteralsWhateverTheirCase) {
  EXPECT_EQ(found({"akia", "ghp_"}, "x AKIA y aKiA z GHP_"),
            (std::vector<Hit>{{0, 2, 6}, {0, 9, 13}, {1, 16, 20}}));
}

TEST(Prefilter, FindsLiteralsAtBothEdges) {
  EXPECT_EQ(found({"abc"}, "abc"), (std::vector<Hit>{{0, 0, 3}}));
  EXPECT_EQ(found({"abc"}, "-----abc"), (std::vector<Hit>{{0, 5, 8}}));
  EXPECT_TRUE(found({"abc"}, "").empty());
  EXPECT_TRUE(found({"abc"}, "ab").empty());
}

TEST(Prefilter, ReportsOverlappingAndNestedLiterals) {
  EXPECT_EQ(found({"aaa", "password", "pass", "pass"}, "aaaa password"),
            (std::vector<Hit>{{0, 0, 3}, {0, 1, 4}, {1, 5, 13}, {2, 5, 9}, {3, 5, 9}}));
}

TEST(Prefilter, TakesLiteralsOfOneAndTwoBytes) {
  EXPECT_EQ(found({"x", "pw"}, "xPWx\npw"),
            (std::vector<Hit>{{0, 0, 1}, {0, 3, 4}, {1, 1, 3}, {1, 5, 7}}));
}

TEST(Prefilter, KeepsApartWhatTheCoarseFoldJoins) {
  EXPECT_TRUE(found({"a@b"}, "a`b A`B").empty());
  EXPECT_EQ(found({"a[b]"}, "a{b} A[B]"), (std::vector<Hit>{{0, 5, 9}}));
}

TEST(Prefilter, FoldsLatin1LettersAsRe2DoesInBytes) {
  EXPECT_EQ(found({"gru\xDF", "caf\xE9"}, "CAF\xC9"), (std::vector<Hit>{{1, 0, 4}}));
  EXPECT_TRUE(found({"\xF7\xF7\xF7"}, "\xD7\xD7\xD7").empty());  // division and multiplication
}

TEST(Prefilter, PassesOverWhatIsNotChosen) {
  Collector collector;
  Prefilter({"pass", "word", "key"}, {true, false, true}).find("password: key", collector);
  std::sort(collector.hits.begin(), collector.hits.end());
  EXPECT_EQ(collector.hits, (std::vector<Hit>{{0, 0, 4}, {2, 10, 13}}));
}

TEST(PrefilterOracle, EqualsComparingAtEveryPosition) {
  std::mt19937_64 random(7);
  const std::string alphabet =
      "aAbB@`_- \n\xC9\xE9"
      "0";
  for (int round = 0; round < 400; ++round) {
    std::vector<std::string> literals;
    for (std::size_t i = 0; i < 1 + random() % 12; ++i) {
      std::string text;
      for (std::size_t j = 0; j < 1 + random() % 6; ++j) {
        text.push_back(alphabet[random() % alphabet.size()]);
      }
      literals.push_back(text);
    }
    std::string view;
    for (std::size_t i = 0; i < random() % 200; ++i) {
      view.push_back(alphabet[random() % alphabet.size()]);
    }
    ASSERT_EQ(found(literals, view), found_plainly(literals, view)) << "round " << round;
  }
}

// A view is looked at in chunks of 2 KiB.
TEST(PrefilterOracle, FindsLiteralsAcrossTheEdgesOfChunks) {
  const std::vector<std::string> literals = {"password", "pw", "key=", "x", "-----begin "};
  for (std::size_t at = 2030; at < 2060; ++at) {
    for (const std::string& literal : literals) {
      std::string view(at, '.');
      view += literal;
      ASSERT_EQ(found(literals, view), found_plainly(literals, view)) << literal << " at " << at;
      view += std::string(4096 - view.size() % 2048, '.') + literal;
      ASSERT_EQ(found(literals, view), found_plainly(literals, view)) << literal << " at " << at;
    }
  }
}

// Bytes at every distance from both ends and from the edges of chunks, in text that nearly matches.
TEST(PrefilterOracle, FindsThousandLiteralsInRandomText) {
  std::mt19937_64 random(29);
  const std::string letters = "abcdefghijklmnopqrstuvwxyzABCXYZ0189_-=.: \n\x80\xE9";
  const auto text_of = [&](std::size_t size) {
    std::string text;
    while (text.size() < size) text.push_back(letters[random() % letters.size()]);
    return text;
  };
  std::vector<std::string> literals;
  for (int i = 0; i < 1000; ++i) literals.push_back(text_of(2 + random() % 9));
  for (const std::size_t size : {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65},
                                 std::size_t{2048}, std::size_t{2117}, std::size_t{9000}}) {
    std::string view = text_of(size);
    for (int i = 0; i < 40 && size > 12; ++i) {
      const std::string& one = literals[random() % literals.size()];
      view.replace(random() % (view.size() - one.size()), one.size(), one);
    }
    EXPECT_EQ(found(literals, view), found_plainly(literals, view)) << size;
  }
}

}  // namespace
}  // namespace nhi
