// Claims about `rotators`: the example that was written from the protocol's page alone passes the
// kit, what is registered is started and shown, and what was changed since is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RotatorsTest : public ::testing::Test {
 protected:
  RotatorsTest() {
    const fs::path examples = NHI_SOURCE_DIR "/plugins/examples/python";
    fs::copy_file(examples / "htpasswd_rotator.py", box_.path("htpasswd_rotator.py"));
    box_.write("trial/reset.py", text_of(examples / "trial/reset.py"));
    ::chmod(box_.path("trial/reset.py").c_str(), 0755);
    fs::create_directories(box_.path("passwords"));
    box_.write("trial/trial.yaml",
               "type: htpasswd.user\nref: {file: " + box_.path("passwords/htpasswd") +
                   ", user: app}\nreset: [./reset.py]\ndump: [/bin/cat, " +
                   box_.path("passwords/htpasswd") + "]\n");
  }
  // Of an example, with the folder of its trial moved into the sandbox.
  std::string text_of(const fs::path& path) const {
    std::string text = box_.other({"cat", path.string()}).out;
    const std::string folder = "/tmp/nhisweep-trial";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
      text.replace(at, folder.size(), box_.path("passwords"));
    }
    return text;
  }
  [[nodiscard]] std::vector<std::string> check(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"rotators",
                                      "check",
                                      "./htpasswd_rotator.py",
                                      "--interpreter",
                                      "/usr/bin/python3",
                                      "--argument=-I",
                                      "--argument=-B",
                                      "--allow",
                                      "fs:write:" + box_.path("passwords")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Sandbox box_;
};

TEST_F(RotatorsTest, TheExampleOfThePagePassesTheKit) {
  const Outcome outcome = box_.run(check({"--trial", "trial/trial.yaml"}));
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(Not(HasSubstr("FAILED")), HasSubstr("to register it"),
                                 HasSubstr("  7 probing           ")));
  EXPECT_THAT(outcome.err, HasSubstr("12 of 12: secrets"));
}

// This one speaks through the shim, which starts it anew for each request.
TEST_F(RotatorsTest, TheExampleInShellPassesTheKit) {
  const fs::path examples = NHI_SOURCE_DIR "/plugins/examples/shell";
  box_.write("reset.sh", text_of(examples / "trial/reset.sh"));
  box_.write("trial.yaml", text_of(examples / "trial/trial.yaml"));
  ::chmod(box_.path("reset.sh").c_str(), 0755);
  const Outcome outcome =
      box_.run({"rotators", "check", (examples / "token_file_rotator.sh").string(), "--interpreter",
                "/bin/sh", "--shim", "call", "--allow", "exec", "--allow",
                "fs:write:" + box_.path("passwords"), "--trial", "trial.yaml"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(Not(HasSubstr("FAILED")), HasSubstr("shim: call")));
}

TEST_F(RotatorsTest, WhatIsBrokenIsFoundAndSaidWithWhatToDo) {
  std::string program = box_.read("htpasswd_rotator.py");
  const std::string right = "\"rejected\"";
  ASSERT_NE(program.find(right), std::string::npos);
  for (std::size_t at = program.find(right); at != std::string::npos; at = program.find(right)) {
    program.replace(at, right.size(), "\"inconclusive\"");
  }
  box_.write("htpasswd_rotator.py", program);
  const Outcome outcome =
      box_.run(check({"--trial", "trial/trial.yaml", "--format", "json", "--quiet"}));
  EXPECT_EQ(outcome.exit_status, 5) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const json report = json::parse(outcome.out);
  EXPECT_EQ(report["schema"], "nhisweep.rotator-check/1");
  EXPECT_EQ(report["passed"], false);
  bool found = false;
  for (const json& result : report["results"]) {
    if (result["name"] != "a wrong value, as old") continue;
    found = true;
    EXPECT_EQ(result["verdict"], "failed");
    EXPECT_EQ(result["what"], "inconclusive");
    EXPECT_NE(result["advice"], "");
  }
  EXPECT_TRUE(found);
}

TEST_F(RotatorsTest, WithoutATrialTheHandshakeIsTriedAndSaidToBeAll) {
  const Outcome outcome = box_.run(check({}));
  EXPECT_EQ(outcome.exit_status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("  2 secrets           not tried"));
  EXPECT_THAT(outcome.err, HasSubstr("only the handshake was tried"));
}

TEST_F(RotatorsTest, WhatIsRegisteredIsListedUntilItIsChanged) {
  const Outcome checked = box_.run(check({"--name", "nginx"}));
  const std::size_t lines = checked.out.find("rotators:\n");
  ASSERT_NE(lines, std::string::npos) << checked.out;
  box_.write("rotation.yaml", checked.out.substr(lines));
  const Outcome listed = box_.run({"rotators", "list"});
  EXPECT_EQ(listed.exit_status, 0) << listed.out << listed.err;
  EXPECT_THAT(listed.out,
              AllOf(HasSubstr("nginx  "), HasSubstr("htpasswd.user: 1 value at a time")));
  const json all = json::parse(box_.run({"rotators", "list", "--format", "json"}).out);
  EXPECT_EQ(all["rotators"][0]["description"]["types"][0]["type"], "htpasswd.user");
  EXPECT_EQ(box_.run({"rotators", "check", "nginx"}).exit_status, 0);

  box_.write("htpasswd_rotator.py", box_.read("htpasswd_rotator.py") + "# changed\n");
  const Outcome changed = box_.run({"rotators", "list"});
  EXPECT_EQ(changed.exit_status, 5);
  EXPECT_THAT(changed.out, HasSubstr("CANNOT BE USED: not the program that was registered"));
}

TEST_F(RotatorsTest, BadUseSaysWhatToDo) {
  const Outcome unknown = box_.run({"rotators", "list"});
  EXPECT_EQ(unknown.exit_status, 5);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("rotation.yaml"), HasSubstr("rotators check PROGRAM")));
  const Outcome nothing = box_.run({"rotators", "check", "--allow", "net"});
  EXPECT_EQ(nothing.exit_status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("see nhisweep rotators check --help"));
  box_.write("rotation.yaml", "rotators: []\n");
  const Outcome nobody = box_.run({"rotators", "check", "acme"});
  EXPECT_EQ(nobody.exit_status, 2);
  EXPECT_THAT(nobody.err, HasSubstr("./acme"));
  const Outcome script = box_.run({"rotators", "check", "./htpasswd_rotator.py"});
  EXPECT_EQ(script.exit_status, 5);
  EXPECT_THAT(script.out, HasSubstr("without its interpreter"));
  const Outcome moon = box_.run({"rotators", "check", "--allow", "moon", "./htpasswd_rotator.py"});
  EXPECT_EQ(moon.exit_status, 2);
  EXPECT_THAT(moon.err, HasSubstr("no such permission: 'moon'"));
  // Without the right to write it cannot work, and that is said before anything is tried.
  const Outcome held = box_.run({"rotators", "check", "./htpasswd_rotator.py", "--interpreter",
                                 "/usr/bin/python3", "--trial", "trial/trial.yaml"});
  EXPECT_EQ(held.exit_status, 2) << held.out << held.err;
  EXPECT_THAT(held.err, HasSubstr("needs what its registration does not allow: fs:write"));
}

}  // namespace
}  // namespace nhi::testing
