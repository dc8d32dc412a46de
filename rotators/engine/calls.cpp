#include <fmt/format.h>

#include <algorithm>

#include "rotators/engine/new_value.hpp"
#include "rotators/engine/runner.hpp"
#include "scanner/base/glob.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

constexpr int kPendingMost = 200;  // answers "ask me again" to one request
constexpr std::chrono::milliseconds kPendingWaitMost{60'000};

std::string told_words(const PluginCall& call) {
  if (!call.answered()) return fmt::format("{}: {}", to_string(call.end), shown(call.what));
  return fmt::format("{} ({}): {}", to_string(call.error->code), static_cast<int>(call.error->code),
                     shown(call.error->message));
}

// Whether the request may have had an effect although there is no answer that says so.
bool may_have_acted(const PluginCall& call) {
  if (call.end == CallEnd::kNotSent) return false;
  if (!call.error) return true;
  switch (call.error->code) {
    case PluginErrorCode::kAmbiguous:
    case PluginErrorCode::kInternal:
      return true;
    case PluginErrorCode::kCancelled:
      return text_in(call.error->data, "effect") != "none";
    default:
      return false;
  }
}

template <class Reply>
Told<Reply> told_of(const PluginCall& call, Result<Reply> (*read)(const Json&)) {
  Told<Reply> told;
  if (call.succeeded()) {
    auto reply = read(call.result);
    if (reply) {
      told.reply = *std::move(reply);
      return told;
    }
    told.what = "an answer that is not of the protocol: " + reply.error().message();
    told.maybe_done = true;
    return told;
  }
  told.what = told_words(call);
  told.error = call.error;
  told.maybe_done = may_have_acted(call);
  return told;
}

std::string needs_of(const PluginError& error) {
  const Json& needs = member(error.data, "needs");
  if (!needs.is_array()) return {};
  std::string words;
  for (const Json& need : needs) {
    if (!need.is_string()) continue;
    words += (words.empty() ? "; it lacks " : ", ") + shown(need.get<std::string>());
  }
  return words;
}

}  // namespace

Result<PluginSession*> Runner::session() {
  if (session_ && session_->alive()) return &*session_;
  session_.reset();
  const auto pin = std::find_if(parts_->pins.begin(), parts_->pins.end(),
                                [&](const PluginPin& one) { return one.name == plan_.rotator; });
  if (pin == parts_->pins.end()) {
    return fail(ErrorCode::kBadUse, "the rotator of the plan is not registered any more",
                plan_.rotator);
  }
  if (to_hex(pin->program.sha256) != plan_.rotator_sha256) {
    return fail(ErrorCode::kBadUse, "the rotator is not the one that was approved", plan_.rotator,
                "plan it again with the one that is registered now");
  }
  NHI_TRY(PluginSession started, PluginSession::start(*pin, parts_->session));
  const PluginType* const type = started.description().type(plan_.type);
  if (type == nullptr || type->capability != plan_.capability) {
    return fail(ErrorCode::kBadUse, "the rotator says something else of itself than in the plan",
                plan_.rotator, "plan it again");
  }
  session_ = std::move(started);
  return &*session_;
}

// The credential that changes itself logs in with what is valid at the moment.
Result<const SecretText*> Runner::authority() {
  if (plan_.capability.authority == Authority::kSelf) {
    return is_done(StepKind::kCreate) ? new_value() : old_value();
  }
  if (auth_) return &*auth_;
  const auto provider =
      std::find_if(parts_->config->providers.begin(), parts_->config->providers.end(),
                   [&](const Provider& one) { return one.name == plan_.provider; });
  if (provider == parts_->config->providers.end()) {
    return fail(ErrorCode::kBadUse, "the provider of the plan is not configured any more",
                plan_.provider);
  }
  if (provider->auth.empty()) return nullptr;
  NHI_TRY(auth_, value_of(provider->auth));
  return &*auth_;
}

Result<const SecretText*> Runner::old_value() {
  if (old_) return &*old_;
  NHI_TRY(std::optional<SecretText> kept, store_.unseal(run_, *parts_->wrapping_key, "old"));
  if (!kept) return nullptr;
  old_ = std::move(kept);
  return &*old_;
}

Result<const SecretText*> Runner::new_value() {
  if (new_) return &*new_;
  NHI_TRY(std::optional<SecretText> kept, store_.unseal(run_, *parts_->wrapping_key, "new"));
  if (!kept) return nullptr;
  new_ = std::move(kept);
  return &*new_;
}

RotatorRequest Runner::request(std::string method, const Json& ref) const {
  RotatorRequest request;
  request.method = std::move(method);
  request.run = run_.id;
  const auto row = rows_.find(static_cast<std::int64_t>(at_) + 1);
  if (row != rows_.end()) {
    request.step = row->second.seq;
    request.attempt = std::max<std::int64_t>(row->second.attempt, 1);
    request.idem = row->second.idem;
  }
  request.as_of = to_iso8601(now());
  request.type = plan_.type;
  request.ref = ref;
  request.config = plan_.config;
  return request;
}

// Keys stand in the places as OpenSSH or OpenSSL wrote them; rotators get one form of them.
Result<void> Runner::keys_in_one_form(RotatorRequest& request, std::deque<SecretText>& kept) const {
  if (plan_.capability.secret_origin != SecretOrigin::kKeypair) return {};
  const bool self = plan_.capability.authority == Authority::kSelf;
  for (const SecretText** value :
       {&request.fresh, &request.old, &request.value, self ? &request.auth : nullptr}) {
    if (value == nullptr || *value == nullptr) continue;
    NHI_TRY(SecretText key, pkcs8_of(**value));
    kept.push_back(std::move(key));
    *value = &kept.back();
  }
  return {};
}

Result<PluginCall> Runner::call(RotatorRequest request) {
  NHI_TRY(PluginSession* const talk, session());
  NHI_TRY(request.auth, authority());
  std::deque<SecretText> keys;
  NHI_CHECK_OK(keys_in_one_form(request, keys));
  const auto said = [&](const std::string& purpose) {
    AuditFields fields;
    fields.number("step", request.step).text("purpose", purpose).text("method", request.method);
    fields.text("plugin", plan_.rotator).text("plugin_sha256", plan_.rotator_sha256);
    return fields;
  };
  SecretDesk desk({[&](const std::string& purpose) -> Result<void> {
                     const AuditEvent given = event("secret.given", said(purpose));
                     return store_.write(lease_, {.events = {given}, .now = now()});
                   },
                   [&](const std::string& purpose, const SecretText& value) -> Result<void> {
                     boundary("before seal");
                     const AuditEvent kept[] = {event("secret.kept", said(purpose))};
                     // Of a server's own making there is no other copy: sealed before anything
                     // else.
                     auto sealed = store_.seal(lease_, *parts_->wrapping_key, purpose, value, now(),
                                               kept, true);
                     boundary("behind seal");
                     return sealed;
                   }});
  if (request.method != "create") request.slots.clear();
  if (request.method == "create") request.slots = {"new", "more-1", "more-2"};
  const Json params = params_of(request, desk);
  PluginCall answer = talk->call(request.method, params, desk, request.timeout);
  for (const PluginLogLine& line : answer.log) {
    tell(fmt::format("{}: {}: {}", plan_.rotator, line.level, line.text));
  }
  if (answer.leaked || answer.end == CallEnd::kFault) {
    AuditFields fields = said("");
    fields.text("because", answer.what).flag("leaked", answer.leaked);
    NHI_CHECK_OK(
        store_.write(lease_, {.events = {event("plugin.fault", std::move(fields))}, .now = now()}));
  }
  return answer;
}

Result<Told<StepReply>> Runner::ask_step(const RotatorRequest& asked) {
  RotatorRequest again = asked;
  for (int i = 0;; ++i) {
    boundary("before call");
    NHI_TRY(const PluginCall answer, call(again));
    boundary("behind call");
    Told<StepReply> told = told_of(answer, step_reply_from);
    if (told.error) told.what += needs_of(*told.error);
    if (!told.reply || told.reply->outcome != StepOutcome::kPending) return told;
    if (i == kPendingMost || !parts_->wait) {
      told.what = "it is pending still";
      told.maybe_done = true;
      told.reply.reset();
      return told;
    }
    again.cookie = told.reply->cookie;
    const std::chrono::milliseconds wanted(told.reply->retry_after_ms);
    parts_->wait(std::clamp(wanted, std::chrono::milliseconds(10), kPendingWaitMost));
  }
}

Result<Told<InspectReply>> Runner::inspect(const Json& ref) {
  NHI_TRY(const PluginCall answer, call(request("inspect", ref)));
  Told<InspectReply> told = told_of(answer, inspect_reply_from);
  if (told.error) told.what += needs_of(*told.error);
  return told;
}

Result<Told<ListReply>> Runner::list(const Json& ref) {
  NHI_TRY(const PluginCall answer, call(request("list", ref)));
  return told_of(answer, list_reply_from);
}

Result<Told<ProbeReply>> Runner::probe(const Json& ref, const SecretText& value,
                                       const std::string& kind) {
  RotatorRequest asked = request("probe", ref);
  asked.value = &value;
  asked.kind = kind;
  NHI_TRY(const PluginCall answer, call(std::move(asked)));
  return told_of(answer, probe_reply_from);
}

CredentialId Runner::id_fact(const std::string& name) const {
  auto id = credential_id_from(member(facts_, name));
  return id ? *std::move(id) : CredentialId();
}

bool Runner::is_unexplained(const std::string& client) const {
  return !is_expected(provider_named(*parts_->config, plan_.provider), client);
}

}  // namespace nhi
