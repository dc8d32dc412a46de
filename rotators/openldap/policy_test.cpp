#include "rotators/openldap/policy.hpp"

#include "rotators/openldap/test_support.hpp"

namespace nhi {
namespace {

LdapTime at(const char* text) { return *parse_ldap_time(text); }

TEST(OpenldapPolicy, ReadsTimes) {
  // Source: date -u -d '2026-12-01 12:28:22' +%s
  EXPECT_EQ(at("20261201122822Z").time_since_epoch().count(), 1'796'128'102);
  EXPECT_EQ(at("20261201122822.012345Z"), at("20261201122822Z"));
  for (const char* const text : {"", "20261201122822", "2026120112282Z", "20261301122822Z",
                                 "20260231122822Z", "20261201252822Z", "2026120112282x0Z",
                                 "20261201122822+0100Z", "-0261201122822Z", "hello, world! Z"}) {
    EXPECT_FALSE(parse_ldap_time(text)) << text;
  }
}

LdapPolicy strict() {
  return policy_from(entry_of("cn=p,dc=t", {{"pwdLockout", {"TRUE"}},
                                            {"pwdMaxFailure", {"3"}},
                                            {"pwdFailureCountInterval", {"60"}},
                                            {"pwdLockoutDuration", {"300"}},
                                            {"pwdMustChange", {"FALSE"}},
                                            {"pwdInHistory", {"4"}}}));
}

TEST(OpenldapPolicy, IsToldInWords) {
  EXPECT_EQ(policy_words(strict()),
            "policy cn=p,dc=t: locks after 3 wrong values for 300 s; keeps 4 old values");
  LdapPolicy hard = strict();
  hard.must_change = true;
  hard.safe_modify = true;
  hard.check_quality = 2;
  hard.max_age_seconds = 86'400;
  for (const char* const word : {"pwdMustChange", "pwdSafeModify", "pwdCheckQuality", "86400"}) {
    EXPECT_NE(policy_words(hard).find(word), std::string::npos) << word;
  }
  LdapPolicy unread;
  unread.dn = "cn=p,dc=t";
  EXPECT_EQ(policy_words(unread), "policy cn=p,dc=t cannot be read");
  EXPECT_NE(policy_words({}).find("no password policy is known"), std::string::npos);
  LdapPolicy mild = strict();
  mild.locks = false;
  EXPECT_NE(policy_words(mild).find("never locks"), std::string::npos);
}

TEST(OpenldapPolicy, TellsLocksApart) {
  const LdapTime now = at("20261201120000Z");
  LockState lock;
  EXPECT_FALSE(lock.is_locked_out(strict(), now));
  lock.locked_at = kSuspendedSince;
  EXPECT_TRUE(lock.is_suspended());
  EXPECT_FALSE(lock.is_locked_out(strict(), now));
  lock.locked_at = "20261201115900Z";
  EXPECT_FALSE(lock.is_suspended());
  EXPECT_TRUE(lock.is_locked_out(strict(), now));
  EXPECT_FALSE(lock.is_locked_out(strict(), now + std::chrono::seconds(300)));
  EXPECT_TRUE(lock.is_locked_out({}, now + std::chrono::hours(24 * 365)));  // nobody knows
  LdapPolicy never = strict();
  never.locks = false;
  EXPECT_FALSE(lock.is_locked_out(never, now));
  LockState waiting;
  waiting.waits_until = "20261201120001Z";
  EXPECT_TRUE(waiting.is_locked_out(strict(), now));
  EXPECT_FALSE(waiting.is_locked_out(strict(), now + std::chrono::seconds(1)));
}

TEST(OpenldapPolicy, TellsWhenItsTimeIsOver) {
  const LdapTime now = at("20261201120000Z");
  LockState lock;
  EXPECT_FALSE(lock.is_out_of_time(now));
  lock.begins = "20261201120001Z";
  EXPECT_TRUE(lock.is_out_of_time(now));
  lock.begins = "20261201120000Z";
  lock.ends = "20261201120001Z";
  EXPECT_FALSE(lock.is_out_of_time(now));
  EXPECT_TRUE(lock.is_out_of_time(now + std::chrono::seconds(1)));
  lock.ends = "garbage";  // ppolicy takes it for over
  EXPECT_TRUE(lock.is_out_of_time(now));
}

TEST(OpenldapPolicy, KnowsWhenTheNextWrongValueLocks) {
  const LdapTime now = at("20261201120000Z");
  LockState lock;
  lock.failures = {now - std::chrono::seconds(50)};
  EXPECT_FALSE(lock.is_at_the_brink(strict(), now));
  lock.failures.push_back(now - std::chrono::seconds(61));  // does not count any more
  EXPECT_FALSE(lock.is_at_the_brink(strict(), now));
  lock.failures.push_back(now);
  EXPECT_TRUE(lock.is_at_the_brink(strict(), now));
  EXPECT_FALSE(lock.is_at_the_brink({}, now));
  for (const char* const since : {kSuspendedSince, "20261201115900Z"}) {
    LockState locked = lock;
    locked.locked_at = since;
    EXPECT_FALSE(locked.is_at_the_brink(strict(), now)) << since;  // it is over that
  }
  LdapPolicy ever = strict();
  ever.failures_seconds = 0;
  lock.failures = {now - std::chrono::hours(900), now - std::chrono::hours(800)};
  EXPECT_TRUE(lock.is_at_the_brink(ever, now));
  ever.max_failures = 0;
  EXPECT_FALSE(lock.is_at_the_brink(ever, now));
}

}  // namespace
}  // namespace nhi
