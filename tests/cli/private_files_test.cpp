// Claims about who may read what the program writes: its owner only, whatever the umask says and
// whatever stood there before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <set>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Pair;

class PrivateFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    mask_ = ::umask(0);  // the program inherits it
    box_.write("estate/app.properties", "db.password=" + fake("a", 20) + "\n");
    for (const std::string& path : tree()) before_.insert(path);
  }
  void TearDown() override { ::umask(mask_); }

  std::vector<std::string> tree() const {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(box_.folder())) {
      paths.push_back(fs::relative(entry.path(), box_.folder()).string());
    }
    return paths;
  }
  void run(const std::vector<std::string>& args, int status = 0) const {
    const Outcome outcome = box_.run(args);
    EXPECT_EQ(outcome.exit_status, status) << args[0] << ": " << outcome.err;
  }
  // Every new file, and every folder on the way, with a mode that is not private.
  std::map<std::string, std::string> open_to_others() const {
    std::map<std::string, std::string> open;
    for (const std::string& path : tree()) {
      if (before_.contains(path)) continue;
      struct stat facts {};
      if (::lstat(box_.path(path).c_str(), &facts) != 0) continue;
      const unsigned mode = facts.st_mode & 07777U;
      const unsigned wanted = S_ISDIR(facts.st_mode) ? 0700U : 0600U;
      if (mode == wanted) continue;
      std::string digits;
      for (const unsigned shift : {6U, 3U, 0U}) digits += std::to_string(mode >> shift & 7U);
      open[path] = digits;
    }
    return open;
  }
  // Each command that writes a file, by the file's name.
  void write_everything() const {
    run({"key", "create"});
    run({"key", "export", "exported.key"});
    run({"init", "estate", "--output", "estate.yaml"});
    run({"sweep", "estate", "--html", "page.html", "--output", "summary.txt"}, 1);
    for (const char* format : {"text", "json", "jsonl", "sarif", "csv", "html", "junit"}) {
      const std::string name = std::string("of-") + format;
      run({"scan", "estate", "--format", format, "--output", "scan-" + name}, 1);
      run({"report", "--format", format, "--output", "report-" + name});
      run({"findings", "list", "--format", format, "--output", "list-" + name});
    }
    run({"report", "--format", "prometheus", "--output", "metrics.prom"});
    run({"collect", "estate", "--host", "app01", "--output", "app01.bundle"}, 1);
    run({"findings", "export", "--output", "findings.csv"});
    for (const char* what : {"identities", "credentials", "dependencies", "exceptions"}) {
      for (const char* format : {"text", "json", "jsonl"}) {
        run({what, "list", "--format", format, "--output", std::string(what) + "-" + format});
      }
    }
    run({"findings", "import", "findings.csv"});
    run({"prune", "--older-than", "400d"});
  }
  Sandbox box_;
  mode_t mask_ = 0;
  std::set<std::string> before_;
};

TEST_F(PrivateFilesTest, EveryFileIsItsOwnersAloneWhateverTheUmask) {
  write_everything();
  EXPECT_THAT(open_to_others(), IsEmpty());
  EXPECT_THAT(tree(),
              IsSupersetOf({"exported.key", "estate.yaml", "nhisweep.db", "nhisweep.db.lock",
                            "page.html", "summary.txt", "scan-of-csv", "scan-of-csv.coverage.json",
                            "report-of-csv.coverage.json", "findings.csv", "metrics.prom",
                            "credentials-json", "app01.bundle"}));
}

TEST_F(PrivateFilesTest, WhatOthersCouldReadBeforeTheyCanReadNoMore) {
  write_everything();
  std::vector<std::string> files;
  for (const std::string& path : tree()) {
    // An estate file is never replaced; a key is refused while others can read it; inventory,
    // journal and their locks are looked at below.
    const bool is_report = !before_.contains(path) && fs::is_regular_file(box_.path(path)) &&
                           path != "estate.yaml" && path.find(".key") == std::string::npos &&
                           !path.starts_with("nhisweep.db") && !path.starts_with("home/journal.db");
    if (is_report) files.push_back(path);
  }
  ASSERT_GT(files.size(), 30U);
  files.emplace_back("exported.key");
  for (const std::string& path : files) ASSERT_EQ(::chmod(box_.path(path).c_str(), 0644), 0);
  fs::remove(box_.path("estate.yaml"));
  fs::remove(box_.path("nhisweep.db"));
  write_everything();
  EXPECT_THAT(open_to_others(), IsEmpty());
}

// The log and the shared memory are there only while the inventory is open.
TEST_F(PrivateFilesTest, LogAndSharedMemoryOfARunningSweepToo) {
  const Running running = box_.start({"sweep", "-"});
  ASSERT_TRUE(eventually([&] { return fs::exists(box_.path("nhisweep.db-shm")); }));
  EXPECT_THAT(tree(), IsSupersetOf({"nhisweep.db-wal", "nhisweep.db-shm", "nhisweep.db.lock"}));
  EXPECT_THAT(open_to_others(), IsEmpty());
}

TEST_F(PrivateFilesTest, AStoreThatOthersCanReadIsClosedToThem) {
  run({"sweep", "estate"}, 1);
  for (const char* name :
       {"nhisweep.db", "nhisweep.db.lock", "home/journal.db", "home/journal.db.lock"}) {
    ASSERT_EQ(::chmod(box_.path(name).c_str(), 0604), 0);
  }
  run({"sweep", "estate"});
  EXPECT_THAT(open_to_others(), IsEmpty());
  // A group is somebody's decision.
  ASSERT_EQ(::chmod(box_.path("nhisweep.db").c_str(), 0644), 0);
  run({"sweep", "estate"});
  EXPECT_THAT(open_to_others(), ElementsAre(Pair("nhisweep.db", "640")));
}

}  // namespace
}  // namespace nhi::testing
