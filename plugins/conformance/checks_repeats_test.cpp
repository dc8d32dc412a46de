#include <gtest/gtest.h>

#include <string>

#include "plugins/conformance/checks.hpp"
#include "plugins/conformance/test_store.hpp"

namespace nhi {
namespace {

using testing::HasSubstr;

TEST(ChecksOfRepeats, ASoundRotatorPasses) {
  EXPECT_EQ(found_wrong(check_repeats, "store"), "");
  EXPECT_EQ(found_wrong(check_revoking, "store"), "");
  EXPECT_EQ(found_wrong(check_dry_run, "store"), "");
}

TEST(ChecksOfRepeats, WhoDoesNotTakeARepeatIsFound) {
  EXPECT_THAT(found_wrong(check_repeats, "not-again"), HasSubstr("create, 10 times: error 1004"));
}

TEST(ChecksOfRepeats, WhoEndsWhateverItFindsIsFound) {
  EXPECT_THAT(found_wrong(check_revoking, "greedy"),
              HasSubstr("not of the target changes nothing: the system's state changed"));
}

TEST(ChecksOfRepeats, WhoDoesNotKnowWhatIsGoneIsFound) {
  EXPECT_THAT(found_wrong(check_revoking, "forgetful"), HasSubstr("revoke of what is gone"));
  EXPECT_THAT(found_wrong(check_repeats, "forgetful"), HasSubstr("revoke, 10 times"));
}

TEST(ChecksOfRepeats, WhoChangesSomethingInADryRunIsFound) {
  const std::string wrong = found_wrong(check_dry_run, "wet-run");
  for (const char* const method : {"create", "suspend", "revoke"}) {
    EXPECT_THAT(wrong, HasSubstr(std::string(method) + " with dry_run: the system's state"));
  }
}

}  // namespace
}  // namespace nhi
