// Claims about the shipped systemd units, their hooks and their configuration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPackaging = NHI_SOURCE_DIR "/packaging";

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << file;
  return text.str();
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// The values of a key in a unit, in order.
std::vector<std::string> values(const std::string& unit, const std::string& key) {
  std::vector<std::string> found;
  std::istringstream in(unit);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key + "=")) found.push_back(line.substr(key.size() + 1));
  }
  return found;
}

class ServiceTest : public ::testing::Test {
 protected:
  // The script's output; the test fails if it ends with anything but 0.
  std::string shell(const std::string& script) const {
    box_.write("script", script);
    box_.must({"sh", "-c", "sh ./script >out 2>&1 || { cat out >&2; exit 1; }"});
    return box_.read("out");
  }
  // The units as they would be installed, with the programs of this build.
  void write_units() const {
    for (const char* name : {"nhisweep.service", "nhisweep.timer", "nhisweep-hook@.service"}) {
      std::string unit = text_of(kPackaging + "/systemd/" + name);
      unit = replaced(unit, "/usr/bin/nhisweep", NHI_PROGRAM);
      unit = replaced(unit, "/usr/libexec/nhisweep/run-hooks", kPackaging + "/run-hooks");
      box_.write(std::string("units/") + name, unit);
    }
    fs::copy(box_.path("units/nhisweep-hook@.service"),
             box_.path("units/nhisweep-hook@digest.service"));
  }
  void write_hook(const std::string& name, const std::string& script, unsigned mode = 0755) const {
    box_.write("hooks/" + name, "#!/bin/sh\n" + script);
    fs::permissions(box_.path("hooks/" + name), fs::perms(mode));
  }
  // Output of the hooks, then the status of run-hooks.
  std::string run_hooks(const std::string& arguments) const {
    return shell("cd " + box_.folder() + "; NHISWEEP_HOOKS=hooks NHISWEEP_STATE=state " +
                 "MONITOR_SERVICE_RESULT=exit-code MONITOR_EXIT_STATUS=3 " + kPackaging +
                 "/run-hooks " + arguments + "; echo status $?\n");
  }
  static bool has_systemd() { return fs::exists("/usr/bin/systemd-analyze"); }
  Sandbox box_;
};

TEST_F(ServiceTest, SystemdHasNothingToSayAboutTheUnits) {
  if (!has_systemd()) GTEST_SKIP() << "systemd-analyze is not installed";
  write_units();
  EXPECT_EQ(shell("systemd-analyze verify --man=no units/nhisweep.service units/nhisweep.timer "
                  "units/nhisweep-hook@digest.service"),
            "");
}

TEST_F(ServiceTest, SystemdFindsTheSweepWellConfined) {
  if (!has_systemd()) GTEST_SKIP() << "systemd-analyze is not installed";
  write_units();
  // Of 100; what is left is what a sweep of the whole host cannot do without.
  EXPECT_THAT(shell("systemd-analyze security --offline=yes --no-pager --threshold=15 "
                    "units/nhisweep.service"),
              HasSubstr("OK"));
}

TEST_F(ServiceTest, NothingHidesAPartOfTheHostFromTheSweep) {
  const std::string unit = text_of(kPackaging + "/systemd/nhisweep.service");
  for (const char* key :
       {"ProtectHome", "PrivateTmp", "ProtectKernelModules", "InaccessiblePaths", "DynamicUser",
        "InaccessibleDirectories", "TemporaryFileSystem", "PrivateUsers", "RootDirectory",
        "RootImage", "NoExecPaths", "BindPaths", "BindReadOnlyPaths", "ReadWritePaths"}) {
    EXPECT_TRUE(values(unit, key).empty()) << key;
  }
  EXPECT_EQ(values(unit, "ProtectSystem"), std::vector<std::string>{"strict"});
  EXPECT_EQ(values(unit, "CapabilityBoundingSet"), std::vector<std::string>{"CAP_DAC_READ_SEARCH"});
  EXPECT_EQ(values(unit, "SuccessExitStatus"), std::vector<std::string>{"1"});
}

TEST_F(ServiceTest, TheCommandOfTheUnitSweepsAndWritesDigestAndReport) {
  box_.write("host/app.properties", "db.password=" + fake("service", 20) + "\n");
  box_.write("estate.yaml", "targets: [{name: host, path: host}]\n");
  std::string configuration = text_of(kPackaging + "/nhisweep.yaml");
  configuration = replaced(configuration, "/etc/nhisweep", box_.folder());
  box_.write("nhisweep.yaml", replaced(configuration, "/var/lib/nhisweep", box_.folder()));
  const auto commands = values(text_of(kPackaging + "/systemd/nhisweep.service"), "ExecStart");
  ASSERT_EQ(commands.size(), 1U);
  std::istringstream words(replaced(commands.front(), "/var/lib/nhisweep", box_.folder()));
  std::vector<std::string> args{std::istream_iterator<std::string>(words), {}};
  args.erase(args.begin());
  const Outcome outcome = box_.run(args);
  EXPECT_EQ(outcome.exit_status, 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(box_.read("digest.txt"), HasSubstr("new 1"));
  EXPECT_THAT(box_.read("report.html"), HasSubstr("app.properties"));
  EXPECT_EQ(fs::status(box_.path("digest.txt")).permissions(), fs::perms(0600));
  EXPECT_EQ(box_.run({"findings", "list"}).exit_status, 0);  // the same inventory
}

TEST_F(ServiceTest, TheExampleEstateIsAnEstate) {
  const Outcome outcome = box_.run({"sweep", "--until", "2026-01-01T00:00:00Z", "--estate",
                                    kPackaging + "/examples/estate.yaml"});
  EXPECT_EQ(outcome.exit_status, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("deadline"));
}

TEST_F(ServiceTest, TheCapabilityAloneReadsWhatTheUserMayNot) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give it away";
  box_.write("host/closed/app.properties", "db.password=" + fake("closed", 20) + "\n");
  fs::permissions(box_.path("host/closed"), fs::perms(0700));
  fs::permissions(box_.path("host/closed/app.properties"), fs::perms(0600));
  ASSERT_EQ(box_.run({"key", "create"}).exit_status, 0);  // root's, as the unit makes it
  const auto scan = [&](const std::string& capabilities) {
    return shell("export ASAN_OPTIONS=detect_leaks=0 NHISWEEP_KEY_FILE=" +
                 box_.path("home/fingerprint.key") + " NHISWEEP_AUDIT_KEY_FILE=" +
                 box_.path("home/audit.key") + " NHISWEEP_JOURNAL=" + box_.path("home/journal.db") +
                 "\nsetpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs " +
                 capabilities + " " NHI_PROGRAM " scan host; echo status $?\n");
  };
  const std::string with =
      "--inh-caps=-all,+dac_read_search --ambient-caps=-all,+dac_read_search "
      "--bounding-set=-all,+dac_read_search";
  EXPECT_THAT(scan(with), AllOf(HasSubstr("closed/app.properties"), HasSubstr("status 1")));
  EXPECT_THAT(scan("--inh-caps=-all --bounding-set=-all"), Not(HasSubstr("status 1")));
}

TEST_F(ServiceTest, EachHookGetsTheDigestInTheOrderOfNames) {
  box_.write("state/digest.txt", "new 7\n");
  write_hook("digest/20-second", "echo second; cat\n");
  write_hook("digest/10-first", "echo first $NHISWEEP_EVENT $NHISWEEP_STATUS $NHISWEEP_DIGEST\n");
  write_hook("digest/15-breaks", "exit 4\n");
  write_hook("digest/30-old.bak", "echo never\n");
  write_hook("digest/40-not-executable", "echo never\n", 0644);
  write_hook("failure/10-other", "echo never\n");
  const std::string out = run_hooks("digest");
  EXPECT_THAT(out, HasSubstr("first digest 3 state/digest.txt\n"));
  EXPECT_THAT(out, HasSubstr("15-breaks: ended with 4\nsecond\nnew 7\nstatus 1\n"));
  EXPECT_THAT(out, Not(HasSubstr("never")));
}

TEST_F(ServiceTest, AHookThatOthersCanWriteIsNotCalled) {
  write_hook("failure/10-open", "echo never\n", 0777);
  EXPECT_THAT(run_hooks("failure"), AllOf(HasSubstr("10-open: not called"), HasSubstr("status 1"),
                                          Not(HasSubstr("never"))));
}

TEST_F(ServiceTest, AFailureWithoutADigestSaysWhereToLook) {
  write_hook("failure/10-mail", "cat\n");
  EXPECT_THAT(run_hooks("failure"), AllOf(HasSubstr("exit-code, status 3"), HasSubstr("journalctl"),
                                          HasSubstr("status 0\n")));
  EXPECT_THAT(run_hooks("../other"), HasSubstr("status 2\n"));
}

}  // namespace
}  // namespace nhi::testing
