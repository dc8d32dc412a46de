// A rotator for the store of plugins/conformance/test_store.hpp, written with the SDK. Started
// under the name of a fault it has that fault, and the kit must find it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "plugins/sdk/rotator.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

enum class Reply { kOk, kNo, kNone, kDenied, kLocked, kOff, kOn, kLost };

Reply reply_of(const std::string& line) {
  const std::pair<const char*, Reply> words[] = {
      {"OK", Reply::kOk},         {"NO", Reply::kNo},         {"NONE", Reply::kNone},
      {"DENIED", Reply::kDenied}, {"LOCKED", Reply::kLocked}, {"OFF", Reply::kOff},
      {"ON", Reply::kOn}};
  for (const auto& [word, reply] : words) {
    if (line == word) return reply;
  }
  return Reply::kLost;
}

// A connection to the store; every loss of it is kLost.
class Store {
 public:
  explicit Store(const RotatorCall& call)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto left = call.time_left().count() * 3 / 4;
    const timeval limit{left / 1000, left % 1000 * 1000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(call.ref()["port"].get<int>()));
    ::inet_pton(AF_INET, text_in(call.ref(), "host").c_str(), &address.sin_addr);
    connected_ =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  Reply ask(const std::string& verb, std::string_view first, std::string_view second = {}) {
    if (!connected_) return Reply::kLost;
    std::string line = verb + " " + to_hex(first) + " " + to_hex(second) + "\n";
    const bool sent = ::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) ==
                      static_cast<ssize_t>(line.size());
    wipe(line);
    std::string answer;
    for (char c = 0; sent && ::read(socket_.get(), &c, 1) == 1;) {
      if (c == '\n') return reply_of(answer);
      answer.push_back(c);
    }
    connected_ = false;
    return Reply::kLost;
  }

 private:
  FileHandle socket_;
  bool connected_ = false;
};

class StoreRotator : public Rotator {
 public:
  explicit StoreRotator(std::string fault) : fault_(std::move(fault)) {}

  [[nodiscard]] PluginDescription describe() const override {
    Capability can;
    can.listable = false;
    can.suspend = true;
    can.dead_probe = DeadProbe::kSafe;
    PluginDescription it;
    it.name = "store";
    it.version = "1";
    it.needs = {"net"};
    it.types = {{"store.account",
                 can,
                 {{"host", FieldKind::kText, true, ""},
                  {"port", FieldKind::kNumber, true, ""},
                  {"account", FieldKind::kText, true, ""}},
                 {},
                 {}}};
    return it;
  }
  [[nodiscard]] std::vector<std::string> methods() const override {
    return {"inspect", "create", "probe", "suspend", "resume", "revoke"};
  }

  [[nodiscard]] Answer<InspectReply> inspect(RotatorCall& call) override {
    Store store(call);
    if (auto refused = log_in(store, call)) return Unexpected<PluginError>(*refused);
    const Reply state = store.ask("GET", account(call));
    InspectReply reply;
    reply.exists = state != Reply::kNone;
    reply.rights_ok = true;
    if (reply.exists) reply.id = {{"account", account(call)}};
    return reply;
  }
  [[nodiscard]] Answer<StepReply> create(RotatorCall& call) override {
    auto fresh = call.secret("new");
    if (!fresh) return Unexpected<PluginError>(fresh.error());
    if (has("leaky")) {
      std::printf("setting %s\n", std::string(fresh->reveal()).c_str());
      std::fflush(stdout);
    }
    if (has("talkative")) call.log("info", to_base64(fresh->reveal()));
    const std::string value = has("wrong-value") ? "another" : std::string(fresh->reveal());
    if (!has("no-look") && log_in_as(call, fresh->reveal()) == Reply::kOk) {
      return has("not-again") ? Answer<StepReply>(refuse(PluginErrorCode::kConflict, "is so"))
                              : outcome(StepOutcome::kAlreadyDone);
    }
    const std::string verb = has("any-name") ? "MAKE" : "SET";
    return change(call, verb, value);
  }
  [[nodiscard]] Answer<ProbeReply> probe(RotatorCall& call) override {
    auto value = call.secret("value");
    if (!value) return Unexpected<PluginError>(value.error());
    const Reply said = log_in_as(call, value->reveal());
    ProbeReply reply;
    if (said == Reply::kOk) reply.verdict = ProbeVerdict::kAccepted;
    if (said == Reply::kNo || said == Reply::kOff || said == Reply::kNone) {
      reply.verdict = ProbeVerdict::kRejected;
    }
    if (said == Reply::kLost && has("dead-when-down")) reply.verdict = ProbeVerdict::kRejected;
    if (said == Reply::kLocked && has("dead-when-locked")) reply.verdict = ProbeVerdict::kRejected;
    return reply;
  }
  [[nodiscard]] Answer<StepReply> suspend(RotatorCall& call) override {
    return switch_to(call, "OFF", Reply::kOff);
  }
  [[nodiscard]] Answer<StepReply> resume(RotatorCall& call) override {
    return switch_to(call, "ON", Reply::kOn);
  }
  [[nodiscard]] Answer<StepReply> revoke(RotatorCall& call) override {
    if (!has("greedy")) {
      if (auto right = require_id(call, {{"account", account(call)}}); !right) {
        return Unexpected<PluginError>(right.error());
      }
    }
    Store store(call);
    if (auto refused = log_in(store, call)) return Unexpected<PluginError>(*refused);
    if (store.ask("GET", account(call)) == Reply::kNone) {
      if (has("forgetful")) return refuse(PluginErrorCode::kNotFound, "is gone");
      return outcome(StepOutcome::kAlreadyDone);
    }
    return change(call, "DROP", {});
  }

 private:
  [[nodiscard]] bool has(std::string_view fault) const { return fault_ == fault; }
  static std::string account(const RotatorCall& call) { return text_in(call.ref(), "account"); }
  static Answer<StepReply> outcome(StepOutcome word) {
    StepReply reply;
    reply.outcome = word;
    return reply;
  }
  static Reply log_in_as(const RotatorCall& call, std::string_view value) {
    Store store(call);
    return store.ask("LOGIN", account(call), value);
  }
  // Why it cannot work as administrator; none if it can.
  [[nodiscard]] std::optional<PluginError> log_in(Store& store, RotatorCall& call) const {
    auto auth = call.secret("auth");
    if (!auth) return auth.error();
    const Reply said = store.ask("LOGIN", "admin", auth->reveal());
    if (said == Reply::kOk) return std::nullopt;
    if (said == Reply::kLost) {
      return PluginError{PluginErrorCode::kUnreachable, "no store", Json::object()};
    }
    const auto code = has("auth-blind") ? PluginErrorCode::kConflict : PluginErrorCode::kAuthFailed;
    return PluginError{code, "the store refuses the administrator", Json::object()};
  }
  Answer<StepReply> switch_to(RotatorCall& call, const std::string& verb, Reply state) {
    Store store(call);
    if (auto refused = log_in(store, call)) return Unexpected<PluginError>(*refused);
    if (store.ask("GET", account(call)) == state) return outcome(StepOutcome::kAlreadyDone);
    return change(call, verb, {});
  }
  Answer<StepReply> change(RotatorCall& call, const std::string& verb, std::string_view value) {
    Store store(call);
    if (auto refused = log_in(store, call)) return Unexpected<PluginError>(*refused);
    if (call.dry_run() && !has("wet-run")) return outcome(StepOutcome::kDone);
    if (!call.begin_effect()) return outcome(StepOutcome::kNotDone);
    switch (store.ask(verb, account(call), value)) {
      case Reply::kOk:
        return outcome(StepOutcome::kDone);
      case Reply::kNone:
        return refuse(PluginErrorCode::kNotFound, "no such account");
      case Reply::kDenied:
        return refuse(PluginErrorCode::kForbidden, "may not");
      default:
        break;
    }
    if (has("sure")) return refuse(PluginErrorCode::kUnreachable, "nothing happened");
    return outcome(has("hopeful") ? StepOutcome::kDone : StepOutcome::kAmbiguous);
  }

  std::string fault_;
};

}  // namespace
}  // namespace nhi

#if defined(__SANITIZE_ADDRESS__)
// The search for leaks at its end needs ptrace, which no rotator has.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

int main(int, char** argv) {
  return nhi::run_rotator(std::make_unique<nhi::StoreRotator>(argv[0]));
}
