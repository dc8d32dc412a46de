// kit_run.hpp - the conformance kit, all of it, at a server of a test.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "plugins/conformance/kit.hpp"
#include "tests/plugins/rotator_test.hpp"

namespace nhi::testing {

/// No check failed, and at least so many passed.
inline void expect_all_passed(const std::string& name, Trial trial, std::size_t passed_min,
                              const std::vector<std::string>& allow = {"net"}) {
  SessionOptions options;
  options.core = "test";
  const auto report = run_kit(rotator_pin(name, allow), options, std::move(trial), {});
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->passed()) << to_text(*report);
  EXPECT_GE(report->count(CheckVerdict::kPassed), passed_min) << to_text(*report);
}

}  // namespace nhi::testing
