#include "scanner/inventory/presence.hpp"

namespace nhi {

Trace judge_place(const UnitEvidence& evidence) {
  if (evidence.reading == UnitEvidence::Reading::kAbsent) return Trace::kClean;
  if (evidence.reading == UnitEvidence::Reading::kNone) return Trace::kUnread;
  if (evidence.parts_unread || evidence.skipped_more) return Trace::kUnread;
  // Equal content that shows the finding no more: the rules or readers look elsewhere now.
  if (!evidence.rule_asked || evidence.same_stamp) return Trace::kRules;
  return Trace::kClean;
}

PresenceChange next_presence(std::optional<Presence> before, bool before_ruleset,
                             const PlacesEvidence& evidence) {
  PresenceChange after;
  if (evidence.seen) {
    const bool stays = before == Presence::kNew || before == Presence::kOpen;
    after.state = before ? Presence::kOpen : Presence::kNew;
    after.changed = !stays;
    after.ruleset = stays ? before_ruleset : !evidence.seen_in_changed;
    return after;
  }
  after.checked = !evidence.unread;
  if (before == Presence::kGone) {  // proven once; an unread place does not bring it back
    after.state = Presence::kGone;
    after.ruleset = before_ruleset;
    return after;
  }
  if (evidence.unread || evidence.rules) {
    after.state = Presence::kUnverified;
    after.ruleset = !evidence.unread;
    after.changed = before != Presence::kUnverified;
    return after;
  }
  after.state = Presence::kGone;
  after.changed = true;
  return after;
}

}  // namespace nhi
