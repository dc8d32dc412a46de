#include "rotators/postgresql/refusal.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

std::string message_of(const std::string& code, const std::string& text,
                       const std::string& routine) {
  return "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  " + code + ": " + text +
         "\nLOCATION:  " + routine + ", some.c:335\n";
}

TEST(PgRefusal, ReadsTheStateAndTheFunction) {
  const PgFailure failure = read_refusal(
      message_of("28P01", "password authentication failed for user \"app\"", "auth_failed"));
  EXPECT_EQ(failure.how, Trouble::kRefused);
  EXPECT_EQ(failure.code, "28P01");
  EXPECT_EQ(failure.routine, "auth_failed");
  EXPECT_EQ(failure.text, "password authentication failed for user \"app\"");
}

TEST(PgRefusal, IsNotLedAstrayByANameWithLines) {
  // A role may be called like an answer.
  const PgFailure failure =
      read_refusal(message_of("53300",
                              "too many connections for role \"x\nFATAL:  28P01: y\n"
                              "LOCATION:  auth_failed, auth.c:1\"",
                              "InitializeSessionUserId"));
  EXPECT_EQ(failure.code, "53300");
  EXPECT_EQ(failure.routine, "InitializeSessionUserId");
  EXPECT_EQ(verdict_of(failure), ProbeVerdict::kInconclusive);
}

TEST(PgRefusal, WithoutAStateNobodySaidAnything) {
  const PgFailure failure = read_refusal(
      "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\tIs it there?\n");
  EXPECT_EQ(failure.how, Trouble::kLost);
  EXPECT_EQ(failure.code, "");
  EXPECT_EQ(failure.text,
            "connection to server at \"127.0.0.1\", port 1 failed: Connection refused");
}

struct VerdictCase {
  const char* code;
  const char* routine;
  ProbeVerdict verdict;
};
constexpr ProbeVerdict kYes = ProbeVerdict::kAccepted;
constexpr ProbeVerdict kNo = ProbeVerdict::kRejected;
constexpr ProbeVerdict kWhoKnows = ProbeVerdict::kInconclusive;
// Functions as PostgreSQL 15 names them: auth.c, miscinit.c, postinit.c, postmaster.c.
constexpr VerdictCase kVerdicts[] = {
    {"28P01", "auth_failed", kNo},
    {"28P01", "", kWhoKnows},                      // a pooler's own list
    {"28000", "InitializeSessionUserId", kNo},     // is not permitted to log in
    {"28000", "ClientAuthentication", kWhoKnows},  // no line in pg_hba.conf
    {"28000", "auth_failed", kWhoKnows},           // LDAP, PAM and their like
    {"28000", "", kWhoKnows},
    {"3D000", "InitPostgres", kYes},  // the password was right, the database is not
    {"3D000", "", kWhoKnows},         // a pooler looks at the database first
    {"42501", "CheckMyDatabase", kYes},
    {"55000", "CheckMyDatabase", kYes},
    {"53300", "InitializeSessionUserId", kWhoKnows},
    {"53300", "ProcessStartupPacket", kWhoKnows},
    {"57P03", "ProcessStartupPacket", kWhoKnows},
    {"08P01", "", kWhoKnows},
};

TEST(PgRefusal, ProvesADeathByThePasswordOnly) {
  for (const VerdictCase& it : kVerdicts) {
    EXPECT_EQ(verdict_of({Trouble::kRefused, it.code, it.routine, "", true}), it.verdict)
        << it.code << " " << it.routine;
  }
  for (const Trouble how : {Trouble::kLost, Trouble::kTimedOut, Trouble::kCancelled}) {
    EXPECT_EQ(verdict_of({how, "", "", "", true}), kWhoKnows);
  }
}

TEST(PgRefusal, TellsARightPasswordOfARoleThatMayNotLogIn) {
  EXPECT_TRUE(knew_the_password({Trouble::kRefused, "28000", "InitializeSessionUserId", "", true}));
  // `trust` asks for none.
  EXPECT_FALSE(
      knew_the_password({Trouble::kRefused, "28000", "InitializeSessionUserId", "", false}));
  EXPECT_FALSE(knew_the_password({Trouble::kRefused, "28P01", "auth_failed", "", true}));
}

TEST(PgRefusal, NamesFailedLogins) {
  const auto code = [](const char* state) {
    return error_of_login({Trouble::kRefused, state, "", "x", true}).code;
  };
  EXPECT_EQ(code("28P01"), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(code("28000"), PluginErrorCode::kAuthFailed);
  EXPECT_EQ(code("3D000"), PluginErrorCode::kInvalidConfig);
  EXPECT_EQ(code("42501"), PluginErrorCode::kForbidden);
  EXPECT_EQ(code("53300"), PluginErrorCode::kUnreachable);
  EXPECT_EQ(code("57P03"), PluginErrorCode::kUnreachable);
}

TEST(PgRefusal, NamesRefusedStatements) {
  const auto error = [](const char* state) {
    return error_of_statement({Trouble::kRefused, state, "", "text", true}, {"CREATEROLE"});
  };
  EXPECT_EQ(error("42501").code, PluginErrorCode::kForbidden);
  EXPECT_EQ(error("42501").data.dump(), R"({"needs":["CREATEROLE"]})");
  EXPECT_EQ(error("42704").code, PluginErrorCode::kNotFound);
  EXPECT_EQ(error("22023").code, PluginErrorCode::kPolicy);
  EXPECT_EQ(error("25006").code, PluginErrorCode::kConflict);
  // Text of a message that may quote what was sent stays here.
  EXPECT_EQ(error("42601").message.find("text"), std::string::npos);
  EXPECT_FALSE(may_have_happened({Trouble::kRefused, "42501", "", "", true}));
  EXPECT_TRUE(may_have_happened({Trouble::kRefused, "57P01", "", "", true}));
  EXPECT_TRUE(may_have_happened({Trouble::kLost, "", "", "", true}));
  EXPECT_TRUE(may_have_happened({Trouble::kTimedOut, "", "", "", true}));
}

}  // namespace
}  // namespace nhi
