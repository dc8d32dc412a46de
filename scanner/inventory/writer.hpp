// writer.hpp - the part of a sweep before its end: beginning, reusing and storing units.
//
// Rows are committed in batches under the running sweep; no reader looks at them, because readers
// start from `finding`, which only the end of a sweep writes. What was reused is remembered in
// memory only: after a kill it is simply asked for again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/inventory/coverage_rows.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/inventory/quiet_rows.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// Rows of units and sightings that one transaction takes. Larger batches won nothing measurable.
inline constexpr std::size_t kBatchRows = 4096;

/// What the end of a sweep needs from its beginning.
struct RunningSweep {
  std::int64_t id = 0;
  std::int64_t first_reading = 0;  // readings from here on are this sweep's
  Instant as_of;
  std::string key_id;
  std::string key_check;     // empty: no key is asked for
  std::string former_check;  // empty: the key replaces none
  bool to_bundle = false;
  std::vector<std::string> targets;     // sorted, once each
  std::vector<std::int64_t> confirmed;  // readings that are part of it; not sorted
};

// Thread-compatible. Invariant: while failed_ is set nothing is written and no batch is open.
class SweepWriter {
 public:
  SweepWriter(SQLite::Database& database, std::string path);
  SweepWriter(const SweepWriter&) = delete;
  SweepWriter& operator=(const SweepWriter&) = delete;
  ~SweepWriter();

  [[nodiscard]] Result<SweepId> begin(const SweepFacts& facts);
  [[nodiscard]] Result<bool> reuse(SweepId sweep, const UnitKey& key, std::string_view stamp,
                                   std::string_view profile, Coverage& carried);
  [[nodiscard]] Result<void> store(SweepId sweep, const UnitResult& unit);
  [[nodiscard]] Result<QuietObjects> quiet_objects(SweepId sweep, const UnitKey& key,
                                                   std::string_view profile);
  [[nodiscard]] Result<void> add_quiet(SweepId sweep, const UnitKey& key,
                                       const std::string& profile, std::string_view ids);
  [[nodiscard]] Result<void> forget_quiet(SweepId sweep, const UnitKey& key);
  [[nodiscard]] Result<void> checkpoint();
  /// Ends an open batch so that another transaction may begin; a failed sweep is no hindrance.
  [[nodiscard]] Result<void> close_batch();
  /// The running sweep with nothing left uncommitted; kInternal if `sweep` is not it.
  [[nodiscard]] Result<RunningSweep*> settled(SweepId sweep);
  /// Forgets the running sweep after its end.
  void ended();

 private:
  struct Statements;
  [[nodiscard]] Result<void> expect_running(SweepId sweep) const;
  void begin_row(const SweepFacts& facts);
  void fill_row(const SweepFacts& facts);
  void drop_other_targets();
  bool find_reading(std::int64_t root, const UnitKey& key, std::string_view stamp,
                    std::int64_t profile, Coverage& carried);
  std::optional<std::int64_t> known_root(const UnitKey& key);
  std::int64_t make_root(const UnitKey& key);
  std::int64_t target_id(const std::string& name);
  std::optional<std::int64_t> known_profile(std::string_view digest);
  std::int64_t make_profile(const std::string& digest);
  void open_batch();
  void commit_batch();
  void drop_staged(std::int64_t root, const UnitKey& key);
  void insert_unit(std::int64_t root, std::int64_t profile, std::int64_t reading,
                   const UnitResult& unit);
  void remember_former(const UnitResult& unit);
  void remember_fingerprints(const UnitResult& unit);
  bool lacks_former(std::int64_t reading);
  void insert_sightings(std::int64_t root, std::int64_t reading, const UnitResult& unit);
  template <class Body>
  auto guarded(Body&& body) -> decltype(body());

  SQLite::Database& database_;
  std::string path_;
  std::unique_ptr<Statements> statements_;
  CoverageLists lists_;
  QuietRows quiet_;
  std::optional<RunningSweep> running_;
  std::optional<Error> failed_;
  std::int64_t next_reading_ = 0;
  std::size_t batch_rows_ = 0;
  bool batch_open_ = false;
  std::map<std::pair<std::string, std::string>, std::int64_t> roots_;  // target, root
  std::optional<std::pair<std::string, std::int64_t>> profile_;        // the last one used
};

}  // namespace nhi
