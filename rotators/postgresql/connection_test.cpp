#include "rotators/postgresql/connection.hpp"

#include "rotators/postgresql/scram.hpp"
#include "rotators/postgresql/test_support.hpp"

namespace nhi {
namespace {

using std::chrono::milliseconds;

PgLogin login_to(int port) {
  return {{"127.0.0.1", static_cast<std::uint16_t>(port)}, "app", "postgres", "disable", ""};
}
PgFailure failure_at(int port, FakeCall& call, milliseconds limit = milliseconds(5'000)) {
  const auto opened = PgConnection::open(login_to(port), SecretText("x"), limit, call);
  EXPECT_FALSE(opened);
  return opened ? PgFailure() : opened.error();
}
// What a server says to somebody who needs no password.
std::string welcome() {
  return std::string("R\0\0\0\x08\0\0\0\0", 9) +
         std::string(
             "S\0\0\0\x19server_version\0"
             "15.20\0",
             26) +
         std::string("Z\0\0\0\x05I", 6);
}

TEST(PgConnection, HearsWhyItIsNotLetIn) {
  const FakeServer server(error_response("28P01", "no", "auth_failed"));
  FakeCall call("probe", {});
  const PgFailure failure = failure_at(server.port(), call);
  EXPECT_EQ(failure.how, Trouble::kRefused);
  EXPECT_EQ(failure.code, "28P01");
  EXPECT_EQ(failure.routine, "auth_failed");
  EXPECT_FALSE(failure.used_password);
}

TEST(PgConnection, WaitsNoLongerThanItMay) {
  const FakeServer silent("", /*hang_up=*/false);
  FakeCall call("probe", {});
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(failure_at(silent.port(), call, milliseconds(200)).how, Trouble::kTimedOut);
  call.left = milliseconds(200);
  EXPECT_EQ(failure_at(silent.port(), call).how, Trouble::kTimedOut);
  call.left = milliseconds(0);
  EXPECT_EQ(failure_at(silent.port(), call).how, Trouble::kTimedOut);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(2'000));
}

TEST(PgConnection, StopsWhenItIsTold) {
  const FakeServer silent("", /*hang_up=*/false);
  FakeCall call("probe", {});
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    call.is_cancelled = true;
  });
  EXPECT_EQ(failure_at(silent.port(), call).how, Trouble::kCancelled);
}

TEST(PgConnection, TakesNothingElseForAnAnswer) {
  FakeCall call("probe", {});
  const FakeServer web("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(failure_at(web.port(), call).how, Trouble::kLost);
  const FakeServer mute("");
  EXPECT_EQ(failure_at(mute.port(), call).how, Trouble::kLost);
  EXPECT_EQ(failure_at(1, call).how, Trouble::kLost);
}

TEST(PgConnection, KnowsThatNobodyAskedForThePassword) {
  const FakeServer open(welcome(), /*hang_up=*/false);
  FakeCall call("probe", {});
  auto opened = PgConnection::open(login_to(open.port()), SecretText("x"), call.left, call);
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_FALSE(opened->used_password());
  EXPECT_EQ(opened->version(), 150'020);
  EXPECT_EQ(opened->identifier("a\"b;\n"), "\"a\"\"b;\n\"");
  EXPECT_EQ(opened->literal(SecretText("a'b")).reveal(), "'a''b'");
  // A statement that is not answered.
  call.left = milliseconds(200);
  const auto ran = opened->run("SELECT 1");
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().how, Trouble::kTimedOut);
}

TEST(PgConnection, LibpqMakesTheSameVerifierAsWe) {
  const FakeServer open(welcome(), /*hang_up=*/false);
  FakeCall call("probe", {});
  auto opened = PgConnection::open(login_to(open.port()), SecretText("x"), call.left, call);
  ASSERT_TRUE(opened);
  const SecretText password("correct horse");
  const std::string theirs(opened->verifier(password, "app").reveal());
  // Salt and keys are of one length, so the salt stands at one place: 16 bytes, in base64.
  const std::string prefix = "SCRAM-SHA-256$4096:";
  ASSERT_EQ(theirs.substr(0, prefix.size()), prefix);
  std::string salt;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : theirs.substr(prefix.size(), 22)) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bits = bits << 6U | static_cast<std::uint32_t>(kAlphabet.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    salt += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
  }
  ASSERT_EQ(salt.size(), 16U);
  EXPECT_EQ(scram_verifier(password, salt, 4096)->reveal(), theirs);
}

}  // namespace
}  // namespace nhi
