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

TEST(Kit, ATrialThatProvesNothingIsSaidAtOnce) {
  TestStore store;
  Trial restless = store.trial();
  int asked = 0;
  restless.dump = [&]() -> Result<std::string> { return std::to_string(++asked); };
  const auto moves = run_kit(store_pin(), store_options(), std::move(restless), {});
  ASSERT_FALSE(moves);
  EXPECT_THAT(moves.error().what, HasSubstr("something else each time"));
  Trial blind = store.trial();
  blind.dump = []() -> Result<std::string> { return std::string("all is well"); };
  const auto sees = run_kit(store_pin(), store_options(), std::move(blind), {});
  ASSERT_FALSE(sees);
  EXPECT_THAT(sees.error().what, HasSubstr("does not show"));
  Trial broken = store.trial();
  broken.reset = [](const SecretText&) -> Result<void> {
    return fail(ErrorCode::kNotFound, "cannot start", "./reset.sh");
  };
  const auto starts = run_kit(store_pin(), store_options(), std::move(broken), {});
  ASSERT_FALSE(starts);
  EXPECT_EQ(starts.error().subject, "./reset.sh");
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
  EXPECT_THAT(missing.error().hint, HasSubstr("host, port, account"));
  Trial endpoint = store.trial();
  endpoint.port_field = "account";
  EXPECT_FALSE(run_kit(store_pin(), store_options(), std::move(endpoint), {}));
}

}  // namespace
}  // namespace nhi
