#include "plugins/shim/script_call.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "plugins/shim/test_script.hpp"
#include "scanner/base/file.hpp"

namespace nhi {
namespace {

constexpr auto kNeverStop = [] { return false; };

TEST(ScriptCall, SecretsComeAndGoOnDescriptorsOfTheirOwn) {
  const TestScript script(R"(
read -r params
value=$(cat /proc/self/fd/10)
printf 'made of %s' "$value" >/proc/self/fd/11
printf '%s %s' "$1" "$params"
)");
  ScriptCall call;
  call.method = "create";
  call.params = {{"new", {{"fd", 10}}}};
  call.secrets.emplace_back("hunter2");
  call.slots = 2;
  const auto answer = run_script(script.start(), call, kNeverStop);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 0);
  EXPECT_EQ(answer->output, R"(create {"new":{"fd":10}})");
  ASSERT_EQ(answer->made.size(), 2U);
  EXPECT_EQ(answer->made[0].reveal(), "made of hunter2");
  EXPECT_TRUE(answer->made[1].empty());
  // The next call finds the same numbers again.
  EXPECT_EQ(run_script(script.start(), call, kNeverStop)->made[0].reveal(), "made of hunter2");
}

TEST(ScriptCall, TheChannelsStayTheShims) {
  const TestScript script("for fd in 3 4; do [ ! -e /proc/self/fd/$fd ] || echo open $fd; done");
  const FileHandle null(::open("/dev/null", O_RDWR));
  const FileHandle saved(::dup(3));
  ::dup2(null.get(), 3);
  const auto answer = run_script(script.start(), {}, kNeverStop);
  if (saved.is_open()) {
    ::dup2(saved.get(), 3);
  } else {
    ::close(3);
  }
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->output, "");
}

TEST(ScriptCall, ItsStatusIsTold) {
  EXPECT_EQ(run_script(TestScript("exit 7").start(), {}, kNeverStop)->status, 7);
  EXPECT_EQ(run_script(TestScript("kill -9 $$").start(), {}, kNeverStop)->status, 128 + 9);
}

TEST(ScriptCall, IsStoppedEvenIfItDoesNotListen) {
  for (const char* const text : {"sleep 60", "trap '' TERM; while :; do sleep 1; done"}) {
    const TestScript script(text);
    const auto begun = std::chrono::steady_clock::now();
    const auto answer = run_script(script.start(), {}, [] { return true; });
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->stopped);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  }
}

TEST(ScriptCall, AnInterpreterThatIsNotThereIsAnError) {
  ScriptStart start = TestScript("").start();
  start.program = "/no/such/interpreter";
  EXPECT_FALSE(run_script(start, {}, kNeverStop));
}

}  // namespace
}  // namespace nhi
