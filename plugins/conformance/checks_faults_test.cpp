#include <gtest/gtest.h>

#include <string>

#include "plugins/conformance/checks.hpp"
#include "plugins/conformance/test_store.hpp"

namespace nhi {
namespace {

using testing::HasSubstr;

TEST(ChecksOfFaults, ASoundRotatorPasses) {
  EXPECT_EQ(found_wrong(check_killed, "store"), "");
  EXPECT_EQ(found_wrong(check_lost_replies, "store"), "");
  EXPECT_EQ(found_wrong(check_cancelling, "store"), "");
  EXPECT_EQ(found_wrong(check_authority, "store"), "");
}

TEST(ChecksOfFaults, WhoIsSureThatNothingHappenedIsFound) {
  EXPECT_THAT(found_wrong(check_lost_replies, "sure"), HasSubstr("and the account had changed"));
  EXPECT_THAT(found_wrong(check_cancelling, "sure"), HasSubstr("and the account had changed"));
}

TEST(ChecksOfFaults, WhoSaysDoneForWhatIsNotIsFound) {
  EXPECT_THAT(found_wrong(check_lost_replies, "wrong-value"), HasSubstr("the value does not work"));
}

TEST(ChecksOfFaults, WhoDoesNotTakeARepeatIsFound) {
  EXPECT_THAT(found_wrong(check_lost_replies, "not-again"), HasSubstr("a repeat gets there"));
  EXPECT_THAT(found_wrong(check_killed, "not-again"), HasSubstr("a repeat gets there"));
}

TEST(ChecksOfFaults, WhoDoesNotKnowARefusedAuthorityIsFound) {
  EXPECT_THAT(found_wrong(check_authority, "auth-blind"), HasSubstr("error 1004"));
}

TEST(ChecksOfFaults, WithoutAnEndpointTheClockKills) {
  TestStore store;
  Trial trial = store.trial();
  trial.host_field.clear();
  auto bed = Bed::create(store_pin(), store_options(), std::move(trial));
  ASSERT_TRUE(bed) << bed.error().message();
  EXPECT_EQ(failures(check_killed(*bed)), "");
  const auto lost = check_lost_replies(*bed);
  ASSERT_EQ(lost.size(), 2U);
  EXPECT_EQ(lost[0].verdict, CheckVerdict::kNotTried);
}

}  // namespace
}  // namespace nhi
