// inventory.hpp - the store: sweeps, findings, credentials, dependencies, coverage; one file.
//
// A sweep is invisible until it ends. Units (one file, one repository) are stored under a sweep
// with state `running` as they finish; finish_sweep() works out presence, writes the measures and
// flips the current sweep last, in one transaction. Units of a killed sweep, and of the last one,
// are reused when stamp and profile are equal. Decisions of people live in tables of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/dependency.hpp"
#include "scanner/identity/types.hpp"

namespace nhi {

inline constexpr int kSchemaVersion = 8;

enum class SweepId : std::int64_t {};

struct SweepFacts {
  Instant started;
  Instant as_of;
  std::string estate;
  std::string ruleset;  // digest
  std::string profile;  // digest of ruleset, readers, decoders, limits
  std::string key_id;
  std::string key_check;             // of that key, see identity/key.hpp; empty: not asked
  std::string former_check;          // of the key that it replaces; empty if it replaces none
  bool to_bundle = false;            // the store is a host's cache, of which a bundle is made
  std::string version;               // of the program
  EstatePolicy policy;               // the estate's, or the defaults
  std::vector<std::string> targets;  // names; findings of other targets are left alone
};

/// One unit of reading: a file, a repository's history, standard input.
struct UnitKey {
  std::string target;
  std::string root;
  std::string path;  // file path, or ".git" for the history of the repository `root`
  friend auto operator<=>(const UnitKey&, const UnitKey&) = default;
};
struct UnitResult {
  UnitKey key;
  std::string stamp;  // changes when the content may have changed; empty: never reused
  std::string profile;
  Coverage coverage;  // of this unit
  std::vector<Finding> findings;
};

/// Blobs of a history in which nothing was found, whatever their path.
struct QuietObjects {
  std::string ids;               // 20 bytes each, in no order; some may stand there twice
  std::optional<Instant> since;  // the oldest reading of them
};

/// What happened to a place that was not read tonight.
enum class Absence : std::uint8_t {
  kProvenAbsent,  // its folder was listed to the end and it was not there
  kNotRead,       // unread, unmounted, excluded, or nothing is known
};

struct FindingOwner {
  std::string name;    // empty: nobody
  std::string source;  // "estate", "owners", "codeowners"
};

/// The newest bundle of a host that a sweep merged.
struct HostBundle {
  std::string host;
  std::string seal;  // hex: names the bundle
  Instant collected;
  std::string key_check;  // of the key that sealed it; empty if that was not asked yet
};

/// What a sweep needs to know to end; see Inventory::finish_sweep().
struct SweepEnd {
  Coverage coverage;
  Instant now;  // when it ended; dates of findings are the sweep's `as_of`
  /// Ids of everything that could have found something tonight, as they stand in Finding::rule:
  /// rules, indicators and readers of sites. A finding of another rule is never `gone`.
  std::vector<std::string> rules;
  /// Asked for each known unit of the sweep's targets that it did not store or reuse.
  std::function<Absence(const UnitKey&)> absence;
  /// Who owns a place, of target, printed root and path; asked for every place under the sweep's
  /// targets, read tonight or not. Without it, and where it says none, owners stay as they were
  /// stored.
  std::function<std::optional<FindingOwner>(const std::string&, const std::string&,
                                            const std::string&)>
      owner = nullptr;
  /// What is there tonight is known from before: counted, never `new`.
  bool baseline = false;
  /// Targets whose readings asked other rules than `rules`, sorted ids each.
  std::map<std::string, std::vector<std::string>> rules_of_target = {};
  /// Merged by this sweep; they replace what is known of their hosts.
  std::vector<HostBundle> bundles = {};
};

/// Presence of everything under the sweep's targets; contracts section 4.
struct SweepOutcome {
  SweepId sweep{};
  std::uint64_t fresh = 0;
  std::uint64_t open = 0;
  std::uint64_t gone = 0;  // all that are known to be gone, those of earlier sweeps too
  std::uint64_t unverified = 0;
  std::uint64_t newly_gone = 0;        // gone since this sweep
  std::uint64_t newly_unverified = 0;  // unverified since this sweep
};

/// Stored headline numbers by name, in the order of contracts section 7. None = no evidence.
struct Measure {
  std::string name;
  std::optional<std::int64_t> value;
};

/// Findings that nobody decided anything about, that somebody accepted, or with this verdict.
struct DecisionFilter {
  bool accepted = false;
  Verdict verdict = Verdict::kNone;  // kNone without `accepted`: undecided
  friend bool operator==(const DecisionFilter&, const DecisionFilter&) = default;
};

struct FindingFilter {
  std::optional<Level> severity;    // at least
  std::optional<Level> confidence;  // at least
  std::string rule;
  std::string system;
  std::string owner;
  std::optional<Presence> state;
  std::optional<Principal> principal;
  std::optional<FindingKind> kind;
  std::optional<DecisionFilter> decision;
  bool ignored_inline = false;         // an inline ignore stands on its line
  bool in_head = false;                // in a file or in HEAD, as far as is known
  std::optional<SweepId> since_sweep;  // presence changed after it
  std::string id_prefix;               // finding, credential or dependency id, or identity key
  std::uint64_t limit = 0;             // 0 = all; the first in report order
  friend bool operator==(const FindingFilter&, const FindingFilter&) = default;
};

/// Decisions of one command: they are stored together or not at all.
struct Decisions {
  std::vector<FindingDecision> findings = {};
  // An id that is known: its end is moved, or it is withdrawn.
  std::vector<Exception> exceptions = {};
  std::vector<DependencyDecision> dependencies = {};
  std::vector<CredentialDecision> credentials = {};
  std::vector<BindingDecision> bindings = {};
};

/// What is to be removed; findings are those of Inventory::prunable() and nothing else.
struct PruneOrder {
  Instant before;                     // old is what ended before it
  std::vector<std::string> findings;  // ids: they go, with all that hangs on them
  std::vector<std::string> nameless;  // ids: they stay without authors and file owners
  bool dry_run = false;               // count only
};
/// Rows that went, or would go.
struct PruneOutcome {
  std::uint64_t findings = 0;
  std::uint64_t places = 0;         // of these findings
  std::uint64_t changes = 0;        // of their presence
  std::uint64_t decisions = 0;      // about them, and about credentials without a place left
  std::uint64_t names = 0;          // places that lost their names
  std::uint64_t unread_places = 0;  // in lists of old sweeps
  std::uint64_t roots = 0;          // names of roots under which nothing is known any more
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

  // Writing a sweep. After an error of store(), reuse() or checkpoint() the sweep cannot go on:
  // further calls give the same error until begin_sweep(), which finds what was committed.

  /// Begins a sweep, or takes over the one that was killed: its id, and its finished units for
  /// reuse(). Units of the killed sweep that this one does not reuse are dropped at its end.
  /// Errors: kBadUse if the ids of the store are made with another key: all would be new and gone.
  [[nodiscard]] Result<SweepId> begin_sweep(const SweepFacts& facts);
  /// The stored result of `key` if its stamp and profile are these; it is then part of this sweep.
  /// Findings are not returned: finish_sweep() takes them over. `carried` gets the unit's coverage
  /// as taken over (files and objects as carried, unread and by_policy as they were). A store()
  /// of the same key in the same sweep replaces it.
  [[nodiscard]] Result<bool> reuse(SweepId sweep, const UnitKey& key, std::string_view stamp,
                                   std::string_view profile, Coverage& carried);
  [[nodiscard]] Result<void> store(SweepId sweep, const UnitResult& unit);
  /// What add_quiet() was told of this history under this profile, by sweeps that were killed too.
  [[nodiscard]] Result<QuietObjects> quiet_objects(SweepId sweep, const UnitKey& key,
                                                   std::string_view profile);
  /// `ids`: as in QuietObjects. What is known under other profiles is forgotten.
  [[nodiscard]] Result<void> add_quiet(SweepId sweep, const UnitKey& key,
                                       const std::string& profile, std::string_view ids);
  /// Of a history that is read whole again.
  [[nodiscard]] Result<void> forget_quiet(SweepId sweep, const UnitKey& key);
  /// Commits what was stored so far (also done by itself every few thousand rows).
  [[nodiscard]] Result<void> checkpoint();
  /// Places of current findings under these targets: the sweep watches them while it walks.
  struct KnownPlace {
    UnitKey key;
    std::uint64_t findings = 0;
    std::string stamp;  // of the last reading that found them
  };
  [[nodiscard]] Result<std::vector<KnownPlace>> known_places(
      const std::vector<std::string>& targets);
  /// Names of all targets that any sweep ever covered, sorted.
  [[nodiscard]] Result<std::vector<std::string>> targets();
  /// By host.
  [[nodiscard]] Result<std::vector<HostBundle>> bundles();
  /// Hands over every unit that the last finished sweep read or reused, with findings as they
  /// stand in the store: facts, owners included, nothing of presence or decisions. By target, root
  /// and path, one unit in memory at a time. Of ids under a former key only the fingerprint is
  /// told, see SweepFacts::to_bundle. Errors: kStore; those of `each` end it.
  [[nodiscard]] Result<void> export_units(const std::function<Result<void>(UnitResult)>& each);
  /// Ends the sweep in one transaction, flipping the current sweep last. Merges findings with
  /// equal ids (work tree and history), keeps first_seen, and sets presence by presence.hpp:
  /// - `gone` if each of its places was read whole with new content and its rule was asked, or is
  ///   proven absent; `unverified` if some place was not read, not whole, or policy left out more
  ///   of it; `unverified` with `change: ruleset` if the content is as it was, or its rule is not
  ///   asked any more.
  /// - a finding seen again after `gone` is `open` and keeps its first date.
  /// After an error nothing of this end is kept; what was stored is, and it may be called again.
  [[nodiscard]] Result<SweepOutcome> finish_sweep(SweepId sweep, const SweepEnd& end);
  [[nodiscard]] Result<void> store_measures(SweepId sweep, const std::vector<Measure>& measures);

  /// Where the audit stood when the sweep had ended: reports show it, and it shows a cut audit.
  [[nodiscard]] Result<void> store_audit_head(SweepId sweep, const std::string& head);

  // Decisions of people; no sweep writes them.
  /// Appends all of them or none. Errors: kBadUse where a word is missing that its kind requires;
  /// kStore. Flushed to disk before it returns.
  [[nodiscard]] Result<void> decide(const Decisions& decisions);
  /// All decisions about credentials, oldest first.
  [[nodiscard]] Result<std::vector<CredentialDecision>> credential_decisions();
  /// All decisions about findings and credentials, oldest first.
  [[nodiscard]] Result<std::vector<FindingDecision>> finding_decisions();
  /// The newest decision about each exception, by id; those that ended too.
  [[nodiscard]] Result<std::vector<Exception>> exceptions();
  /// All of them, oldest first.
  [[nodiscard]] Result<std::vector<DependencyDecision>> dependency_decisions();
  [[nodiscard]] Result<std::vector<BindingDecision>> binding_decisions();

  /// The key of the last sweep.
  struct KeyState {
    std::string key_id;
    std::string key_check;
  };
  /// None before the first sweep has ended. Errors: kStore.
  [[nodiscard]] Result<std::optional<KeyState>> key_state();
  /// Findings that are not gone and have not been read under this key: without the key before it
  /// they are not known again. Their number by target; targets without any are left out.
  [[nodiscard]] Result<std::map<std::string, std::uint64_t>> waiting_for_key(const KeyState& key);

  // Removing what is old.

  /// A finding that is gone since before a date, and was not seen since.
  struct Prunable {
    std::string finding_id;
    bool concerned = false;  // a decision about it or its credential is younger than the date
    bool shown = false;      // a reading that the next sweep may take over shows it again
  };
  /// By id. Errors: kStore.
  [[nodiscard]] Result<std::vector<Prunable>> prunable(Instant before);
  /// Removes in one transaction, then writes the file anew so that no byte of it is left in file or
  /// log; a dry run only counts. Errors: kInternal for a finding that is not prunable, or is
  /// concerned or shown; kStore, kBusy: if the hint says so the facts are gone from the tables, and
  /// the next call cleans the file.
  [[nodiscard]] Result<PruneOutcome> prune(const PruneOrder& order);

  // Reading the last finished sweep.
  struct SweepRow {
    SweepId id{};
    SweepFacts facts;
    Instant finished;
    Coverage coverage;
    std::vector<Measure> measures;
    std::string audit_head;  // the audit's last record when it had ended; empty: not recorded
  };
  [[nodiscard]] Result<std::optional<SweepRow>> current_sweep();
  /// Oldest first; without the unread lists, which are kept for the newest sweeps only.
  [[nodiscard]] Result<std::vector<SweepRow>> finished_sweeps();
  struct PresenceRow {
    SweepId sweep{};  // that found the change
    Instant at;       // its `as_of`
    std::string finding_id;
    std::optional<Presence> from;  // none: it was not known
    Presence to = Presence::kNew;
    std::string change;  // content | ruleset
  };
  /// Every change of presence found by a finished sweep after this one, in the order of sweeps,
  /// then of ids. Errors: kStore.
  [[nodiscard]] Result<std::vector<PresenceRow>> presence_changes(SweepId after);
  /// In report order. Credential status, decisions and exceptions in force at the current sweep's
  /// `as_of` are joined in. Errors: kStore if the file holds values that are none of ours.
  [[nodiscard]] Result<std::vector<Finding>> findings(const FindingFilter& filter);

 private:
  struct State;
  explicit Inventory(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi
