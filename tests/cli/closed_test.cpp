// Claims: nothing is called clean that was not looked into. A closed container is unread, by name
// and kind, tonight and in every later sweep, until somebody says that it may stay closed; what can
// be read of it, of a cut definition and of everything beside it is read all the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kZip = "PK\x03\x04\x14\0\x08\0\x08\0"s + std::string(60, '\x9B');
const std::string kGzip = "\x1F\x8B\x08\0\0\0\0\0\0\x03"s + std::string(60, '\x9B');

void write_containers(const Sandbox& box) {
  box.write("t/notes.txt", "nothing to see\n");
  box.write("t/lib/app.jar", kZip);
  box.write("t/old/log.gz", kGzip);
  box.write("t/old/other.gz", kGzip);
}

TEST(ClosedContainers, AreUnreadByNameAndKindAndTheStatusIsIncomplete) {
  const Sandbox box;
  write_containers(box);
  const Outcome scan = box.run({"scan", "t"});
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_THAT(scan.out, HasSubstr("NOT READ: 3 places"));
  EXPECT_THAT(scan.out, HasSubstr("recognised and not opened: 2 gzip, 1 zip"));
  EXPECT_THAT(scan.out, HasSubstr("  t/lib/app.jar: closed-zip\n"));
  EXPECT_THAT(scan.out, HasSubstr("  t/old/log.gz: closed-gzip\n"));
  EXPECT_THAT(scan.out, Not(HasSubstr("everything in scope was read")));
  EXPECT_THAT(scan.err, HasSubstr("--accept-closed KIND"));
  const Outcome json = box.run({"scan", "t", "--format", "json"});
  EXPECT_EQ(json.exit_status, 3);
  EXPECT_THAT(json.out, HasSubstr(R"("path":"lib/app.jar","reason":"closed-zip","bytes":70)"));
  EXPECT_THAT(json.out, HasSubstr(R"("unread_total":3)"));
}

TEST(ClosedContainers, WhoseNamesPromiseThemAreUnreadWhereTheBytesAreNoText) {
  const Sandbox box;
  box.write("t/gw.p12", "\x01\x02\x03 garbage \xFF\0\x07"s);
  box.write("t/words.p12", "this was never a keystore\n");
  const Outcome scan = box.run({"scan", "t"});
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_THAT(scan.out, HasSubstr("NOT READ: 1 place\n"));
  EXPECT_THAT(scan.out, HasSubstr("  t/gw.p12: closed-pkcs12\n"));
}

TEST(ClosedContainers, TextThatBeginsLikeOneIsRead) {
  const Sandbox box;
  box.write("t/a.txt", "PK, BZh9, Rar! and %PDF- are marks of files\n");
  box.write("t/b.txt", "BZh9 is one of them\n");
  box.write("t/c.txt", "%PDF- is another\n");
  EXPECT_EQ(box.run({"scan", "t"}).exit_status, 0);
}

TEST(ClosedContainers, AreGoneThroughAsBytes) {
  const Sandbox box;
  // As `ar` writes it: members lie open, and may still be archives.
  std::string header = "app.properties/";
  header.resize(48, ' ');
  box.write("t/conf.ar",
            "!<arch>\n" + header + "40        `\ndb.password=" + fake("ar", 20) + "\n");
  const Outcome scan = box.run({"scan", "t"});
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_THAT(scan.out, HasSubstr("1 credential in 1 place"));
  EXPECT_THAT(scan.out, HasSubstr("  t/conf.ar: closed-ar\n"));
}

TEST(ClosedContainers, OnStandardInputAreUnread) {
  const Sandbox box;
  RunOptions input;
  input.input = kGzip;
  const Outcome scan = box.run({"scan", "-"}, input);
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_THAT(scan.out, HasSubstr("-: closed-gzip"));
}

TEST(ClosedContainers, OfAnAcceptedKindAreLeftOutAndCounted) {
  const Sandbox box;
  write_containers(box);
  const Outcome gzip = box.run({"scan", "t", "--accept-closed", "gzip"});
  EXPECT_EQ(gzip.exit_status, 3);
  EXPECT_THAT(gzip.out, HasSubstr("left out as told: closed-gzip (2 places, 140 bytes)"));
  EXPECT_THAT(gzip.out, HasSubstr("NOT READ: 1 place\n"));
  for (const char* kinds : {"gzip,zip", "all"}) {
    const Outcome all = box.run({"scan", "t", "--accept-closed", kinds});
    EXPECT_EQ(all.exit_status, 0) << kinds;
    EXPECT_THAT(all.out, HasSubstr("left out as told: closed-gzip (2 places, 140 bytes)"));
    EXPECT_THAT(all.out, HasSubstr("left out as told: closed-zip (1 place, 70 bytes)"));
  }
  box.write("nhisweep.yaml", "accept-closed: [gzip, zip]\n");
  EXPECT_EQ(box.run({"scan", "t"}).exit_status, 0);
  box.write("nhisweep.yaml", "");
  const Outcome unknown = box.run({"scan", "t", "--accept-closed", "gzippo"});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("gzip"));
}

TEST(ClosedContainers, AreToldByEverySweepAndReadByTheFirstOnly) {
  const Sandbox box;
  write_containers(box);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(box.path("t"))) {
    if (!entry.is_regular_file()) continue;
    box.must({"touch", "-d", "2026-01-01", entry.path().string()});
  }
  // The clock is later than the files: what changed just now would be read again.
  const auto sweep = [&](const std::string& date, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"sweep", "t", "--as-of", date});
    return box.run(more);
  };
  EXPECT_EQ(sweep("2036-01-01").exit_status, 3);
  const Outcome second = sweep("2036-01-02");
  EXPECT_EQ(second.exit_status, 3);
  EXPECT_THAT(second.out, HasSubstr("NOT READ: 3 places"));
  EXPECT_THAT(second.out, HasSubstr("read 0 files"));
  EXPECT_EQ(sweep("2036-01-03", {"--accept-closed", "all"}).exit_status, 0);
  const Outcome list = box.run({"report", "--measure", "unread"});
  EXPECT_EQ(list.exit_status, 0);
  EXPECT_EQ(sweep("2036-01-04").exit_status, 3);
  box.write("estate.yaml",
            "estate: Test\ntargets:\n  - {name: t, path: t}\n"
            "accepted_unread:\n"
            "  - {path: 't/**/*.jar', owner: pas, reason: build output, expires: 2036-02-01}\n"
            "  - {path: t/old, owner: pas, reason: rotated logs, expires: 2036-02-01}\n");
  const auto estate = [&](const std::string& date) {
    return box.run({"sweep", "--estate", "estate.yaml", "--as-of", date}).exit_status;
  };
  EXPECT_EQ(estate("2036-01-05"), 0);
  EXPECT_EQ(estate("2036-02-01"), 3);
}

class ClosedHistory : public ::testing::Test {
 protected:
  ClosedHistory() {
    box_.write("r/lib/app.jar", kZip);
    box_.write("r/conf.properties", "db.host=db1\n");
    box_.must({"git", "init", "-q", "-b", "main", box_.path("r")});
    commit("first");
    box_.write("r/lib/app.jar", kZip + "another version");
    commit("second");
    std::filesystem::remove(box_.path("r/lib/app.jar"));
    commit("third");
  }
  void commit(const std::string& message) {
    box_.must({"git", "add", "-A"}, box_.path("r"));
    box_.must({"git", "commit", "-q", "-m", message}, box_.path("r"));
  }
  Sandbox box_;
};

TEST_F(ClosedHistory, IsUnreadOnceForAllVersionsOfAPlace) {
  const Outcome scan = box_.run({"scan", "r"});
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_THAT(scan.out, HasSubstr("NOT READ: 1 place\n"));
  EXPECT_THAT(scan.out, HasSubstr("  r/lib/app.jar: closed-zip: git blob "));
  EXPECT_THAT(scan.out, HasSubstr(" and 1 more\n"));
  EXPECT_EQ(box_.run({"scan", "r", "--accept-closed", "zip"}).exit_status, 0);
  EXPECT_EQ(box_.run({"scan", "r", "--no-git-history"}).exit_status, 0);
}

TEST_F(ClosedHistory, IsToldAgainWithoutBeingReadAgain) {
  EXPECT_EQ(box_.run({"sweep", "r"}).exit_status, 3);
  const Outcome second = box_.run({"sweep", "r"});
  EXPECT_EQ(second.exit_status, 3);
  EXPECT_THAT(second.out, HasSubstr("r/lib/app.jar: closed-zip: git blob "));
  EXPECT_THAT(second.out, Not(HasSubstr("kB, 7 git objects")));
  EXPECT_THAT(second.out, HasSubstr("unchanged and known from before: "));
}

TEST_F(ClosedHistory, DoesNotKeepARemovedSecretFromBeingGone) {
  box_.must({"git", "checkout", "-q", "-b", "side"}, box_.path("r"));
  box_.write("r/side.properties", "db.password=" + fake("side", 20) + "\n");
  commit("side");
  EXPECT_EQ(box_.run({"sweep", "r"}).exit_status, 3);
  box_.must({"git", "checkout", "-q", "main"}, box_.path("r"));
  box_.must({"git", "branch", "-q", "-D", "side"}, box_.path("r"));
  box_.must({"git", "reflog", "expire", "--expire=now", "--all"}, box_.path("r"));
  box_.must({"git", "gc", "-q", "--prune=now"}, box_.path("r"));
  const Outcome after = box_.run({"sweep", "r"});
  EXPECT_EQ(after.exit_status, 3);
  const Outcome gone = box_.run({"findings", "list", "--state", "gone"});
  EXPECT_THAT(gone.out, HasSubstr("side.properties")) << after.out;
}

TEST(CutDefinition, IsUnreadFromItsPlaceOnAndGoneThroughWithTheRules) {
  const Sandbox box;
  const std::string channel =
      "<channel version=\"3.12.0\">\n  <id>0b7c</id>\n  <name>ADT</name>\n  <sourceConnector>\n"
      "    <note>db.password=" +
      fake("cut", 20) + "</note>\n    <prop";
  box.write("t/adt.xml", channel);
  const Outcome scan = box.run({"scan", "t"});
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_THAT(scan.out, HasSubstr("1 credential in 1 place"));
  EXPECT_THAT(scan.out, HasSubstr("  t/adt.xml: definition-damaged: from 6:"));
}

TEST(CutDefinition, InHistoryIsNamedByItsBlob) {
  const Sandbox box;
  box.write("r/adt.xml", "<channel version=\"3.12.0\">\n  <id>0b7c</id>\n  <sourceConnector>");
  box.must({"git", "init", "-q", "-b", "main", box.path("r")});
  box.must({"git", "add", "-A"}, box.path("r"));
  box.must({"git", "commit", "-q", "-m", "first"}, box.path("r"));
  std::filesystem::remove(box.path("r/adt.xml"));
  const Outcome scan = box.run({"scan", "r"});
  EXPECT_EQ(scan.exit_status, 3);
  EXPECT_THAT(scan.out, ::testing::ContainsRegex("  r/[0-9a-f]+: definition-damaged: from 3:"));
}

}  // namespace
}  // namespace nhi::testing
