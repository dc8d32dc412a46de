#include "plugins/shim/script_rotator.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "plugins/shim/test_script.hpp"

namespace nhi {
namespace {

// What all of these answer to initialize; `rest` is what they do otherwise.
std::string script_that(const std::string& rest) {
  Capability can;
  can.automation = Automation::kRevokeOnly;
  PluginDescription it;
  it.protocol = kProtocolMax;
  it.name = "script";
  it.version = "1";
  it.types = {{"a.b", can, {{"name", FieldKind::kText, true, ""}}, {}, {}}};
  it.methods = {"inspect", "create", "revoke"};
  const Json answer = {{"result", to_json(it)}};
  return "if [ \"$1\" = initialize ]; then\ncat <<'END'\n" + answer.dump() + "\nEND\nexit\nfi\n" +
         rest;
}

class FakeCall : public RotatorCall {
 public:
  explicit FakeCall(std::string method) : method_(std::move(method)) {
    params_ = {{"new", secret_json("h1")},
               {"slots", Json::array({secret_json("h2"), secret_json("h3")})}};
  }
  [[nodiscard]] const std::string& method() const override { return method_; }
  [[nodiscard]] const Json& params() const override { return params_; }
  [[nodiscard]] Answer<SecretText> secret(std::string_view name) override {
    return SecretText(name == "new" ? "value" : "");
  }
  [[nodiscard]] Answer<std::string> keep(const SecretText& value) override {
    kept.emplace_back(value.reveal());
    return std::string("h2");
  }
  [[nodiscard]] bool begin_effect() override { return effect = !stop; }
  [[nodiscard]] bool cancelled() const override { return stop; }
  [[nodiscard]] std::chrono::milliseconds time_left() const override { return time; }
  void progress(std::string_view) override {}
  void log(std::string_view, std::string_view) override {}

  std::vector<std::string> kept;
  bool effect = false;
  bool stop = false;
  std::chrono::milliseconds time{10'000};

 private:
  std::string method_;
  Json params_;
};

ScriptRotator rotator_that(const TestScript& script) {
  auto rotator = ScriptRotator::create(script.start());
  EXPECT_TRUE(rotator) << rotator.error().message();
  return *std::move(rotator);
}

TEST(ScriptRotator, IsWhatItsScriptSays) {
  const TestScript script(script_that(""));
  const ScriptRotator rotator = rotator_that(script);
  EXPECT_EQ(rotator.describe().name, "script");
  EXPECT_EQ(rotator.methods(), (std::vector<std::string>{"inspect", "create", "revoke"}));
}

TEST(ScriptRotator, AScriptThatDoesNotSayWhatItIsIsNone) {
  for (const char* const text : {"", "echo hello", "exit 3", "echo '{\"result\":{}}'",
                                 "echo '{\"error\":{\"code\":1010,\"message\":\"no\"}}'"}) {
    EXPECT_FALSE(ScriptRotator::create(TestScript(text).start())) << text;
  }
}

TEST(ScriptRotator, ASecretThatItMadeIsKept) {
  const TestScript script(script_that(R"(
cat /proc/self/fd/10 >/proc/self/fd/11
echo '{"result":{"outcome":"done","secret":{"fd":11}}}'
)"));
  ScriptRotator rotator = rotator_that(script);
  FakeCall call("create");
  const auto reply = rotator.create(call);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->outcome, StepOutcome::kDone);
  EXPECT_EQ(reply->secret, "h2");
  EXPECT_EQ(call.kept, std::vector<std::string>{"value"});
  EXPECT_TRUE(call.effect);
}

TEST(ScriptRotator, AnErrorIsPassedOn) {
  const TestScript script(
      script_that(R"(echo '{"error":{"code":1002,"message":"may not","data":{"needs":["x"]}}}')"));
  ScriptRotator rotator = rotator_that(script);
  FakeCall call("create");
  const auto reply = rotator.create(call);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, PluginErrorCode::kForbidden);
  EXPECT_EQ(reply.error().data["needs"][0], "x");
}

TEST(ScriptRotator, WhateverGoesWrongAfterItsStartMayHaveHadAnEffect) {
  for (const char* const rest :
       {"exit 1", "echo hello", "echo '{\"result\":{\"outcome\":\"perhaps\"}}'",
        "echo '{\"result\":{\"outcome\":\"done\",\"secret\":{\"fd\":10}}}'",
        "echo '{\"result\":{\"outcome\":\"done\",\"secret\":{\"fd\":12}}}'"}) {
    const TestScript script(script_that(rest));
    ScriptRotator rotator = rotator_that(script);
    FakeCall change("create");
    const auto changed = rotator.create(change);
    ASSERT_FALSE(changed) << rest;
    EXPECT_EQ(changed.error().code, PluginErrorCode::kAmbiguous) << rest;
    FakeCall read("inspect");
    const auto inspected = rotator.inspect(read);
    ASSERT_FALSE(inspected) << rest;
    EXPECT_EQ(inspected.error().code, PluginErrorCode::kInternal) << rest;
    EXPECT_FALSE(read.effect);
  }
}

TEST(ScriptRotator, StoppedIsNoneOrUnknownAsTheMethodIs) {
  const TestScript script(script_that("sleep 60"));
  ScriptRotator rotator = rotator_that(script);
  const auto effect_of = [](const PluginError& error) {
    EXPECT_EQ(error.code, PluginErrorCode::kCancelled);
    return text_in(error.data, "effect");
  };
  FakeCall before("create");
  before.stop = true;
  EXPECT_EQ(effect_of(rotator.create(before).error()), "none");
  FakeCall during("create");
  during.time = std::chrono::milliseconds(0);
  EXPECT_EQ(effect_of(rotator.create(during).error()), "unknown");
  FakeCall reading("inspect");
  reading.time = std::chrono::milliseconds(0);
  EXPECT_EQ(effect_of(rotator.inspect(reading).error()), "none");
}

}  // namespace
}  // namespace nhi
