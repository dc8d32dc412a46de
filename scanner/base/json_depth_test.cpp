#include "scanner/base/json_depth.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

TEST(JsonDepth, CountsBracketsWithinEachOther) {
  EXPECT_FALSE(json_nests_deeper(R"([{"a":[1]}])", 3));
  EXPECT_TRUE(json_nests_deeper(R"([{"a":[1]}])", 2));
  EXPECT_FALSE(json_nests_deeper("[][][]{}{}", 1));
  EXPECT_FALSE(json_nests_deeper("]]]]", 1));
  EXPECT_TRUE(json_nests_deeper(std::string(1'000'000, '['), 32));
}

TEST(JsonDepth, WhatStandsInStringsDoesNotCount) {
  EXPECT_FALSE(json_nests_deeper(R"(["[[[[\"[[[[","{{"])", 1));
  EXPECT_TRUE(json_nests_deeper(R"(["\\",[]])", 1));
}

}  // namespace
}  // namespace nhi
