// unit_settler.hpp - first half of a sweep's end: one reading of each unit stays.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <unordered_set>
#include <vector>

#include "scanner/inventory/coverage_rows.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/inventory/writer.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// Put in `missing_since` of a unit that is proven absent, until findings are settled.
inline constexpr std::int64_t kProvenAbsentMark = std::numeric_limits<std::int64_t>::min();

// Runs inside the end's transaction; exceptions of SQLiteCpp pass through to its adapt().
class UnitSettler {
 public:
  UnitSettler(SQLite::Database& database, const RunningSweep& running,
              const std::function<Absence(const UnitKey&)>& absence);
  /// Settles every unit under the sweep's targets.
  void settle();
  /// Removes the units that settle() marked as proven absent.
  void drop_absent();
  /// Roots under the sweep's targets.
  [[nodiscard]] const std::unordered_set<std::int64_t>& roots() const { return root_ids_; }
  /// Sorted readings of this sweep whose unit has the same stamp as in the reading before.
  [[nodiscard]] const std::vector<std::int64_t>& restamped() const { return restamped_; }
  [[nodiscard]] bool is_confirmed(std::int64_t reading) const;
  /// Calls `each(root id, target)` for every root under the sweep's targets.
  template <class Each>
  void each_root(Each each) const {
    for (const Root& root : roots_) each(root.id, root.target);
  }

 private:
  struct Version {
    std::string path;
    std::int64_t sweep = 0;
    std::int64_t reading = 0;
    std::string stamp;
    std::optional<std::int64_t> missing_since;
    std::uint64_t findings = 0;
    bool has_lists = false;
  };
  struct Root {
    std::int64_t id = 0;
    std::string target;
    std::string name;
  };
  void load_roots();
  void settle_root(const Root& root);
  std::vector<Version> next_versions(const Root& root, const Version& after);
  void settle_unit(const Root& root, std::vector<Version>& versions);
  void settle_missing(const Root& root, const Version& version);
  void drop(const Root& root, const Version& version, bool with_sightings);
  void mark(const Root& root, const Version& version, std::int64_t since);

  SQLite::Database& database_;
  const RunningSweep& running_;
  const std::function<Absence(const UnitKey&)>& absence_;
  CoverageLists lists_;
  SQLite::Statement next_;
  SQLite::Statement drop_;
  SQLite::Statement drop_sightings_;
  SQLite::Statement mark_;
  std::vector<Root> roots_;
  std::unordered_set<std::int64_t> root_ids_;
  std::vector<std::int64_t> restamped_;
  bool any_absent_ = false;
};

}  // namespace nhi
