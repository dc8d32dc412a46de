#include "plugins/host/pin.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace nhi {
namespace {

class PinTest : public testing::Test {
 protected:
  PinTest() {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    program_ = folder_ + "/program";
    write("#!/bin/sh\n");
  }
  ~PinTest() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text) {
    std::ofstream(program_) << text;
    ::chmod(program_.c_str(), 0755);
  }
  std::string what(const PinnedFile& file) {
    const auto open = open_pinned(file);
    return open ? "opened" : open.error().message();
  }

  std::string folder_ = "/tmp/nhi-pin-XXXXXX";
  std::string program_;
};

TEST_F(PinTest, TheVeryBytesAreOpened) {
  EXPECT_EQ(what({program_, sha256("#!/bin/sh\n")}), "opened");
  EXPECT_EQ(*hash_of_file(program_), sha256("#!/bin/sh\n"));
}

TEST_F(PinTest, AChangedFileIsNot) {
  write("#!/bin/sh\nrm -rf /\n");
  EXPECT_NE(what({program_, sha256("#!/bin/sh\n")}).find("SHA-256 differs"), std::string::npos);
}

TEST_F(PinTest, NorIsOneThatOthersCanWrite) {
  for (const mode_t mode : {0775, 0757}) {
    ::chmod(program_.c_str(), mode);
    EXPECT_NE(what({program_, sha256("#!/bin/sh\n")}).find("others can write"), std::string::npos);
  }
  if (::geteuid() != 0) return;
  ::chmod(program_.c_str(), 0755);
  ASSERT_EQ(::chown(program_.c_str(), 65534, 65534), 0);
  EXPECT_NE(what({program_, sha256("#!/bin/sh\n")}).find("others can write"), std::string::npos);
}

TEST_F(PinTest, NorIsAFolderOrNothing) {
  EXPECT_NE(what({folder_, {}}).find("no regular file"), std::string::npos);
  EXPECT_NE(what({folder_ + "/none", {}}).find("cannot open"), std::string::npos);
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);  // opening one to read would wait for ever
  EXPECT_NE(what({pipe, {}}).find("no regular file"), std::string::npos);
}

TEST_F(PinTest, AScriptIsToldByItsFirstLine) {
  EXPECT_TRUE(*is_script(*open_pinned({program_, sha256("#!/bin/sh\n")})));
  write(
      "\x7f"
      "ELF");
  EXPECT_FALSE(*is_script(*open_pinned({program_, sha256("\x7f"
                                                         "ELF")})));
  write("");
  EXPECT_FALSE(*is_script(*open_pinned({program_, sha256("")})));
}

}  // namespace
}  // namespace nhi
