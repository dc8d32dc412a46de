#include "rotators/redis/connection.hpp"

#include "rotators/redis/test_support.hpp"

namespace nhi {
namespace {

using std::chrono::milliseconds;

Expected<RedisAnswer, RedisFailure> ask(int port, FakeCall& call,
                                        milliseconds limit = milliseconds(5'000)) {
  const RedisTarget target = target_at(port);
  NHI_TRY(RedisConnection connection,
          RedisConnection::open(target, target.nodes.front(), limit, call));
  return connection.run(RedisCommand{"PING"});
}

TEST(RedisConnection, ReadsEveryKindOfAnswer) {
  const FakeServer whole(
      std::string("*5\r\n+OK\r\n:7\r\n$3\r\na\0b\r\n$-1\r\n*2\r\n$1\r\nk\r\n"
                  "$1\r\nv\r\n",
                  45));
  FakeCall call("probe", {});
  const auto answer = ask(whole.port(), call);
  ASSERT_TRUE(answer) << answer.error().text;
  ASSERT_EQ(answer->items.size(), 5U);
  EXPECT_TRUE(answer->items[0].ok());
  EXPECT_EQ(answer->items[1].number, 7);
  EXPECT_EQ(answer->items[2].text, std::string("a\0b", 3));
  EXPECT_EQ(answer->items[3].kind, RedisAnswer::Kind::kNothing);
  EXPECT_EQ(answer->items[4].under("k").text, "v");
  EXPECT_EQ(answer->items[4].under("none").kind, RedisAnswer::Kind::kNothing);
}

TEST(RedisConnection, AnErrorIsAFailureOfItsCommandOnly) {
  const FakeServer server("-NOPERM no\r\n+OK\r\n");
  FakeCall call("probe", {});
  const auto refused = ask(server.port(), call);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "NOPERM");
  const RedisTarget target = target_at(server.port());
  auto connection = RedisConnection::open(target, target.nodes.front(), call.left, call);
  ASSERT_TRUE(connection);
  const auto both = connection->run(std::vector<RedisCommand>{{"ONE"}, {"TWO"}});
  ASSERT_TRUE(both);
  EXPECT_TRUE((*both)[0].is_error());
  EXPECT_TRUE((*both)[1].ok());
}

TEST(RedisConnection, WaitsNoLongerThanItMayAndStopsWhenItIsTold) {
  const FakeServer silent("", /*hang_up=*/false);
  FakeCall call("probe", {});
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(silent.port(), call, milliseconds(150)).error().how, Trouble::kTimedOut);
  call.left = milliseconds(0);
  EXPECT_EQ(ask(silent.port(), call).error().how, Trouble::kTimedOut);
  call.left = milliseconds(5'000);
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    call.is_cancelled = true;
  });
  EXPECT_EQ(ask(silent.port(), call).error().how, Trouble::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(2'000));
}

TEST(RedisConnection, TakesNothingElseForAnAnswer) {
  FakeCall call("probe", {});
  std::string deep;
  for (int i = 0; i < 1'000; ++i) deep += "*1\r\n";
  for (const std::string& answer :
       {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string(),
        std::string("*99999999999\r\n"), std::string("$99999999999\r\n"), deep,
        std::string("$10\r\nhalf")}) {
    const FakeServer server(answer);
    const auto said = ask(server.port(), call);
    ASSERT_FALSE(said) << answer;
    EXPECT_EQ(said.error().how, Trouble::kLost) << answer;
  }
}

}  // namespace
}  // namespace nhi
