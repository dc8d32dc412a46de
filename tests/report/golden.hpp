// golden.hpp - what a report says, kept in files. NHI_UPDATE_GOLDEN=1 rewrites them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace nhi::testing {

inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(NHI_GOLDEN_DIR) + "/" + name;
  if (const char* update = std::getenv("NHI_UPDATE_GOLDEN"); update && *update == '1') {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in.good()) << "no golden file " << name << "; NHI_UPDATE_GOLDEN=1 writes it";
  const std::string wanted((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, wanted) << "differs from " << name << "; NHI_UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace nhi::testing
