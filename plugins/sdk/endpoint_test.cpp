#include "plugins/sdk/endpoint.hpp"

#include "plugins/sdk/test_call.hpp"

namespace nhi {
namespace {

FakeCall call_with(Json ref, Json config = Json::object()) {
  return {"inspect", {{"target", {{"ref", std::move(ref)}}}, {"config", std::move(config)}}};
}
template <class T>
std::string field_of(const Answer<T>& answer) {
  EXPECT_FALSE(answer);
  if (answer) return "";
  EXPECT_EQ(answer.error().code, PluginErrorCode::kInvalidConfig);
  return text_in(answer.error().data, "field");
}

TEST(Endpoints, AreReadOfTheTarget) {
  EXPECT_EQ(target_endpoint(call_with({{"host", "db1"}}), 5432)->label(), "db1:5432");
  EXPECT_EQ(target_endpoint(call_with({{"host", "::1"}, {"port", 7}}), 5432)->label(), "[::1]:7");
  EXPECT_TRUE(target_endpoint(call_with({{"host", "/run/x"}}), 5432)->is_socket());
  const std::string with_nul("a\0b", 3);
  for (const std::string& host :
       {std::string(), std::string("db1,db2"), std::string("x:  28P01: y"), with_nul,
        std::string(256, 'h'), std::string("a\nb"), std::string("user@db1")}) {
    EXPECT_EQ(field_of(target_endpoint(call_with({{"host", host}}), 5432)), "host") << host;
  }
  for (const int port : {0, -1, 65'536}) {
    EXPECT_EQ(field_of(target_endpoint(call_with({{"host", "a"}, {"port", port}}), 1)), "port");
  }
}

TEST(Endpoints, FurtherOnesAreReadOfAList) {
  const auto read = [](const Json& nodes) {
    return further_nodes(call_with({}, {{"nodes", nodes}}), "nodes", 7);
  };
  const auto nodes = read({"db2:5433", "db2", "[::1]:5433", "::1", "[::1]"});
  ASSERT_TRUE(nodes) << nodes.error().message;
  EXPECT_EQ(*nodes, (std::vector<Endpoint>{
                        {"db2", 5433}, {"db2", 7}, {"::1", 5433}, {"::1", 7}, {"::1", 7}}));
  EXPECT_TRUE(further_nodes(call_with({}), "nodes", 7)->empty());
  for (const Json& wrong : {Json("db2:"), Json("db2:x"), Json(""), Json("db2:0"), Json("[::1]:x"),
                            Json("a b"), Json(1), Json("db2:65536")}) {
    EXPECT_EQ(field_of(read({wrong})), "nodes") << wrong;
  }
  EXPECT_EQ(field_of(read(std::vector<std::string>(17, "db2"))), "nodes");
}

TEST(Endpoints, ProveThemselvesUnlessItIsThisMachine) {
  const TlsChoice usual = *tls_choice(call_with({}));
  EXPECT_EQ(usual.mode_for({"db1", 1}), "verify-full");
  EXPECT_EQ(usual.mode_for({"127.0.0.1", 1}), "disable");
  EXPECT_EQ(usual.mode_for({"::1", 1}), "disable");
  EXPECT_EQ(usual.mode_for({"localhost", 1}), "disable");
  EXPECT_EQ(usual.mode_for({"/run/socket", 1}), "disable");
  const TlsChoice told = *tls_choice(call_with({}, {{"tls", "verify-ca"}, {"ca", "/a.pem"}}));
  EXPECT_EQ(told.ca, "/a.pem");
  EXPECT_EQ(told.mode_for({"127.0.0.1", 1}), "verify-ca");
  EXPECT_EQ(told.mode_for({"/run/socket", 1}), "disable");
  EXPECT_EQ(field_of(tls_choice(call_with({}, {{"tls", "prefer"}}))), "tls");
  EXPECT_EQ(field_of(tls_choice(call_with({}, {{"ca", "ca.pem"}}))), "ca");
  EXPECT_EQ(tls_fields().size(), 2U);
}

}  // namespace
}  // namespace nhi
