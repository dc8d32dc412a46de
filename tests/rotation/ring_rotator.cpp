// A rotator for ring_server.hpp, with a type for each class of credential of
// docs/rotation.md: what is rotated differs by its descriptor, as with real systems.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "plugins/sdk/rotator.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr const char* kLost = "LOST";

class Ring {
 public:
  explicit Ring(const RotatorCall& call)
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
  /// The words of the answer; LOST alone if there is none.
  std::vector<std::string> ask(const std::string& verb, std::string_view first,
                               std::string_view second = {}, std::string_view third = {}) {
    if (!connected_) return {kLost};
    std::string line =
        verb + " " + to_hex(first) + " " + to_hex(second) + " " + to_hex(third) + "\n";
    const bool sent = ::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) ==
                      static_cast<ssize_t>(line.size());
    wipe(line);
    std::string answer;
    for (char c = 0; sent && ::read(socket_.get(), &c, 1) == 1;) {
      if (c != '\n') {
        answer.push_back(c);
        continue;
      }
      std::istringstream in(answer);
      std::vector<std::string> words;
      for (std::string word; in >> word;) words.push_back(word);
      if (words.front() == "DIE") ::raise(SIGKILL);
      return words;
    }
    connected_ = false;
    return {kLost};
  }

 private:
  FileHandle socket_;
  bool connected_ = false;
};

PluginType type_named(const char* name, SecretOrigin origin, std::uint32_t slots,
                      CreateReplay replay) {
  Capability can;
  can.secret_origin = origin;
  can.slots = slots;
  can.create_replay = replay;
  can.dead_probe = DeadProbe::kSafe;
  can.derived = {};
  return {name,
          can,
          {{"host", FieldKind::kText, true, ""},
           {"port", FieldKind::kNumber, true, ""},
           {"account", FieldKind::kText, true, ""}},
          {},
          {"the administrator of the ring"}};
}

class RingRotator : public Rotator {
 public:
  [[nodiscard]] PluginDescription describe() const override {
    PluginDescription it;
    it.name = "ring";
    it.version = "1";
    it.needs = {"net"};
    it.types = {
        type_named("ring.set", SecretOrigin::kClient, 1, CreateReplay::kIdempotent),
        type_named("ring.add", SecretOrigin::kClient, kManySlots, CreateReplay::kIdempotent),
        type_named("ring.push", SecretOrigin::kClient, 2, CreateReplay::kDestructive),
        type_named("ring.once", SecretOrigin::kServer, kManySlots, CreateReplay::kConflict),
        type_named("ring.make", SecretOrigin::kServer, kManySlots, CreateReplay::kDuplicates),
        type_named("ring.bare", SecretOrigin::kServer, kManySlots, CreateReplay::kDuplicates),
        type_named("ring.roll", SecretOrigin::kServer, 1, CreateReplay::kDestructive),
        type_named("ring.pair", SecretOrigin::kKeypair, kManySlots, CreateReplay::kIdempotent),
        type_named("ring.lock", SecretOrigin::kClient, kManySlots, CreateReplay::kIdempotent)};
    it.types.back().capability.dead_probe = DeadProbe::kLockoutRisk;
    it.types[0].capability.suspend = true;
    it.types[0].capability.twins = true;
    it.types[3].capability.marker = "marker";
    it.types[4].capability.marker = "marker";
    for (const std::size_t listed : {3, 4, 5}) it.types[listed].capability.listable = true;
    return it;
  }
  [[nodiscard]] std::vector<std::string> methods() const override {
    return {"inspect", "create", "probe", "suspend", "resume", "revoke", "list"};
  }

  [[nodiscard]] Answer<InspectReply> inspect(RotatorCall& call) override {
    Ring ring(call);
    if (auto refused = log_in(ring, call)) return Unexpected<PluginError>(*refused);
    const std::string state = ring.ask("GET", account(call)).front();
    InspectReply reply;
    reply.exists = state == "ON" || state == "OFF";
    if (reply.exists) reply.enabled = state == "ON";
    reply.rights_ok = true;
    if (reply.exists) reply.id = {{"account", account(call)}};
    return reply;
  }
  [[nodiscard]] Answer<ListReply> list(RotatorCall& call) override {
    Ring ring(call);
    if (auto refused = log_in(ring, call)) return Unexpected<PluginError>(*refused);
    const std::vector<std::string> words = ring.ask("LIST", account(call));
    if (words.front() != "KEYS") return refuse(PluginErrorCode::kUnreachable, "no list");
    ListReply reply;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::size_t colon = words[i].find(':');
      ListedCredential item;
      item.id = {{"key", from_hex(words[i].substr(0, colon)).value_or("")}};
      item.marker = from_hex(words[i].substr(colon + 1)).value_or("");
      item.status = "active";
      reply.items.push_back(std::move(item));
    }
    return reply;
  }
  [[nodiscard]] Answer<StepReply> create(RotatorCall& call) override {
    const std::string type = call.type();
    if (type == "ring.once") return make(call, "ONCE");
    if (type == "ring.make" || type == "ring.bare") return make(call, "MAKE");
    if (type == "ring.roll") return make(call, "ROLL");
    auto fresh = call.secret("new");
    if (!fresh) return Unexpected<PluginError>(fresh.error());
    const bool adds = type == "ring.add" || type == "ring.pair" || type == "ring.lock";
    const char* const verb = adds ? "ADD" : type == "ring.push" ? "PUSH" : "SET";
    return change(call, verb, fresh->reveal());
  }
  [[nodiscard]] Answer<ProbeReply> probe(RotatorCall& call) override {
    auto value = call.secret("value");
    if (!value) return Unexpected<PluginError>(value.error());
    Ring ring(call);
    const std::string said = ring.ask("LOGIN", account(call), value->reveal()).front();
    ProbeReply reply;
    reply.code = said;
    if (said == "OK") reply.verdict = ProbeVerdict::kAccepted;
    if (said == "NO" || said == "OFF") reply.verdict = ProbeVerdict::kRejected;
    return reply;
  }
  [[nodiscard]] Answer<StepReply> suspend(RotatorCall& call) override {
    return change(call, "OFF", {});
  }
  [[nodiscard]] Answer<StepReply> resume(RotatorCall& call) override {
    return change(call, "ON", {});
  }
  [[nodiscard]] Answer<StepReply> revoke(RotatorCall& call) override {
    if (call.type() == "ring.set") return change(call, "CLEAR", {});
    const std::string key = text_in(call.id(), "key");
    if (!key.empty()) return change(call, "DEL", key);
    auto old = call.secret("old");
    if (!old) return Unexpected<PluginError>(old.error());
    return change(call, "CUT", old->reveal());
  }

 private:
  static std::string account(const RotatorCall& call) { return text_in(call.ref(), "account"); }
  static Answer<StepReply> outcome(StepOutcome word) {
    StepReply reply;
    reply.outcome = word;
    return reply;
  }
  [[nodiscard]] static std::optional<PluginError> log_in(Ring& ring, RotatorCall& call) {
    auto auth = call.secret("auth");
    if (!auth) return auth.error();
    const std::string said = ring.ask("LOGIN", "admin", auth->reveal()).front();
    if (said == "OK") return std::nullopt;
    const bool lost = said == kLost;
    return PluginError{lost ? PluginErrorCode::kUnreachable : PluginErrorCode::kAuthFailed,
                       "the ring does not let the administrator in", Json::object()};
  }
  Answer<StepReply> change(RotatorCall& call, const std::string& verb, std::string_view value) {
    Ring ring(call);
    if (auto refused = log_in(ring, call)) return Unexpected<PluginError>(*refused);
    if (call.dry_run()) return outcome(StepOutcome::kDone);
    if (!call.begin_effect()) return outcome(StepOutcome::kNotDone);
    const std::string said = ring.ask(verb, account(call), value, call.marker()).front();
    if (said == "OK") return outcome(StepOutcome::kDone);
    if (said == "GONE") return outcome(StepOutcome::kAlreadyDone);
    if (said == "NONE") return refuse(PluginErrorCode::kNotFound, "no such account");
    return outcome(StepOutcome::kAmbiguous);
  }
  Answer<StepReply> make(RotatorCall& call, const std::string& verb) {
    Ring ring(call);
    if (auto refused = log_in(ring, call)) return Unexpected<PluginError>(*refused);
    if (call.dry_run()) return outcome(StepOutcome::kDone);
    if (!call.begin_effect()) return outcome(StepOutcome::kNotDone);
    const bool marked = call.type() != "ring.bare";
    const std::vector<std::string> said =
        ring.ask(verb, account(call), marked ? call.marker() : std::string());
    if (said.front() == "CONFLICT")
      return refuse(PluginErrorCode::kConflict, "its marker is there");
    if (said.size() != 3) return outcome(StepOutcome::kAmbiguous);
    StepReply reply;
    reply.outcome = StepOutcome::kDone;
    reply.id = {{"key", from_hex(said[1]).value_or("")}};
    std::string value = from_hex(said[2]).value_or("");
    auto slot = call.keep(SecretText{std::string_view(value)});
    wipe(value);
    if (!slot) return Unexpected<PluginError>(slot.error());
    reply.secret = *slot;
    return reply;
  }
};

}  // namespace
}  // namespace nhi

#if defined(__SANITIZE_ADDRESS__)
// The search for leaks at its end needs ptrace, which no rotator has.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif

int main() { return nhi::run_rotator(std::make_unique<nhi::RingRotator>()); }
