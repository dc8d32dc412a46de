#include "plugins/sdk/server.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "plugins/protocol/limits.hpp"
#include "plugins/sdk/test_support.hpp"

namespace nhi {
namespace {

// Does what the text of its reference says.
class Scripted : public Rotator {
 public:
  [[nodiscard]] PluginDescription describe() const override {
    Capability can;
    can.dead_probe = DeadProbe::kSafe;
    PluginDescription it;
    it.name = "scripted";
    it.version = "1";
    it.types = {{"scripted.key", can, {{"do", FieldKind::kText, true, ""}}, {}, {}}};
    return it;
  }
  [[nodiscard]] std::vector<std::string> methods() const override {
    return {"inspect", "create", "probe", "revoke"};
  }
  [[nodiscard]] Answer<StepReply> create(RotatorCall& call) override {
    const std::string what = text_in(call.ref(), "do");
    StepReply reply;
    reply.outcome = StepOutcome::kDone;
    if (what == "keep") {
      auto handle = call.keep(SecretText("made"));
      if (!handle) return Unexpected<PluginError>(handle.error());
      reply.secret = *handle;
    } else if (what == "hang" || what == "hang-in-effect") {
      if (what == "hang-in-effect" && !call.begin_effect()) return reply;
      std::this_thread::sleep_for(std::chrono::seconds(60));
    } else if (what == "polite") {
      while (!call.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (!call.begin_effect()) reply.outcome = StepOutcome::kNotDone;
    } else if (what == "no-utf-8") {
      reply.evidence = {{"sql", "\xff", "", ""}};
      if (!call.begin_effect()) return reply;
    } else if (what == "throw") {
      throw std::runtime_error("with a secret in it");
    }
    return reply;
  }
  [[nodiscard]] Answer<ProbeReply> probe(RotatorCall& call) override {
    auto value = call.secret("value");
    if (!value) return Unexpected<PluginError>(value.error());
    call.log("info", "probing");
    ProbeReply reply;
    reply.verdict = value->reveal() == "right" ? ProbeVerdict::kAccepted : ProbeVerdict::kRejected;
    return reply;
  }
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    child_ = ::fork();
    if (child_ == 0) {
      control_.core.close();
      secrets_.core.close();
      Scripted rotator;
      ::_exit(serve(rotator, control_.rotator.get(), secrets_.rotator.get()));
    }
    control_.rotator.close();
    secrets_.rotator.close();
  }
  ~ServerTest() override { EXPECT_GE(status(), 0); }

  // Ends the channel and gives the server's status.
  int status() {
    if (status_ < 0) {
      control_.core.close();
      int wait = 0;
      EXPECT_EQ(::waitpid(child_, &wait, 0), child_);
      status_ = WIFEXITED(wait) ? WEXITSTATUS(wait) : 128;
    }
    return status_;
  }
  void send(const RpcMessage& message) {
    write_bytes(control_.core, control_frame(*to_text(message)));
  }
  RpcMessage receive() { return *parse_message(next_of(reader_, control_.core)); }
  RpcAnswer ask(const std::string& method, Json params) {
    send(RpcRequest{++id_, method, std::move(params)});
    return answer();
  }
  RpcAnswer answer() {
    for (;;) {
      RpcMessage message = receive();
      if (auto* answer = std::get_if<RpcAnswer>(&message)) return std::move(*answer);
      ++told_;
    }
  }
  void initialize() {
    const RpcAnswer answer = ask("initialize", offer("1.0", "1.0"));
    ASSERT_TRUE(std::holds_alternative<Json>(answer.outcome));
    const auto description = description_from(std::get<Json>(answer.outcome));
    ASSERT_TRUE(description) << description.error().message();
    EXPECT_EQ(description->name, "scripted");
  }
  static Json offer(const char* least, const char* most) {
    return {{"protocol", {{"min", least}, {"max", most}}}};
  }
  static Json target(const char* what) {
    return {{"target", {{"type", "scripted.key"}, {"ref", {{"do", what}}}}}};
  }
  static PluginErrorCode code(const RpcAnswer& answer) {
    const auto* error = std::get_if<PluginError>(&answer.outcome);
    return error == nullptr ? PluginErrorCode{0} : error->code;
  }

  SocketPair control_;
  SocketPair secrets_;
  ControlReader reader_;
  pid_t child_ = -1;
  int status_ = -1;
  std::int64_t id_ = 0;
  int told_ = 0;
};

TEST_F(ServerTest, EndsWithItsChannel) {
  initialize();
  EXPECT_EQ(status(), 0);
}

TEST_F(ServerTest, NothingIsDoneBeforeTheHandshakeOrTwice) {
  EXPECT_EQ(code(ask("create", target("x"))), PluginErrorCode::kInvalidRequest);
  initialize();
  EXPECT_EQ(code(ask("initialize", offer("1.0", "1.0"))), PluginErrorCode::kInvalidRequest);
}

TEST_F(ServerTest, VersionsOutOfReachAreRefused) {
  EXPECT_EQ(code(ask("initialize", offer("2.0", "2.3"))), PluginErrorCode::kUnsupported);
  EXPECT_EQ(code(ask("initialize", offer("0.1", "0.9"))), PluginErrorCode::kUnsupported);
  EXPECT_EQ(code(ask("initialize", Json::object())), PluginErrorCode::kUnsupported);
  initialize();
}

TEST_F(ServerTest, WhatIsNotOfferedOrNotWellFormedIsRefused) {
  initialize();
  EXPECT_EQ(code(ask("explode", target("x"))), PluginErrorCode::kUnknownMethod);
  EXPECT_EQ(code(ask("suspend", target("x"))), PluginErrorCode::kUnknownMethod);
  EXPECT_EQ(code(ask("create", {{"target", {{"type", "other"}}}})),
            PluginErrorCode::kInvalidParams);
  EXPECT_EQ(code(ask("create", {{"target", {{"type", "scripted.key"}}}})),
            PluginErrorCode::kInvalidConfig);
  Json strange = target("x");
  strange["config"] = {{"unknown", 1}};
  EXPECT_EQ(code(ask("create", strange)), PluginErrorCode::kInvalidConfig);
}

TEST_F(ServerTest, SecretsComeAndGoByHandle) {
  initialize();
  Json params = target("x");
  params["value"] = secret_json("h1");
  std::jthread core([&] {
    SecretReader reader;
    const SecretFrame asked = next_of(reader, secrets_.core);
    EXPECT_EQ(asked.type, SecretFrameType::kGet);
    write_bytes(
        secrets_.core,
        SecretFrame{SecretFrameType::kValue, asked.handle, SecretText("right")}.encoded().reveal());
  });
  const RpcAnswer probed = ask("probe", params);
  ASSERT_TRUE(std::holds_alternative<Json>(probed.outcome));
  EXPECT_EQ(std::get<Json>(probed.outcome)["verdict"], "accepted");
  EXPECT_EQ(told_, 1);
  core.join();

  EXPECT_EQ(code(ask("create", target("keep"))), PluginErrorCode::kInvalidParams);  // no slot
  params = target("keep");
  params["slots"] = Json::array({secret_json("h2")});
  std::jthread keeper([&] {
    SecretReader reader;
    const SecretFrame put = next_of(reader, secrets_.core);
    EXPECT_EQ(put.value.reveal(), "made");
    write_bytes(secrets_.core,
                SecretFrame{SecretFrameType::kPutOk, put.handle, {}}.encoded().reveal());
  });
  const RpcAnswer created = ask("create", params);
  ASSERT_TRUE(std::holds_alternative<Json>(created.outcome));
  EXPECT_EQ(handle_in(std::get<Json>(created.outcome)["secret"]), "h2");
}

TEST_F(ServerTest, AMethodThatListensStopsByItself) {
  initialize();
  send(RpcRequest{++id_, "create", target("polite")});
  send(RpcNotification{"$/cancelRequest", {{"id", 4711}}});  // another's
  send(RpcNotification{"$/cancelRequest", {{"id", id_}}});
  const RpcAnswer answered = answer();
  ASSERT_TRUE(std::holds_alternative<Json>(answered.outcome));
  EXPECT_EQ(std::get<Json>(answered.outcome)["outcome"], "not_done");
  EXPECT_EQ(code(ask("explode", target("x"))), PluginErrorCode::kUnknownMethod);  // and goes on
}

TEST_F(ServerTest, OneThatHangsIsAnsweredForInTime) {
  initialize();
  const auto begun = std::chrono::steady_clock::now();
  send(RpcRequest{++id_, "create", target("hang")});
  send(RpcNotification{"$/cancelRequest", {{"id", id_}}});
  const RpcAnswer answered = answer();
  EXPECT_EQ(code(answered), PluginErrorCode::kCancelled);
  EXPECT_EQ(std::get<PluginError>(answered.outcome).data["effect"], "none");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, kCancelGrace);
  EXPECT_EQ(status(), 0);
}

TEST_F(ServerTest, OneThatHangsInItsEffectSaysThatItIsUnknown) {
  initialize();
  send(RpcRequest{++id_, "create", target("hang-in-effect")});
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  send(RpcNotification{"$/cancelRequest", {{"id", id_}}});
  const RpcAnswer answered = answer();
  ASSERT_EQ(code(answered), PluginErrorCode::kCancelled);
  EXPECT_EQ(std::get<PluginError>(answered.outcome).data["effect"], "unknown");
}

TEST_F(ServerTest, AnExceptionIsAnErrorWithoutItsText) {
  initialize();
  const RpcAnswer answered = ask("create", target("throw"));
  EXPECT_EQ(code(answered), PluginErrorCode::kInternal);
  EXPECT_EQ(std::get<PluginError>(answered.outcome).message.find("secret"), std::string::npos);
}

TEST_F(ServerTest, AnAnswerThatCannotBeWrittenIsAnError) {
  initialize();
  EXPECT_EQ(code(ask("create", target("no-utf-8"))), PluginErrorCode::kAmbiguous);
}

TEST_F(ServerTest, GarbageEndsIt) {
  initialize();
  write_bytes(control_.core, "garbage\r\n\r\n");
  int wait = 0;
  EXPECT_EQ(::waitpid(child_, &wait, 0), child_);
  status_ = WEXITSTATUS(wait);
  EXPECT_EQ(status_, 1);
}

}  // namespace
}  // namespace nhi
