#include "plugins/host/command.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace nhi {
namespace {

using std::chrono::milliseconds;

Result<CommandResult> shell(const std::string& script, const char* input = "") {
  return run_command({"/bin/sh", "-c", script}, SecretText(input), milliseconds(10'000));
}

TEST(Command, GivesStatusAndBothOutputs) {
  const auto ran = shell("cat; echo no >&2; exit 3", "from the input");
  ASSERT_TRUE(ran) << ran.error().message();
  EXPECT_EQ(ran->status, 3);
  EXPECT_EQ(ran->output, "from the input");
  EXPECT_EQ(ran->errors, "no\n");
  EXPECT_EQ(shell("kill -9 $$")->status, 128 + 9);
}

TEST(Command, MuchOutputDoesNotBlockIt) {
  const auto ran = shell("head -c 3000000 /dev/zero");
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->output.size(), 3'000'000U);
}

TEST(Command, OneThatHangsIsKilled) {
  const auto ran = run_command({"/bin/sleep", "60"}, SecretText(), milliseconds(100));
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, ErrorCode::kNotAnswering);
}

TEST(Command, WhatCannotBeStartedIsAnError) {
  EXPECT_EQ(run_command({"/no/such/program"}, SecretText(), milliseconds(100)).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(run_command({"sh"}, SecretText(), milliseconds(100)).error().code, ErrorCode::kBadUse);
  EXPECT_EQ(run_command({}, SecretText(), milliseconds(100)).error().code, ErrorCode::kBadUse);
}

TEST(RunCommand, AnEmptyArgumentIsRefused) {
  const auto ran = run_command({"/bin/echo", ""}, SecretText(), std::chrono::seconds(5));
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, ErrorCode::kBadUse);
}

}  // namespace
}  // namespace nhi
