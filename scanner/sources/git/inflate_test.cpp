#include "scanner/sources/git/inflate.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/sources/git/pack_kit.hpp"

namespace nhi {
namespace {

TEST(Inflater, FillsExactlyWhatWasAskedFor) {
  Inflater inflater;
  for (const std::string& text : {std::string(), std::string("abc"), std::string(100'000, 'x')}) {
    const std::string stream = deflated(text);
    std::string out(text.size(), '-');
    const auto taken = inflater.inflate(stream + "what follows", out.data(), out.size());
    ASSERT_TRUE(taken);
    EXPECT_EQ(*taken, stream.size());
    EXPECT_EQ(out, text);
    std::string more(text.size() + 1, '-');
    EXPECT_FALSE(inflater.inflate(stream, more.data(), more.size()));
    if (text.empty()) continue;
    EXPECT_FALSE(inflater.inflate(stream, out.data(), out.size() - 1));
  }
}

TEST(Inflater, SeesEveryDamage) {
  Inflater inflater;
  const std::string text = "a text of some length, a text of some length";
  const std::string stream = deflated(text);
  std::string out(text.size(), '-');
  for (std::size_t at = 0; at < stream.size(); ++at) {
    std::string damaged = stream;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x15);
    const auto taken = inflater.inflate(damaged, out.data(), out.size());
    EXPECT_TRUE(!taken || out == text) << at;
    EXPECT_FALSE(inflater.inflate(stream.substr(0, at), out.data(), out.size())) << at;
  }
}

TEST(Crc32Of, IsThatOfZlib) {
  const std::string text = "123456789";
  EXPECT_EQ(crc32_of(text), 0xCBF43926U);
}

TEST(PieceInflater, GivesTheSameWhateverThePieces) {
  using Outcome = PieceInflater::Outcome;
  for (const std::string& text : {std::string(), std::string("abc"), std::string(1'000'000, 'x')}) {
    const std::string stream = deflated(text);
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, stream.size() + 10}) {
      const std::string all = stream + "what follows";
      PieceInflater inflater;
      std::string out;
      std::size_t at = 0;
      Outcome outcome = Outcome::kMore;
      while (outcome == Outcome::kMore && at < all.size()) {
        std::size_t taken = 0;
        outcome = inflater.feed(Bytes(all).substr(at, step), taken, [&](Bytes made) {
          out += made;
          return true;
        });
        at += taken;
      }
      EXPECT_EQ(outcome, Outcome::kEnd);
      EXPECT_EQ(at, stream.size());
      EXPECT_TRUE(out == text);
    }
  }
}

TEST(PieceInflater, SeesDamageAndStopsWhenToldTo) {
  using Outcome = PieceInflater::Outcome;
  const std::string stream = deflated("a text of some length, a text of some length");
  std::size_t taken = 0;
  PieceInflater told;
  EXPECT_EQ(told.feed(stream, taken, [](Bytes) { return false; }), Outcome::kDamaged);
  for (std::size_t at = 0; at < stream.size(); ++at) {
    std::string other = stream;
    other[at] = static_cast<char>(other[at] ^ 0x04);
    PieceInflater inflater;
    std::size_t made = 0;
    const Outcome outcome = inflater.feed(other, taken, [&](Bytes bytes) {
      made += bytes.size();
      return true;
    });
    EXPECT_NE(outcome, Outcome::kEnd) << at;
  }
  EXPECT_EQ(crc32_of("6789", crc32_of("12345")), crc32_of("123456789"));
}

}  // namespace
}  // namespace nhi
