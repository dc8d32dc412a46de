// presence.hpp - what a sweep says about one finding: new, open, gone or unverified.
//
// `gone` is a proof: every place that held the finding was read to its end, differs from what it
// was, and would have shown it; or it was proven absent. Anything less is `unverified`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scanner/identity/types.hpp"

namespace nhi {

/// What became, tonight, of one place that once held the finding.
enum class Trace : std::uint8_t {
  kSeen,    // it was read (or known unchanged) and holds the finding
  kClean,   // it was read and holds it no more, or it is proven absent
  kUnread,  // it was not read, or not all of it
  kRules,   // its content is as it was, or its rule is not asked tonight: only the rules changed
};

/// What a sweep knows of the place's unit.
struct UnitEvidence {
  enum class Reading : std::uint8_t { kNone, kAbsent, kRead };
  Reading reading = Reading::kNone;
  bool same_stamp = false;    // content as when the finding was last seen there
  bool parts_unread = false;  // the reading has unread parts
  bool skipped_more = false;  // policy left out more than when it was last seen there
  bool rule_asked = false;    // the finding's rule is among tonight's
};
[[nodiscard]] Trace judge_place(const UnitEvidence& evidence);

/// All places of one finding together.
struct PlacesEvidence {
  bool seen = false;
  bool seen_in_changed = false;  // at least one place that shows it has new content
  bool unread = false;           // some place is kUnread
  bool rules = false;            // some place is kRules
};

struct PresenceChange {
  Presence state = Presence::kNew;
  bool checked = true;
  bool ruleset = false;  // `change: ruleset`, else `change: content`
  bool changed = false;  // a change of state to be kept; staying (new to open) is none
};

/// `before` is none for a finding never seen. A finding that was gone and is seen again is `open`:
/// its first date stays, it is not new to the people who dealt with it.
[[nodiscard]] PresenceChange next_presence(std::optional<Presence> before, bool before_ruleset,
                                           const PlacesEvidence& evidence);

}  // namespace nhi
