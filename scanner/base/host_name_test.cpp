#include "scanner/base/host_name.hpp"

#include <gtest/gtest.h>
#include <sys/utsname.h>

namespace nhi {
namespace {

TEST(OwnHostName, IsTheKernelsNodeName) {
  struct utsname seen {};
  ASSERT_EQ(::uname(&seen), 0);
  EXPECT_EQ(own_host_name(), std::string(seen.nodename));
}

}  // namespace
}  // namespace nhi
