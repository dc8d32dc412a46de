// Hostile input is normal input: each case ends in the documented status, names the thing, and
// stays within the memory budget.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;

constexpr long kBudgetKib = 512L * 1024;

bool at_full_scale() {
  const char* scale = std::getenv("NHI_TEST_SCALE");
  return scale != nullptr && std::string_view(scale) == "full";
}

// Sanitizers multiply memory: the budget is a promise of the real program.
void expect_within_budget(const Outcome& outcome) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LE(outcome.peak_kib, kBudgetKib);
#else
  static_cast<void>(outcome);
#endif
}

TEST(Hostile, ManyFilesStreamThroughABoundedMemory) {
  const Sandbox box;
  const int files = at_full_scale() ? 1'000'000 : 30'000;
  for (int i = 0; i < files; ++i) {
    const std::string folder = box.path("tree/" + std::to_string(i % 997));
    if (i < 997) fs::create_directories(folder);
    const int file = ::open((folder + "/" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0644);
    ASSERT_GE(file, 0);
    ::close(file);
  }
  box.write("tree/0/app.properties", "db.password=" + fake("m", 20) + "\n");
  const Outcome scan = box.run({"scan", "tree", "--format", "json"});
  EXPECT_EQ(scan.exit_status, 1) << scan.err;
  EXPECT_NE(scan.out.find("\"files\":" + std::to_string(files + 1)), std::string::npos)
      << scan.out.substr(0, 400);
  expect_within_budget(scan);
}

TEST(Hostile, ALargeFileIsReadToItsEnd) {
  const Sandbox box;
  const std::string path = box.path("tree/large.log");
  fs::create_directories(box.path("tree"));
  const std::uint64_t size = at_full_scale() ? 10'000'000'000ULL : 200'000'000ULL;
  {
    // Real bytes, not a hole: 1 MiB of log lines over and over, the secret behind the last.
    std::string block;
    while (block.size() < (1U << 20)) block += "2026-11-25 12:00:00 INFO request served in 12 ms\n";
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY, 0644);
    for (std::uint64_t at = 0; at < size; at += block.size()) {
      ASSERT_EQ(::write(file, block.data(), block.size()), static_cast<ssize_t>(block.size()));
    }
    const std::string tail = "db.password=" + fake("tail", 20) + "\n";
    ASSERT_EQ(::write(file, tail.data(), tail.size()), static_cast<ssize_t>(tail.size()));
    ::close(file);
  }
  const Outcome scan = box.run({"scan", "tree", "--format", "json"});
  EXPECT_EQ(scan.exit_status, 1) << scan.err;
  EXPECT_NE(scan.out.find("large.log"), std::string::npos);
  expect_within_budget(scan);
}

TEST(Hostile, OneLineOfTenMegabytes) {
  const Sandbox box;
  std::string line;
  while (line.size() < 10'000'000) line += "var a=b?c:d;";
  box.write("tree/bundle.js", line + "password=\"" + fake("line", 24) + "\"");
  const Outcome scan = box.run({"scan", "tree", "--format", "json", "--min-confidence", "low"});
  EXPECT_TRUE(scan.exit_status == 0 || scan.exit_status == 1) << scan.err;
  expect_within_budget(scan);
}

TEST(Hostile, SpecialFilesAndLoopsAreNeverOpened) {
  const Sandbox box;
  box.write("tree/app.properties", "db.password=" + fake("s", 20) + "\n");
  ASSERT_EQ(::mkfifo(box.path("tree/pipe").c_str(), 0644), 0);
  ASSERT_EQ(::symlink("loop-b", box.path("tree/loop-a").c_str()), 0);
  ASSERT_EQ(::symlink("loop-a", box.path("tree/loop-b").c_str()), 0);
  ASSERT_EQ(::symlink("..", box.path("tree/up").c_str()), 0);
  const Outcome scan = box.run({"scan", "tree", "--format", "json"});
  EXPECT_EQ(scan.exit_status, 1) << scan.err;
}

TEST(Hostile, NamesThatAreNotUtf8KeepTheirBytes) {
  const Sandbox box;
  box.write("tree/caf\xe9.properties", "db.password=" + fake("n", 20) + "\n");
  const Outcome scan = box.run({"scan", "tree", "--format", "json"});
  EXPECT_EQ(scan.exit_status, 1) << scan.err;
  EXPECT_NE(scan.out.find("path_bytes"), std::string::npos) << scan.out;
}

TEST(Hostile, AFileThatChangesWhileReadIsReportedAndNothingHangs) {
  const Sandbox box;
  box.write("tree/grows.log", std::string(4'000'000, 'x'));
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) {
      const int file = ::open(box.path("tree/grows.log").c_str(), O_WRONLY | O_APPEND);
      if (file >= 0 && ::write(file, "yyyyyyyy\n", 9) < 0) stop = true;
      ::close(file);
      if (::truncate(box.path("tree/grows.log").c_str(), 4'000'000) != 0) stop = true;
    }
  });
  const Outcome scan = box.run({"scan", "tree", "--format", "json"});
  stop = true;
  writer.join();
  EXPECT_TRUE(scan.exit_status == 0 || scan.exit_status == 3) << scan.err;
  if (scan.exit_status == 3) {
    EXPECT_NE(scan.err.find("grows.log"), std::string::npos) << scan.err;
  }
}

TEST(Hostile, ACorruptPackIsNamedAndTheRestIsRead) {
  const Sandbox box;
  for (int i = 0; i < 20; ++i) {
    box.write("repo/" + std::to_string(i) + ".properties",
              "db.password=" + fake(std::to_string(i), 20) + "\n");
  }
  box.must({"git", "init", "-q", "-b", "main", "repo"});
  box.must({"git", "add", "-A"}, box.path("repo"));
  box.must({"git", "commit", "-q", "-m", "first"}, box.path("repo"));
  box.must({"git", "gc", "-q"}, box.path("repo"));
  for (const auto& entry : fs::directory_iterator(box.path("repo/.git/objects/pack"))) {
    if (entry.path().extension() != ".pack") continue;
    fs::permissions(entry.path(), fs::perms::owner_all);
    fs::resize_file(entry.path(), fs::file_size(entry.path()) / 2);
  }
  const Outcome scan = box.run({"scan", "repo", "--format", "json"});
  EXPECT_EQ(scan.exit_status, 3) << scan.err;
  EXPECT_GE(json_strings(scan.out, "credential_id").size(), 20U) << "the work tree is read";
}

TEST(Hostile, TruncatedAndExplodingXml) {
  const Sandbox box;
  box.write("tree/cut.xml",
            "<channel version=\"4.4.1\"><id>a</id><name>Cut</name><sourceConnector><properties "
            "class=\"com.mirth.connect.connectors.jdbc.DatabaseReceiverProperties\"><url>jdbc:"
            "postgresql://db:5432/x</url><username>svc</username><password>" +
                fake("cut", 20) + "</password>");
  std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"lol\">";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
    bomb += "\">";
  }
  bomb += "]><channel version=\"4.4.1\"><id>b</id><name>&j;</name></channel>";
  box.write("tree/bomb.xml", bomb);
  const Outcome scan = box.run({"scan", "tree", "--format", "json"});
  EXPECT_EQ(scan.exit_status, 3) << "a damaged definition is not 'clean'";
  EXPECT_NE(scan.err.find("cut.xml"), std::string::npos) << scan.err;
  EXPECT_FALSE(json_strings(scan.out, "credential_id").empty()) << "the rest is still reported";
  expect_within_budget(scan);
}

TEST(Hostile, AZeroByteInventoryIsRefused) {
  const Sandbox box;
  box.write("tree/a.txt", "x\n");
  box.write("nhisweep.db", "");
  const Outcome sweep = box.run({"sweep", "tree"});
  EXPECT_EQ(sweep.exit_status, 5);
  EXPECT_NE(sweep.err.find("nhisweep.db"), std::string::npos) << sweep.err;
  EXPECT_EQ(fs::file_size(box.path("nhisweep.db")), 0U) << "left as it was";
}

TEST(Hostile, AnInventoryOfANewerSchemaIsRefusedAndLeftAlone) {
  const Sandbox box;
  box.write("tree/a.txt", "x\n");
  ASSERT_EQ(box.run({"sweep", "tree"}).exit_status, 0);
  box.must({"sqlite3", box.path("nhisweep.db"), "PRAGMA user_version=999;"});
  const Outcome sweep = box.run({"sweep", "tree"});
  EXPECT_EQ(sweep.exit_status, 5);
  EXPECT_NE(sweep.err.find("999"), std::string::npos) << sweep.err;
}

TEST(Hostile, AGarbageInventoryIsRefused) {
  const Sandbox box;
  box.write("tree/a.txt", "x\n");
  box.write("nhisweep.db", std::string(8192, 'g'));
  const Outcome sweep = box.run({"sweep", "tree"});
  EXPECT_EQ(sweep.exit_status, 5);
  EXPECT_EQ(box.read("nhisweep.db"), std::string(8192, 'g'));
}

TEST(Hostile, AnOutputFolderThatTakesNoFileAndAFullDisk) {
  const Sandbox box;
  box.write("tree/a.properties", "db.password=" + fake("o", 20) + "\n");
  const Outcome nowhere =
      box.run({"scan", "tree", "--format", "json", "--output", "/proc/nowhere/report.json"});
  EXPECT_EQ(nowhere.exit_status, 5);
  EXPECT_NE(nowhere.err.find("/proc/nowhere/report.json"), std::string::npos) << nowhere.err;
  RunOptions full;
  full.out_path = "/dev/full";
  const Outcome no_room = box.run({"scan", "tree", "--format", "json"}, full);
  EXPECT_EQ(no_room.exit_status, 5);
  EXPECT_NE(no_room.err.find("standard output"), std::string::npos) << no_room.err;
}

TEST(Hostile, AFullDiskUnderTheInventoryLosesNothingStored) {
  const Sandbox box;
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to mount a small file system";
  fs::create_directory(box.path("small"));
  const std::string mount = "mount -t tmpfs -o size=2m tmpfs " + box.path("small");
  if (::system(mount.c_str()) != 0) GTEST_SKIP() << "no mounts here";
  box.write("tree/a.properties", "db.password=" + fake("d", 20) + "\n");
  const std::string db = box.path("small/store.db");
  const Outcome first = box.run({"sweep", "tree", "--inventory", db});
  EXPECT_EQ(first.exit_status, 1) << first.err;
  for (int i = 0; i < 20000; ++i) {
    box.write("tree/" + std::to_string(i) + ".properties",
              "db.password=" + fake(std::to_string(i), 20) + "\n");
  }
  const Outcome second = box.run({"sweep", "tree", "--inventory", db});
  EXPECT_EQ(second.exit_status, 5) << second.err;
  const Outcome list = box.run({"findings", "list", "--inventory", db, "--format", "jsonl"});
  EXPECT_EQ(list.exit_status, 0) << list.err;
  EXPECT_EQ(json_strings(list.out, "credential_id").size(), 1U);
  EXPECT_EQ(::system(("umount " + box.path("small")).c_str()), 0);
}

}  // namespace
}  // namespace nhi::testing
