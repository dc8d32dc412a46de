#include "scanner/sources/git/delta.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "scanner/sources/git/pack_kit.hpp"

namespace nhi {
namespace {

TEST(ApplyDelta, PutsPiecesTogether) {
  const std::string base = "0123456789";
  std::string result = "before";
  const std::string delta = DeltaText(10, 9).copy(8, 2).insert("abc").copy(0, 4);
  EXPECT_TRUE(apply_delta(base, delta, result));
  EXPECT_EQ(result, "89abc0123");
  EXPECT_TRUE(apply_delta(base, std::string(DeltaText(10, 0)), result));
  EXPECT_EQ(result, "");
}

TEST(ApplyDelta, ReadsSizesOfEveryLength) {
  std::string base(0x30000, 'x');
  for (std::size_t i = 0; i < base.size(); ++i) base[i] = static_cast<char>(i * 7 + (i >> 8U));
  std::string result;
  for (const auto& [from, size] : {std::pair{0U, 0x10000U},
                                   {0x10203U, 0x10001U},
                                   {5U, 0x20000U},
                                   {0x2FFFFU, 1U},
                                   {0x100U, 0xFFU}}) {
    const std::string delta = DeltaText(base.size(), size).copy(from, size);
    ASSERT_TRUE(apply_delta(base, delta, result));
    EXPECT_EQ(result, base.substr(from, size));
  }
}

TEST(ApplyDelta, RefusesWhatDoesNotFit) {
  const std::string base = "0123456789";
  std::string result;
  for (const std::string& delta : std::initializer_list<std::string>{
           "", "\x80", "\x0a", std::string(12, '\xFF'),
           DeltaText(11, 1).copy(0, 1),                 // of another base
           DeltaText(10, 1).copy(10, 1),                // behind the end
           DeltaText(10, 4).copy(8, 4),                 // across it
           DeltaText(10, 2).copy(0, 3),                 // too much
           DeltaText(10, 3).copy(0, 2),                 // too little
           DeltaText(10, 1).raw(std::string(1, '\0')),  // kept for later
           DeltaText(10, 3).raw("\x05"
                                "ab"),    // cut short
           DeltaText(10, 3).raw("\x91"),  // cut short
       }) {
    EXPECT_FALSE(apply_delta(base, delta, result)) << testing::PrintToString(delta);
  }
}

TEST(ApplyDelta, SurvivesAnyBytes) {
  std::mt19937 random(1);
  const std::string base(300, 'b');
  for (int i = 0; i < 20'000; ++i) {
    std::string noise(random() % 30, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    const std::uint64_t size = random() % 600;
    std::string result;
    const bool made = apply_delta(base, std::string(DeltaText(300, size).raw(noise)), result);
    EXPECT_TRUE(!made || result.size() == size);
  }
}

}  // namespace
}  // namespace nhi
