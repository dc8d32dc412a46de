#include "plugins/shim/script_rotator.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<const char*, 4> kSecretNames = {"auth", "new", "old", "value"};
// Before the core loses its patience.
constexpr std::chrono::milliseconds kInitializePatience =
    kInitializeTimeout - std::chrono::seconds(1);

Json descriptor_json(std::size_t index) {
  return {{"fd", kFirstScriptSecret + static_cast<int>(index)}};
}

Unexpected<PluginError> fault(std::string message) {
  return refuse(PluginErrorCode::kInternal, std::move(message));
}

// What the script printed: its result, or the error that it answers with.
Answer<Json> parse_output(const ScriptAnswer& answer) {
  if (answer.status != 0) return fault(fmt::format("the script ended with {}", answer.status));
  const auto json = parse_json(answer.output);
  if (!json) return fault("the script's answer is " + json.error().what);
  if (json->contains("result")) return (*json)["result"];
  const Json& error = member(*json, "error");
  if (!member(error, "code").is_number_integer()) {
    return fault("the script's answer has neither a result nor an error");
  }
  const Json& data = member(error, "data");
  return refuse(static_cast<PluginErrorCode>(number_in(error, "code")), text_in(error, "message"),
                data.is_object() ? data : Json::object());
}

// Keeps what was written to the slot that `place` names, and puts its handle there.
Answer<void> keep_slot(RotatorCall& call, const ScriptCall& asked, const ScriptAnswer& answer,
                       Json& place) {
  const std::int64_t number = number_in(place, "fd", -1);
  const std::int64_t first = kFirstScriptSecret + static_cast<std::int64_t>(asked.secrets.size());
  if (number < first || number - first >= static_cast<std::int64_t>(answer.made.size())) {
    return fault("the script's answer names a descriptor that is no slot");
  }
  const SecretText& made = answer.made[static_cast<std::size_t>(number - first)];
  if (made.empty()) return fault("the script's answer names a slot that it wrote nothing to");
  auto handle = call.keep(made);
  if (!handle) return Unexpected<PluginError>(handle.error());
  place = secret_json(*handle);
  return {};
}

Answer<void> keep_slots(RotatorCall& call, const ScriptCall& asked, const ScriptAnswer& answer,
                        Json& result) {
  if (!result.is_object()) return fault("the script's result is no object");
  if (result.contains("secret") && result["secret"].is_object()) {
    if (auto kept = keep_slot(call, asked, answer, result["secret"]); !kept) return kept;
  }
  if (!result.contains("sealed") || !result["sealed"].is_object()) return {};
  for (Json& place : result["sealed"]) {
    if (auto kept = keep_slot(call, asked, answer, place); !kept) return kept;
  }
  return {};
}

Answer<ScriptCall> prepare(RotatorCall& call) {
  ScriptCall prepared;
  prepared.method = call.method();
  prepared.params = call.params();
  for (const char* const name : kSecretNames) {
    if (handle_in(member(prepared.params, name)).empty()) continue;
    auto value = call.secret(name);
    if (!value) return Unexpected<PluginError>(value.error());
    prepared.params[name] = descriptor_json(prepared.secrets.size());
    prepared.secrets.push_back(*std::move(value));
  }
  if (!member(prepared.params, "slots").is_array()) return prepared;
  for (Json& slot : prepared.params["slots"]) {
    slot = descriptor_json(prepared.secrets.size() + prepared.slots++);
  }
  return prepared;
}

template <class Reply>
Answer<Reply> reply_of(const Answer<Json>& result, Result<Reply> (*parse)(const Json&)) {
  if (!result) return Unexpected<PluginError>(result.error());
  auto reply = parse(*result);
  if (!reply) return fault("the script's result: " + reply.error().message());
  return *std::move(reply);
}

}  // namespace

Result<ScriptRotator> ScriptRotator::create(ScriptStart start) {
  ScriptRotator rotator(std::move(start));
  ScriptCall call;
  call.method = "initialize";
  call.params = {
      {"protocol", {{"min", to_string(kProtocolMin)}, {"max", to_string(kProtocolMax)}}}};
  const auto until = Clock::now() + kInitializePatience;
  NHI_TRY(const ScriptAnswer answer,
          run_script(rotator.start_, call, [&] { return Clock::now() >= until; }));
  if (answer.stopped) return fail(ErrorCode::kMalformed, "the script did not answer initialize");
  const Answer<Json> result = parse_output(answer);
  if (!result) return fail(ErrorCode::kMalformed, result.error().message, "initialize");
  NHI_TRY(rotator.description_, description_from(*result));
  return rotator;
}

Answer<Json> ScriptRotator::ask(RotatorCall& call, bool reads) {
  auto prepared = prepare(call);
  if (!prepared) return Unexpected<PluginError>(prepared.error());
  if (!reads && !call.begin_effect()) {
    return fail(cancelled_without_effect());
  }
  const auto answer = run_script(start_, *prepared,
                                 [&] { return call.cancelled() || call.time_left().count() == 0; });
  if (!answer) return fault(answer.error().message());
  if (answer->stopped) {
    return refuse(PluginErrorCode::kCancelled, "the script was stopped",
                  {{"effect", reads ? "none" : "unknown"}});
  }
  Answer<Json> result = parse_output(*answer);
  // Whatever went wrong with it, it may have acted.
  if (!result && !reads && result.error().code == PluginErrorCode::kInternal) {
    return refuse(PluginErrorCode::kAmbiguous, result.error().message);
  }
  if (!result) return result;
  if (auto kept = keep_slots(call, *prepared, *answer, *result); !kept) {
    return reads ? Answer<Json>(Unexpected<PluginError>(kept.error()))
                 : Answer<Json>(refuse(PluginErrorCode::kAmbiguous, kept.error().message));
  }
  return result;
}

Answer<StepReply> ScriptRotator::step(RotatorCall& call) {
  auto reply = reply_of(ask(call, /*reads=*/false), step_reply_from);
  if (!reply && reply.error().code == PluginErrorCode::kInternal) {
    return refuse(PluginErrorCode::kAmbiguous, reply.error().message);
  }
  return reply;
}

Answer<InspectReply> ScriptRotator::inspect(RotatorCall& call) {
  return reply_of(ask(call, /*reads=*/true), inspect_reply_from);
}
Answer<ProbeReply> ScriptRotator::probe(RotatorCall& call) {
  return reply_of(ask(call, /*reads=*/true), probe_reply_from);
}
Answer<ListReply> ScriptRotator::list(RotatorCall& call) {
  return reply_of(ask(call, /*reads=*/true), list_reply_from);
}
Answer<ReconcileReply> ScriptRotator::reconcile(RotatorCall& call) {
  return reply_of(ask(call, /*reads=*/false), reconcile_reply_from);
}
Answer<StepReply> ScriptRotator::create(RotatorCall& call) { return step(call); }
Answer<StepReply> ScriptRotator::suspend(RotatorCall& call) { return step(call); }
Answer<StepReply> ScriptRotator::resume(RotatorCall& call) { return step(call); }
Answer<StepReply> ScriptRotator::revoke(RotatorCall& call) { return step(call); }
Answer<StepReply> ScriptRotator::end_sessions(RotatorCall& call) { return step(call); }

}  // namespace nhi
