// script_rotator.hpp - a rotator whose methods are calls of a script.
#pragma once

#include "plugins/sdk/rotator.hpp"
#include "plugins/shim/script_call.hpp"

namespace nhi {

class ScriptRotator : public Rotator {
 public:
  /// Asks the script what it is. Errors: kMalformed with what it answered instead; kIo.
  [[nodiscard]] static Result<ScriptRotator> create(ScriptStart start);

  [[nodiscard]] PluginDescription describe() const override { return description_; }
  [[nodiscard]] std::vector<std::string> methods() const override { return description_.methods; }
  [[nodiscard]] Answer<InspectReply> inspect(RotatorCall& call) override;
  [[nodiscard]] Answer<StepReply> create(RotatorCall& call) override;
  [[nodiscard]] Answer<ProbeReply> probe(RotatorCall& call) override;
  [[nodiscard]] Answer<StepReply> suspend(RotatorCall& call) override;
  [[nodiscard]] Answer<StepReply> resume(RotatorCall& call) override;
  [[nodiscard]] Answer<StepReply> revoke(RotatorCall& call) override;
  [[nodiscard]] Answer<StepReply> end_sessions(RotatorCall& call) override;
  [[nodiscard]] Answer<ListReply> list(RotatorCall& call) override;
  [[nodiscard]] Answer<ReconcileReply> reconcile(RotatorCall& call) override;

 private:
  explicit ScriptRotator(ScriptStart start) : start_(std::move(start)) {}
  [[nodiscard]] Answer<Json> ask(RotatorCall& call, bool reads);
  [[nodiscard]] Answer<StepReply> step(RotatorCall& call);

  ScriptStart start_;
  PluginDescription description_;
};

}  // namespace nhi
