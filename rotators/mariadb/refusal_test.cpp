#include "rotators/mariadb/refusal.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

// As MariaDB 10.11.19 says it.
constexpr const char* kDenied = "Access denied for user 'app'@'10.0.0.7' (using password: YES)";

TEST(MariadbRefusal, ReadsWhoWasAsked) {
  const MariaFailure failure = read_refusal(1045, kDenied);
  EXPECT_EQ(failure.how, Trouble::kRefused);
  EXPECT_EQ(failure.code_text(), "1045");
  EXPECT_EQ(failure.our_host, "10.0.0.7");
  // A name may look like the end of the message.
  EXPECT_EQ(read_refusal(1045, "Access denied for user 'a'@'b' (using'@'10.0.0.7' (using").our_host,
            "10.0.0.7");
  EXPECT_EQ(read_refusal(1698, "Access denied for user 'app'@'localhost'").our_host, "localhost");
  EXPECT_EQ(read_refusal(1045, "no").our_host, "");
}

TEST(MariadbRefusal, WhatTheLibrarySaysIsNoRefusal) {
  for (const unsigned code : {0U, 2002U, 2013U, 2026U, 2059U, 5012U}) {
    EXPECT_EQ(read_refusal(code, "x").how, Trouble::kLost) << code;
  }
  EXPECT_EQ(read_refusal(2013, "").text, "the connection broke");
}

TEST(MariadbRefusal, LeavesOutWhatMayHoldAStatement) {
  EXPECT_EQ(read_refusal(1064, "near '*94BDCE'").text, "the server refused it");
  EXPECT_EQ(read_refusal(1372, "Password hash should be").text, "the server refused it");
}

TEST(MariadbRefusal, ProvesADeathByTheValueOnly) {
  for (const unsigned code : {1045U, 1698U, 4151U}) {
    EXPECT_EQ(verdict_of(read_refusal(code, kDenied)), ProbeVerdict::kRejected) << code;
  }
  // Too many connections, blocked hosts, too many wrong passwords, an expired password, a plugin
  // that is not there, limits, a shutdown, and what libmariadb says.
  for (const unsigned code :
       {1040U, 1129U, 1130U, 4150U, 1862U, 1524U, 1203U, 1226U, 1053U, 2013U, 2059U}) {
    EXPECT_EQ(verdict_of(read_refusal(code, kDenied)), ProbeVerdict::kInconclusive) << code;
  }
  for (const Trouble how : {Trouble::kLost, Trouble::kTimedOut, Trouble::kCancelled}) {
    EXPECT_EQ(verdict_of({how, 1045, ""}), ProbeVerdict::kInconclusive);
  }
}

TEST(MariadbRefusal, NamesFailedLogins) {
  const auto code = [](unsigned number) { return error_of_login(read_refusal(number, "x")).code; };
  EXPECT_EQ(code(1045), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(code(1862), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(code(4151), PluginErrorCode::kLockedOut);
  EXPECT_EQ(code(4150), PluginErrorCode::kLockedOut);
  EXPECT_EQ(code(1040), PluginErrorCode::kUnreachable);
  EXPECT_EQ(code(1129), PluginErrorCode::kUnreachable);
  EXPECT_EQ(code(2026), PluginErrorCode::kUnreachable);
  EXPECT_EQ(error_of_login({Trouble::kCancelled, 0, ""}).code, PluginErrorCode::kCancelled);
}

TEST(MariadbRefusal, NamesRefusedStatements) {
  const PluginError error = error_of_statement(read_refusal(1227, "no"), {"CREATE USER"});
  EXPECT_EQ(error.code, PluginErrorCode::kForbidden);
  EXPECT_EQ(error.data.dump(), R"({"needs":["CREATE USER"]})");
  const auto code = [](unsigned number) {
    return error_of_statement(read_refusal(number, "x"), {}).code;
  };
  EXPECT_EQ(code(1644), PluginErrorCode::kConflict);
  EXPECT_EQ(code(1290), PluginErrorCode::kUnsupported);
  EXPECT_EQ(code(1819), PluginErrorCode::kPolicy);
  EXPECT_EQ(code(1205), PluginErrorCode::kUnreachable);
  EXPECT_EQ(code(2013), PluginErrorCode::kUnreachable);
}

TEST(MariadbRefusal, KnowsWhatMayHaveHappened) {
  for (const unsigned code : {0U, 2013U, 1053U, 1317U, 1927U, 1969U}) {
    EXPECT_TRUE(may_have_happened(read_refusal(code, "x"))) << code;
  }
  for (const unsigned code : {1064U, 1227U, 1644U, 1290U}) {
    EXPECT_FALSE(may_have_happened(read_refusal(code, "x"))) << code;
  }
}

}  // namespace
}  // namespace nhi
