#include "plugins/host/confine.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>

#include "plugins/host/test_support.hpp"

namespace nhi {
namespace {

int tries(const std::string& what, const std::string& name = {},
          const std::vector<std::string>& allow = {}) {
  Talk talk("tries", allow);
  const PluginCall call = talk.call({{"what", what}, {"name", name}});
  EXPECT_TRUE(call.succeeded()) << call.what << call.output;
  return static_cast<int>(number_in(call.result, "errno", -2));
}

TEST(PluginConfinement, WithoutGrantsThereIsNoWayOut) {
  EXPECT_EQ(tries("thread"), 0);  // the measure works: what is allowed succeeds
  EXPECT_EQ(tries("socket"), EACCES);
  EXPECT_EQ(tries("unix-socket"), EACCES);
  EXPECT_EQ(tries("fork"), EPERM);
  EXPECT_EQ(tries("kill-parent"), EPERM);
  EXPECT_EQ(tries("trace-parent"), EPERM);
  EXPECT_EQ(tries("limit-parent"), EPERM);
  EXPECT_EQ(tries("lift-limit"), EPERM);
  if (!kSanitized) {
    EXPECT_EQ(tries("memory", "2000000000"), ENOMEM);
    EXPECT_EQ(tries("memory", "200000000"), 0);
  }
}

TEST(PluginConfinement, FilesAreThoseOfTheSystem) {
  if (!enforcement().files()) GTEST_SKIP() << "this kernel has no Landlock";
  std::string folder = "/tmp/nhi-confined-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string file = folder + "/file";
  std::ofstream(file) << "text";
  EXPECT_EQ(tries("read", "/etc/hosts"), 0);
  EXPECT_EQ(tries("read", file), EACCES);
  EXPECT_EQ(tries("read", "/etc/shadow"), EACCES);
  EXPECT_EQ(tries("read", "/proc/" + std::to_string(::getpid()) + "/environ"), EACCES);
  EXPECT_EQ(tries("read", "/proc/self/environ"), 0);
  EXPECT_EQ(tries("write", folder + "/new"), EACCES);
  EXPECT_EQ(tries("write", "/tmp/nhi-new"), EACCES);
  EXPECT_EQ(tries("read", file, {"fs:read:" + folder}), 0);
  EXPECT_EQ(tries("write", file, {"fs:read:" + folder}), EACCES);
  EXPECT_EQ(tries("write", folder + "/new", {"fs:write:" + folder}), 0);
  EXPECT_EQ(tries("read", "/etc/shadow", {"fs:write:" + folder}), EACCES);
  ::unlink((folder + "/new").c_str());
  ::unlink(file.c_str());
  ::rmdir(folder.c_str());
}

TEST(PluginConfinement, TheNetworkIsAGrant) {
  EXPECT_EQ(tries("socket", {}, {"net"}), 0);
  EXPECT_EQ(tries("unix-socket", {}, {"net"}), 0);
  EXPECT_EQ(tries("packet-socket", {}, {"net"}), EPERM);
  EXPECT_EQ(tries("fork", {}, {"net"}), EPERM);
  const FileHandle listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(::bind(listening.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::listen(listening.get(), 8), 0);
  ::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &length);
  const std::string port = std::to_string(ntohs(address.sin_port));
  EXPECT_EQ(tries("connect", port, {"net"}), 0);
  if (!enforcement().ports()) GTEST_SKIP() << "this kernel cannot tell ports apart";
  EXPECT_EQ(tries("connect", port, {"net:" + port}), 0);
  EXPECT_EQ(tries("connect", port, {"net:1"}), EACCES);
}

TEST(PluginConfinement, ProgramsAreAGrant) {
  EXPECT_EQ(tries("run", "/bin/true", {"exec"}), 0);
  if (!enforcement().files()) GTEST_SKIP() << "this kernel has no Landlock";
  // What it may not read it may not run.
  std::string copy = "/tmp/nhi-run-XXXXXX";
  const FileHandle made(::mkstemp(copy.data()));
  ::chmod(copy.c_str(), 0755);
  EXPECT_EQ(tries("run", copy, {"exec"}), EACCES);
  ::unlink(copy.c_str());
}

}  // namespace
}  // namespace nhi
