#include "rotators/engine/plan_words.hpp"

#include <gtest/gtest.h>

#include "rotators/engine/test_plan.hpp"

namespace nhi {
namespace {

TEST(PlanWords, SayEverythingThatIsApproved) {
  const Plan plan = test::usual_plan();
  const std::string text = plan_words(plan, "9f2c");
  for (const char* wanted :
       {"9f2c", "app_b takes over from app_a", "app/app.properties", "it lies on app02",
        "b1  3 places could not be read", "POINT OF NO RETURN", "cis2-client in dual", "if a test",
        "a ticket", "DCB0160", "another person", "main", "1 h", "1 d"}) {
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted << "\n" << text;
  }
}

TEST(PlanWords, SayThatOneSlotHasNoOverlap) {
  Plan plan = test::usual_plan();
  plan.strategy = Strategy::kCutOver;
  plan.steps = steps_of(plan);
  EXPECT_NE(plan_words(plan, "").find("NO OVERLAP POSSIBLE"), std::string::npos);
}

TEST(PlanPage, HoldsStrangersWordsAsText) {
  Plan plan = test::usual_plan();
  plan.owner = "<script>alert(1)</script>";
  plan.places[0].shown = "a\x1b[31m<b>";
  const std::string page = plan_page(plan, "9f2c");
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

}  // namespace
}  // namespace nhi
