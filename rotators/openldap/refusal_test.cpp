#include "rotators/openldap/refusal.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

constexpr int kInvalidCredentials = 49;

LdapFailure refused(int code, PolicyReason reason = PolicyReason::kNone) {
  LdapFailure failure = read_refusal(code, "", "");
  failure.reason = reason;
  return failure;
}

TEST(OpenldapRefusal, IsOneLineOfPlainText) {
  const LdapFailure failure = read_refusal(kInvalidCredentials, "one\ntwo", "dc=test");
  EXPECT_TRUE(failure.is(kInvalidCredentials));
  EXPECT_FALSE(failure.is(50));
  EXPECT_EQ(failure.text, "Invalid credentials: one");
  EXPECT_EQ(failure.matched, "dc=test");
  EXPECT_EQ(code_text(failure), "49");
  EXPECT_EQ(code_text(LdapFailure{}), "");
  LdapFailure lost;
  lost.code = kInvalidCredentials;
  EXPECT_FALSE(lost.is(kInvalidCredentials));  // no server said so
}

TEST(OpenldapRefusal, NamesFailedLogins) {
  const auto code = [](int result) { return error_of_login(refused(result)).code; };
  EXPECT_EQ(code(49), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(code(48), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(code(13), PluginErrorCode::kInvalidConfig);
  EXPECT_EQ(code(51), PluginErrorCode::kUnreachable);
  LdapFailure cancelled;
  cancelled.how = Trouble::kCancelled;
  EXPECT_EQ(error_of_login(cancelled).code, PluginErrorCode::kCancelled);
  EXPECT_EQ(error_of_login({}).code, PluginErrorCode::kUnreachable);
}

struct ChangeCase {
  const char* name;
  int result;
  PolicyReason reason;
  PluginErrorCode code;
};
constexpr ChangeCase kChanges[] = {
    {"NoRight", 50, PolicyReason::kNone, PluginErrorCode::kForbidden},
    {"WantsTheOld", 50, PolicyReason::kMustSupplyOld, PluginErrorCode::kForbidden},
    {"TakesNoHash", 19, PolicyReason::kTooPoor, PluginErrorCode::kForbidden},
    {"TooYoung", 19, PolicyReason::kTooYoung, PluginErrorCode::kForbidden},
    {"InHistory", 19, PolicyReason::kInHistory, PluginErrorCode::kPolicy},
    {"Gone", 32, PolicyReason::kNone, PluginErrorCode::kNotFound},
    {"Replica", 10, PolicyReason::kNone, PluginErrorCode::kInvalidConfig},
    {"ValueGone", 16, PolicyReason::kNone, PluginErrorCode::kConflict},
    {"ValueThere", 20, PolicyReason::kNone, PluginErrorCode::kConflict},
};
class OpenldapChange : public testing::TestWithParam<ChangeCase> {};
TEST_P(OpenldapChange, HasItsNumber) {
  const auto error =
      error_of_change(refused(GetParam().result, GetParam().reason), {"write to userPassword"});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, GetParam().code);
  if (GetParam().code != PluginErrorCode::kForbidden) return;
  const bool lifted = GetParam().reason != PolicyReason::kNone;
  EXPECT_EQ(error->data["needs"][0], lifted ? "manage of userPassword" : "write to userPassword");
}
INSTANTIATE_TEST_SUITE_P(Table, OpenldapChange, testing::ValuesIn(kChanges),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(OpenldapRefusal, WhatIsLostIsNeverCalledUndone) {
  for (const Trouble how : {Trouble::kLost, Trouble::kTimedOut, Trouble::kCancelled}) {
    LdapFailure failure;
    failure.how = how;
    failure.code = 50;
    EXPECT_FALSE(error_of_change(failure, {}));
    EXPECT_FALSE(is_surely_undone(failure));
  }
  for (const int half_way : {1, 3, 80}) EXPECT_FALSE(is_surely_undone(refused(half_way)));
  for (const int before : {17, 51, 52, 53, 65}) EXPECT_TRUE(is_surely_undone(refused(before)));
}

TEST(OpenldapRefusal, NamesWhatMayNotBeRead) {
  const PluginError error = error_of_reading(refused(50), "read of userPassword");
  EXPECT_EQ(error.code, PluginErrorCode::kForbidden);
  EXPECT_EQ(error.data.dump(), R"({"needs":["read of userPassword"]})");
  EXPECT_EQ(error_of_reading(refused(51), "x").code, PluginErrorCode::kUnreachable);
}

}  // namespace
}  // namespace nhi
