// Claims about the shipped loop over hosts: it is run as it stands, over a made ssh and a real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kLoop = NHI_SOURCE_DIR "/packaging/examples/collect-hosts";

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << file;
  return text.str();
}

void replace(std::string& text, const std::string& what, const std::string& with) {
  ASSERT_NE(text.find(what), std::string::npos) << what;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

class CollectHostsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("hosts.yaml", "estate: Trust\nhosts: [app01, app02, down03]\n");
    for (const char* host : {"app01", "app02"}) {
      const std::string folder = std::string("hosts/") + host;
      box_.write(folder + "/etc/a.properties", "db.password=" + fake(host, 20) + "\n");
      box_.write(folder + "/estate.yaml", "targets: [{name: etc, path: etc}]\n");
    }
    box_.write("bundles/.keep", "");
    box_.write("names", "app01\napp02\ndown03\n");
    // One key for all: what `key export` and `key import` bring about.
    box_.run({"key", "create"});
  }
  // The program under its name, with the environment of the sandbox; $SELF_HOST says who runs it.
  void write_program() const {
    box_.write("bin/nhisweep", "#!/bin/sh\nHOME='" + box_.path("home") + "' NHISWEEP_KEY_FILE='" +
                                   box_.path("home/fingerprint.key") +
                                   "' exec " NHI_PROGRAM " \"$@\"\n");
    ::chmod(box_.path("bin/nhisweep").c_str(), 0755);
  }
  // The loop with the estate file of each made host in place of that of a real one.
  int run_loop(const std::string& path) const {
    std::string loop = text_of(kLoop);
    replace(loop, "--estate /etc/nhisweep/estate.yaml",
            "--estate " + box_.path("hosts") + "/$1/estate.yaml");
    box_.write("loop", loop);
    box_.write("run", "PATH='" + path + "':$PATH sh '" + box_.path("loop") + "' '" +
                          box_.path("bundles") + "' <'" + box_.path("names") + "' 2>'" +
                          box_.path("loop.err") + "'\necho $? >'" + box_.path("loop.status") +
                          "'\n");
    box_.must({"sh", box_.path("run")});
    return std::stoi(box_.read("loop.status"));
  }
  Outcome import() const {
    return box_.run({"import", "--estate", "hosts.yaml", box_.path("bundles")});
  }
  Sandbox box_;
};

TEST_F(CollectHostsTest, AHostThatFailsIsNamedAndTheRestIsMerged) {
  write_program();
  // ssh of a made network: options, host, command. One host is down, one breaks off half-way.
  box_.write("bin/ssh",
             "#!/bin/sh\nwhile [ \"${1#-}\" != \"$1\" ]; do shift 2; done\nhost=$1; shift\n"
             "case $host in\n  down03) echo 'No route to host' >&2; exit 255 ;;\n"
             "  broken04) \"$@\" | head -c 300; exit 255 ;;\nesac\nexec \"$@\"\n");
  ::chmod(box_.path("bin/ssh").c_str(), 0755);
  EXPECT_EQ(run_loop(box_.path("bin")), 1);
  EXPECT_THAT(box_.read("loop.err"), HasSubstr("collect-hosts: down03 ended with 255"));
  EXPECT_TRUE(fs::exists(box_.path("bundles/app01.bundle")));
  EXPECT_FALSE(fs::exists(box_.path("bundles/down03.bundle")));
  EXPECT_FALSE(fs::exists(box_.path("bundles/down03.part")));
  const Outcome merged = import();
  EXPECT_EQ(merged.exit_status, 3);
  EXPECT_THAT(merged.err, AllOf(HasSubstr("merged 2 hosts"), HasSubstr("no-bundle: down03")));

  // What breaks off replaces nothing: the bundle of before stays whole.
  fs::copy_file(box_.path("bundles/app01.bundle"), box_.path("bundles/broken04.bundle"));
  box_.write("hosts/broken04/estate.yaml", "targets: [{name: etc, path: ../app01/etc}]\n");
  box_.write("names", "broken04\n");
  const std::string before = box_.read("bundles/broken04.bundle");
  EXPECT_EQ(run_loop(box_.path("bin")), 1);
  EXPECT_EQ(box_.read("bundles/broken04.bundle"), before);
}

// How to start the one that ./dev test unpacks (tests/servers), else one that is installed; empty:
// there is neither.
std::vector<std::string> sshd() {
  const char* const unpacked = std::getenv("NHI_SERVERS");
  if (unpacked != nullptr && fs::exists(std::string(unpacked) + "/usr/sbin/sshd")) {
    return {"env", std::string("NHI_SERVERS=") + unpacked, NHI_SOURCE_DIR "/tests/servers/sshd"};
  }
  if (fs::exists("/usr/sbin/sshd")) return {"/usr/sbin/sshd"};
  return {};
}

// An ssh server of our own on the loopback: keys, configuration and port are the test's.
class Server {
 public:
  explicit Server(const Sandbox& box) : box_(box) {
    box.write("ssh/log", "");
    for (const char* key : {"ssh/host", "ssh/user"}) {
      box.must({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", box.path(key)});
    }
    box.write("ssh/authorized_keys", box.read("ssh/user.pub"));
    const std::string port = std::to_string(20'000 + ::getpid() % 20'000);
    box.write("ssh/sshd_config", "Port " + port + "\nListenAddress 127.0.0.1\nHostKey " +
                                     box.path("ssh/host") + "\nAuthorizedKeysFile " +
                                     box.path("ssh/authorized_keys") + "\nPidFile " +
                                     box.path("ssh/pid") +
                                     "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
                                     "PermitRootLogin prohibit-password\nSetEnv PATH=" +
                                     box.path("bin") + ":/usr/bin:/bin\n");
    box.write("ssh/config",
              "Host down03\n  Port 1\nHost app01 app02\n  Port " + port +
                  "\nHost *\n  HostName 127.0.0.1\n  IdentityFile " + box.path("ssh/user") +
                  "\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile " +
                  box.path("ssh/known") + "\n  LogLevel ERROR\n");
    for (const char* file : {"ssh/host", "ssh/user", "ssh/config"}) {
      ::chmod(box.path(file).c_str(), 0600);
    }
    ::mkdir("/run/sshd", 0755);  // where it drops its privileges to
    std::vector<std::string> command = sshd();
    command.insert(command.end(), {"-f", box.path("ssh/sshd_config"), "-E", box.path("ssh/log")});
    box.must(command);
    for (int i = 0; i < 100 && !fs::exists(box.path("ssh/pid")); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    if (fs::exists(box_.path("ssh/pid"))) ::kill(std::stoi(box_.read("ssh/pid")), SIGTERM);
  }

 private:
  const Sandbox& box_;
};

TEST_F(CollectHostsTest, WorksOverARealSsh) {
  if (::geteuid() != 0 || sshd().empty() || !fs::exists("/usr/bin/ssh")) {
    GTEST_SKIP() << "needs root, ssh, and an sshd: ./dev test unpacks one";
  }
  write_program();
  const Server server(box_);
  box_.write("client/ssh",
             "#!/bin/sh\nexec /usr/bin/ssh -F '" + box_.path("ssh/config") + "' \"$@\"\n");
  ::chmod(box_.path("client/ssh").c_str(), 0755);
  EXPECT_EQ(run_loop(box_.path("client")), 1) << "down03";
  EXPECT_THAT(box_.read("loop.err"), HasSubstr("collect-hosts: down03 ended with 255"));
  ASSERT_TRUE(fs::exists(box_.path("bundles/app02.bundle")))
      << box_.read("loop.err") << text_of(box_.path("ssh/log"));
  const Outcome merged = import();
  EXPECT_EQ(merged.exit_status, 3);
  EXPECT_THAT(merged.err, AllOf(HasSubstr("merged 2 hosts"), HasSubstr("no-bundle: down03")));
  const std::string list = box_.run({"findings", "list", "--format", "jsonl"}).out;
  EXPECT_THAT(list, AllOf(HasSubstr("app01/etc"), HasSubstr("app02/etc")));
}

}  // namespace
}  // namespace nhi::testing
