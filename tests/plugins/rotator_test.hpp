// rotator_test.hpp - a rotator as nhisweep starts it, and what it answers; no value that was used
// is ever in an answer, a log line or its output.
#pragma once

#include <gmock/gmock.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugins/host/leak_search.hpp"
#include "plugins/host/session.hpp"
#include "plugins/protocol/reply.hpp"

namespace nhi::testing {

using Secrets = std::vector<std::pair<std::string, std::string>>;

inline PluginPin rotator_pin(const std::string& name, const std::vector<std::string>& allow) {
  PluginPin pin;
  pin.name = name;
  pin.program = {NHI_ROTATOR, *hash_of_file(NHI_ROTATOR)};
  pin.grants = *parse_grants(allow);
  return pin;
}

class RotatorTest : public ::testing::Test {
 protected:
  explicit RotatorTest(std::string name) : name_(std::move(name)) {}

  void start(const std::vector<std::string>& allow = {"net"}) {
    SessionOptions options;
    options.cancelled = [this] { return cancelled_.load(); };
    options.core = "test";
    auto session = PluginSession::start(rotator_pin(name_, allow), std::move(options));
    ASSERT_TRUE(session) << session.error().message();
    session_ = std::make_unique<PluginSession>(*std::move(session));
  }
  void look_for(const std::vector<std::string>& values) {
    for (const std::string& value : values) canaries_.add(SecretText(value), value);
  }
  void expect_no_leak(const std::string& text, const std::string& where) const {
    const auto leak = canaries_.find(text);
    EXPECT_FALSE(leak) << leak->name << " stands in " << where << " as " << leak->form;
  }
  static Json context() {
    return {{"run", "r_1"}, {"step", 1}, {"attempt", 1}, {"deadline_ms", 10'000}};
  }
  PluginCall call(const std::string& method, Json params, const Secrets& secrets) {
    SecretDesk desk({[](const std::string&) -> Result<void> { return {}; },
                     [](const std::string&, const SecretText&) -> Result<void> { return {}; }});
    for (const auto& [name, value] : secrets) {
      params[name] = secret_json(desk.offer(name, SecretText(value)));
    }
    PluginCall ended =
        session_->call(method, std::move(params), desk, std::chrono::milliseconds(15'000));
    EXPECT_TRUE(ended.answered()) << method << ": " << to_string(ended.end) << " " << ended.what;
    EXPECT_FALSE(ended.leaked);
    EXPECT_EQ(ended.output, "");
    std::string all = ended.result.dump() + ended.output;
    if (ended.error) all += ended.error->message + ended.error->data.dump();
    for (const PluginLogLine& line : ended.log) all += line.text;
    expect_no_leak(all, "the answer of " + method);
    return ended;
  }
  // "done", "accepted", or the number of the error.
  std::string answer(const std::string& method, Json params, const Secrets& secrets) {
    last_ = call(method, std::move(params), secrets);
    if (last_.error) return std::to_string(static_cast<int>(last_.error->code));
    const std::string outcome = text_in(last_.result, "outcome");
    return outcome.empty() ? text_in(last_.result, "verdict") : outcome;
  }
  [[nodiscard]] std::string code() const { return text_in(last_.result, "code"); }
  // All that the last call said beside its answer.
  [[nodiscard]] std::string logged() const {
    std::string all;
    for (const PluginLogLine& line : last_.log) all += line.text + "\n";
    return all;
  }

  std::string name_;
  std::unique_ptr<PluginSession> session_;
  std::atomic<bool> cancelled_{false};
  LeakSearch canaries_;
  PluginCall last_;
};

}  // namespace nhi::testing
