// journal.hpp - the file of the audit: what happened, appended and never changed.
//
// One file for all that a user does on a machine, whatever the inventory. Each append is one
// transaction that is on the disk before it returns, so what is done afterwards is never without
// its record. Several processes append in turn.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "rotators/journal/record.hpp"
#include "rotators/journal/signing_key.hpp"
#include "scanner/base/result.hpp"

namespace SQLite {
class Database;
}

namespace nhi {

/// One thing to record; number, moment and place come from the journal and the stamp.
struct AuditEvent {
  std::string type;
  AuditFields body;
};

// Types that the journal writes itself.
inline constexpr std::string_view kJournalCreated = "journal.created";  // chain, key, public_key
inline constexpr std::string_view kKeyChanged = "audit-key.changed";    // the same, and former
inline constexpr std::string_view kCheckpoint = "checkpoint";           // key, signs, signature

/// What a checkpoint's signature is over.
[[nodiscard]] std::string checkpoint_text(std::string_view chain, const AuditHead& head);

// Thread-compatible.
class Journal {
 public:
  /// $NHISWEEP_JOURNAL, else /var/lib/nhisweep/journal.db for root, else
  /// $XDG_STATE_HOME or ~/.local/state + /nhisweep/journal.db.
  [[nodiscard]] static Result<std::string> usual_path();
  /// Reads; never makes the file. Errors: kNotFound; kStore for a damaged or foreign file.
  [[nodiscard]] static Result<Journal> open(const std::string& path);

  using Clock = std::function<AuditMoment()>;
  /// Opens for appending; makes the file (0600) and its folder. The first record names the chain
  /// and the key; where another key signed last, one tells of the change. Errors: kStore, kBusy
  /// after some seconds, kPermission, kIo; those of signing.
  [[nodiscard]] static Result<Journal> open_to_append(const std::string& path, AuditStamp stamp,
                                                      Clock clock, AuditSigningKey key);
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  /// All of them or none, on the disk when it returns. Gives the new head. Errors: kStore, kBusy;
  /// kTooLarge for one over kAuditRecordBytesMax; kInternal if it was opened for reading.
  [[nodiscard]] Result<AuditHead> append(std::span<const AuditEvent> events);
  /// `change` writes rows of its own, in one transaction with the records about them, so that one
  /// is never without the other. Its error undoes all. Errors: as append(), those of `change`.
  using Change = std::function<Result<void>(SQLite::Database&)>;
  [[nodiscard]] Result<AuditHead> append_with(std::span<const AuditEvent> events,
                                              const Change& change);
  /// append_with() for whom the head is of no interest.
  [[nodiscard]] Result<void> write(std::span<const AuditEvent> events, const Change& change);
  /// Runs `body` on the file; what it throws becomes an error.
  template <class Body>
  [[nodiscard]] auto read(Body&& body) -> decltype(body(std::declval<SQLite::Database&>()));
  /// Signs the head with one record more, unless a checkpoint stands there. Gives the new head.
  [[nodiscard]] Result<AuditHead> checkpoint();

  [[nodiscard]] const std::string& path() const;
  /// The name of the chain; empty if it was opened for reading.
  [[nodiscard]] const std::string& chain() const;
  /// Seq 0 where nothing was recorded. Errors: kStore.
  [[nodiscard]] Result<AuditHead> head();
  /// Each record from number `from` on, in order, with the hash that is stored beside it, as it
  /// stands in the file: nothing of it is checked. `each` ends it with an error or with false.
  using Row = std::function<Result<bool>(std::uint64_t seq, std::string_view record, Bytes hash)>;
  [[nodiscard]] Result<void> each(std::uint64_t from, const Row& row);
  /// The newest record of this type whose body has this text in `field`. Errors: kStore.
  [[nodiscard]] Result<std::optional<AuditRecord>> newest(std::string_view type,
                                                          const std::string& field,
                                                          const std::string& value);

 private:
  struct State;
  explicit Journal(std::unique_ptr<State> state);
  Result<void> begin_chain();
  [[nodiscard]] Result<void> on_file(const Change& body);
  std::unique_ptr<State> state_;
};

template <class Body>
auto Journal::read(Body&& body) -> decltype(body(std::declval<SQLite::Database&>())) {
  std::optional<decltype(body(std::declval<SQLite::Database&>()))> outcome;
  NHI_CHECK_OK(on_file([&](SQLite::Database& database) -> Result<void> {
    outcome.emplace(body(database));
    return {};
  }));
  return std::move(*outcome);
}

}  // namespace nhi
