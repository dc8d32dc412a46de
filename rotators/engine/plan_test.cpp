#include "rotators/engine/plan.hpp"

#include <gtest/gtest.h>

#include "rotators/engine/test_plan.hpp"

namespace nhi {
namespace {

TEST(PlanText, ComesBackAsItWas) {
  Plan plan = test::usual_plan();
  plan.set_aside = Override{"ada", "agreed with the vendor", Instant{1'796'050'000}};
  plan.stated = {"unused"};
  plan.residue = {"exports/old.xml"};
  const std::string text = plan_text(plan);
  const auto read = plan_from(text);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(plan_text(*read), text);
  EXPECT_EQ(read->places.at(0).secrets, plan.places.at(0).secrets);
  EXPECT_EQ(read->capability, plan.capability);
  EXPECT_EQ(read->set_aside->until, plan.set_aside->until);
}

TEST(PlanText, OneByteMoreIsAnotherPlan) {
  const Plan plan = test::usual_plan();
  Plan other = plan;
  other.soak_s += 1;
  EXPECT_NE(plan_hash(plan_text(plan)), plan_hash(plan_text(other)));
  EXPECT_FALSE(plan_from(plan_text(plan) + " "));
}

TEST(PlanText, WhatIsNoPlanIsRefused) {
  std::string extra = plan_text(test::usual_plan());
  extra.insert(1, "\"aaa\":1,");
  std::string kind = plan_text(test::usual_plan());
  kind.replace(kind.find("\"preflight\""), 11, "\"preflighT\"");
  for (const std::string& text :
       {std::string("{}"), std::string("[]"), std::string("{\"schema\":\"nhisweep.plan/1\"}"),
        std::string("nothing"), extra, kind}) {
    EXPECT_FALSE(plan_from(text)) << text.substr(0, 40);
  }
}

}  // namespace
}  // namespace nhi
