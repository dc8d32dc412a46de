#include "scanner/decode/wide_rows.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "scanner/decode/charset.hpp"
#include "scanner/decode/utf8.hpp"

namespace nhi {
namespace {

// Byte by byte.
std::size_t plain_next(Bytes bytes, std::size_t from) {
  const auto text = [&](std::size_t at) {
    const unsigned char byte = byte_at(bytes, at);
    return is_ascii_text(byte) || byte >= 0xA0;
  };
  for (std::size_t at = from; at + 2 * kWideStretchMin <= bytes.size(); ++at) {
    bool little = true;
    bool big = true;
    for (std::size_t i = at; i < at + 2 * kWideStretchMin; i += 2) {
      little = little && text(i) && bytes[i + 1] == 0;
      big = big && bytes[i] == 0 && text(i + 1);
    }
    if (little || big) return at;
  }
  return bytes.size();
}

TEST(WideRows, AreWhereAPlainLookFindsThem) {
  std::mt19937 random(7);
  std::size_t found = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string bytes(random() % 300, '\0');
    for (char& byte : bytes) {
      byte = random() % 3 == 0 ? '\0' : static_cast<char>(random() % 5 == 0 ? random() : 'a');
    }
    // Half of them with a row somewhere, cut short now and then.
    if (round % 2 == 0 && bytes.size() > 40) {
      const std::size_t at = random() % (bytes.size() - 20);
      for (std::size_t i = 0; i < 14 + random() % 6; ++i) bytes[at + i] = i % 2 == 0 ? 'k' : '\0';
    }
    for (const std::size_t from : {std::size_t{0}, bytes.size() / 3, bytes.size()}) {
      const std::size_t expected = plain_next(bytes, from);
      ASSERT_EQ(next_wide_row(bytes, from), expected) << round;
      if (expected < bytes.size()) ++found;
    }
  }
  EXPECT_GT(found, 500U);
}

}  // namespace
}  // namespace nhi
