#include "scanner/cli/grants.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace nhi {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(ShellQuoted, IsOneWord) {
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's $(x)"), "'it'\\''s $(x)'");
}

class GrantsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root_ + "/closed/deep");
    fs::create_directories(root_ + "/open");
    for (const char* name : {"/closed/deep/a", "/open/a", "/open/b"}) {
      std::ofstream(root_ + name) << "x";
    }
    fs::permissions(root_, static_cast<fs::perms>(0755));
    fs::permissions(root_ + "/closed", fs::perms::none);
    fs::permissions(root_ + "/open", static_cast<fs::perms>(0755));
  }
  ~GrantsTest() override {
    fs::permissions(root_ + "/closed", fs::perms::all);
    fs::remove_all(root_);
  }
  const std::string root_ = ::testing::TempDir() + "grants_test";
};

TEST_F(GrantsTest, NamesTheTopmostFolderThatIsClosedAndGroupsFiles) {
  if (::geteuid() == 0 && ::seteuid(65534) != 0) GTEST_SKIP() << "cannot become another user";
  ReadGrants grants("nhisweep");
  grants.add(root_ + "/closed/deep");
  grants.add(root_ + "/closed/deep/a");
  grants.add(root_ + "/closed");
  grants.add(root_ + "/open/a");
  const auto one = grants.commands();
  grants.add(root_ + "/open/b");
  const auto two = grants.commands();
  if (::getuid() == 0) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_THAT(one, ElementsAre(Pair("setfacl -R -m u:nhisweep:rX '" + root_ + "/closed'", 1),
                               Pair("setfacl -m u:nhisweep:r '" + root_ + "/open/a'", 1),
                               Pair("setfacl -m u:nhisweep:x '" + root_ + "/closed'", 2)));
  EXPECT_THAT(two,
              ::testing::Contains(Pair("setfacl -R -m u:nhisweep:rX '" + root_ + "/open'", 2)));
}

}  // namespace
}  // namespace nhi
