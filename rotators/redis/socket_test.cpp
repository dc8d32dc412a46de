#include "rotators/redis/socket.hpp"

#include "rotators/redis/test_support.hpp"

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

RedisFailure failure_at(const Endpoint& node, const TlsChoice& tls, FakeCall& call) {
  const auto opened = NetSocket::open(node, tls, Clock::now() + milliseconds(300), call);
  EXPECT_FALSE(opened);
  return opened ? RedisFailure() : opened.error();
}
Endpoint loopback(int port) { return {"127.0.0.1", static_cast<std::uint16_t>(port)}; }

TEST(RedisSocket, CarriesBytesBothWays) {
  const FakeServer server("answer");
  FakeCall call("probe", {});
  const auto until = Clock::now() + milliseconds(5'000);
  auto socket = NetSocket::open(loopback(server.port()), {}, until, call);
  ASSERT_TRUE(socket) << socket.error().text;
  EXPECT_TRUE(socket->write("question", until));
  EXPECT_EQ(*socket->read(until), "answer");
  const auto end = socket->read(until);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().how, Trouble::kLost);
}

TEST(RedisSocket, SaysWhyItCannotBeOpened) {
  FakeCall call("probe", {});
  EXPECT_EQ(failure_at(loopback(1), {}, call).how, Trouble::kLost);
  EXPECT_EQ(failure_at({"no-such-host.invalid", 1}, {}, call).how, Trouble::kLost);
  EXPECT_EQ(failure_at({"/no/such/socket", 1}, {}, call).how, Trouble::kLost);
  EXPECT_EQ(failure_at({"/" + std::string(200, 's'), 1}, {}, call).how, Trouble::kLost);
}

TEST(RedisSocket, WithTlsNothingElseWillDo) {
  FakeCall call("probe", {});
  const FakeServer plain("+OK\r\n");
  const Endpoint node = loopback(plain.port());
  EXPECT_EQ(failure_at(node, {"require", ""}, call).how, Trouble::kLost);
  EXPECT_EQ(failure_at(node, {"verify-full", "/no/such.pem"}, call).text,
            "the certificates to trust cannot be read");
  const FakeServer silent("", /*hang_up=*/false);
  EXPECT_EQ(failure_at(loopback(silent.port()), {"require", ""}, call).how, Trouble::kTimedOut);
  call.is_cancelled = true;
  EXPECT_EQ(failure_at(loopback(silent.port()), {"require", ""}, call).how, Trouble::kCancelled);
}

}  // namespace
}  // namespace nhi
