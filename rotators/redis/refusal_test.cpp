#include "rotators/redis/refusal.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

// Messages as Redis 7.0.15 says them.
constexpr const char* kWrong = "WRONGPASS invalid username-password pair or user is disabled.";

TEST(RedisRefusal, ReadsTheCode) {
  const RedisFailure failure = read_refusal(kWrong);
  EXPECT_EQ(failure.how, Trouble::kRefused);
  EXPECT_EQ(failure.code, "WRONGPASS");
  EXPECT_EQ(failure.text, "invalid username-password pair or user is disabled.");
  EXPECT_EQ(read_refusal("something else").code, "");
  EXPECT_EQ(read_refusal("LOADING").code, "LOADING");
}

TEST(RedisRefusal, LeavesOutWhatWasSent) {
  const RedisFailure failure = read_refusal(
      "ERR Error in ACL SETUSER modifier '#zz0102': The password hash must be exactly 64 "
      "characters");
  EXPECT_EQ(failure.text, "Error in ACL SETUSER modifier ");
  EXPECT_EQ(read_refusal("unknown `secret`").text, "unknown ");
  EXPECT_EQ(read_refusal("NOPERM no permissions to run the 'acl|save' command").text,
            "no permissions to run the 'acl|save' command");
}

TEST(RedisRefusal, ProvesADeathByThePasswordOnly) {
  EXPECT_EQ(verdict_of(read_refusal(kWrong)), ProbeVerdict::kRejected);
  for (const char* const message :
       {"NOAUTH Authentication required.", "DENIED Redis is running in protected mode",
        "ERR max number of clients reached", "LOADING Redis is loading the dataset in memory",
        "MASTERDOWN Link with MASTER is down", "wrongpass", "WRONGPASSWORD x",
        "ERR invalid password"}) {
    EXPECT_EQ(verdict_of(read_refusal(message)), ProbeVerdict::kInconclusive) << message;
  }
  for (const Trouble how : {Trouble::kLost, Trouble::kTimedOut, Trouble::kCancelled}) {
    EXPECT_EQ(verdict_of({how, "WRONGPASS", ""}), ProbeVerdict::kInconclusive);
  }
}

TEST(RedisRefusal, NamesFailedLogins) {
  const auto code = [](const char* message) { return error_of_login(read_refusal(message)).code; };
  EXPECT_EQ(code(kWrong), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(code("ERR unknown command `HELLO`, with args beginning with: `2`"),
            PluginErrorCode::kUnsupported);
  EXPECT_EQ(code("ERR max number of clients reached"), PluginErrorCode::kUnreachable);
  EXPECT_EQ(error_of_login({Trouble::kCancelled, "", ""}).code, PluginErrorCode::kCancelled);
}

TEST(RedisRefusal, NamesRefusedCommands) {
  const PluginError error = error_of_command(read_refusal("NOPERM no"), {"+acl|save"});
  EXPECT_EQ(error.code, PluginErrorCode::kForbidden);
  EXPECT_EQ(error.data.dump(), R"({"needs":["+acl|save"]})");
  EXPECT_EQ(error_of_command(read_refusal("ERR any"), {}).code, PluginErrorCode::kUnreachable);
}

}  // namespace
}  // namespace nhi
