#include "plugins/conformance/proxy.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "plugins/conformance/test_store.hpp"

namespace nhi {
namespace {

// Asks the store through the proxy; "" once the connection is lost, "…" if nothing comes.
class Client {
 public:
  explicit Client(const Proxy& proxy) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{0, 200'000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(proxy.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  std::string ask(const std::string& verb, const std::string& name, const std::string& value = {}) {
    const std::string line = verb + " " + to_hex(name) + " " + to_hex(value) + "\n";
    ::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL);
    std::string answer;
    char c = 0;
    ssize_t count = 0;
    while ((count = ::read(socket_.get(), &c, 1)) == 1) {
      if (c == '\n') return answer;
      answer.push_back(c);
    }
    return count < 0 && errno == EAGAIN ? answer + "…" : answer;
  }

 private:
  FileHandle socket_;
};

class ProxyTest : public testing::Test {
 protected:
  ProxyTest() { store_.set("value"); }
  TestStore store_;
  Proxy proxy_ = *Proxy::start("127.0.0.1", static_cast<std::uint16_t>(store_.port()));
};

TEST_F(ProxyTest, PassesEverythingOn) {
  Client client(proxy_);
  EXPECT_EQ(client.ask("LOGIN", "app", "value"), "OK");
  EXPECT_EQ(client.ask("LOGIN", "app", "other"), "NO");
  EXPECT_FALSE(proxy_.struck());
}

TEST_F(ProxyTest, LosesTheReplyAndNotTheRequest) {
  proxy_.set(ProxyFault::kDropReply, 1);
  Client client(proxy_);
  EXPECT_EQ(client.ask("LOGIN", "admin", kStoreAdmin), "OK");
  EXPECT_EQ(client.ask("SET", "app", "fresh"), "");
  EXPECT_TRUE(proxy_.struck());
  proxy_.set(ProxyFault::kNone, 0);
  EXPECT_EQ(Client(proxy_).ask("LOGIN", "app", "fresh"), "OK");
}

TEST_F(ProxyTest, HalvesAReply) {
  proxy_.set(ProxyFault::kHalfReply, 0);
  EXPECT_EQ(Client(proxy_).ask("LOGIN", "app", "value"), "O");
}

TEST_F(ProxyTest, FallsSilentAndStaysSo) {
  proxy_.set(ProxyFault::kSilent, 1);
  Client client(proxy_);
  EXPECT_EQ(client.ask("LOGIN", "app", "value"), "OK");
  EXPECT_EQ(client.ask("LOGIN", "app", "value"), "…");
  EXPECT_EQ(Client(proxy_).ask("LOGIN", "app", "value"), "…");
}

TEST_F(ProxyTest, RefusesConnections) {
  proxy_.set(ProxyFault::kRefuse, 0);
  EXPECT_EQ(Client(proxy_).ask("LOGIN", "app", "value"), "");
}

TEST_F(ProxyTest, TellsWhenTheCutIsReached) {
  int called = 0;
  proxy_.set(ProxyFault::kAct, 1, [&] { ++called; });
  Client client(proxy_);
  EXPECT_EQ(client.ask("LOGIN", "app", "value"), "OK");
  EXPECT_EQ(called, 0);
  EXPECT_EQ(client.ask("LOGIN", "app", "value"), "OK");
  EXPECT_EQ(called, 1);
}

TEST_F(ProxyTest, AHostWithoutAddressIsAnError) {
  EXPECT_FALSE(Proxy::start("no.such.host.invalid", 1));
}

}  // namespace
}  // namespace nhi
