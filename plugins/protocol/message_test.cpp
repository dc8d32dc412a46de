#include "plugins/protocol/message.hpp"

#include <gtest/gtest.h>

#include <string>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

template <class T>
T must(std::string_view text) {
  auto message = parse_message(text);
  EXPECT_TRUE(message) << text;
  if (!message || !std::holds_alternative<T>(*message)) {
    ADD_FAILURE() << "another kind of message: " << text;
    return T();
  }
  return std::get<T>(*std::move(message));
}

TEST(Message, EachKindComesBack) {
  const auto request = must<RpcRequest>(*to_text(RpcRequest{7, "probe", {{"a", 1}}}));
  EXPECT_EQ(request.id, 7);
  EXPECT_EQ(request.method, "probe");
  EXPECT_EQ(request.params, Json({{"a", 1}}));
  const auto told = must<RpcNotification>(*to_text(RpcNotification{"$/log", {{"text", "x"}}}));
  EXPECT_EQ(told.method, "$/log");
  const auto answer = must<RpcAnswer>(*to_text(RpcAnswer{7, Json{{"outcome", "done"}}}));
  EXPECT_EQ(std::get<Json>(answer.outcome)["outcome"], "done");
  const PluginError error{PluginErrorCode::kForbidden, "no", {{"needs", {"x"}}}};
  const auto failed = must<RpcAnswer>(*to_text(RpcAnswer{8, error}));
  const auto& back = std::get<PluginError>(failed.outcome);
  EXPECT_EQ(back.code, PluginErrorCode::kForbidden);
  EXPECT_EQ(back.message, "no");
  EXPECT_EQ(back.data["needs"][0], "x");
}

TEST(Message, AnErrorOfAnUnknownNumberIsKept) {
  const auto answer =
      must<RpcAnswer>(R"({"jsonrpc":"2.0","id":1,"error":{"code":4711,"message":"?"}})");
  EXPECT_EQ(to_string(std::get<PluginError>(answer.outcome).code), "unknown");
}

class NoMessage : public testing::TestWithParam<const char*> {};
TEST_P(NoMessage, IsRefused) { EXPECT_FALSE(parse_message(GetParam())) << GetParam(); }
INSTANTIATE_TEST_SUITE_P(
    Table, NoMessage,
    testing::Values("", "x", "{", "[]", "{}", R"({"id":1,"method":"x"})",
                    R"({"jsonrpc":"1.0","id":1,"result":1})", R"({"jsonrpc":"2.0","id":1})",
                    R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1}})",
                    R"({"jsonrpc":"2.0","id":"1","result":1})", R"({"jsonrpc":"2.0","result":1})",
                    R"({"jsonrpc":"2.0","id":1,"error":"no"})",
                    R"({"jsonrpc":"2.0","id":1,"error":{"code":99999999999}})",
                    R"({"jsonrpc":"2.0","id":1,"method":"x","params":[1]})",
                    R"({"jsonrpc":"2.0","id":null,"method":"x"})",
                    R"({"jsonrpc":"2.0","id":1,"method":7})", "\xFF\xFE"));

TEST(Message, NestingIsBounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax)));
  EXPECT_FALSE(parse_json(nested(kJsonDepthMax + 1)));
  EXPECT_FALSE(parse_json(nested(500'000)));
  EXPECT_TRUE(parse_json(R"(["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[[[["])"));
}

TEST(Message, TextThatIsNoUtf8IsNotWritten) {
  EXPECT_FALSE(to_text(RpcNotification{"$/log", {{"text", "\xFF"}}}));
}

TEST(Message, OnlyAnObjectWithNothingElseIsAHandle) {
  EXPECT_EQ(handle_in(secret_json("h1")), "h1");
  EXPECT_EQ(handle_in(Json("h1")), "");
  EXPECT_EQ(handle_in({{"$secret", "h1"}, {"value", "x"}}), "");
  EXPECT_EQ(handle_in({{"$secret", 7}}), "");
}

}  // namespace
}  // namespace nhi
