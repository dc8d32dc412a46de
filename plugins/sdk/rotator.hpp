// rotator.hpp - all that a rotator in C++ includes: derive from Rotator, and end main() with
// run_rotator(). The channels, the handshake, cancelling and the limits of docs/plugin-protocol.md
// are done here.
//
//   class Acme : public nhi::Rotator { … };
//   int main() { return nhi::run_rotator(std::make_unique<Acme>()); }
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/protocol/capability.hpp"
#include "plugins/protocol/handshake.hpp"
#include "plugins/protocol/message.hpp"
#include "plugins/protocol/reply.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

template <class T>
using Answer = Expected<T, PluginError>;

/// `return refuse(PluginErrorCode::kForbidden, "may not alter role app");`
[[nodiscard]] Unexpected<PluginError> refuse(PluginErrorCode code, std::string message,
                                             Json data = Json::object());
/// So that NHI_TRY hands on the error of an Answer.
[[nodiscard]] inline Unexpected<PluginError> fail(PluginError error) {
  return Unexpected<PluginError>(std::move(error));
}
/// "cancelled", before anything was done.
[[nodiscard]] PluginError cancelled_without_effect();

// One request, as a method sees it.
class RotatorCall {
 public:
  virtual ~RotatorCall() = default;

  [[nodiscard]] virtual const std::string& method() const = 0;
  [[nodiscard]] virtual const Json& params() const = 0;
  [[nodiscard]] const Json& ref() const;     // params.target.ref
  [[nodiscard]] const Json& config() const;  // params.config
  [[nodiscard]] std::string type() const;    // params.target.type
  [[nodiscard]] bool dry_run() const;
  [[nodiscard]] CredentialId id() const;     // params.id; empty if there is none
  [[nodiscard]] std::string marker() const;  // params.ctx.marker

  /// The value of the handle under `name` of the params: "auth", "new", "old", "value".
  /// Errors: kInvalidParams if there is none; kInternal if it is denied.
  [[nodiscard]] virtual Answer<SecretText> secret(std::string_view name) = 0;
  /// Leaves a value in the next free slot; it is encrypted and on the disk when this returns. Gives
  /// the handle for the reply. Errors: kInternal.
  [[nodiscard]] virtual Answer<std::string> keep(const SecretText& value) = 0;

  /// From here on the request may have an effect: what goes wrong now is `ambiguous`, not
  /// `unreachable`. Say it before the call that changes something. False: it is cancelled, so do
  /// not begin.
  [[nodiscard]] virtual bool begin_effect() = 0;
  [[nodiscard]] virtual bool cancelled() const = 0;
  [[nodiscard]] virtual std::chrono::milliseconds time_left() const = 0;
  virtual void progress(std::string_view text) = 0;
  virtual void log(std::string_view level, std::string_view text) = 0;
};

/// The id that a request must act on, where it has to be `expected` and nothing else.
/// Errors: kInvalidParams.
[[nodiscard]] Answer<void> require_id(const RotatorCall& call, const CredentialId& expected);

// What does not make sense for a type is left out: it is answered as an unknown method.
class Rotator {
 public:
  virtual ~Rotator() = default;
  /// Name, version, types and needs; methods and protocol are filled in.
  [[nodiscard]] virtual PluginDescription describe() const = 0;
  /// Those of rotator_methods() that are overridden.
  [[nodiscard]] virtual std::vector<std::string> methods() const = 0;

  [[nodiscard]] virtual Answer<InspectReply> inspect(RotatorCall& call);
  [[nodiscard]] virtual Answer<StepReply> create(RotatorCall& call);
  [[nodiscard]] virtual Answer<ProbeReply> probe(RotatorCall& call);
  [[nodiscard]] virtual Answer<StepReply> suspend(RotatorCall& call);
  [[nodiscard]] virtual Answer<StepReply> resume(RotatorCall& call);
  [[nodiscard]] virtual Answer<StepReply> revoke(RotatorCall& call);
  [[nodiscard]] virtual Answer<StepReply> end_sessions(RotatorCall& call);
  [[nodiscard]] virtual Answer<ListReply> list(RotatorCall& call);
  [[nodiscard]] virtual Answer<ReconcileReply> reconcile(RotatorCall& call);
};

/// Serves until the control channel ends; the status for main().
[[nodiscard]] int run_rotator(std::unique_ptr<Rotator> rotator);

}  // namespace nhi
