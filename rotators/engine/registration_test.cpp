#include "rotators/engine/registration.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

class RegistrationTest : public testing::Test {
 protected:
  RegistrationTest() { EXPECT_NE(::mkdtemp(folder_.data()), nullptr); }
  ~RegistrationTest() override { std::filesystem::remove_all(folder_); }
  Result<std::vector<PluginPin>> read(const std::string& yaml) {
    std::ofstream(folder_ + "/rotation.yaml") << yaml;
    return read_registrations(folder_ + "/rotation.yaml");
  }
  std::string folder_ = "/tmp/nhi-registration-XXXXXX";
};

PluginPin usual() {
  PluginPin pin;
  pin.name = "acme: \"one\"";
  pin.program = {"/opt/acme/rotator.py", sha256("script")};
  pin.interpreter = PinnedFile{"/usr/bin/python3", sha256("python")};
  pin.arguments = {"-I", "-B"};
  pin.shim = *own_shim();
  pin.grants = *parse_grants({"net:443", "fs:read:/etc/acme"});
  return pin;
}

TEST_F(RegistrationTest, WhatIsWrittenIsReadBack) {
  const PluginPin pin = usual();
  const auto read_back = read(registration_text(pin, {"net:443", "fs:read:/etc/acme"}));
  ASSERT_TRUE(read_back) << read_back.error().message();
  ASSERT_EQ(read_back->size(), 1U);
  const PluginPin& back = read_back->front();
  EXPECT_EQ(back.name, pin.name);
  EXPECT_EQ(back.program.path, pin.program.path);
  EXPECT_EQ(back.program.sha256, pin.program.sha256);
  ASSERT_TRUE(back.interpreter);
  EXPECT_EQ(back.interpreter->sha256, pin.interpreter->sha256);
  EXPECT_EQ(back.arguments, pin.arguments);
  EXPECT_EQ(back.grants, pin.grants);
  EXPECT_EQ(back.shim, pin.shim);
}

TEST_F(RegistrationTest, NothingIsRegisteredWithoutAWord) {
  for (const char* yaml : {"", "rotators:\n", "rotators: []\n", "providers: []\n"}) {
    const auto pins = read(yaml);
    ASSERT_TRUE(pins) << yaml;
    EXPECT_TRUE(pins->empty());
  }
  EXPECT_EQ(read_registrations(folder_ + "/none.yaml").error().code, ErrorCode::kNotFound);
}

TEST_F(RegistrationTest, WhatIsWrongIsNamedWithItsPlace) {
  const std::string sum(64, 'a');
  const std::string good = "rotators:\n  - name: a\n    program: /a\n    sha256: " + sum + "\n";
  const std::pair<std::string, const char*> rows[] = {
      {"[]", "mapping"},
      {"rotators: a\n", "no list"},
      {"rotators:\n  - program: /a\n    sha256: " + sum + "\n", "without a name"},
      {"rotators:\n  - name: a\n    program: a\n    sha256: " + sum + "\n", "no absolute path"},
      {"rotators:\n  - name: a\n    program: /a\n    sha256: abc\n", "64 hexadecimal digits"},
      {good + "    allow: net\n", "'allow' is no list"},
      {good + "    allow: [moon]\n", "no such permission"},
      {good + "    run: x\n", "unknown key 'run'"},
      {good + "    interpreter: {program: /b}\n", "64 hexadecimal digits"},
      {good + "    interpreter: /b\n", "must be a mapping"},
      {good + "    shim: call\n", "name their interpreter"},
      {good + "    interpreter: {program: /b, sha256: " + sum + "}\n    shim: pipe\n",
       "'call' only"},
      {good + good.substr(10), "comes twice"},
      {"rotators: [a\n", "not valid YAML"},
  };
  for (const auto& [yaml, what] : rows) {
    const auto pins = read(yaml);
    ASSERT_FALSE(pins) << yaml;
    EXPECT_EQ(pins.error().code, ErrorCode::kBadUse);
    EXPECT_NE(pins.error().message().find(what), std::string::npos) << pins.error().message();
    EXPECT_NE(pins.error().subject.find("rotation.yaml"), std::string::npos);
  }
}

}  // namespace
}  // namespace nhi
