#include "plugins/conformance/trial_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace nhi {
namespace {

class TrialFileTest : public testing::Test {
 protected:
  TrialFileTest() { EXPECT_NE(::mkdtemp(folder_.data()), nullptr); }
  ~TrialFileTest() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
  }
  Result<Trial> read(const std::string& yaml) {
    write("trial.yaml", yaml);
    return read_trial(folder_ + "/trial.yaml");
  }
  std::string folder_ = "/tmp/nhi-trial-XXXXXX";
};

constexpr const char* kUsual = R"(type: acme.key
ref: {host: 127.0.0.1, port: 5432, name: "5432", tls: true, standbys: [a, b]}
config: {admin: rotator}
auth: {file: admin.password}
endpoint: {host: host, port: port}
reset: [./reset.sh, one]
dump: [/bin/cat, state]
lock: [./reset.sh, lock]
logs: [server.log, /var/log/other.log]
)";

TEST_F(TrialFileTest, EverythingIsRead) {
  write("admin.password", "hunter2\n");
  write("reset.sh", "#!/bin/sh\ncat >\"$(dirname \"$0\")/$1\"\n", 0700);
  const auto trial = read(kUsual);
  ASSERT_TRUE(trial) << trial.error().message();
  EXPECT_EQ(trial->type, "acme.key");
  EXPECT_EQ(trial->ref, Json({{"host", "127.0.0.1"},
                              {"port", 5432},
                              {"name", "5432"},
                              {"tls", true},
                              {"standbys", {"a", "b"}}}));
  EXPECT_EQ(trial->config, Json({{"admin", "rotator"}}));
  EXPECT_EQ(trial->auth.reveal(), "hunter2");
  EXPECT_EQ(trial->host_field, "host");
  EXPECT_EQ(trial->logs[0], folder_ + "/server.log");
  EXPECT_EQ(trial->logs[1], "/var/log/other.log");
  EXPECT_TRUE(trial->lock);
  EXPECT_FALSE(trial->stop);
  // The value goes over the input, and the command runs beside the file.
  ASSERT_TRUE(trial->reset(SecretText("value")));
  std::ifstream made(folder_ + "/one");
  std::string text;
  made >> text;
  EXPECT_EQ(text, "value");
  const auto state = trial->dump();
  ASSERT_FALSE(state);  // cat finds no file 'state' here
  EXPECT_NE(state.error().what.find("ended with 1"), std::string::npos);
}

TEST_F(TrialFileTest, WhatIsWrongIsNamedWithItsPlace) {
  const std::pair<const char*, const char*> rows[] = {
      {"[]", "mapping"},
      {"type: a\nreset: [a]\ndump: [b]\nrest: c\n", "unknown key 'rest'"},
      {"reset: [a]\ndump: [b]\n", "'type' is missing"},
      {"type: a\nreset: [a]\n", "'reset' and 'dump' are required"},
      {"type: a\nreset: ./a\ndump: [b]\n", "'reset' is a list"},
      {"type: a\nref: x\nreset: [a]\ndump: [b]\n", "must be a mapping"},
      {"type: a\nref: {a: {b: c}}\nreset: [a]\ndump: [b]\n", "scalar or a list"},
      {"type: a\nauth: hunter2\nreset: [a]\ndump: [b]\n", "'auth' names a file"},
      {"type: [a\n", "not valid YAML"},
  };
  for (const auto& [yaml, what] : rows) {
    const auto trial = read(yaml);
    ASSERT_FALSE(trial) << yaml;
    EXPECT_NE(trial.error().what.find(what), std::string::npos) << trial.error().message();
    EXPECT_NE(trial.error().subject.find("trial.yaml"), std::string::npos) << yaml;
  }
}

TEST_F(TrialFileTest, AnAuthorityThatOthersCanReadIsRefused) {
  write("admin.password", "hunter2\n", 0644);
  write("reset.sh", "");
  EXPECT_FALSE(read(kUsual));
}

}  // namespace
}  // namespace nhi
