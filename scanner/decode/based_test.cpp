#include "scanner/decode/based.hpp"

#include <gtest/gtest.h>

#include "scanner/decode/test_encoders.hpp"

namespace nhi {
namespace {

struct Found {
  std::string bytes;
  Span hull;
};

template <class Find>
std::vector<Found> found(Find find, Bytes bytes) {
  std::vector<Found> all;
  find(bytes, std::size_t{8}, [&](const EncodedText& text) {
    Decoded decoded = decode_based(bytes, text);
    EXPECT_EQ(decoded.bytes.size(), text.decoded_size);
    EXPECT_EQ(decoded.map.view_length(), decoded.bytes.size());
    if (!decoded.bytes.empty()) {
      EXPECT_EQ(decoded.map.to_source({0, decoded.bytes.size()}), text.hull());
    }
    all.push_back({std::move(decoded.bytes), text.hull()});
  });
  return all;
}

std::string wrap(const std::string& text, std::size_t width, const std::string& line_end) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += width) {
    if (at > 0) out += line_end;
    out += text.substr(at, width);
  }
  return out;
}

bool holds(const std::vector<Found>& all, std::string_view wanted) {
  return std::any_of(all.begin(), all.end(),
                     [&](const Found& one) { return one.bytes.find(wanted) != std::string::npos; });
}

TEST(Base64, OfEveryLengthIsFoundPaddedOrNotInBothAlphabets) {
  for (std::size_t length = 8; length < 60; ++length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += "svc:pw?>~"[(i * 7 + length) % 9];
    std::string encoded = to_base64(text);
    for (const bool url : {false, true}) {
      if (url) {
        std::replace(encoded.begin(), encoded.end(), '+', '-');
        std::replace(encoded.begin(), encoded.end(), '/', '_');
      }
      const auto padded = found(find_base64, "auth: \"" + encoded + "\"");
      ASSERT_EQ(padded.size(), 1U) << text;
      EXPECT_EQ(padded[0].bytes, text);
      EXPECT_EQ(padded[0].hull, (Span{7, 7 + encoded.size()}));
      const std::string bare = encoded.substr(0, encoded.find('='));
      const auto unpadded = found(find_base64, "auth=" + bare + "\n");
      ASSERT_EQ(unpadded.size(), 1U) << text;
      EXPECT_EQ(unpadded[0].bytes, text);
    }
  }
}

TEST(Base64, IsReadOverLineEndsAndIndentation) {
  test::Random random(1);
  const std::string text = test::noise(random, 40);
  for (const std::size_t width : {60, 64, 70, 76}) {
    for (const std::string line_end : {"\n", "\r\n", "\n    "}) {
      const std::string wrapped = wrap(to_base64(text), width, line_end);
      const auto block = found(find_base64, "data: |" + line_end + wrapped + "\nnext: value\n");
      EXPECT_TRUE(holds(block, text)) << width;
      const auto framed =
          found(find_base64, "-----BEGIN X-----\n" + wrapped + "\n-----END X-----\n");
      EXPECT_TRUE(holds(framed, text)) << width;
    }
  }
}

TEST(Base64, ListsOfValuesAreReadOneByOne) {
  std::string blob;
  for (int i = 0; i < 20; ++i) {
    std::string one =
        to_base64("user" + std::to_string(i) + ":password-" + std::to_string(i * 977));
    blob += one.substr(0, one.find('=')) + "\n";
  }
  const auto all = found(find_base64, blob);
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(holds(all, "user" + std::to_string(i) + ":password-" + std::to_string(i * 977)));
  }
}

TEST(Base64, IsFoundInPathsAndBehindPrefixes) {
  const std::string value = to_base64("user:password");
  for (const std::string before : {"/secret/", "a/b-c/", "token_", "x-", "\\n", "Basic "}) {
    EXPECT_TRUE(holds(found(find_base64, before + value), "user:password")) << before;
  }
}

TEST(Base64, LeavesWordsAndHashesAlone) {
  for (const std::string_view text :
       {"getElementByIdentifier", "application/octet-stream",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709", "the quick brown fox",
        "====", "AAAAAAAAAAAAAAAAAAAAAAAA", "internationalisation"}) {
    EXPECT_TRUE(found(find_base64, text).empty()) << text;
  }
}

TEST(Hex, IsFoundWhenEvenAndTextual) {
  const std::string value = to_hex("user:password");
  ASSERT_EQ(found(find_hex, "0x" + value + " ").size(), 1U);
  EXPECT_EQ(found(find_hex, "k=" + value)[0].bytes, "user:password");
  EXPECT_EQ(found(find_hex, "k=" + value)[0].hull, (Span{2, 2 + value.size()}));
  EXPECT_TRUE(found(find_hex, "k=" + value + "1").empty()) << "odd";
  EXPECT_TRUE(found(find_hex, "k=" + value.substr(0, 14)).empty()) << "short";
  EXPECT_TRUE(found(find_hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709").empty()) << "a hash";
}

}  // namespace
}  // namespace nhi
