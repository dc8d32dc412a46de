#include "rotators/openldap/login.hpp"

#include "rotators/openldap/test_support.hpp"

namespace nhi {
namespace {

Answer<ProbeReply> probe(int port, const Json& config = Json::object(),
                         const std::string& value = "v") {
  FakeCall call("probe", params_of({{"port", port}}, config));
  call.secrets["value"] = value;
  const auto target = target_of(call);
  EXPECT_TRUE(target);
  return probe_entry(call, *target);
}

TEST(OpenldapLogin, WhatIsNoAnswerProvesNothing) {
  for (const std::string& answer :
       {bind_answer(51), bind_answer(52), bind_answer(53), bind_answer(8), bind_answer(13),
        bind_answer(50), std::string("HTTP/1.1 403 Forbidden\r\n\r\n"), std::string(),
        bind_answer(49).substr(0, 8)}) {
    const FakeServer server(answer);
    const auto reply = probe(server.port());
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive) << answer;
  }
  EXPECT_EQ(probe(1)->verdict, ProbeVerdict::kInconclusive);
}

TEST(OpenldapLogin, ARefusalThatNobodyLookedBehindProvesNothing) {
  const FakeServer server(bind_answer(49));
  const auto reply = probe(server.port());  // without `auth`
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive);
  EXPECT_EQ(reply->code, "49");
}

TEST(OpenldapLogin, DoesNotSendWhatCannotBeAPassword) {
  const FakeServer server(bind_answer(0));
  for (const std::string& value : {std::string(), std::string(20'000, 'v')}) {
    const auto reply = probe(server.port(), Json::object(), value);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->verdict, ProbeVerdict::kInconclusive);
  }
  EXPECT_EQ(probe(server.port())->verdict, ProbeVerdict::kAccepted);
}

// An entry with one value, "right".
LdapAccount account() {
  LdapAccount account;
  account.exists = true;
  account.values.emplace_back("{CLEARTEXT}right");
  return account;
}
LdapPolicy policy() {
  LdapPolicy policy;
  policy.known = true;
  policy.locks = true;
  return policy;
}
ProbeVerdict judged(const LdapAccount& it, const char* value, const LdapPolicy& held = policy(),
                    PolicyReason reason = PolicyReason::kNone) {
  LdapFailure failure = read_refusal(49, "", "");
  failure.reason = reason;
  return verdict_of_refusal(failure, it, held, SecretText(value),
                            *parse_ldap_time("20261201120000Z"))
      .verdict;
}

TEST(OpenldapLogin, ARefusalIsReadByWhatIsStored) {
  EXPECT_EQ(judged(account(), "wrong"), ProbeVerdict::kRejected);
  EXPECT_EQ(judged(account(), "right"), ProbeVerdict::kInconclusive);
  EXPECT_EQ(judged(account(), "wrong", policy(), PolicyReason::kExpired),
            ProbeVerdict::kInconclusive);
  LdapAccount none;
  EXPECT_EQ(judged(none, "wrong"), ProbeVerdict::kInconclusive);
  none.surely_absent = true;
  EXPECT_EQ(judged(none, "wrong"), ProbeVerdict::kRejected);
}

TEST(OpenldapLogin, ALockoutIsNoDeathAndAnAdministratorsLockIs) {
  LdapAccount locked = account();
  locked.lock.locked_at = "20261201115900Z";
  EXPECT_EQ(judged(locked, "wrong"), ProbeVerdict::kInconclusive);
  EXPECT_EQ(judged(locked, "right"), ProbeVerdict::kInconclusive);
  LdapAccount suspended = account();
  suspended.lock.locked_at = kSuspendedSince;
  EXPECT_EQ(judged(suspended, "right"), ProbeVerdict::kRejected);
  // A policy that heeds no lock: something else refused it.
  LdapPolicy never = policy();
  never.locks = false;
  EXPECT_EQ(judged(suspended, "right", never), ProbeVerdict::kInconclusive);
  LdapAccount over = account();
  over.lock.ends = "20261201110000Z";
  EXPECT_EQ(judged(over, "wrong"), ProbeVerdict::kInconclusive);
}

TEST(OpenldapLogin, OneValueThatFitsIsEnough) {
  LdapAccount several = account();
  several.values.emplace_back("{SASL}app@T");
  EXPECT_EQ(fit_of_any(several, SecretText("right")), Fit::kYes);
  EXPECT_EQ(fit_of_any(several, SecretText("wrong")), Fit::kUnknown);
  EXPECT_EQ(fit_of_any(account(), SecretText("wrong")), Fit::kNo);
  EXPECT_EQ(fit_of_any(LdapAccount{}, SecretText("wrong")), Fit::kNo);
}

}  // namespace
}  // namespace nhi
