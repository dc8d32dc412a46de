#include "plugins/sdk/server.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "plugins/protocol/limits.hpp"
#include "plugins/sdk/channel.hpp"
#include "plugins/sdk/rotator.hpp"
#include "scanner/base/file.hpp"

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFaultStatus = 1;
constexpr std::chrono::milliseconds kAnswerBeforeGrace = kCancelGrace / 2;  // machines are busy

PluginError internal(std::string message) {
  return {PluginErrorCode::kInternal, std::move(message), Json::object()};
}

// A request while it runs. Its flags are shared by both threads.
class Call : public RotatorCall {
 public:
  Call(RpcRequest request, ControlChannel& control, SecretChannel& secrets)
      : request_(std::move(request)), control_(control), secrets_(secrets) {
    const std::int64_t given =
        number_in(member(request_.params, "ctx"), "deadline_ms", kCallTimeout.count());
    deadline_ = Clock::now() + std::chrono::milliseconds(std::max<std::int64_t>(given, 0));
    for (const Json& slot : member(request_.params, "slots")) slots_.push_back(handle_in(slot));
  }

  [[nodiscard]] std::int64_t number() const { return request_.id; }
  [[nodiscard]] const std::string& method() const override { return request_.method; }
  [[nodiscard]] const Json& params() const override { return request_.params; }

  [[nodiscard]] Answer<SecretText> secret(std::string_view name) override {
    const std::string handle = handle_in(member(request_.params, name));
    if (handle.empty()) {
      return refuse(PluginErrorCode::kInvalidParams, fmt::format("no secret '{}'", name));
    }
    auto value = secrets_.get(handle);
    if (!value) {
      return Unexpected<PluginError>(
          internal(fmt::format("secret '{}': {}", name, value.error().message())));
    }
    return *std::move(value);
  }
  [[nodiscard]] Answer<std::string> keep(const SecretText& value) override {
    if (slots_used_ == slots_.size()) {
      return refuse(PluginErrorCode::kInvalidParams, "no free slot for a secret");
    }
    std::string handle = slots_[slots_used_++];
    if (const auto kept = secrets_.put(handle, value); !kept) {
      return Unexpected<PluginError>(internal("a secret is not kept: " + kept.error().message()));
    }
    return handle;
  }

  [[nodiscard]] bool begin_effect() override {
    // In this order: whoever cancels sets the flag first and asks for the effect afterwards.
    effect_ = true;
    if (!cancelled_) return true;
    effect_ = false;
    return false;
  }
  [[nodiscard]] bool cancelled() const override { return cancelled_; }
  [[nodiscard]] std::chrono::milliseconds time_left() const override {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  }
  void progress(std::string_view text) override {
    control_.write(RpcNotification{"$/progress", {{"text", std::string(text)}}});
  }
  void log(std::string_view level, std::string_view text) override {
    control_.write(
        RpcNotification{"$/log", {{"level", std::string(level)}, {"text", std::string(text)}}});
  }

  void cancel() { cancelled_ = true; }
  [[nodiscard]] bool may_have_an_effect() const { return effect_; }

 private:
  RpcRequest request_;
  ControlChannel& control_;
  SecretChannel& secrets_;
  Clock::time_point deadline_;
  std::vector<std::string> slots_;
  std::size_t slots_used_ = 0;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> effect_{false};
};

int wait_ms(const std::optional<Clock::time_point>& until) {
  if (!until) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

using Outcome = std::variant<Json, PluginError>;

template <class Reply>
Outcome outcome_of(const Answer<Reply>& answer) {
  if (answer) return to_json(*answer);
  return answer.error();
}

Outcome dispatch(Rotator& rotator, RotatorCall& call) {
  const std::string& method = call.method();
  if (method == "inspect") return outcome_of(rotator.inspect(call));
  if (method == "create") return outcome_of(rotator.create(call));
  if (method == "probe") return outcome_of(rotator.probe(call));
  if (method == "suspend") return outcome_of(rotator.suspend(call));
  if (method == "resume") return outcome_of(rotator.resume(call));
  if (method == "revoke") return outcome_of(rotator.revoke(call));
  if (method == "end_sessions") return outcome_of(rotator.end_sessions(call));
  if (method == "list") return outcome_of(rotator.list(call));
  if (method == "reconcile") return outcome_of(rotator.reconcile(call));
  return PluginError{PluginErrorCode::kUnknownMethod,
                     fmt::format("this rotator has no method '{}'", method), Json::object()};
}

class Server {
 public:
  Server(Rotator& rotator, int control, int secrets)
      : rotator_(rotator), control_(control), secrets_(secrets) {}
  int run();

 private:
  void initialize(const RpcRequest& request);
  Outcome check(const RpcRequest& request) const;
  int work(RpcRequest request);
  [[noreturn]] void answer_and_leave(const Call& call);
  void answer(std::int64_t id, Outcome outcome, bool may_have_an_effect = false) {
    if (control_.write(RpcAnswer{id, std::move(outcome)})) return;
    // Not UTF-8, or too long: silence would be taken for a rotator that hangs.
    control_.write(RpcAnswer{
        id,
        PluginError{may_have_an_effect ? PluginErrorCode::kAmbiguous : PluginErrorCode::kInternal,
                    "the answer cannot be written as a message", Json::object()}});
  }

  Rotator& rotator_;
  ControlChannel control_;
  SecretChannel secrets_;
  PluginDescription description_;
  bool initialized_ = false;
};

void Server::initialize(const RpcRequest& request) {
  if (initialized_) {
    return answer(request.id, PluginError{PluginErrorCode::kInvalidRequest, "initialized already",
                                          Json::object()});
  }
  const Json& offered = member(request.params, "protocol");
  const auto least = parse_protocol_version(text_in(offered, "min"));
  const auto most = parse_protocol_version(text_in(offered, "max"));
  if (!least || !most || *most < kProtocolMin || *least > kProtocolMax) {
    return answer(request.id, PluginError{PluginErrorCode::kUnsupported,
                                          fmt::format("speaks version {} of the protocol",
                                                      to_string(kProtocolMax)),
                                          Json::object()});
  }
  description_ = rotator_.describe();
  description_.protocol = std::min(kProtocolMax, *most);
  description_.methods = rotator_.methods();
  initialized_ = true;
  answer(request.id, to_json(description_));
}

// What can be refused without the rotator's help; null if nothing is wrong.
Outcome Server::check(const RpcRequest& request) const {
  if (!initialized_) {
    return PluginError{PluginErrorCode::kInvalidRequest, "not initialized", Json::object()};
  }
  if (!description_.has_method(request.method)) {
    return PluginError{PluginErrorCode::kUnknownMethod,
                       fmt::format("this rotator has no method '{}'", request.method),
                       Json::object()};
  }
  const Json& target = member(request.params, "target");
  const PluginType* const type = description_.type(text_in(target, "type"));
  if (type == nullptr) {
    return PluginError{PluginErrorCode::kInvalidParams, "target has no type of this rotator",
                       Json::object()};
  }
  const Json& config = member(request.params, "config");
  const auto ref = check_fields(member(target, "ref"), type->ref);
  const auto configured = check_fields(config.is_null() ? Json::object() : config, type->config);
  if (!ref || !configured) {
    const Error& error = ref ? configured.error() : ref.error();
    return PluginError{
        PluginErrorCode::kInvalidConfig, error.message(), {{"field", error.subject}}};
  }
  return Json();
}

void Server::answer_and_leave(const Call& call) {
  const bool effect = call.may_have_an_effect();
  answer(call.number(),
         PluginError{
             PluginErrorCode::kCancelled, "cancelled", {{"effect", effect ? "unknown" : "none"}}});
  // The method still sits in a library that cannot be interrupted: no destructor may wait for it.
  ::_exit(0);
}

int Server::work(RpcRequest request) {
  Call call(std::move(request), control_, secrets_);
  std::promise<Outcome> promise;
  std::future<Outcome> future = promise.get_future();
  const FileHandle answered(::eventfd(0, EFD_CLOEXEC));
  std::jthread worker([&] {
    try {
      promise.set_value(dispatch(rotator_, call));
    } catch (const std::exception&) {
      // Its text is a library's, and may quote what it was given.
      const auto code =
          call.may_have_an_effect() ? PluginErrorCode::kAmbiguous : PluginErrorCode::kInternal;
      promise.set_value(PluginError{code, "an exception ended the method", Json::object()});
    }
    ::eventfd_write(answered.get(), 1);
  });
  std::optional<Clock::time_point> leave_at;
  while (future.wait_for(std::chrono::milliseconds(0)) != std::future_status::ready) {
    if (leave_at && Clock::now() >= *leave_at) answer_and_leave(call);
    const auto body = control_.read(wait_ms(leave_at), answered.get());
    if (!body && body.error().code == ErrorCode::kNotAnswering) continue;
    if (!body || !*body) ::_exit(kFaultStatus);  // the core is gone, or talks nonsense
    const auto message = parse_message(**body);
    const auto* told = message ? std::get_if<RpcNotification>(&*message) : nullptr;
    if (told == nullptr) ::_exit(kFaultStatus);
    if (told->method != "$/cancelRequest" || number_in(told->params, "id") != call.number())
      continue;
    call.cancel();
    leave_at = Clock::now() + kAnswerBeforeGrace;
  }
  worker.join();
  answer(call.number(), future.get(), call.may_have_an_effect());
  return 0;
}

int Server::run() {
  for (;;) {
    const auto body = control_.read(-1, -1);
    if (!body) return kFaultStatus;
    if (!*body) return 0;
    const auto message = parse_message(**body);
    if (!message) return kFaultStatus;
    const auto* request = std::get_if<RpcRequest>(&*message);
    if (request == nullptr) continue;  // a cancel that came too late, or nothing we know
    if (request->method == "initialize") {
      initialize(*request);
      continue;
    }
    Outcome wrong = check(*request);
    if (const auto* error = std::get_if<PluginError>(&wrong)) {
      answer(request->id, *error);
      continue;
    }
    if (const int status = work(*request); status != 0) return status;
  }
}

}  // namespace

int serve(Rotator& rotator, int control, int secrets) {
  ::signal(SIGPIPE, SIG_IGN);
  return Server(rotator, control, secrets).run();
}

}  // namespace nhi
