#include "scanner/inventory/finding_settler.hpp"

#include <algorithm>
#include <tuple>

namespace nhi {
namespace {

constexpr std::size_t kChunkRows = 4096;
constexpr std::string_view kHistoryUnit = ".git";

const char* why(bool ruleset) { return ruleset ? "ruleset" : "content"; }

}  // namespace

FindingSettler::FindingSettler(SQLite::Database& database, const RunningSweep& running,
                               const UnitSettler& units, const SweepEnd& end)
    : running_(running),
      units_(units),
      rules_(end.rules.begin(), end.rules.end()),
      baseline_(end.baseline),
      next_(database,
            "SELECT s.finding_id, s.sighting_id, s.reading_id, s.root_id, s.unit_path,"
            " s.unit_stamp, s.unit_skipped, s.rule, f.state, f.change, f.first_seen,"
            " f.last_seen, f.sighting_id, f.history_id, f.changed_sweep"
            " FROM sighting s LEFT JOIN finding f ON f.finding_id = s.finding_id"
            " WHERE (s.finding_id, s.sighting_id) > (?, ?)"
            " ORDER BY s.finding_id, s.sighting_id LIMIT ?"),
      unit_(database,
            "SELECT reading_id, stamp, missing_since, unread_total, skipped FROM unit"
            " WHERE root_id = ? AND path = ? ORDER BY sweep_id DESC LIMIT 1"),
      closed_(database,
              "SELECT COUNT(*) FROM unit_unread WHERE reading_id = ?"
              " AND substr(reason, 1, length(?2)) = ?2"),
      write_(database,
             "INSERT INTO finding (finding_id, sighting_id, history_id, state, checked, change,"
             " first_seen, last_seen, changed_sweep) VALUES (?,?,?,?,?,?,?,?,?)"
             " ON CONFLICT (finding_id) DO UPDATE SET sighting_id = excluded.sighting_id,"
             " history_id = excluded.history_id, state = excluded.state,"
             " checked = excluded.checked, change = excluded.change,"
             " last_seen = excluded.last_seen, changed_sweep = excluded.changed_sweep"),
      change_(database, "INSERT INTO presence_change VALUES (?,?,?,?,?)"),
      drop_(database, "DELETE FROM sighting WHERE sighting_id = ?") {
  if (end.rules_of_target.empty()) return;
  units.each_root([&](std::int64_t root, const std::string& target) {
    const auto other = end.rules_of_target.find(target);
    if (other != end.rules_of_target.end()) rules_of_root_[root] = &other->second;
  });
}

bool FindingSettler::is_asked(const Place& place) const {
  const auto other = rules_of_root_.find(place.root);
  if (other == rules_of_root_.end()) return rules_.contains(place.rule);
  return std::binary_search(other->second->begin(), other->second->end(), place.rule);
}

bool FindingSettler::Place::in_history() const { return unit_path == kHistoryUnit; }

std::vector<FindingSettler::Place> FindingSettler::next_places(const std::string& finding,
                                                               std::int64_t sighting) {
  std::vector<Place> places;
  Use next(next_);
  next.bind().text(finding).integer(sighting).count(kChunkRows);
  while (next->executeStep()) {
    Row row(*next);
    Place place;
    place.finding = row.text();
    place.id = row.integer();
    place.reading = row.integer();
    place.root = row.integer();
    place.unit_path = row.text();
    place.stamp = row.text();
    place.skipped = row.count();
    place.rule = row.text();
    if (!row.is_null()) {
      place.known.state = parse_presence(row.text());
      place.known.ruleset = row.text() == "ruleset";
      place.known.first_seen = row.integer();
      place.known.last_seen = row.integer();
      place.known.place = row.integer();
      place.known.history = row.integer();  // NULL reads as 0
      place.known.changed_sweep = row.integer();
    }
    places.push_back(std::move(place));
  }
  return places;
}

// As for units: rows are read in chunks and changed between them.
void FindingSettler::settle(SweepOutcome& outcome) {
  std::string finding;
  std::int64_t sighting = 0;
  std::vector<Place> places;  // of one finding
  for (;;) {
    std::vector<Place> chunk = next_places(finding, sighting);
    if (chunk.empty()) break;
    finding = chunk.back().finding;
    sighting = chunk.back().id;
    for (Place& place : chunk) {
      if (!places.empty() && places.back().finding != place.finding) {
        settle_finding(places, outcome);
        places.clear();
      }
      places.push_back(std::move(place));
    }
  }
  if (!places.empty()) settle_finding(places, outcome);
}

void FindingSettler::settle_finding(std::vector<Place>& places, SweepOutcome& outcome) {
  // An id belongs to one target, so one place tells for all.
  if (units_.roots().count(places.front().root) == 0) return;
  PlacesEvidence evidence;
  for (Place& place : places) {
    place.trace = units_.is_confirmed(place.reading) ? Trace::kSeen : Trace::kUnread;
    evidence.seen = evidence.seen || place.trace == Trace::kSeen;
  }
  // Places of a finding that was gone are proven clean already; they are only its record.
  const Known& known = places.front().known;
  const bool returns = evidence.seen && known.state == Presence::kGone;
  std::vector<const Place*> kept;
  for (Place& place : places) {
    if (place.trace != Trace::kSeen) {
      place.trace = returns ? Trace::kClean : judge(place, places);
    }
    evidence.unread = evidence.unread || place.trace == Trace::kUnread;
    evidence.rules = evidence.rules || place.trace == Trace::kRules;
    if (place.trace == Trace::kSeen) {
      const auto& restamped = units_.restamped();
      if (!std::binary_search(restamped.begin(), restamped.end(), place.reading)) {
        evidence.seen_in_changed = true;
      }
    }
    if (place.trace != Trace::kClean) kept.push_back(&place);
  }
  if (!known.state && !evidence.seen) {
    // Nobody has seen it and nobody does: rows that only damage can leave.
    for (const Place& place : places) drop(place);
    return;
  }
  PresenceChange change = next_presence(known.state, known.ruleset, evidence);
  if (baseline_ && change.state == Presence::kNew) change.state = Presence::kOpen;
  if (change.state == Presence::kGone) {
    // The last known place and its git facts are what a report of a gone finding shows.
    kept.clear();
    for (const Place& place : places) {
      if (place.id == known.place || place.id == known.history) kept.push_back(&place);
    }
  }
  write(places, change, kept);
  count(change, outcome);
}

Trace FindingSettler::judge(const Place& place, const std::vector<Place>& all) {
  const auto replaces = [&](const Place& other) {
    return other.trace == Trace::kSeen && other.root == place.root &&
           other.unit_path == place.unit_path;
  };
  if (std::any_of(all.begin(), all.end(), replaces)) return Trace::kClean;
  return judge_place(look_up(place));
}

UnitEvidence FindingSettler::look_up(const Place& place) {
  UnitEvidence evidence;
  evidence.rule_asked = is_asked(place);
  Use unit(unit_);
  unit.bind().integer(place.root).blob(place.unit_path);
  if (!unit->executeStep()) {
    // A unit that is gone with its finding stays proven; any other lost row proves nothing.
    if (place.known.state == Presence::kGone) evidence.reading = UnitEvidence::Reading::kAbsent;
    return evidence;
  }
  Row row(*unit);
  const std::int64_t reading = row.integer();
  evidence.same_stamp = row.text() == place.stamp && !place.stamp.empty();
  const std::optional<std::int64_t> missing = row.optional_integer();
  const std::uint64_t unread = row.count();
  evidence.parts_unread = unread > closed_parts(place, reading, unread);
  evidence.skipped_more = row.count() > place.skipped;
  if (missing == kProvenAbsentMark) {
    evidence.reading = UnitEvidence::Reading::kAbsent;
  } else if (units_.is_confirmed(reading)) {
    evidence.reading = UnitEvidence::Reading::kRead;
  }
  return evidence;
}

// A history is many blobs under one unit. That one of them is a closed container says nothing of
// the others: their bytes were gone through before and now. A file that became one may hold it.
std::uint64_t FindingSettler::closed_parts(const Place& place, std::int64_t reading,
                                           std::uint64_t unread) {
  if (unread == 0 || !place.in_history()) return 0;
  Use closed(closed_);
  closed.bind().integer(reading).text(kClosedReason);
  return closed->executeStep() ? Row(*closed).count() : 0;
}

void FindingSettler::write(const std::vector<Place>& places, const PresenceChange& change,
                           const std::vector<const Place*>& kept) {
  // Seen before unseen, the work tree before history, then by unit, the newest first.
  const auto better = [](const Place* a, const Place* b) {
    const auto rank = [](const Place& p) {
      return std::tuple(p.trace != Trace::kSeen, p.in_history(), std::string_view(p.unit_path),
                        -p.id);
    };
    return rank(*a) < rank(*b);
  };
  NHI_ASSERT(!kept.empty());
  const Place* place = *std::min_element(kept.begin(), kept.end(), better);
  const Place* history = nullptr;
  for (const Place* candidate : kept) {
    if (!candidate->in_history() || candidate == place) continue;
    if (history == nullptr || better(candidate, history)) history = candidate;
  }
  if (place->in_history()) history = nullptr;
  write_row(places.front().known, place->finding, change, place->id,
            history == nullptr ? 0 : history->id);
  for (const Place& old : places) {
    if (std::find(kept.begin(), kept.end(), &old) == kept.end()) drop(old);
  }
}

void FindingSettler::drop(const Place& place) {
  Use use(drop_);
  use.bind().integer(place.id);
  use->exec();
}

void FindingSettler::write_row(const Known& known, const std::string& finding,
                               const PresenceChange& change, std::int64_t place,
                               std::int64_t history) {
  const bool seen = change.state == Presence::kNew || change.state == Presence::kOpen;
  const std::int64_t now = running_.as_of.seconds;
  // A clock that was set back must not make a finding end before it began.
  const std::int64_t first = known.state ? known.first_seen : now;
  const std::int64_t last = seen ? std::max({now, known.last_seen, first}) : known.last_seen;
  {
    Use use(write_);
    Binder binder = use.bind();
    binder.text(finding).integer(place);
    if (history != 0) {
      binder.integer(history);
    } else {
      binder.null();
    }
    binder.text(to_string(change.state)).flag(change.checked).text(why(change.ruleset));
    binder.integer(first).integer(last);
    binder.integer(change.changed ? running_.id : known.changed_sweep);
    use->exec();
  }
  if (!change.changed) return;
  Use use(change_);
  Binder binder = use.bind();
  binder.integer(running_.id).text(finding);
  if (known.state) {
    binder.text(to_string(*known.state));
  } else {
    binder.null();
  }
  binder.text(to_string(change.state)).text(why(change.ruleset));
  use->exec();
}

void FindingSettler::count(const PresenceChange& change, SweepOutcome& outcome) {
  switch (change.state) {
    case Presence::kNew:
      ++outcome.fresh;
      break;
    case Presence::kOpen:
      ++outcome.open;
      break;
    case Presence::kGone:
      ++outcome.gone;
      if (change.changed) ++outcome.newly_gone;
      break;
    case Presence::kUnverified:
      ++outcome.unverified;
      if (change.changed) ++outcome.newly_unverified;
      break;
  }
}

}  // namespace nhi
