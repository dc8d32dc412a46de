#include "scanner/rules/nearest_name.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace nhi {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"pattern", "principal", "matches", "misses"};

TEST(NearestName, OffersTheNameBehindATypingMistake) {
  EXPECT_EQ(nearest_name("patern", kNames), "pattern");
  EXPECT_EQ(nearest_name("pattren", kNames), "pattern");
  EXPECT_EQ(nearest_name("match", kNames), "matches");
  EXPECT_EQ(nearest_name("miss", kNames), "misses");
}

TEST(NearestName, OffersNothingForAnotherWord) {
  EXPECT_EQ(nearest_name("colour", kNames), "");
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name(std::string(100, 'p'), kNames), "");
}

}  // namespace
}  // namespace nhi
