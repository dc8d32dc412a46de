#include "plugins/sdk/rotator.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plugins/sdk/server.hpp"

namespace nhi {
namespace {

// Source: docs/plugin-protocol.md, section 1.
constexpr int kControlDescriptor = 3;
constexpr int kSecretsDescriptor = 4;

template <class Reply>
Answer<Reply> not_offered(const RotatorCall& call) {
  return refuse(PluginErrorCode::kUnknownMethod,
                fmt::format("this rotator has no method '{}'", call.method()));
}

}  // namespace

Unexpected<PluginError> refuse(PluginErrorCode code, std::string message, Json data) {
  return Unexpected<PluginError>(PluginError{code, std::move(message), std::move(data)});
}

PluginError cancelled_without_effect() {
  return {PluginErrorCode::kCancelled, "cancelled", {{"effect", "none"}}};
}

const Json& RotatorCall::ref() const { return member(member(params(), "target"), "ref"); }
const Json& RotatorCall::config() const { return member(params(), "config"); }
std::string RotatorCall::type() const { return text_in(member(params(), "target"), "type"); }
bool RotatorCall::dry_run() const { return flag_in(member(params(), "ctx"), "dry_run"); }
std::string RotatorCall::marker() const { return text_in(member(params(), "ctx"), "marker"); }

CredentialId RotatorCall::id() const {
  auto id = credential_id_from(member(params(), "id"));
  return id ? *std::move(id) : CredentialId();
}

Answer<void> require_id(const RotatorCall& call, const CredentialId& expected) {
  if (call.id() == expected) return {};
  return refuse(PluginErrorCode::kInvalidParams, "the id is not of this target");
}

Answer<InspectReply> Rotator::inspect(RotatorCall& call) { return not_offered<InspectReply>(call); }
Answer<StepReply> Rotator::create(RotatorCall& call) { return not_offered<StepReply>(call); }
Answer<ProbeReply> Rotator::probe(RotatorCall& call) { return not_offered<ProbeReply>(call); }
Answer<StepReply> Rotator::suspend(RotatorCall& call) { return not_offered<StepReply>(call); }
Answer<StepReply> Rotator::resume(RotatorCall& call) { return not_offered<StepReply>(call); }
Answer<StepReply> Rotator::revoke(RotatorCall& call) { return not_offered<StepReply>(call); }
Answer<StepReply> Rotator::end_sessions(RotatorCall& call) { return not_offered<StepReply>(call); }
Answer<ListReply> Rotator::list(RotatorCall& call) { return not_offered<ListReply>(call); }
Answer<ReconcileReply> Rotator::reconcile(RotatorCall& call) {
  return not_offered<ReconcileReply>(call);
}

int run_rotator(std::unique_ptr<Rotator> rotator) {
  return serve(*rotator, kControlDescriptor, kSecretsDescriptor);
}

}  // namespace nhi
