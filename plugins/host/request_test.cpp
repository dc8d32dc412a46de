#include "plugins/host/request.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

SecretDesk open_desk() {
  return SecretDesk({[](const std::string&) -> Result<void> { return {}; },
                     [](const std::string&, const SecretText&) -> Result<void> { return {}; }});
}

TEST(RotatorRequest, SecretsGoToTheDeskAndHandlesIntoTheParams) {
  const SecretText fresh("a-new-value");
  SecretDesk desk = open_desk();
  RotatorRequest request;
  request.method = "create";
  request.run = "r_1";
  request.step = 3;
  request.type = "store.account";
  request.ref = {{"account", "app"}};
  request.fresh = &fresh;
  request.intent = {{"snapshot", Json::array()}};
  const Json params = params_of(request, desk);
  EXPECT_EQ(params.dump().find("a-new-value"), std::string::npos);
  EXPECT_FALSE(handle_in(params["new"]).empty());
  EXPECT_EQ(params["ctx"]["marker"], "nhi-r_1-3");
  EXPECT_EQ(params["slots"].size(), 3U);
  EXPECT_EQ(params["intent"]["snapshot"], Json::array());
}

TEST(RotatorRequest, WhatIsNotThereIsLeftOut) {
  SecretDesk desk = open_desk();
  RotatorRequest request;
  request.method = "inspect";
  const Json params = params_of(request, desk);
  for (const char* name : {"auth", "new", "old", "value", "kind", "id", "intent", "prev", "cookie",
                           "expected", "remove"}) {
    EXPECT_FALSE(params.contains(name)) << name;
  }
}

TEST(RotatorRequest, ReconcileNamesWhatIsExpectedAndWhatMayGo) {
  SecretDesk desk = open_desk();
  RotatorRequest request;
  request.method = "reconcile";
  request.expected = {{{"role", "app"}}};
  const Json params = params_of(request, desk);
  EXPECT_EQ(params["expected"].size(), 1U);
  EXPECT_TRUE(params["remove"].is_array());
}

}  // namespace
}  // namespace nhi
