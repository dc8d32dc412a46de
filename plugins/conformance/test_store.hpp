// test_store.hpp - a small server with accounts, for tests of the kit: it can be stopped, locked
// and looked into, which real ones make slow.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "plugins/conformance/bed.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {

inline constexpr const char* kStoreAdmin = "admin-password-of-the-store";

class TestStore {
 public:
  TestStore() {
    listen_on(0);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~TestStore() {
    thread_.request_stop();
    ::shutdown(listening_.get(), SHUT_RDWR);
  }

  [[nodiscard]] int port() const { return port_; }
  void set(const std::string& value) {
    const std::lock_guard lock(mutex_);
    accounts_ = {{"app", {value, true}}, {"sibling", {"of-somebody-else", true}}};
    locked_ = false;
  }
  [[nodiscard]] std::string dump() {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [name, account] : accounts_) {
      text += name + (account.on ? " on " : " off ") + to_hex(sha256(account.value)) + "\n";
    }
    return text;
  }
  void lock() { locked_ = true; }
  void stop() { down_ = true; }
  void start() { down_ = false; }
  void forbid() { forbidden_ = true; }
  void allow() { forbidden_ = false; }

  [[nodiscard]] Trial trial() {
    Trial trial;
    trial.type = "store.account";
    trial.ref = {{"host", "127.0.0.1"}, {"port", port_}, {"account", "app"}};
    trial.auth = SecretText(kStoreAdmin);
    trial.host_field = "host";
    trial.port_field = "port";
    trial.reset = [this](const SecretText& value) -> Result<void> {
      set(std::string(value.reveal()));
      return {};
    };
    trial.dump = [this]() -> Result<std::string> { return dump(); };
    trial.stop = act(&TestStore::stop);
    trial.start = act(&TestStore::start);
    trial.lock = act(&TestStore::lock);
    trial.forbid = act(&TestStore::forbid);
    trial.allow = act(&TestStore::allow);
    return trial;
  }

 private:
  struct Account {
    std::string value;
    bool on = true;
  };

  TrialAct act(void (TestStore::*member)()) {
    return [this, member]() -> Result<void> {
      (this->*member)();
      return {};
    };
  }
  void listen_on(std::uint16_t port) {
    listening_ = FileHandle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(listening_.get(), generic, length), 0);
    ASSERT_EQ(::listen(listening_.get(), SOMAXCONN), 0);
    ::getsockname(listening_.get(), generic, &length);
    port_ = ntohs(address.sin_port);
  }
  void run(const std::stop_token& stop) {
    std::vector<std::jthread> clients;
    while (!stop.stop_requested()) {
      const int client = ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      if (down_) {
        ::close(client);
        continue;
      }
      clients.emplace_back([this, client] { serve(FileHandle(client)); });
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
      const std::string answer = answer_to(line, admin) + "\n";
      line.clear();
      if (::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
    }
  }
  std::string answer_to(const std::string& line, bool& admin) {
    std::istringstream words(line);
    std::string verb;
    std::string first;
    std::string second;
    words >> verb >> first >> second;
    const std::string name = from_hex(first).value_or("");
    const std::string value = from_hex(second).value_or("");
    const std::lock_guard lock(mutex_);
    if (verb == "LOGIN" && name == "admin") {
      admin = value == kStoreAdmin;
      return admin ? "OK" : "NO";
    }
    if (verb == "MAKE" && admin) accounts_[name];
    const auto found = accounts_.find(name);
    if (verb == "LOGIN") {
      if (locked_) return "LOCKED";
      if (found == accounts_.end()) return "NONE";
      if (!found->second.on) return "OFF";
      return found->second.value == value ? "OK" : "NO";
    }
    if (!admin) return "DENIED";
    if (found == accounts_.end()) return "NONE";
    if (verb == "GET") return found->second.on ? "ON" : "OFF";
    if (forbidden_) return "DENIED";
    if (verb == "SET" || verb == "MAKE") found->second.value = value;
    if (verb == "ON" || verb == "OFF") found->second.on = verb == "ON";
    if (verb == "DROP") accounts_.erase(found);
    return "OK";
  }

  FileHandle listening_;
  int port_ = 0;
  std::mutex mutex_;
  std::map<std::string, Account> accounts_;
  std::atomic<bool> locked_{false};
  std::atomic<bool> down_{false};
  std::atomic<bool> forbidden_{false};
  std::jthread thread_;
};

/// A rotator for it that has this fault; "store": none.
inline PluginPin store_pin(const std::string& fault = "store") {
  PluginPin pin;
  pin.name = fault;
  pin.program = {NHI_STORE_ROTATOR, *hash_of_file(NHI_STORE_ROTATOR)};
  pin.grants = *parse_grants({"net"});
  return pin;
}
inline SessionOptions store_options() {
  SessionOptions options;
  options.core = "test";
  return options;
}

inline std::string failures(const std::vector<CheckResult>& results) {
  std::string text;
  for (const CheckResult& result : results) {
    if (result.verdict == CheckVerdict::kFailed) text += result.name + ": " + result.what + "\n";
  }
  return text;
}

/// What a group finds wrong with the rotator that has this fault.
inline std::string found_wrong(std::vector<CheckResult> (*group)(Bed&), const std::string& fault) {
  TestStore store;
  auto bed = Bed::create(store_pin(fault), store_options(), store.trial());
  if (!bed) return "not started: " + bed.error().message();
  const std::vector<CheckResult> results = group(*bed);
  EXPECT_FALSE(results.empty());
  return failures(results);
}

}  // namespace nhi
