// audit_log.hpp - what a command puts into the audit: first what it is about to do, at its end the
// signed head. What cannot be recorded is not done.
#pragma once

#include <string>
#include <vector>

#include "rotators/journal/journal.hpp"
#include "scanner/base/result.hpp"
#include "scanner/cli/options.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

/// --journal, else where the journal usually lies.
[[nodiscard]] Result<std::string> journal_path(const Options& options);
/// `path` from the root of the file system on, as records name files.
[[nodiscard]] std::string absolute_path(const std::string& path);

class AuditLog {
 public:
  /// Makes journal and key where they are missing. Errors: those of Journal::open_to_append().
  [[nodiscard]] static Result<AuditLog> open(const Options& options);
  /// For rotations, whose rows stand beside the records about them.
  [[nodiscard]] Journal& journal() { return journal_; }
  /// On the disk when it returns.
  [[nodiscard]] Result<void> record(const std::vector<AuditEvent>& events);
  /// What was recorded last was not done, or not to its end. Best effort: the error is told anyway.
  void failed(const Error& error);
  /// Signs the head, sends it to syslog with --audit-syslog, and gives it as text.
  [[nodiscard]] Result<std::string> close();
  /// The newest record of this type about the inventory of the command.
  [[nodiscard]] Result<std::optional<AuditRecord>> newest(const std::string& type);

 private:
  AuditLog(Journal journal, const Options& options);
  Journal journal_;
  std::string inventory_;
  std::string last_type_;
  bool to_syslog_ = false;
};

/// Records, then stores; all of them or none. Nothing happens where nothing is decided.
/// Errors: those of the audit and of Inventory::decide().
[[nodiscard]] Result<void> decide_recorded(const Options& options, Inventory& inventory,
                                           const Decisions& decisions);
/// The same within a command that records more.
[[nodiscard]] Result<void> decide_recorded(const Options& options, AuditLog& log,
                                           Inventory& inventory, const Decisions& decisions);

}  // namespace nhi
