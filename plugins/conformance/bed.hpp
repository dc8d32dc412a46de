// bed.hpp - a rotator under trial: its sessions, its calls, the values that were used.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugins/conformance/check_result.hpp"
#include "plugins/conformance/proxy.hpp"
#include "plugins/conformance/trial.hpp"
#include "plugins/host/session.hpp"
#include "plugins/protocol/reply.hpp"

namespace nhi {

/// One request of the kit; what is null is left out.
struct Ask {
  std::string method;
  const SecretText* fresh = nullptr;  // "new"
  const SecretText* old = nullptr;
  const SecretText* value = nullptr;  // of a probe
  const SecretText* auth = nullptr;   // instead of the trial's
  std::string kind = "new";           // of a probe
  CredentialId id;
  Json ref;  // instead of the trial's; null: the trial's
  bool dry_run = false;
  int attempt = 1;
  int step = 1;
  std::string as_of;
  std::chrono::milliseconds timeout{20'000};
};

// Thread-compatible.
class Bed {
 public:
  /// Starts the rotator once, to see what it is. Errors: those of PluginSession::start(); kBadUse
  /// if it has no such type, `ref` or `config` are not as its fields say, or `reset` and `dump` do
  /// not work together; those of the proxy and of the trial's commands.
  [[nodiscard]] static Result<Bed> create(PluginPin pin, SessionOptions options, Trial trial);

  [[nodiscard]] const PluginDescription& description() const { return description_; }
  [[nodiscard]] const PluginType& type() const { return *description_.type(trial_.type); }
  [[nodiscard]] bool has(std::string_view method) const { return description_.has_method(method); }
  [[nodiscard]] const PluginPin& pin() const { return pin_; }
  [[nodiscard]] const SessionOptions& options() const { return options_; }
  [[nodiscard]] const Trial& trial() const { return trial_; }
  [[nodiscard]] Proxy* proxy() { return proxy_ ? &*proxy_ : nullptr; }
  /// Fields of `ref` that are texts and name no host.
  [[nodiscard]] std::vector<PluginField> name_fields() const;

  /// Asks a rotator that is alive, starting one where needed.
  [[nodiscard]] PluginCall ask(const Ask& ask);
  /// Called with each value that is put to a slot, before PUT_OK; empty: kept and receipted.
  std::function<Result<void>()> at_put;
  /// Called at each GET, before VALUE.
  std::function<Result<void>()> at_get;
  [[nodiscard]] pid_t process() const { return session_ ? session_->process() : -1; }
  void end_session() { session_.reset(); }

  /// A random value; remembered, so that it can be looked for at the end.
  [[nodiscard]] SecretText fresh_value();
  /// Resets the system to a new value, which it gives. Errors: of the trial.
  [[nodiscard]] Result<SecretText> reset();
  [[nodiscard]] Result<std::string> dump() { return trial_.dump(); }
  /// The value that the last successful create made valid: `fresh`, or what was put to the slot.
  [[nodiscard]] SecretText created_value(const SecretText& fresh) const;
  /// accepted, rejected, inconclusive; "none" where it answered with an error or not at all.
  [[nodiscard]] std::string verdict(const SecretText& value, const std::string& kind = "new");

  /// Values that were used, for a search at the end, and calls that let one out.
  [[nodiscard]] const LeakSearch& canaries() const { return canaries_; }
  [[nodiscard]] const std::vector<std::string>& leaks() const { return leaks_; }
  [[nodiscard]] const std::vector<std::string>& seen_in_proc() const { return seen_in_proc_; }

 private:
  Bed(PluginPin pin, SessionOptions options, Trial trial);
  [[nodiscard]] Result<void> try_the_trial();
  [[nodiscard]] PluginCall ask_once(const Ask& ask);
  [[nodiscard]] Json params_of(const Ask& ask, SecretDesk& desk) const;
  void look_at_process(const std::string& method);

  PluginPin pin_;
  SessionOptions options_;
  Trial trial_;
  PluginDescription description_;
  std::optional<Proxy> proxy_;
  std::optional<PluginSession> session_;
  std::optional<SecretText> put_;  // by the last call
  LeakSearch canaries_;
  std::vector<std::string> leaks_;
  std::vector<std::string> seen_in_proc_;
};

/// All of a file that others may be writing; empty if it cannot be read.
[[nodiscard]] std::string whole_text(const std::string& path);

/// "done", "error 1008 (unreachable): …", "fault: it wrote …".
[[nodiscard]] std::string told(const PluginCall& call);
/// The outcome's word of a step that succeeded; empty otherwise.
[[nodiscard]] std::string outcome_of(const PluginCall& call);
/// True if a step said done or already_done.
[[nodiscard]] bool is_done(const PluginCall& call);
/// True if it answered with one of these errors.
[[nodiscard]] bool has_error(const PluginCall& call, std::initializer_list<PluginErrorCode> codes);

}  // namespace nhi
