#include "plugins/sdk/rotator.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

class FixedCall : public RotatorCall {
 public:
  explicit FixedCall(Json params) : params_(std::move(params)) {}
  [[nodiscard]] const std::string& method() const override { return method_; }
  [[nodiscard]] const Json& params() const override { return params_; }
  [[nodiscard]] Answer<SecretText> secret(std::string_view) override { return SecretText("x"); }
  [[nodiscard]] Answer<std::string> keep(const SecretText&) override { return std::string("h"); }
  [[nodiscard]] bool begin_effect() override { return true; }
  [[nodiscard]] bool cancelled() const override { return false; }
  [[nodiscard]] std::chrono::milliseconds time_left() const override { return {}; }
  void progress(std::string_view) override {}
  void log(std::string_view, std::string_view) override {}

 private:
  std::string method_ = "create";
  Json params_;
};

class Empty : public Rotator {
 public:
  [[nodiscard]] PluginDescription describe() const override { return {}; }
  [[nodiscard]] std::vector<std::string> methods() const override { return {}; }
};

TEST(RotatorCall, NamesWhatTheParamsHold) {
  const FixedCall call(Json({{"ctx", {{"dry_run", true}, {"marker", "nhi-1"}}},
                             {"target", {{"type", "a.b"}, {"ref", {{"host", "h"}}}}},
                             {"config", {{"tls", true}}},
                             {"id", {{"role", "x"}}}}));
  EXPECT_TRUE(call.dry_run());
  EXPECT_EQ(call.marker(), "nhi-1");
  EXPECT_EQ(call.type(), "a.b");
  EXPECT_EQ(call.ref()["host"], "h");
  EXPECT_EQ(call.config()["tls"], true);
  EXPECT_EQ(call.id(), (CredentialId{{"role", "x"}}));
}

TEST(RotatorCall, OnlyTheIdOfTheTargetIsActedOn) {
  const FixedCall call(Json({{"id", {{"role", "x"}}}}));
  EXPECT_TRUE(require_id(call, {{"role", "x"}}));
  const auto other = require_id(call, {{"role", "y"}});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, PluginErrorCode::kInvalidParams);
  EXPECT_FALSE(require_id(FixedCall(Json::object()), {{"role", "x"}}));
}

TEST(Rotator, AMethodThatIsNotThereIsUnknown) {
  Empty rotator;
  FixedCall call(Json::object());
  EXPECT_EQ(rotator.create(call).error().code, PluginErrorCode::kUnknownMethod);
  EXPECT_EQ(rotator.list(call).error().code, PluginErrorCode::kUnknownMethod);
  EXPECT_EQ(rotator.reconcile(call).error().code, PluginErrorCode::kUnknownMethod);
}

}  // namespace
}  // namespace nhi
