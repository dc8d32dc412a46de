#include "plugins/protocol/secret_frame.hpp"

#include <gtest/gtest.h>

#include <string>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

TEST(SecretFrame, IsWrittenAsThePageSays) {
  const SecretFrame frame{SecretFrameType::kPut, "h7", SecretText("pw!")};
  EXPECT_EQ(frame.encoded().reveal(), std::string_view("\x03\0\0\x02\0\0\0\x03h7pw!", 13));
}

TEST(SecretFrame, ComesBackWhateverThePieces) {
  std::string binary;
  for (int byte = 0; byte < 256; ++byte) binary.push_back(static_cast<char>(byte));
  std::string bytes;
  bytes += SecretFrame{SecretFrameType::kGet, "h1", {}}.encoded().reveal();
  bytes += SecretFrame{SecretFrameType::kValue, "h1", SecretText(binary)}.encoded().reveal();
  bytes += SecretFrame{SecretFrameType::kForget, "", {}}.encoded().reveal();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, bytes.size()}) {
    SecretReader reader;
    std::vector<SecretFrame> frames;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.feed(std::string_view(bytes).substr(at, piece));
      for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
        frames.push_back(std::move(**frame));
      }
    }
    ASSERT_EQ(frames.size(), 3U) << piece;
    EXPECT_EQ(frames[0].type, SecretFrameType::kGet);
    EXPECT_EQ(frames[1].value.reveal(), binary);
    EXPECT_EQ(frames[2].handle, "");
    EXPECT_FALSE(reader.in_the_middle());
  }
}

TEST(SecretFrame, WhatIsNoFrameEndsTheChannel) {
  for (const std::string& bytes :
       {std::string("\0\0\0\0\0\0\0\0", 8), std::string("\x07\0\0\0\0\0\0\0", 8),
        std::string("\x01\x01\0\0\0\0\0\0", 8), std::string("\x01\0\xFF\xFF\0\0\0\0", 8),
        std::string("\x02\0\0\x01\xFF\xFF\xFF\xFF", 8)}) {
    SecretReader reader;
    reader.feed(bytes);
    EXPECT_FALSE(reader.next());
    reader.feed(SecretFrame{SecretFrameType::kGet, "h1", {}}.encoded().reveal());
    EXPECT_FALSE(reader.next());
  }
}

TEST(SecretFrame, TheGreatestValueComesThroughInSmallPieces) {
  const std::string value(kSecretBytesMax, 's');
  const SecretText encoded =
      SecretFrame{SecretFrameType::kValue, std::string(kHandleBytesMax, 'h'), SecretText(value)}
          .encoded();
  SecretReader reader;
  for (std::size_t at = 0; at < encoded.size(); at += 100) {
    reader.feed(encoded.reveal().substr(at, 100));
  }
  const auto frame = reader.next();
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->value.reveal(), value);
}

}  // namespace
}  // namespace nhi
