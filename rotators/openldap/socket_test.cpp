#include "rotators/openldap/socket.hpp"

#include "rotators/openldap/test_support.hpp"

namespace nhi {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

LdapFailure failure_at(const Endpoint& node, const FakeCall& call,
                       milliseconds limit = milliseconds(2'000)) {
  const auto opened = connected_socket(node, Clock::now() + limit, call);
  EXPECT_FALSE(opened);
  if (opened) ::close(*opened);
  return opened ? LdapFailure() : opened.error();
}

TEST(OpenldapSocket, IsConnected) {
  const FakeServer server("answer");
  const FakeCall call("probe", {});
  const auto opened = connected_socket({"127.0.0.1", static_cast<std::uint16_t>(server.port())},
                                       Clock::now() + milliseconds(2'000), call);
  ASSERT_TRUE(opened) << opened.error().text;
  EXPECT_EQ(::send(*opened, "x", 1, MSG_NOSIGNAL), 1);
  EXPECT_EQ(::close(*opened), 0);
}

TEST(OpenldapSocket, SaysWhyItCannotBeOpened) {
  const FakeCall call("probe", {});
  for (const Endpoint& node : {Endpoint{"127.0.0.1", 1}, Endpoint{"no-such-host.invalid", 1},
                               Endpoint{"/no/such", 1}, Endpoint{"/" + std::string(200, 's'), 1}}) {
    const LdapFailure failure = failure_at(node, call);
    EXPECT_EQ(failure.how, Trouble::kLost) << node.host;
    EXPECT_FALSE(failure.text.empty()) << node.host;
  }
}

}  // namespace
}  // namespace nhi
