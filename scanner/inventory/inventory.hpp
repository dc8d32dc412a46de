// inventory.hpp - the store: sweeps, findings, credentials, dependencies, coverage; one file.
//
// A sweep is invisible until it ends. Units (one file, one repository) are stored under a sweep
// with state `running` as they finish; finish_sweep() works out presence, writes the measures and
// flips the current sweep last, in one transaction. Units of a killed sweep, and of the last one,
// are reused when stamp and profile are equal. Decisions of people live in tables of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

inline constexpr int kSchemaVersion = 1;

enum class SweepId : std::int64_t {};

struct SweepFacts {
  Instant started;
  Instant as_of;
  std::string estate;
  std::string ruleset;   // digest
  std::string profile;   // digest of ruleset, readers, decoders, limits
  std::string key_id;
  std::string version;   // of the program
  std::vector<std::string> targets;  // names; findings of other targets are left alone
};

/// One unit of reading: a file, a repository's history, standard input.
struct UnitKey {
  std::string target;
  std::string root;
  std::string path;      // file path, or ".git" for the history of the repository `root`
  friend auto operator<=>(const UnitKey&, const UnitKey&) = default;
};
struct UnitResult {
  UnitKey key;
  std::string stamp;     // changes when the content may have changed
  std::string profile;
  Coverage coverage;     // of this unit
  std::vector<Finding> findings;
};

/// What happened to a place that was not read tonight.
enum class Absence : std::uint8_t {
  kProvenAbsent,  // its folder was listed to the end and it was not there
  kNotRead,       // unread, unmounted, excluded, or nothing is known
};

/// Presence of everything after a sweep; contracts section 4.
struct SweepOutcome {
  SweepId sweep{};
  std::uint64_t fresh = 0;
  std::uint64_t open = 0;
  std::uint64_t gone = 0;
  std::uint64_t unverified = 0;
};

/// Stored headline numbers by name, in the order of contracts section 7. None = no evidence.
struct Measure {
  std::string name;
  std::optional<std::int64_t> value;
};

struct FindingFilter {
  std::optional<Level> severity;         // at least
  std::optional<Level> confidence;       // at least
  std::string rule;
  std::string system;
  std::string owner;
  std::optional<Presence> state;
  std::optional<Principal> principal;
  std::optional<FindingKind> kind;
  bool in_head = false;
  std::optional<SweepId> since_sweep;    // changed after it
  std::string id_prefix;                 // finding, credential or identity id
  std::uint64_t limit = 0;               // 0 = all
};

// One writer at a time (advisory lock); readers see the last finished sweep. Thread-compatible.
class Inventory {
 public:
  enum class Mode : std::uint8_t { kRead, kWrite };
  /// Creates the file (0600) in kWrite mode. Errors: kStore for a damaged or foreign file, a newer
  /// schema (named), a full disk; kBusy with the holder's pid; kNotFound in kRead mode.
  [[nodiscard]] static Result<Inventory> open(const std::string& path, Mode mode);
  Inventory(Inventory&&) noexcept;
  Inventory& operator=(Inventory&&) noexcept;
  ~Inventory();

  // Writing a sweep.
  [[nodiscard]] Result<SweepId> begin_sweep(const SweepFacts& facts);
  /// The stored result of `key` if its stamp and profile are these; it is then part of this sweep.
  /// Findings are not returned: finish_sweep() takes them over.
  [[nodiscard]] Result<bool> reuse(SweepId sweep, const UnitKey& key, std::string_view stamp,
                                   std::string_view profile, Coverage& carried);
  [[nodiscard]] Result<void> store(SweepId sweep, const UnitResult& unit);
  /// Commits what was stored so far (also done by itself every few thousand rows).
  [[nodiscard]] Result<void> checkpoint();
  /// Places of current findings under these targets: the sweep watches them while it walks.
  struct KnownPlace {
    UnitKey key;
    std::uint64_t findings = 0;
  };
  [[nodiscard]] Result<std::vector<KnownPlace>> known_places(
      const std::vector<std::string>& targets);
  /// Ends the sweep: `absence` is asked for each known unit that this sweep did not store or reuse.
  /// Merges findings with equal ids (work tree and history), keeps first_seen, sets presence and
  /// `change: ruleset` where only the profile's rules changed.
  [[nodiscard]] Result<SweepOutcome> finish_sweep(
      SweepId sweep, const Coverage& coverage, Instant now,
      const std::function<Absence(const UnitKey&)>& absence);
  [[nodiscard]] Result<void> store_measures(SweepId sweep, const std::vector<Measure>& measures);

  // Reading the last finished sweep.
  struct SweepRow {
    SweepId id{};
    SweepFacts facts;
    Instant finished;
    Coverage coverage;
    std::vector<Measure> measures;
  };
  [[nodiscard]] Result<std::optional<SweepRow>> current_sweep();
  [[nodiscard]] Result<std::vector<SweepRow>> finished_sweeps();  // oldest first, no unread lists
  [[nodiscard]] Result<std::vector<Finding>> findings(const FindingFilter& filter);

 private:
  struct State;
  explicit Inventory(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi
