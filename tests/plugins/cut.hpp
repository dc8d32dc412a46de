// cut.hpp - loses what is said at a certain word, or lets something happen then, for tests of
// rotators.
#pragma once

#include <poll.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/plugins/server_process.hpp"

namespace nhi::testing {

// Between rotator and server; once the rotator sends a certain word the server's answers are lost,
// and, if `before`, so is what the rotator sends.
class Cut {
 public:
  Cut(int to, std::string word, bool before)
      : to_(to),
        word_(std::move(word)),
        before_(before),
        listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    port_ = bind_to_any(listener_);
    EXPECT_EQ(::listen(listener_, 8), 0);
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        pollfd ready{listener_, POLLIN, 0};
        if (::poll(&ready, 1, 20) > 0) carry(stop, ::accept(listener_, nullptr, nullptr));
      }
    });
  }
  /// Cuts nothing: `act` is called, once, before the server hears that word.
  Cut(int to, std::string word, std::function<void()> act) : Cut(to, std::move(word), false) {
    act_ = std::move(act);
  }
  Cut(const Cut&) = delete;
  Cut& operator=(const Cut&) = delete;
  ~Cut() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] bool done() const { return cut_; }

 private:
  // One connection at a time is all that the rotator makes.
  void carry(const std::stop_token& stop, int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(to_);
    EXPECT_EQ(::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    std::vector<std::jthread> others;
    while (!stop.stop_requested()) {
      pollfd ready[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {listener_, POLLIN, 0}};
      if (::poll(ready, 3, 20) <= 0) continue;
      if (ready[2].revents != 0) {
        others.emplace_back(
            [&, other = ::accept(listener_, nullptr, nullptr)] { carry(stop, other); });
      }
      if (ready[0].revents != 0) {
        const std::string sent = read_from(client);
        const bool now = sent.find(word_) != std::string::npos;
        if (sent.empty() || (now && before_)) {
          cut_ = cut_ || now;
          break;
        }
        if (now && act_ && !cut_.exchange(true)) act_();
        ::send(server, sent.data(), sent.size(), MSG_NOSIGNAL);
        if (now && !act_) {
          read_from(server);  // it has done what it was told
          cut_ = true;
          break;
        }
      }
      if (ready[1].revents != 0) {
        const std::string said = read_from(server);
        if (said.empty()) break;
        ::send(client, said.data(), said.size(), MSG_NOSIGNAL);
      }
    }
    ::close(client);
    ::close(server);
  }
  static std::string read_from(int socket) {
    std::string bytes(65'536, '\0');
    const ssize_t count = ::read(socket, bytes.data(), bytes.size());
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }

  int to_;
  std::string word_;
  bool before_;
  std::function<void()> act_{};  // set before anybody connects
  int listener_;
  int port_ = 0;
  std::atomic<bool> cut_{false};
  std::jthread thread_;
};

}  // namespace nhi::testing
