#include "scanner/inventory/presence.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

using Reading = UnitEvidence::Reading;

struct PlaceCase {
  const char* name;
  UnitEvidence evidence;
  Trace trace;
};

TEST(JudgePlace, IsCleanOnlyWithProof) {
  // reading, same stamp, parts unread, skipped more, rule asked
  const PlaceCase cases[] = {
      {"read whole, new content, rule asked",
       {Reading::kRead, false, false, false, true},
       Trace::kClean},
      {"proven absent", {Reading::kAbsent, false, false, false, true}, Trace::kClean},
      {"proven absent, rule not asked",
       {Reading::kAbsent, false, false, false, false},
       Trace::kClean},
      {"not read", {Reading::kNone, false, false, false, true}, Trace::kUnread},
      {"parts unread", {Reading::kRead, false, true, false, true}, Trace::kUnread},
      {"more left out by policy", {Reading::kRead, false, false, true, true}, Trace::kUnread},
      {"rule not asked", {Reading::kRead, false, false, false, false}, Trace::kRules},
      {"same content", {Reading::kRead, true, false, false, true}, Trace::kRules},
      {"same content, parts unread", {Reading::kRead, true, true, false, true}, Trace::kUnread},
  };
  for (const PlaceCase& row : cases) EXPECT_EQ(judge_place(row.evidence), row.trace) << row.name;
}

struct LifeCase {
  const char* name;
  std::optional<Presence> before;
  PlacesEvidence evidence;  // seen, seen in changed, unread, rules
  Presence after;
  bool changed;
  bool ruleset;
  bool checked;
};

TEST(NextPresence, FollowsTheContract) {
  constexpr PlacesEvidence kSeen{true, true, false, false};
  constexpr PlacesEvidence kSeenSame{true, false, false, false};
  constexpr PlacesEvidence kNothing{};
  constexpr PlacesEvidence kUnread{false, false, true, false};
  constexpr PlacesEvidence kRules{false, false, false, true};
  constexpr PlacesEvidence kBoth{false, false, true, true};
  const LifeCase cases[] = {
      {"first seen", std::nullopt, kSeen, Presence::kNew, true, false, true},
      {"first seen, same content", std::nullopt, kSeenSame, Presence::kNew, true, true, true},
      {"stays", Presence::kNew, kSeenSame, Presence::kOpen, false, false, true},
      {"stays open", Presence::kOpen, kSeen, Presence::kOpen, false, false, true},
      {"comes back", Presence::kGone, kSeen, Presence::kOpen, true, false, true},
      {"read again", Presence::kUnverified, kSeen, Presence::kOpen, true, false, true},
      {"rule is back", Presence::kUnverified, kSeenSame, Presence::kOpen, true, true, true},
      {"removed", Presence::kOpen, kNothing, Presence::kGone, true, false, true},
      {"removed at once", Presence::kNew, kNothing, Presence::kGone, true, false, true},
      {"proven later", Presence::kUnverified, kNothing, Presence::kGone, true, false, true},
      {"stays gone", Presence::kGone, kNothing, Presence::kGone, false, false, true},
      {"stays gone unread", Presence::kGone, kUnread, Presence::kGone, false, false, false},
      {"not read", Presence::kOpen, kUnread, Presence::kUnverified, true, false, false},
      {"still not read", Presence::kUnverified, kUnread, Presence::kUnverified, false, false,
       false},
      {"rule removed", Presence::kOpen, kRules, Presence::kUnverified, true, true, true},
      {"rule removed and unread", Presence::kOpen, kBoth, Presence::kUnverified, true, false,
       false},
  };
  for (const LifeCase& row : cases) {
    const PresenceChange change = next_presence(row.before, false, row.evidence);
    EXPECT_EQ(change.state, row.after) << row.name;
    EXPECT_EQ(change.changed, row.changed) << row.name;
    EXPECT_EQ(change.ruleset, row.ruleset) << row.name;
    EXPECT_EQ(change.checked, row.checked) << row.name;
  }
}

TEST(NextPresence, KeepsTheReasonWhileTheStateStays) {
  EXPECT_TRUE(next_presence(Presence::kNew, true, {true, true, false, false}).ruleset);
  EXPECT_TRUE(next_presence(Presence::kOpen, true, {true, true, false, false}).ruleset);
}

}  // namespace
}  // namespace nhi
