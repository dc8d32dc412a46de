#include "plugins/host/launch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "plugins/host/test_support.hpp"

namespace nhi {
namespace {

TEST(PluginProcess, ItFindsCleanSurroundings) {
  ::setenv("NHI_CANARY", kCanary, 1);
  const FileHandle open(::open("/dev/null", O_RDONLY));  // not close-on-exec
  Talk talk("looks");
  const PluginCall call = talk.call();
  ::unsetenv("NHI_CANARY");
  ASSERT_TRUE(call.succeeded()) << call.what;
  const Json& seen = call.result;
  EXPECT_EQ(seen["arguments"], Json({"looks"}));
  EXPECT_EQ(seen["environment"], Json({"LANG=C.UTF-8", "PATH=/usr/bin:/bin", "TZ=UTC"}));
  EXPECT_EQ(seen["descriptors"], Json({0, 1, 2, 3, 4}));
  EXPECT_EQ(seen["core"], 0);
  EXPECT_EQ(seen["no_new_privileges"], 1);
  EXPECT_EQ(seen["umask"], 077);
  const std::string folder = text_in(seen, "folder");
  EXPECT_TRUE(folder.starts_with("/tmp/nhisweep-")) << folder;
  talk.session->close();
  talk.session = fail(ErrorCode::kInternal, "gone");
  EXPECT_NE(::access(folder.c_str(), F_OK), 0) << "its folder is still there";
}

TEST(PluginProcess, WhatItStartedEndsWithIt) {
  Talk talk("forks", {"exec"});
  const PluginCall call = talk.call();
  ASSERT_TRUE(call.succeeded()) << call.what;
  const auto child = static_cast<pid_t>(number_in(call.result, "child"));
  ASSERT_GT(child, 0);
  EXPECT_EQ(::kill(child, 0), 0);
  talk.session->close();
  EXPECT_TRUE(is_gone(child));
}

TEST(PluginProcess, AChangedProgramIsNotStarted) {
  PluginPin pin = pin_of("good");
  pin.program.sha256[0] ^= 1U;
  const auto session = PluginSession::start(pin, usual_options());
  ASSERT_FALSE(session);
  EXPECT_NE(session.error().what.find("SHA-256"), std::string::npos);
}

}  // namespace
}  // namespace nhi
