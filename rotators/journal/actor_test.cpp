#include "rotators/journal/actor.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace nhi {
namespace {

TEST(Actor, IsTheAccountWithTheOneThatLoggedIn) {
  ProcessFacts facts;
  facts.user_name = "root";
  facts.login = 1000;
  facts.login_name = "ada";
  facts.cgroup = "0::/user.slice/user-1000.slice/session-4.scope\n";
  facts.terminal = "/dev/pts/3";
  EXPECT_EQ(actor_fields(facts, "Dr Byron").to_json(),
            R"({"auth":"os-user","for":"Dr Byron","login":"ada","terminal":"/dev/pts/3",)"
            R"("uid":0,"user":"root"})");
}

TEST(Actor, IsTheServiceWhereNobodyLoggedIn) {
  ProcessFacts facts;
  facts.user = 990;
  facts.login = kNoLogin;
  facts.cgroup = "0::/system.slice/nhisweep.service\n";
  EXPECT_EQ(actor_fields(facts, {}).to_json(),
            R"({"auth":"os-user","uid":990,"unit":"nhisweep.service","user":"uid 990"})");
}

TEST(Actor, OfThisProcessIsWhomTheSystemNames) {
  const ProcessFacts facts = process_facts();
  EXPECT_EQ(facts.user, ::getuid());
  EXPECT_FALSE(actor_fields(facts, {}).text_of("user").empty());
}

}  // namespace
}  // namespace nhi
