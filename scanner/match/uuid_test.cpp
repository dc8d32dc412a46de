#include "scanner/match/uuid.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

constexpr std::string_view kSample = "3f2b9c1e-7a54-4d08-b6e1-90c5d2fa8e73";

TEST(UuidTest, IsFoundAtItsFirstDashAlone) {
  const std::string text = "id=" + std::string(kSample) + ";";
  std::size_t found = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '-') continue;
    if (const auto span = uuid_around(text, at)) {
      ++found;
      EXPECT_EQ(slice(text, *span), kSample);
    }
  }
  EXPECT_EQ(found, 1U);
}

TEST(UuidTest, IsNoPartOfALongerRun) {
  EXPECT_FALSE(uuid_around("a" + std::string(kSample), 9));
  EXPECT_FALSE(uuid_around(std::string(kSample) + "0", 8));
  EXPECT_FALSE(uuid_around(std::string(kSample) + "-0", 8));
  EXPECT_FALSE(uuid_around("-", 0));
}

TEST(UuidTest, IsSeenAnywhereInATextUnlessMadeByHand) {
  const std::string made = "00001111-2222-3333-4444-555566667777";
  const std::string text = "a-b--c - " + made + " " + std::string(kSample);
  EXPECT_TRUE(holds_random_uuid(text));
  EXPECT_TRUE(holds_random_uuid(kSample));
  EXPECT_FALSE(holds_random_uuid(std::string_view(text).substr(0, text.size() - 1)));
  EXPECT_FALSE(holds_random_uuid(text + "0"));
  EXPECT_FALSE(holds_random_uuid(""));
  // As much around a change as kUuidReach says tells of each.
  EXPECT_EQ(kUuidReach, kSample.size() + 1);
}

TEST(UuidTest, HandMadeOnesAreNotRandom) {
  EXPECT_TRUE(is_random_uuid(kSample));
  for (const std::string_view made :
       {"00000000-0000-0000-0000-000000000000", "00001111-2222-3333-4444-555566667777",
        "10000000-0000-0000-0000-000000000000", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "550e8400-e29b-41d4-a716-446655440000"}) {
    EXPECT_FALSE(is_random_uuid(made)) << made;
  }
}

}  // namespace
}  // namespace nhi
