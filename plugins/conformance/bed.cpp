#include "plugins/conformance/bed.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "plugins/host/request.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr const char* kRun = "r_conformance";
constexpr const char* kUsualTime = "2026-11-30T12:00:00Z";

std::string random_hex(std::size_t bytes) {
  std::string random(bytes, '\0');
  NHI_ASSERT(
      ::RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) == 1);
  return to_hex(random);
}

template <class Thing>
std::string names_of(const std::vector<Thing>& things, std::string Thing::*name) {
  std::vector<std::string> names;
  std::transform(things.begin(), things.end(), std::back_inserter(names),
                 [&](const Thing& thing) { return thing.*name; });
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<void> check_values(const char* what, const Json& values,
                          const std::vector<PluginField>& fields) {
  const auto checked = check_fields(values, fields);
  if (checked) return {};
  return fail(ErrorCode::kBadUse, fmt::format("'{}' of the trial: {}", what, checked.error().what),
              checked.error().subject, "its fields are " + names_of(fields, &PluginField::name));
}

// The object of the trial that has this field.
Json& holder_of(Trial& trial, const std::string& field) {
  return trial.ref.contains(field) ? trial.ref : trial.config;
}

Result<Proxy> proxy_for(Trial& trial) {
  Json& host = holder_of(trial, trial.host_field);
  Json& port = holder_of(trial, trial.port_field);
  const std::int64_t number = number_in(port, trial.port_field);
  if (text_in(host, trial.host_field).empty() || number <= 0 || number > UINT16_MAX) {
    return fail(ErrorCode::kBadUse, "neither ref nor config of the trial has its host and port",
                trial.host_field + ", " + trial.port_field);
  }
  NHI_TRY(Proxy proxy,
          Proxy::start(text_in(host, trial.host_field), static_cast<std::uint16_t>(number)));
  host[trial.host_field] = "127.0.0.1";
  port[trial.port_field] = proxy.port();
  return proxy;
}

}  // namespace

std::string whole_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Bed::Bed(PluginPin pin, SessionOptions options, Trial trial)
    : pin_(std::move(pin)), options_(std::move(options)), trial_(std::move(trial)) {}

Result<Bed> Bed::create(PluginPin pin, SessionOptions options, Trial trial) {
  Bed bed(std::move(pin), std::move(options), std::move(trial));
  NHI_TRY(PluginSession session, PluginSession::start(bed.pin_, bed.options_));
  bed.description_ = session.description();
  const PluginType* const type = bed.description_.type(bed.trial_.type);
  if (type == nullptr) {
    return fail(ErrorCode::kBadUse, "the rotator has no type of the trial", bed.trial_.type,
                "it has " + names_of(bed.description_.types, &PluginType::type));
  }
  NHI_CHECK_OK(check_values("ref", bed.trial_.ref, type->ref));
  NHI_CHECK_OK(check_values("config", bed.trial_.config, type->config));
  if (!bed.trial_.host_field.empty()) {
    NHI_TRY(Proxy proxy, proxy_for(bed.trial_));
    bed.proxy_ = std::move(proxy);
  }
  if (!bed.trial_.auth.empty()) bed.canaries_.add(bed.trial_.auth, "auth");
  bed.session_ = std::move(session);
  NHI_CHECK_OK(bed.try_the_trial());
  return bed;
}

// What everything else is measured by. Said once and at once, not at each check.
Result<void> Bed::try_the_trial() {
  NHI_TRY(const SecretText value, reset());
  NHI_TRY(const std::string state, dump());
  NHI_TRY(const std::string again, dump());
  if (state != again) {
    return fail(ErrorCode::kBadUse, "'dump' of the trial prints something else each time", {},
                "leave out times and counters: the same state has to give the same text");
  }
  NHI_TRY(const SecretText other, reset());
  NHI_TRY(const std::string changed, dump());
  if (changed == state) {
    return fail(ErrorCode::kBadUse, "'dump' of the trial does not show that 'reset' set a value",
                {}, "print what the system keeps of the value, such as its hash");
  }
  return {};
}

std::vector<PluginField> Bed::name_fields() const {
  std::vector<PluginField> names;
  for (const PluginField& field : type().ref) {
    if (field.kind == FieldKind::kText && field.name != trial_.host_field) {
      names.push_back(field);
    }
  }
  return names;
}

Json Bed::params_of(const Ask& ask, SecretDesk& desk) const {
  RotatorRequest request;
  request.method = ask.method;
  request.run = kRun;
  request.step = ask.step;
  request.attempt = ask.attempt;
  request.idem = to_hex(sha256(fmt::format("{} {}", kRun, ask.step)));
  request.as_of = ask.as_of.empty() ? kUsualTime : ask.as_of;
  request.dry_run = ask.dry_run;
  request.timeout = ask.timeout;
  request.type = trial_.type;
  request.ref = ask.ref.is_null() ? trial_.ref : ask.ref;
  request.config = trial_.config;
  request.auth = ask.auth != nullptr ? ask.auth : &trial_.auth;
  if (request.auth->empty()) request.auth = nullptr;
  request.fresh = ask.fresh;
  request.old = ask.old;
  request.value = ask.value;
  request.kind = ask.kind;
  request.id = ask.id;
  if (ask.method == "create") {
    request.intent = {{"snapshot", Json::array()}, {"at", request.as_of}};
  }
  if (ask.method == "reconcile" && !ask.id.empty()) request.expected = {ask.id};
  return nhi::params_of(request, desk);
}

PluginCall Bed::ask(const Ask& ask) {
  const bool begun_before = session_.has_value();
  PluginCall call = ask_once(ask);
  if (call.end != CallEnd::kNotSent || !begun_before) return call;
  session_.reset();  // it died after its last answer, and knows nothing of this request
  return ask_once(ask);
}

PluginCall Bed::ask_once(const Ask& ask) {
  put_.reset();
  if (!session_ || !session_->alive()) {
    session_.reset();
    auto started = PluginSession::start(pin_, options_);
    if (!started) {
      PluginCall call;
      call.end = CallEnd::kNotSent;
      call.what = started.error().message();
      return call;
    }
    session_ = *std::move(started);
  }
  SecretDesk desk({[&](const std::string&) -> Result<void> {
                     look_at_process(ask.method);
                     return at_get ? at_get() : Result<void>();
                   },
                   [&](const std::string&, const SecretText& value) -> Result<void> {
                     canaries_.add(value, "made by the server");
                     put_ = value.clone();
                     return at_put ? at_put() : Result<void>();
                   }});
  PluginCall call = session_->call(ask.method, params_of(ask, desk), desk, ask.timeout);
  if (call.leaked) leaks_.push_back(ask.method + ": " + (call.what.empty() ? "output" : call.what));
  return call;
}

// Arguments and environment can be read by others; a secret must never get there.
void Bed::look_at_process(const std::string& method) {
  const std::string folder = fmt::format("/proc/{}/", process());
  for (const char* const name : {"cmdline", "environ"}) {
    if (canaries_.find(whole_text(folder + name))) {
      seen_in_proc_.push_back(fmt::format("{} during {}", name, method));
    }
  }
}

SecretText Bed::fresh_value() {
  std::string text = "Kit-" + random_hex(16);
  SecretText value{std::string_view(text)};
  wipe(text);
  canaries_.add(value, "a value of the kit");
  return value;
}

Result<SecretText> Bed::reset() {
  if (proxy_) proxy_->set(ProxyFault::kNone, 0);
  SecretText value = fresh_value();
  NHI_CHECK_OK(trial_.reset(value));
  return value;
}

SecretText Bed::created_value(const SecretText& fresh) const {
  return put_ ? put_->clone() : fresh.clone();
}

std::string Bed::verdict(const SecretText& value, const std::string& kind) {
  Ask question;
  question.method = "probe";
  question.value = &value;
  question.kind = kind;
  const PluginCall call = ask(question);
  const auto reply = call.succeeded() ? probe_reply_from(call.result)
                                      : Result<ProbeReply>(fail(ErrorCode::kInternal, "none"));
  return reply ? std::string(to_string(reply->verdict)) : "none";
}

std::string told(const PluginCall& call) {
  if (!call.answered()) return fmt::format("{}: {}", to_string(call.end), call.what);
  if (call.error) {
    return fmt::format("error {} ({}): {}", static_cast<int>(call.error->code),
                       to_string(call.error->code), call.error->message);
  }
  const std::string outcome = outcome_of(call);
  return outcome.empty() ? "an answer that is not of the protocol" : outcome;
}

std::string outcome_of(const PluginCall& call) {
  if (!call.succeeded()) return {};
  const auto reply = step_reply_from(call.result);
  return reply ? std::string(to_string(reply->outcome)) : std::string();
}

bool is_done(const PluginCall& call) {
  const std::string outcome = outcome_of(call);
  return outcome == "done" || outcome == "already_done";
}

bool has_error(const PluginCall& call, std::initializer_list<PluginErrorCode> codes) {
  return call.answered() && call.error &&
         std::find(codes.begin(), codes.end(), call.error->code) != codes.end();
}

}  // namespace nhi
