#include "plugins/host/session.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>

#include <utility>

#include "plugins/host/exchange.hpp"

namespace nhi {
namespace {

Json offer(const std::string& core) {
  return {{"protocol", {{"min", to_string(kProtocolMin)}, {"max", to_string(kProtocolMax)}}},
          {"core", core},
          {"locale", "C"}};
}

}  // namespace

struct PluginSession::State {
  State(SessionOptions wanted, PluginProcess process)
      : options(std::move(wanted)), conversation(std::move(process)) {}

  SessionOptions options;
  Conversation conversation;
  PluginDescription description;

  PluginCall call(const std::string& method, Json params, SecretDesk& desk,
                  std::chrono::milliseconds timeout) {
    const ExchangeLimits limits{timeout, options.cancel_grace, options.cancelled, options.progress};
    return Exchange(conversation, desk, limits).run(method, std::move(params));
  }

  Result<void> shake_hands(const PluginPin& pin) {
    SecretDesk nothing(SecretKeeper{});
    const PluginCall call =
        this->call("initialize", offer(options.core), nothing, options.initialize_timeout);
    if (!call.answered()) {
      const bool late = call.end == CallEnd::kTimedOut || call.end == CallEnd::kDied;
      return fail(late ? ErrorCode::kNotAnswering : ErrorCode::kMalformed,
                  "rotator did not shake hands: " + call.what, pin.name, call.output);
    }
    if (call.error) {
      return fail(ErrorCode::kMalformed, "rotator refuses to work: " + call.error->message,
                  pin.name);
    }
    auto described = description_from(call.result);
    if (!described) {
      return fail(ErrorCode::kMalformed,
                  "rotator describes itself wrongly: " + described.error().message(), pin.name);
    }
    description = *std::move(described);
    const std::vector<std::string> missing = not_covered(description.needs, pin.grants);
    if (missing.empty()) return {};
    return fail(ErrorCode::kBadUse,
                fmt::format("rotator needs what its registration does not allow: {}",
                            fmt::join(missing, ", ")),
                pin.name, "add it to 'allow', if you want it to have that");
  }
};

Result<PluginSession> PluginSession::start(const PluginPin& pin, SessionOptions options) {
  NHI_TRY(PluginProcess process, PluginProcess::start(pin, options.limits));
  PluginSession session(std::make_unique<State>(std::move(options), std::move(process)));
  NHI_CHECK_OK(session.state_->shake_hands(pin));
  return session;
}

PluginSession::PluginSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
PluginSession::PluginSession(PluginSession&&) noexcept = default;
PluginSession& PluginSession::operator=(PluginSession&&) noexcept = default;
PluginSession::~PluginSession() = default;

const PluginDescription& PluginSession::description() const { return state_->description; }
bool PluginSession::alive() const { return state_->conversation.alive; }
pid_t PluginSession::process() const { return state_->conversation.process.id(); }

PluginCall PluginSession::call(const std::string& method, Json params, SecretDesk& desk,
                               std::chrono::milliseconds timeout) {
  return state_->call(method, std::move(params), desk, timeout);
}

void PluginSession::close() {
  if (!state_->conversation.alive) return;
  PluginProcess& process = state_->conversation.process;
  ::shutdown(process.control(), SHUT_WR);
  const bool went = process.wait(kTerminateGrace);
  state_->conversation.end(went ? std::chrono::milliseconds(0) : kTerminateGrace);
}

}  // namespace nhi
