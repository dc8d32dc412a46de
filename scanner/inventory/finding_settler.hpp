// finding_settler.hpp - second half of a sweep's end: presence of every finding of its targets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "scanner/inventory/inventory.hpp"
#include "scanner/inventory/presence.hpp"
#include "scanner/inventory/unit_settler.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

// Runs inside the end's transaction, after the units are settled.
class FindingSettler {
 public:
  FindingSettler(SQLite::Database& database, const RunningSweep& running, const UnitSettler& units,
                 const SweepEnd& end);
  /// Settles every finding that has a place under the sweep's targets.
  void settle(SweepOutcome& outcome);

 private:
  struct Known {  // the `finding` row before this sweep
    std::optional<Presence> state;
    bool ruleset = false;
    std::int64_t first_seen = 0;
    std::int64_t last_seen = 0;
    std::int64_t place = 0;    // sighting ids
    std::int64_t history = 0;  // 0: none
    std::int64_t changed_sweep = 0;
  };
  struct Place {  // one sighting
    std::string finding;
    std::int64_t id = 0;
    std::int64_t reading = 0;
    std::int64_t root = 0;
    std::string unit_path;
    std::string stamp;
    std::uint64_t skipped = 0;
    std::string rule;
    Known known;
    Trace trace = Trace::kUnread;
    [[nodiscard]] bool in_history() const;
  };
  std::vector<Place> next_places(const std::string& finding, std::int64_t sighting);
  void settle_finding(std::vector<Place>& places, SweepOutcome& outcome);
  [[nodiscard]] bool is_asked(const Place& place) const;
  Trace judge(const Place& place, const std::vector<Place>& all);
  UnitEvidence look_up(const Place& place);
  std::uint64_t closed_parts(const Place& place, std::int64_t reading, std::uint64_t unread);
  void write(const std::vector<Place>& places, const PresenceChange& change,
             const std::vector<const Place*>& kept);
  void write_row(const Known& known, const std::string& finding, const PresenceChange& change,
                 std::int64_t place, std::int64_t history);
  void drop(const Place& place);
  static void count(const PresenceChange& change, SweepOutcome& outcome);

  const RunningSweep& running_;
  const UnitSettler& units_;
  std::unordered_set<std::string> rules_;
  std::unordered_map<std::int64_t, const std::vector<std::string>*> rules_of_root_;
  bool baseline_;
  SQLite::Statement next_;
  SQLite::Statement unit_;
  SQLite::Statement closed_;  // unread parts of a reading that are closed containers
  SQLite::Statement write_;
  SQLite::Statement change_;
  SQLite::Statement drop_;
};

}  // namespace nhi
