// run_store.hpp - rotations as the journal keeps them. Each change is on the disk, together with
// what the audit says of it, before the call returns.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rotators/journal/journal.hpp"
#include "rotators/journal/run_types.hpp"
#include "rotators/journal/wrapping_key.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// Who may write about a run: nobody else can while it is held.
struct Lease {
  std::string identity;
  std::string run_id;
  std::int64_t fence = 0;
};
/// A holder that wrote nothing for so long is taken for gone, wherever it is.
inline constexpr std::int64_t kLeaseSeconds = 600;

/// This process as a lease names it: host, boot, process and when that began.
[[nodiscard]] std::string this_holder();
/// True if that process ran on this machine and does not any more.
[[nodiscard]] bool holder_is_gone(const std::string& holder);

// Uses a journal that is open for appending, or, to read, one that is not. Thread-compatible.
class RunStore {
 public:
  explicit RunStore(Journal& journal) : journal_(&journal) {}

  // Reading. Errors of all: kStore, also for rows that are none of ours.
  /// The run whose id begins so. Errors: kBadUse for none or several.
  [[nodiscard]] Result<RunRow> run(const std::string& id_prefix);
  /// Newest first.
  [[nodiscard]] Result<std::vector<RunRow>> runs();
  [[nodiscard]] Result<std::vector<StepRow>> steps(const std::string& run_id);
  [[nodiscard]] Result<std::vector<ApprovalRow>> approvals(const std::string& run_id);

  // Before anything happened: no lease is needed.
  [[nodiscard]] Result<void> add(const RunRow& run, std::span<const AuditEvent> events);
  /// Only while the run is in `from`. Errors: kBusy otherwise.
  [[nodiscard]] Result<void> approve(const std::string& run_id, RunState from,
                                     const ApprovalRow& approval, RunState to,
                                     std::span<const AuditEvent> events);
  [[nodiscard]] Result<void> move(const std::string& run_id, RunState from, RunState to, Instant at,
                                  std::span<const AuditEvent> events);

  /// Takes the identity for this run. Errors: kBusy, with what stands in the way: another run of
  /// the identity that is under way, a holder that lives.
  [[nodiscard]] Result<Lease> take_lease(const RunRow& run, const std::string& holder, Instant now);
  [[nodiscard]] Result<void> release(const Lease& lease);
  /// Number of runs that are under way and held by somebody who lives.
  [[nodiscard]] Result<std::size_t> held(Instant now);

  // Under a lease. Errors: kBusy if it was taken by another since: nothing is written.
  struct Change {
    std::optional<RunState> state = std::nullopt;
    std::optional<std::string> facts = std::nullopt;
    std::optional<StepRow> step = std::nullopt;  // new, or instead of the one of this number
    std::vector<AuditEvent> events = {};
    Instant now = {};
  };
  [[nodiscard]] Result<void> write(const Lease& lease, const Change& change);

  /// Encrypts and keeps `value`; one a purpose. A value that is kept already under this purpose is
  /// replaced only if `replace`. Errors: kBusy as above, or if one is kept already.
  [[nodiscard]] Result<void> seal(const Lease& lease, const WrappingKey& key,
                                  const std::string& purpose, const SecretText& value, Instant now,
                                  std::span<const AuditEvent> events, bool replace = false);
  /// None if nothing is kept, or it was shredded. Errors: kMalformed under another key.
  [[nodiscard]] Result<std::optional<SecretText>> unseal(const RunRow& run, const WrappingKey& key,
                                                         const std::string& purpose);
  /// Takes the keys of all values of the run away, and their bytes out of the file and its log.
  [[nodiscard]] Result<void> shred(const Lease& lease, Instant now,
                                   std::span<const AuditEvent> events);
  /// Purposes of values that are kept and not shredded.
  [[nodiscard]] Result<std::vector<std::string>> sealed(const std::string& run_id);

 private:
  Journal* journal_;
};

}  // namespace nhi
