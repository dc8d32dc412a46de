#include "scanner/decode/telling_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "scanner/base/processor.hpp"
#include "scanner/decode/based.hpp"
#include "scanner/decode/based_rows.hpp"
#include "scanner/decode/test_encoders.hpp"

namespace nhi {
namespace {

// All that this processor has.
std::vector<Instructions> levels() {
  std::vector<Instructions> all;
  for (const Instructions level :
       {Instructions::kPlain, Instructions::kWide, Instructions::kWidest}) {
    if (level <= best_instructions()) all.push_back(level);
  }
  return all;
}

using Seen = std::tuple<Encoding, std::uint64_t, std::uint64_t, std::size_t>;

// Names, paths, identifiers, and texts in either encoding, whole, cut and joined with marks.
std::string some_row(test::Random& random) {
  static constexpr std::string_view kMarks = "+/-_";
  static constexpr std::string_view kWords[] = {"usr",    "include", "some",  "longFunctionName",
                                                "config", "AAAA",    "00",    "deadbeef",
                                                "2026",   "20",      "P7Sg=", "\\n"};
  std::string row;
  for (std::size_t parts = 1 + random() % 4; parts > 0; --parts) {
    std::string text = test::canary(random, 4 + random() % 40);
    if (random() % 3 == 0) text[random() % text.size()] = static_cast<char>(random() % 256);
    if (random() % 8 == 0) text = test::code_units(text, 2, random() % 2 == 0);
    switch (random() % 4) {
      case 0:
        row += to_base64(text).substr(random() % 3);
        while (random() % 4 != 0 && row.ends_with('=')) row.pop_back();
        break;
      case 1:
        row += to_hex(text).substr(random() % 3);
        break;
      default:
        row += kWords[random() % std::size(kWords)];
    }
    if (random() % 2 == 0) row += kMarks[random() % kMarks.size()];
  }
  return row;
}

template <class Find>
void add_seen(Find find, Bytes bytes, std::size_t least, std::vector<Seen>& seen) {
  find(bytes, least, [&](const EncodedText& text) {
    seen.emplace_back(text.encoding, text.hull().start, text.hull().end, text.lines.size());
  });
}

// A line of a wrapped text may be looked at twice.
void sort_and_join(std::vector<Seen>& seen) {
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
}

// The finders of one encoding look at every row.
TEST(TellingRows, HideNothingThatEveryRowShows) {
  test::Random random(20261129);
  std::size_t shown = 0;
  for (int round = 0; round < 20'000; ++round) {
    static constexpr std::string_view kBetween[] = {"\n",  " ", "=", "\"",   "\r\n  ",
                                                    "\\n", "(", "",  "\xA6", "\xFF\x80"};
    std::string text;
    for (std::size_t rows = 1 + random() % 8; rows > 0; --rows) {
      text += some_row(random) + std::string(kBetween[random() % std::size(kBetween)]);
    }
    const std::size_t least = 1 + random() % 12;
    std::vector<Seen> all;
    add_seen(find_base64, text, least, all);
    add_seen(find_hex, text, least, all);
    sort_and_join(all);
    for (const Instructions level : levels()) {
      std::vector<Seen> chosen;
      const auto find = [level](Bytes bytes, std::size_t min, const auto& visit) {
        find_based(bytes, min, visit, level);
      };
      add_seen(find, text, least, chosen);
      sort_and_join(chosen);
      ASSERT_EQ(chosen, all) << "round " << round << " level " << static_cast<int>(level);
    }
    shown += all.size();
  }
  EXPECT_GT(shown, 10'000U);
}

TEST(TellingRows, AreFoundUpToTheEndOfTheView) {
  const std::string encoded = to_base64("password=hunter2");
  for (std::size_t before = 0; before < 140; ++before) {
    const std::string text = std::string(before, ' ') + encoded.substr(0, encoded.find('='));
    for (const Instructions level : levels()) {
      EXPECT_EQ(next_telling_row(text, 0, 11, level), (Span{before, text.size()}));
      EXPECT_TRUE(next_telling_row(text, text.size(), 11, level).empty());
    }
  }
}

TEST(TellingRows, BeginWrappedTextsWithoutTheLetterOfAnEscape) {
  const std::string text = "\\n" + to_base64("a text of many words").substr(0, 22) + "\n" +
                           to_base64("that goes on here").substr(0, 20) + "\n";
  for (const Instructions level : levels()) {
    EXPECT_EQ(next_telling_row(text, 0, 23, level), (Span{1, 24}));
  }
}

// Met by the fuzzer: bits of the byte behind a row reached into its last digits.
TEST(TellingRows, DoNotDependOnTheByteBehindThem) {
  const std::string row = "cGFzc3dvcQq";  // ends in a line feed, which the next value is not
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string text = row + static_cast<char>(byte) + std::string(70, ' ');
    if (is_base64_digit(text[row.size()])) continue;
    for (const Instructions level : levels()) {
      EXPECT_EQ(next_telling_row(text, 0, 11, level), (Span{0, row.size()})) << byte;
    }
  }
}

TEST(TellingRows, AreNoNamesAndPathsOfPrograms) {
  if (best_instructions() == Instructions::kPlain) GTEST_SKIP() << "every row is looked at here";
  const std::string text =
      "#include \"scanner/decode/byte_looks.hpp\"\nstatic int some_longer_function_name(int);\n"
      "connectionStringBuilder = 3f2a8c11-9d4e-4b6a-8c8d-1f0e9d8c7b6a;\n";
  for (const Instructions level : levels()) {
    if (level == Instructions::kPlain) continue;
    EXPECT_TRUE(next_telling_row(text, 0, 11, level).empty());
  }
}

}  // namespace
}  // namespace nhi
