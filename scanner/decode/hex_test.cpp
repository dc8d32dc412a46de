#include "scanner/decode/hex.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace nhi {
namespace {

const std::string kDigits = "757365723a70617373776f7264";  // user:password

std::vector<Span> rows_in(const std::string& text, Span span) {
  std::vector<Span> rows;
  const std::function<void(const EncodedText&)> visit = [&](const EncodedText& found) {
    rows.push_back(found.hull());
  };
  HexFinder finder(text, 4, visit);
  finder.look_in(span);
  return rows;
}

TEST(HexFinder, LooksWhereItIsTold) {
  const std::string text = kDigits + " " + kDigits;
  const Span first{0, kDigits.size()};
  const Span second{kDigits.size() + 1, text.size()};
  EXPECT_EQ(rows_in(text, {0, text.size()}), (std::vector<Span>{first, second}));
  EXPECT_EQ(rows_in(text, first), std::vector<Span>{first});
  EXPECT_EQ(rows_in(text, second), std::vector<Span>{second});
}

TEST(HexFinder, DecodesInBothCases) {
  EXPECT_EQ(decode_hex("757365723A", {0, 10}).bytes, "user:");
  EXPECT_EQ(decode_hex("757365723a", {0, 10}).bytes, "user:");
}

TEST(HexFinder, FindsARowLargerThanOneLook) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += kDigits;
  EXPECT_EQ(rows_in(text, {0, text.size()}), (std::vector<Span>{{0, text.size()}}));
}

// One pass over rows of base64 digits meets every row of hexadecimal ones.
TEST(FindBased, FindsWhatBothFindersFind) {
  const std::string text = "x=" + kDigits + "+" + kDigits + "\ncGFzc3dvcmQ9aHVudGVyMg== \\n" +
                           kDigits + "\n" + kDigits + kDigits + "\n" + kDigits + kDigits + "\n";
  std::vector<std::pair<Encoding, std::uint64_t>> both;
  std::vector<std::pair<Encoding, std::uint64_t>> apart;
  find_based(text, 4, [&](const EncodedText& found) {
    both.emplace_back(found.encoding, found.hull().start);
  });
  const auto note = [&](const EncodedText& found) {
    apart.emplace_back(found.encoding, found.hull().start);
  };
  find_base64(text, 4, note);
  find_hex(text, 4, note);
  std::sort(both.begin(), both.end());
  std::sort(apart.begin(), apart.end());
  EXPECT_EQ(both, apart);
  EXPECT_GE(both.size(), 6U);
}

}  // namespace
}  // namespace nhi
