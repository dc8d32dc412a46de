#include "scanner/sweep/accepted.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "scanner/sweep/estate.hpp"

namespace nhi {
namespace {

constexpr Instant kNow{1'795'600'000};  // 2026-11-25
constexpr const char* kLegacy =
    "[{path: /srv/legacy, owner: pas-team, reason: vendor lock, expires: 2027-01-31},"
    " {path: '/srv/*/spool', owner: pas-team, reason: moves, expires: 2027-01-31}]";

AcceptedUnread accepted(Instant as_of) {
  const auto places = read_accepted("estate.yaml", YAML::Load(kLegacy), "/etc");
  EXPECT_TRUE(places);
  return {*places,
          {{"/srv/legacy", "hosts/legacy", "hosts/legacy"}, {"/srv/app", "hosts/app", "hosts/app"}},
          as_of};
}

TEST(Accepted, NeedsOwnerReasonAndEnd) {
  for (const char* yaml :
       {"[{path: /a, owner: x, reason: y}]", "[{path: /a, owner: x, expires: 2027-01-31}]",
        "[{path: /a, reason: y, expires: 2027-01-31}]",
        "[{path: /a, owner: x, reason: y, expires: some day}]", "{path: /a}"}) {
    EXPECT_FALSE(read_accepted("estate.yaml", YAML::Load(yaml), "/etc")) << yaml;
  }
}

TEST(Accepted, CoversThePlaceOnDiskAndAllBelow) {
  const AcceptedUnread set = accepted(kNow);
  EXPECT_TRUE(set.covers({"hosts/legacy", "", "permission-denied", 0}));
  EXPECT_TRUE(set.covers({"hosts/legacy/deep", "a/b", "permission-denied", 0}));
  EXPECT_TRUE(set.covers({"hosts/app", "spool/x", "permission-denied", 0}));
  EXPECT_TRUE(set.covers({"hosts", "/srv/legacy", "glob-matches-nothing", 0}));
  EXPECT_FALSE(set.covers({"hosts/app", "spooler", "permission-denied", 0}));
  EXPECT_TRUE(set.covers({"hosts", "/srv/legacy!/objects/0123", "missing-object", 0}));
  EXPECT_TRUE(set.covers({"hosts/app", "spool!/objects/0123", "missing-object", 0}));
  EXPECT_FALSE(set.covers({"hosts", "/srv/legacy!", "permission-denied", 0}));
  EXPECT_FALSE(set.covers({"hosts/legacy2", "", "permission-denied", 0}));
}

TEST(Accepted, EndsOnItsDate) {
  EXPECT_FALSE(
      accepted(*parse_instant("2027-01-31")).covers({"hosts/legacy", "", "permission-denied", 0}));
}

TEST(Accepted, AreCountedAndNoLongerUnread) {
  Coverage coverage;
  coverage.add_unread({"hosts/legacy", "a", "permission-denied", 10});
  coverage.add_unread({"hosts/app", "b", "permission-denied", 20});
  coverage = accepted(kNow).apply(std::move(coverage));
  ASSERT_EQ(coverage.unread.size(), 1u);
  EXPECT_EQ(coverage.unread_total, 1u);
  EXPECT_EQ(coverage.unread[0].path, "b");
  ASSERT_EQ(coverage.by_policy.size(), 1u);
  EXPECT_EQ(coverage.by_policy[0].reason, "accepted-unread");
  EXPECT_EQ(coverage.by_policy[0].bytes, 10u);
}

TEST(Accepted, KindsOfContainersStayClosedWhereverTheyLie) {
  Coverage coverage;
  coverage.add_unread({"hosts/legacy", "a.zip", "closed-zip", 10});
  coverage.add_unread({"hosts/app", "b.zip", "closed-zip: git blob 0123 and 4 more", 20});
  coverage.add_unread({"hosts/app", "c.gz", "closed-gzip", 30});
  coverage.add_unread({"hosts/app", "d.zip", "permission-denied", 40});
  AcceptedUnread set;
  set.accept_closed({"zip"});
  coverage = set.apply(std::move(coverage));
  EXPECT_EQ(coverage.unread_total, 2u);
  ASSERT_EQ(coverage.by_policy.size(), 1u);
  EXPECT_EQ(coverage.by_policy[0].reason, "closed-zip");
  EXPECT_EQ(coverage.by_policy[0].count, 2u);
  EXPECT_EQ(coverage.by_policy[0].bytes, 30u);
}

}  // namespace
}  // namespace nhi
