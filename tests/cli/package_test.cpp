// Claims about the installed tree and the portable program. Whole packages are made and proven by
// `./dev package`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPortable = NHI_SOURCE_DIR "/packaging/portable";

class PackageTest : public ::testing::Test {
 protected:
  // Output and error output of a script, whatever it ends with.
  std::string shell(const std::string& script) const {
    box_.write("script", script);
    box_.must({"bash", "-c", "bash ./script >out 2>&1; echo status $? >>out"});
    return box_.read("out");
  }
  Sandbox box_;
};

TEST_F(PackageTest, TheInstalledTreeRunsWhereverItIsMovedTo) {
  box_.must({"cmake", "--install", NHI_BUILD_DIR, "--prefix", box_.path("first")});
  fs::rename(box_.path("first"), box_.path("second"));
  for (const auto& entry : fs::recursive_directory_iterator(box_.path("second"))) {
    if (!entry.is_regular_file()) continue;
    const std::string text = box_.read(fs::relative(entry.path(), box_.folder()).string());
    EXPECT_EQ(text.find(box_.path("first")), std::string::npos) << entry.path();
  }
  box_.write("app.properties", "db.password=" + fake("moved", 20) + "\n");
  EXPECT_THAT(shell("export ASAN_OPTIONS=detect_leaks=0 NHISWEEP_KEY_FILE=$PWD/key; "
                    "second/bin/nhisweep scan app.properties"),
              AllOf(HasSubstr("app.properties"), HasSubstr("status 1\n")));
  for (const char* file :
       {"share/man/man1/nhisweep.1", "share/man/man5/nhisweep-estate.5",
        "share/bash-completion/completions/nhisweep", "lib/systemd/system/nhisweep.timer",
        "libexec/nhisweep/run-hooks", "share/doc/nhisweep/operations.md"}) {
    EXPECT_TRUE(fs::exists(box_.path("second/") + file)) << file;
  }
}

TEST_F(PackageTest, TheCheckOfAPortableProgramNamesWhatIsTooNew) {
  // A program of this machine, held against a glibc that no program here can do with.
  const std::string out = shell(kPortable + "/check_glibc.sh /usr/bin/cmake 2.2.4");
  EXPECT_THAT(out, AllOf(HasSubstr("later than 2.2.4"), HasSubstr("@GLIBC_"),
                         HasSubstr("libstdc++.so.6"), HasSubstr("status 1\n")));
  EXPECT_THAT(shell(kPortable + "/check_glibc.sh /usr/bin/env 9.9"), HasSubstr("status 0\n"));
}

TEST_F(PackageTest, StubsOfGlibcHoldWhatTheReleaseHadAndNoMore) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "portable programs are made for x86-64";
#endif
  EXPECT_EQ(shell(kPortable + "/make_stubs.sh stubs 2.28"), "status 0\n");
  const std::string symbols =
      shell("for one in stubs/*.so; do readelf --wide --dyn-syms $one 2>/dev/null; done");
  EXPECT_THAT(symbols, AllOf(HasSubstr(" pthread_create@@GLIBC_2.2.5"),
                             HasSubstr(" memcpy@@GLIBC_2.14"), HasSubstr(" fcntl64@@GLIBC_2.28"),
                             HasSubstr(" pow@@GLIBC_2.2.5"), HasSubstr(" stdout@@GLIBC_2.2.5")));
  EXPECT_THAT(symbols, AllOf(Not(HasSubstr("GLIBC_2.29")), Not(HasSubstr("GLIBC_2.33")),
                             Not(HasSubstr("GLIBC_2.34")), Not(HasSubstr("GLIBC_PRIVATE")),
                             Not(HasSubstr(" stat@")), Not(HasSubstr(" _dl_find_object@"))));
}

}  // namespace
}  // namespace nhi::testing
