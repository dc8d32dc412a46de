#include "plugins/conformance/checks.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(Checks, OnlyWhatFailedSaysWhatItDidAndWhatToDo) {
  Checks checks(CheckGroup::kProbing);
  checks.expect(true, "one", "did", "do");
  checks.expect(false, "two", "did", "do");
  checks.not_tried("three", "no means");
  checks.broken("four", Error{ErrorCode::kIo, "no disk", "reset.sh", {}});
  const auto results = checks.take();
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[0].verdict, CheckVerdict::kPassed);
  EXPECT_EQ(results[0].what + results[0].advice, "");
  EXPECT_EQ(results[1].verdict, CheckVerdict::kFailed);
  EXPECT_EQ(results[1].what, "did");
  EXPECT_EQ(results[1].advice, "do");
  EXPECT_EQ(results[2].verdict, CheckVerdict::kNotTried);
  // A trial that does not work proves nothing: that is never a pass.
  EXPECT_EQ(results[3].verdict, CheckVerdict::kFailed);
  EXPECT_NE(results[3].what.find("reset.sh"), std::string::npos);
}

}  // namespace
}  // namespace nhi
