#include "plugins/sdk/waiting.hpp"

#include <poll.h>

#include "plugins/sdk/test_call.hpp"
#include "plugins/sdk/test_support.hpp"

namespace nhi {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

TEST(Waiting, EndsWithTheDescriptorTheTimeOrTheCancel) {
  const SocketPair pair;
  FakeCall call("probe", {});
  const int descriptor = pair.core.get();
  EXPECT_EQ(wait_for(descriptor, POLLIN, Clock::now(), call), Trouble::kTimedOut);
  EXPECT_EQ(wait_for(descriptor, POLLIN, Clock::now() + milliseconds(60), call),
            Trouble::kTimedOut);
  EXPECT_EQ(wait_for(descriptor, POLLOUT, Clock::now() + milliseconds(1'000), call), std::nullopt);
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(80));
    call.is_cancelled = true;
  });
  EXPECT_EQ(wait_for(descriptor, POLLIN, Clock::now() + milliseconds(5'000), call),
            Trouble::kCancelled);
}

TEST(Waiting, NamesTrouble) {
  EXPECT_EQ(text_of(Trouble::kTimedOut), "no answer in time");
  EXPECT_EQ(error_without_effect(Trouble::kLost, "why").code, PluginErrorCode::kUnreachable);
  const PluginError cancelled = error_without_effect(Trouble::kCancelled, "why");
  EXPECT_EQ(cancelled.code, PluginErrorCode::kCancelled);
  EXPECT_EQ(cancelled.data["effect"], "none");
}

}  // namespace
}  // namespace nhi
