#include "scanner/base/memory_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace nhi {
namespace {

TEST(MemoryFile, IsReadFromItsBeginningAndNotHandedOn) {
  const std::string bytes("a\0b", 3);
  const auto file = memory_file(bytes);
  ASSERT_TRUE(file);
  std::string read(8, '\0');
  ASSERT_EQ(::read(file->get(), read.data(), read.size()), 3);
  EXPECT_EQ(read.substr(0, 3), bytes);
  EXPECT_NE(::fcntl(file->get(), F_GETFD) & FD_CLOEXEC, 0);
}

}  // namespace
}  // namespace nhi
