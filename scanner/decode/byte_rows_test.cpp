#include "scanner/decode/byte_rows.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace nhi {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
constexpr std::string_view kHex = "0123456789abcdefABCDEF";

std::string_view digits_of(DigitKind kind) { return kind == DigitKind::kHex ? kHex : kBase64; }

// One byte after the other.
Span plainly(Bytes bytes, std::size_t from, std::size_t least, DigitKind kind) {
  for (std::size_t start = from; start < bytes.size(); ++start) {
    std::size_t end = start;
    while (end < bytes.size() && digits_of(kind).find(bytes[end]) != Bytes::npos) ++end;
    if (end - start >= least) return {start, end};
    start = end;
  }
  return {};
}

TEST(NextRow, KnowsEveryByte) {
  for (const DigitKind kind : {DigitKind::kBase64, DigitKind::kHex}) {
    for (unsigned i = 0; i < 256; ++i) {
      const std::string one(1, static_cast<char>(i));
      const bool digit = digits_of(kind).find(one[0]) != std::string_view::npos;
      EXPECT_EQ(next_row(one, 0, 1, kind).size(), digit ? 1U : 0U) << i;
    }
  }
}

TEST(NextRow, EndsWithTheView) {
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string text(size, 'a');
    const Span row = next_row(text, 0, 11, DigitKind::kBase64);
    EXPECT_EQ(row.size(), size >= 11 ? size : 0U);
    EXPECT_TRUE(next_row(text, size, 1, DigitKind::kBase64).empty());
  }
}

TEST(NextRow, EqualsOneByteAfterTheOther) {
  std::uint64_t state = 20261129;
  const auto below = [&](std::uint64_t bound) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33U) % bound;
  };
  for (int round = 0; round < 30'000; ++round) {
    const DigitKind kind = below(2) == 0 ? DigitKind::kBase64 : DigitKind::kHex;
    const std::uint64_t foreign = 2 + below(60);
    std::string text;
    const std::size_t length = below(400);
    for (std::size_t i = 0; i < length; ++i) {
      const bool digit = below(foreign) != 0;
      text +=
          digit ? digits_of(kind)[below(digits_of(kind).size())] : static_cast<char>(below(256));
    }
    const std::size_t least = 1 + below(64);
    for (std::size_t from = 0; from <= text.size();) {
      const Span row = next_row(text, from, least, kind);
      ASSERT_EQ(row, plainly(text, from, least, kind)) << "round " << round << " from " << from;
      if (row.empty()) break;
      from = static_cast<std::size_t>(row.end);
    }
  }
}

}  // namespace
}  // namespace nhi
