#include "plugins/host/exchange.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "plugins/host/test_support.hpp"

namespace nhi {
namespace {

struct FaultCase {
  const char* name;
  CallEnd end;
  const char* says;
};
class FaultyRotator : public testing::TestWithParam<FaultCase> {};

TEST_P(FaultyRotator, IsEndedAndNamed) {
  Talk talk(GetParam().name, {"exec"});
  const auto started = std::chrono::steady_clock::now();
  const bool waits = GetParam().end == CallEnd::kTimedOut;
  const PluginCall call = talk.call(Json::object(), waits ? kShort : kLong);
  EXPECT_EQ(to_string(call.end), to_string(GetParam().end));
  EXPECT_NE(call.what.find(GetParam().says), std::string::npos) << call.what;
  EXPECT_FALSE(talk.session->alive());
  EXPECT_TRUE(is_gone(talk.session->process()));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(15));
  EXPECT_EQ(call.output.find(kCanary), std::string::npos);
  // Nothing is sent to one that is gone, and that is known for sure.
  EXPECT_EQ(talk.call().end, CallEnd::kNotSent);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FaultyRotator,
    testing::Values(FaultCase{"garbage", CallEnd::kFault, "header"},
                    FaultCase{"no-json", CallEnd::kFault, "not JSON"},
                    FaultCase{"huge", CallEnd::kFault, "67108864"},
                    FaultCase{"half", CallEnd::kTimedOut, "neither answered"},
                    FaultCase{"silent", CallEnd::kTimedOut, "neither answered"},
                    FaultCase{"dies", CallEnd::kDied, "ended before"},
                    FaultCase{"crashes", CallEnd::kDied, "ended before"},
                    FaultCase{"closes", CallEnd::kDied, "ended before"},
                    FaultCase{"floods", CallEnd::kFault, "16777216"},
                    FaultCase{"wrong-number", CallEnd::kFault, "waits for no answer"},
                    FaultCase{"asks", CallEnd::kFault, "only the core does"},
                    FaultCase{"leaks-answer", CallEnd::kFault, "'value' (hex)"},
                    FaultCase{"bad-frame", CallEnd::kFault, "none of the protocol"},
                    FaultCase{"claims", CallEnd::kFault, "did not PUT"},
                    FaultCase{"core-frame", CallEnd::kFault, "only the core sends"},
                    FaultCase{"hogs", CallEnd::kFault, "does not read"}),
    [](const auto& row) {
      std::string name = row.param.name;
      std::erase(name, '-');
      return name;
    });

TEST(PluginExchange, SlowButWholeIsNoFault) { EXPECT_TRUE(Talk("slow").call().succeeded()); }

TEST(PluginExchange, ChatterIsCountedAndNotKept) {
  const PluginCall call = Talk("chatters").call();
  ASSERT_TRUE(call.succeeded()) << call.what;
  EXPECT_EQ(call.log.size(), kNotificationsMax + 1);
  EXPECT_EQ(call.log.back().text, "4000 more notifications");
}

TEST(PluginExchange, ASecretInItsOutputOrLogIsWithheldAndNoticed) {
  const PluginCall output = Talk("leaks-output").call();
  EXPECT_TRUE(output.leaked);
  EXPECT_EQ(output.output, "[line withheld: it held value (plain)]\nand so on\n");
  const PluginCall log = Talk("leaks-log").call();
  EXPECT_TRUE(log.leaked);
  ASSERT_EQ(log.log.size(), 1U);
  EXPECT_EQ(log.log[0].text, "[line withheld: it held value (base64)]");
  EXPECT_FALSE(Talk("good").call().leaked);
}

TEST(PluginExchange, SecretsAreGivenByHandleAndCounted) {
  Talk talk("greedy");
  const PluginCall call = talk.call();
  ASSERT_TRUE(call.succeeded()) << call.what;
  EXPECT_EQ(call.result["denied"], 4 + 2);  // over sixteen; another's handle; put to what is read
  EXPECT_EQ(talk.given.size(), kGetsOfAHandleMax);
}

TEST(PluginExchange, ASlotTakesOneValue) {
  Talk talk("puts");
  const PluginCall call = talk.call();
  ASSERT_TRUE(call.succeeded()) << call.what;
  EXPECT_EQ(call.result, Json({{"kept", true}, {"twice", false}}));
  EXPECT_EQ(talk.kept, std::vector<std::string>{"made=made-by-the-server"});
}

TEST(PluginExchange, WhoWantsToStopIsHeard) {
  bool stop = false;
  SessionOptions options = usual_options();
  options.cancelled = [&] { return stop; };
  Talk stops("stops", {}, options);
  Talk silent("silent", {}, options);
  stop = true;
  const PluginCall call = stops.call();
  ASSERT_TRUE(call.answered() && call.error) << call.what;
  EXPECT_EQ(call.error->code, PluginErrorCode::kCancelled);
  EXPECT_TRUE(stops.session->alive());
  EXPECT_EQ(silent.call().end, CallEnd::kCancelled);
}

}  // namespace
}  // namespace nhi
