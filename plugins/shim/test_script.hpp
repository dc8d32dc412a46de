// test_script.hpp - a shell script in a folder of its own, for tests of the shim.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "plugins/shim/script_call.hpp"

namespace nhi {

class TestScript {
 public:
  explicit TestScript(const std::string& text) {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    std::ofstream(folder_ + "/script") << text;
  }
  TestScript(const TestScript&) = delete;
  TestScript& operator=(const TestScript&) = delete;
  ~TestScript() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] ScriptStart start() const { return {"/bin/sh", "sh", {}, folder_ + "/script"}; }

 private:
  std::string folder_ = "/tmp/nhi-shim-XXXXXX";
};

}  // namespace nhi
