#include "plugins/protocol/capability.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

Capability usual() {
  Capability it;
  it.slots = 2;
  it.slot_policy = SlotPolicy::kEvictsOldest;
  it.marker = "name";
  it.listable = true;
  it.suspend = true;
  it.derived = {"sessions", "replicas"};
  it.converge_ms = 5000;
  it.dead_probe = DeadProbe::kLockoutRisk;
  return it;
}

TEST(Capability, ComesBackWithEveryMember) {
  for (const std::uint32_t slots : {1U, 2U, kManySlots}) {
    Capability it = usual();
    it.slots = slots;
    if (slots == 1) it.slot_policy = SlotPolicy::kEvictsPrevious;
    const auto back = capability_from(to_json(it));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, it);
  }
}

TEST(Capability, EveryMemberIsRequired) {
  const Json whole = to_json(usual());
  for (const auto& entry : whole.items()) {
    Json less = whole;
    less.erase(entry.key());
    const auto read = capability_from(less);
    ASSERT_FALSE(read) << entry.key();
    EXPECT_NE(read.error().what.find("'" + entry.key() + "'"), std::string::npos);
  }
}

TEST(Capability, EveryUnknownWordIsRefused) {
  const Json whole = to_json(usual());
  for (const auto& entry : whole.items()) {
    for (const Json& strange : {Json("strange"), Json(-1), Json(nullptr), Json({{"a", 1}})}) {
      if (entry.key() == "marker" && strange.is_string()) continue;
      Json changed = whole;
      changed[entry.key()] = strange;
      EXPECT_FALSE(capability_from(changed)) << entry.key() << " " << strange.dump();
    }
  }
}

TEST(Capability, WhatContradictsItselfIsRefused) {
  Capability no_marker = usual();
  no_marker.create_replay = CreateReplay::kConflict;
  no_marker.marker.clear();
  EXPECT_FALSE(capability_from(to_json(no_marker)));
  Capability one_slot = usual();
  one_slot.slots = 1;
  EXPECT_FALSE(capability_from(to_json(one_slot)));
  Capability lost = usual();
  lost.create_replay = CreateReplay::kDuplicates;
  lost.marker.clear();
  lost.listable = false;
  EXPECT_FALSE(capability_from(to_json(lost)));
}

}  // namespace
}  // namespace nhi
