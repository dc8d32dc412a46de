// test_call.hpp - a request without a core, and a server that says what it is told to, for tests of
// rotators.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

class FakeCall : public RotatorCall {
 public:
  FakeCall(std::string method, Json params)
      : method_(std::move(method)), params_(std::move(params)) {}
  [[nodiscard]] const std::string& method() const override { return method_; }
  [[nodiscard]] const Json& params() const override { return params_; }
  [[nodiscard]] Answer<SecretText> secret(std::string_view name) override {
    const auto found = secrets.find(std::string(name));
    if (found == secrets.end()) return refuse(PluginErrorCode::kInvalidParams, "no secret");
    return SecretText(found->second);
  }
  [[nodiscard]] Answer<std::string> keep(const SecretText& /*value*/) override {
    return refuse(PluginErrorCode::kInternal, "keeps nothing");
  }
  [[nodiscard]] bool begin_effect() override { return effect = true; }
  [[nodiscard]] bool cancelled() const override { return is_cancelled; }
  [[nodiscard]] std::chrono::milliseconds time_left() const override { return left; }
  void progress(std::string_view /*text*/) override {}
  void log(std::string_view /*level*/, std::string_view /*text*/) override {}

  std::map<std::string, std::string> secrets = {{"auth", "a"}, {"new", "n"}, {"value", "v"}};
  std::atomic<bool> is_cancelled{false};
  std::chrono::milliseconds left{5'000};
  bool effect = false;

 private:
  std::string method_;
  Json params_;
};

// Listens on the loopback; answers the first message of each connection with the same bytes, and
// then says nothing more.
class FakeServer {
 public:
  explicit FakeServer(std::string answer, bool hang_up = true)
      : answer_(std::move(answer)), hang_up_(hang_up), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer() {
    thread_.request_stop();
    thread_.join();
    ::close(socket_);
  }
  [[nodiscard]] int port() const { return port_; }

 private:
  void serve(const std::stop_token& stop) const {
    std::vector<int> open;
    while (!stop.stop_requested()) {
      pollfd ready{socket_, POLLIN, 0};
      if (::poll(&ready, 1, 20) <= 0) continue;
      const int client = ::accept(socket_, nullptr, nullptr);
      std::array<char, 4096> buffer{};
      if (::read(client, buffer.data(), buffer.size()) > 0) {
        ::send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      }
      if (hang_up_)
        ::close(client);
      else
        open.push_back(client);
    }
    for (const int client : open) ::close(client);
  }
  std::string answer_;
  bool hang_up_;
  int socket_;
  int port_ = 0;
  std::jthread thread_;
};

}  // namespace nhi
