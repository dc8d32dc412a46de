#include "plugins/conformance/kit.hpp"

#include <gtest/gtest.h>

#include <string>

#include "plugins/conformance/test_store.hpp"

namespace nhi {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Kit, WithoutATrialOnlyTheHandshakeIsTried) {
  const auto report = run_kit(store_pin(), store_options(), std::nullopt, {});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->passed());
  EXPECT_THAT(to_text(*report), HasSubstr("  2 secrets           not tried\n"));
}

TEST(Kit, ASoundRotatorPassesEveryGroup) {
  TestStore store;
  std::vector<CheckGroup> groups;
  const auto report = run_kit(store_pin(), store_options(), store.trial(),
                              [&](CheckGroup group) { groups.push_back(group); });
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->passed()) << to_text(*report);
  EXPECT_EQ(groups.size(), static_cast<std::size_t>(CheckGroup::kCount));
  const std::string text = to_text(*report);
  EXPECT_THAT(text, Not(HasSubstr("FAILED")));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    EXPECT_THAT(text, HasSubstr(to_string(static_cast<CheckGroup>(i))));
  }
}

TEST(Kit, WhatFailedIsSaidWithWhatToDo) {
  TestStore store;
  const auto report = run_kit(store_pin("dead-when-down"), store_options(), store.trial(), {});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->passed());
  const std::string text = to_text(*report);
  EXPECT_THAT(text, HasSubstr("FAILED: probing: every connection refused\n  it did: rejected\n  "
                              "to do: say rejected only when"));
  const Json json = to_json(*report);
  EXPECT_EQ(json["passed"], false);
  EXPECT_GE(json["results"].size(), 30U);
}

TEST(Kit, ATrialThatDoesNotFitIsSaid) {
  TestStore store;
  Trial other = store.trial();
  other.type = "another.type";
  EXPECT_EQ(run_kit(store_pin(), store_options(), std::move(other), {}).error().code,
            ErrorCode::kBadUse);
  Trial field = store.trial();
  field.ref.erase("account");
  const auto missing = run_kit(store_pin(), store_options(), std::move(field), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().subject, "account");
  Trial endpoint = store.trial();
  endpoint.port_field = "account";
  EXPECT_FALSE(run_kit(store_pin(), store_options(), std::move(endpoint), {}));
}

}  // namespace
}  // namespace nhi
