// ring_server.hpp - a server whose accounts have rings of keys, for tests of rotations: it counts
// what changes it, and can lose its answer after any change.
//
// A line each way, words in hex. Answers: OK, NO, OFF, NONE, GONE, CONFLICT, DENIED, or words.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"

namespace nhi::test {

inline constexpr const char* kRingAdmin = "admin-password-of-the-ring";

class RingServer {
 public:
  struct Key {
    std::string id;
    std::string value;
    std::string marker;
  };
  struct Account {
    bool on = true;
    std::vector<Key> keys;
  };

  RingServer() {
    listening_ = FileHandle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listening_.get(), generic, length), 0);
    EXPECT_EQ(::listen(listening_.get(), SOMAXCONN), 0);
    ::getsockname(listening_.get(), generic, &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  RingServer(const RingServer&) = delete;
  RingServer& operator=(const RingServer&) = delete;
  ~RingServer() {
    thread_.request_stop();
    ::shutdown(listening_.get(), SHUT_RDWR);
  }

  [[nodiscard]] int port() const { return port_; }
  void reset(std::map<std::string, Account> accounts) {
    const std::lock_guard lock(mutex_);
    accounts_ = std::move(accounts);
    changes_ = 0;
    lose_at_ = 0;
    both_refused_ = false;
  }
  enum class Loss : std::uint8_t {
    kAnswer,               // it took effect, and nobody is told
    kRotatorBeforeEffect,  // the rotator ends itself when it is told to, and nothing was done
    kRotatorBehindEffect,
  };
  /// At the n-th change from now.
  void lose(Loss loss, int n) {
    const std::lock_guard lock(mutex_);
    loss_ = loss;
    lose_at_ = changes_ + n;
  }
  [[nodiscard]] int changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
  }
  [[nodiscard]] std::map<std::string, Account> accounts() const {
    const std::lock_guard lock(mutex_);
    return accounts_;
  }
  [[nodiscard]] bool lets_in(const std::string& name, const std::string& value) const {
    const std::lock_guard lock(mutex_);
    return log_in(name, value) == "OK";
  }
  /// Called behind each change, with the state after it.
  std::function<void(const std::map<std::string, Account>&)> at_change;
  /// As a replica that does not catch up: what is revoked still opens the door.
  std::atomic<bool> forgets_to_revoke{false};
  [[nodiscard]] bool was_without_a_way_in() const { return both_refused_; }
  void note_no_way_in() { both_refused_ = true; }

 private:
  void run(const std::stop_token& stop) {
    std::vector<std::jthread> clients;
    while (!stop.stop_requested()) {
      const int client = ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (client >= 0) clients.emplace_back([this, client] { serve(FileHandle(client)); });
    }
  }
  void serve(const FileHandle& client) {
    bool admin = false;
    std::string line;
    for (char c = 0; ::read(client.get(), &c, 1) == 1;) {
      if (c != '\n') {
        line.push_back(c);
        continue;
      }
      std::string answer;
      {
        const std::lock_guard lock(mutex_);
        const int before = changes_;
        const auto untouched = accounts_;
        answer = answer_to(line, admin) + "\n";
        const bool changed = changes_ != before;
        if (changed && lose_at_ != 0 && changes_ == lose_at_) {
          lose_at_ = 0;
          if (loss_ == Loss::kAnswer) return;
          if (loss_ == Loss::kRotatorBeforeEffect) accounts_ = untouched;
          answer = "DIE\n";
        }
        if (changed && at_change) at_change(accounts_);
      }
      line.clear();
      if (::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
    }
  }
  [[nodiscard]] std::string log_in(const std::string& name, const std::string& value) const {
    const auto found = accounts_.find(name);
    if (found == accounts_.end()) return "NONE";
    if (!found->second.on) return "OFF";
    const auto& keys = found->second.keys;
    return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.value == value; })
               ? "OK"
               : "NO";
  }
  std::string answer_to(const std::string& line, bool& admin) {
    std::istringstream words(line);
    std::string verb;
    std::vector<std::string> args;
    words >> verb;
    for (std::string word; words >> word;) args.push_back(from_hex(word).value_or(""));
    args.resize(3);
    if (verb == "LOGIN" && args[0] == "admin") {
      admin = args[1] == kRingAdmin;
      return admin ? "OK" : "NO";
    }
    if (verb == "LOGIN") return log_in(args[0], args[1]);
    if (!admin) return "DENIED";
    const auto found = accounts_.find(args[0]);
    if (found == accounts_.end()) return "NONE";
    if (verb == "GET") return found->second.on ? "ON" : "OFF";
    if (verb == "LIST") return list(found->second);
    return change(verb, args, found->second);
  }
  static std::string list(const Account& account) {
    std::string text = "KEYS";
    for (const Key& key : account.keys) text += " " + to_hex(key.id) + ":" + to_hex(key.marker);
    return text;
  }
  std::string change(const std::string& verb, const std::vector<std::string>& args,
                     Account& account) {
    const auto at = [&](auto holds) {
      return std::find_if(account.keys.begin(), account.keys.end(), holds);
    };
    ++changes_;
    if (verb == "ON" || verb == "OFF") {
      account.on = verb == "ON";
      return "OK";
    }
    if (verb == "CLEAR") {
      account.on = false;
      account.keys.clear();
      return "OK";
    }
    if (verb == "SET") {
      account.keys = {{"0", args[1], ""}};
      return "OK";
    }
    if (verb == "ADD") {
      if (at([&](const Key& key) { return key.value == args[1]; }) == account.keys.end()) {
        account.keys.push_back({next_id(), args[1], args[2]});
      }
      return "OK";
    }
    if (verb == "PUSH") {  // two slots: what was first becomes second, what was second is gone
      account.keys.insert(account.keys.begin(), {next_id(), args[1], ""});
      account.keys.resize(std::min<std::size_t>(account.keys.size(), 2));
      return "OK";
    }
    if (verb == "MAKE" || verb == "ROLL" || verb == "ONCE") {
      const bool taken =
          at([&](const Key& key) { return key.marker == args[1]; }) != account.keys.end();
      if (verb == "ONCE" && taken) return "CONFLICT";
      const Key made{next_id(), "made-" + to_hex(sha256(next_id())).substr(0, 32), args[1]};
      if (verb == "ROLL") account.keys.clear();
      account.keys.push_back(made);
      return "MADE " + to_hex(made.id) + " " + to_hex(made.value);
    }
    const auto key = verb == "DEL" ? at([&](const Key& one) { return one.id == args[1]; })
                                   : at([&](const Key& one) { return one.value == args[1]; });
    if (key == account.keys.end()) {
      --changes_;
      return "GONE";
    }
    if (!forgets_to_revoke) account.keys.erase(key);
    return "OK";
  }
  std::string next_id() { return "k" + std::to_string(++ids_); }

  FileHandle listening_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Account> accounts_;
  int changes_ = 0;
  int lose_at_ = 0;
  Loss loss_ = Loss::kAnswer;
  int ids_ = 100;
  std::atomic<bool> both_refused_{false};
  std::jthread thread_;
};

}  // namespace nhi::test
