#include "rotators/mariadb/connection.hpp"

#include <mutex>
#include <thread>

#include "rotators/mariadb/test_support.hpp"

// What needs no server of MariaDB; the rest is in tests/plugins/mariadb_test.cpp, at a real one.
namespace nhi {
namespace {

using std::chrono::milliseconds;

MariaFailure failure_at(const MariaTarget& target, FakeCall& call,
                        milliseconds limit = milliseconds(2'000)) {
  const auto opened =
      MariaConnection::open(target, target.nodes.front(), "app", SecretText("v"), limit, call);
  EXPECT_FALSE(opened);
  return opened ? MariaFailure() : opened.error();
}

std::string packet(std::uint8_t number, const std::string& text) {
  const auto size = static_cast<char>(text.size());
  return std::string{size, '\0', '\0', static_cast<char>(number)} + text;
}

// Greets as MariaDB does, wants what it is told to want, and remembers what it is sent.
class HostileServer {
 public:
  HostileServer(std::string plugin, std::vector<std::string> answers)
      : plugin_(std::move(plugin)),
        answers_(std::move(answers)),
        socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;
  ~HostileServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  // Protocol 10 with 4.1, a long scramble, plugins and LOCAL files. Source: MariaDB's manual,
  // "connection".
  [[nodiscard]] std::string greeting() const {
    using std::string_literals::operator""s;
    return packet(0, "\x0A"s + "5.5.5-10.11.0-MariaDB\0"s + "\1\0\0\0"s + "12345678\0"s +
                         "\x89\x82\x2D\x02\0\x08\0\x15"s + std::string(10, '\0') +
                         "123456789012\0"s + plugin_ + "\0"s);
  }
  void serve() {
    const int client = ::accept(socket_, nullptr, nullptr);
    if (client < 0) return;
    std::string next = greeting();
    for (std::size_t i = 0;; ++i) {
      ::send(client, next.data(), next.size(), MSG_NOSIGNAL);
      std::array<char, 4096> buffer{};
      const ssize_t count = ::read(client, buffer.data(), buffer.size());
      if (count <= 0) break;
      const std::lock_guard lock(mutex_);
      heard_.append(buffer.data(), static_cast<std::size_t>(count));
      if (i == answers_.size()) break;
      next = answers_[i];
    }
    ::close(client);
  }

  std::string plugin_;
  std::vector<std::string> answers_;
  int socket_;
  int port_ = 0;
  std::mutex mutex_;
  std::string heard_;  // guarded by mutex_
  std::jthread thread_;
};

TEST(MariadbConnection, APasswordIsNeverSentInClear) {
  const std::string clear = "mysql_clear_password";
  const std::string other = packet(2, "\xFE" + clear + std::string(1, '\0'));
  for (const std::string& first :
       {clear, std::string("dialog"), std::string("mysql_native_password")}) {
    HostileServer server(first, {other, other});
    FakeCall call("probe", {});
    const MariaTarget target = target_at(server.port());
    const auto opened = MariaConnection::open(
        target, target.nodes.front(), "app", SecretText("clear-canary"), milliseconds(2'000), call);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().how, Trouble::kLost) << opened.error().text;
    EXPECT_EQ(server.heard().find("clear-canary"), std::string::npos) << first;
  }
}

TEST(MariadbConnection, AFileIsNeverSent) {
  using std::string_literals::operator""s;
  const std::string ok = packet(2, "\0\0\0\x02\0\0\0"s);
  HostileServer server("mysql_native_password", {ok, packet(1, "\xFB/etc/passwd"s)});
  FakeCall call("probe", {});
  const MariaTarget target = target_at(server.port());
  auto opened = MariaConnection::open(target, target.nodes.front(), "app", SecretText("v"),
                                      milliseconds(2'000), call);
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_FALSE(opened->run("SELECT 1"));
  EXPECT_NE(server.heard().find("SELECT 1"), std::string::npos);
  EXPECT_EQ(server.heard().find("root:"), std::string::npos);
}

TEST(MariadbConnection, SaysWhyItCannotBeOpened) {
  FakeCall call("probe", {});
  EXPECT_EQ(failure_at(target_at(1), call).how, Trouble::kLost);
  MariaTarget target = target_at(1);
  target.nodes.front().host = "/no/such/socket";
  EXPECT_EQ(failure_at(target, call).how, Trouble::kLost);
}

TEST(MariadbConnection, TakesNothingElseForAServer) {
  FakeCall call("probe", {});
  for (const std::string& answer : {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string(),
                                    std::string(4'000, '\xFF'), std::string("\x01\0\0\0\x0A", 5)}) {
    // MariaDB speaks first: this one says it when it is asked, which nobody does.
    const FakeServer server(answer);
    EXPECT_NE(failure_at(target_at(server.port()), call, milliseconds(300)).how, Trouble::kRefused);
  }
}

TEST(MariadbConnection, WaitsNoLongerThanItMayAndStopsWhenItIsTold) {
  const FakeServer silent("", /*hang_up=*/false);
  FakeCall call("probe", {});
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(failure_at(target_at(silent.port()), call, milliseconds(150)).how, Trouble::kTimedOut);
  call.left = milliseconds(0);
  EXPECT_EQ(failure_at(target_at(silent.port()), call).how, Trouble::kTimedOut);
  call.left = milliseconds(5'000);
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    call.is_cancelled = true;
  });
  EXPECT_EQ(failure_at(target_at(silent.port()), call, milliseconds(5'000)).how,
            Trouble::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(2'000));
}

TEST(MariadbRows, WhatIsNotThereIsEmpty) {
  const MariaRows rows{{{"a", "b"}}};
  EXPECT_EQ(rows.at(0, 1), "b");
  EXPECT_EQ(rows.at(0, 2), "");
  EXPECT_EQ(rows.at(1, 0), "");
}

}  // namespace
}  // namespace nhi
