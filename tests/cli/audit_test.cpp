// Claims about the audit: what is done is recorded first, who changes the record is found out, and
// nobody needs this program to see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    box_.write("estate/app.properties", "db.password=" + fake("a", 20) + "\n");
    box_.write("estate/old.properties", "ldap.password=" + fake("b", 20) + "\n");
  }
  Outcome run(const std::vector<std::string>& args, int status = 0) const {
    const Outcome outcome = box_.run(args);
    EXPECT_EQ(outcome.exit_status, status) << args[0] << ": " << outcome.err;
    return outcome;
  }
  // Every record of the journal, read from an export.
  [[nodiscard]] std::vector<json> records() const {
    run({"audit", "export", "--output", "pack", "--quiet"});
    std::vector<json> out;
    std::istringstream lines(box_.read("pack/audit.jsonl"));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      out.push_back(json::parse(json::parse(line)["record"].get<std::string>()));
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> types() const {
    std::vector<std::string> out;
    for (const json& record : records()) {
      if (record["type"] != "checkpoint") out.push_back(record["type"]);
    }
    return out;
  }
  [[nodiscard]] json newest(const std::string& type) const {
    json found;
    for (const json& record : records()) {
      if (record["type"] == type) found = record;
    }
    return found;
  }
  [[nodiscard]] std::string finding() const {
    return json_strings(run({"findings", "list", "--format", "jsonl"}).out, "id").front();
  }
  // What somebody who owns the file can do with plain SQL.
  void damage(const std::string& sql) const {
    box_.must({"sqlite3", box_.path("home/journal.db"),
               "PRAGMA writable_schema=1; DELETE FROM sqlite_schema WHERE type='trigger';"});
    box_.must({"sqlite3", box_.path("home/journal.db"), sql});
    // Put back as they were: their absence is found too, and would hide what is asked here.
    box_.must({"sqlite3", box_.path("home/journal.db"), triggers_});
  }
  void keep_triggers() {
    triggers_ = box_.other({"sqlite3", box_.path("home/journal.db"),
                            "SELECT sql || ';' FROM sqlite_schema WHERE type='trigger'"})
                    .out;
  }
  Sandbox box_;
  std::string triggers_;
};

TEST_F(AuditTest, HoldsAllThatIsDoneInItsOrder) {
  run({"key", "create"});
  run({"sweep", "estate"}, 1);
  const std::string id = finding();
  run({"findings", "decide", id, "--as", "confirmed", "--by", "Dr Byron"});
  run({"exceptions", "add", id, "--for", "tie", "--reason", "moves", "--until", "2099-01-01"});
  const std::string exception =
      json_strings(run({"exceptions", "list", "--format", "jsonl"}).out, "id").front();
  run({"exceptions", "end", exception, "--reason", "moved"});
  run({"credentials", "attest", id, "--as", "dead", "--evidence", "CHG-7"});
  run({"scan", "estate", "--reveal", "--output", "values.txt"}, 1);
  run({"key", "export", "exported.key"});
  run({"prune", "--older-than", "400d"});
  EXPECT_THAT(types(), ElementsAre("journal.created", "key.created", "sweep.started", "sweep.ended",
                                   "decision.finding", "exception.added", "exception.ended",
                                   "decision.credential", "reveal", "key.exported", "prune"));
  const json decided = newest("decision.finding");
  EXPECT_EQ(decided["actor"]["auth"], "os-user");
  EXPECT_EQ(decided["actor"]["for"], "Dr Byron");
  EXPECT_EQ(decided["body"]["subject"], id);
  EXPECT_EQ(decided["body"]["inventory"], box_.path("nhisweep.db"));
  EXPECT_EQ(newest("reveal")["body"]["output"], box_.path("values.txt"));
  EXPECT_EQ(newest("sweep.ended")["body"]["measures"]["outstanding"], 2);
  EXPECT_EQ(newest("sweep.ended")["body"]["status"], 1);
  run({"audit", "verify"});
}

TEST_F(AuditTest, HoldsNothingOfWhatChangesNothing) {
  run({"sweep", "estate"}, 1);
  const auto before = types();
  const std::string id = finding();
  run({"scan", "estate"}, 1);
  run({"collect", "estate", "--host", "app01", "--output", "a.bundle"}, 1);
  run({"report"});
  run({"findings", "decide", id, "--as", "confirmed", "--dry-run"});
  run({"prune", "--older-than", "400d", "--dry-run"});
  run({"findings", "decide", id, "--as", "nonsense"}, 2);
  EXPECT_EQ(types(), before);
}

TEST_F(AuditTest, SaysWhatASweepHidesThatTheOneBeforeDidNot) {
  run({"sweep", "estate"}, 1);
  const Outcome second = run({"sweep", "estate", "--exclude", "old.*"});
  EXPECT_THAT(second.err, HasSubstr("left out since this sweep: exclude old.*"));
  const json changed = newest("sweep.ended")["body"]["since_last"];
  EXPECT_THAT(changed["left_out_now"].get<std::vector<std::string>>(),
              ElementsAre("exclude old.*"));
  EXPECT_EQ(newest("sweep.ended")["body"]["presence"]["newly_unverified"], 1);
  run({"sweep", "estate"});
  const json back = newest("sweep.ended")["body"]["since_last"];
  EXPECT_THAT(back["read_again"].get<std::vector<std::string>>(), ElementsAre("exclude old.*"));
}

TEST_F(AuditTest, RecordsAnImportWithItsBundles) {
  run({"key", "create"});
  run({"collect", "estate", "--host", "app01", "--output", "a.bundle"}, 1);
  run({"import", "a.bundle"}, 1);
  EXPECT_THAT(types(),
              ElementsAre("journal.created", "key.created", "import.started", "import.ended"));
  EXPECT_THAT(newest("import.started")["body"]["bundles"].get<std::vector<std::string>>(),
              ElementsAre("a.bundle"));
}

TEST_F(AuditTest, StandsInEveryReport) {
  const std::string summary = run({"sweep", "estate"}, 1).out;
  const std::string head = run({"audit", "head"}).out;
  const std::string line = head.substr(0, head.size() - 1);
  EXPECT_THAT(summary, HasSubstr("audit: " + head));
  for (const char* format : {"text", "json", "jsonl", "sarif", "html", "junit"}) {
    EXPECT_THAT(run({"report", "--format", format}).out, HasSubstr(line)) << format;
  }
  run({"report", "--format", "csv", "--output", "r.csv"});
  EXPECT_THAT(box_.read("r.csv.coverage.json"), HasSubstr(line));
  EXPECT_THAT(run({"report", "--format", "prometheus"}).out,
              HasSubstr("nhisweep_audit_record_number " + line.substr(0, line.find(':')) + "\n"));
}

TEST_F(AuditTest, ShowsAChangedRecord) {
  run({"sweep", "estate"}, 1);
  run({"findings", "decide", finding(), "--as", "confirmed", "--by", "ada"});
  keep_triggers();
  run({"audit", "verify"});
  damage("UPDATE event SET record = replace(record, 'ada', 'bob') WHERE record LIKE '%ada%'");
  const Outcome verify = run({"audit", "verify"}, 5);
  EXPECT_THAT(verify.out, AllOf(HasSubstr("NOT as it was written"), HasSubstr("does not follow")));
  run({"audit", "export", "--output", "pack"}, 5);
  EXPECT_THAT(box_.read("pack/audit.html"), HasSubstr("not as it was written"));
  EXPECT_THAT(box_.read("pack/audit.jsonl"), HasSubstr("\"whole\":false"));
}

TEST_F(AuditTest, ShowsACutEndByWhatTheInventoryNotedOrAPersonDid) {
  run({"sweep", "estate"}, 1);
  run({"sweep", "estate"});
  const std::string head = run({"audit", "head"}).out;
  keep_triggers();
  damage("DELETE FROM event WHERE seq > 4");
  EXPECT_THAT(run({"audit", "verify"}, 5).out,
              AllOf(HasSubstr("its end was cut off"), HasSubstr("sweep 2 in ./nhisweep.db")));
  fs::rename(box_.path("nhisweep.db"), box_.path("away.db"));
  EXPECT_THAT(run({"audit", "verify"}).out, HasSubstr("no anchor was given"));
  EXPECT_THAT(run({"audit", "verify", "--anchor", head.substr(0, head.size() - 1)}, 5).out,
              HasSubstr("its end was cut off"));
  EXPECT_THAT(run({"audit", "verify", "--anchor", "17:zz"}, 2).err, HasSubstr("--anchor"));
}

TEST_F(AuditTest, ShowsAnotherKeyThanTheOneThatWasKept) {
  run({"sweep", "estate"}, 1);
  run({"audit", "head", "--public-key", "audit.pub"});
  EXPECT_THAT(box_.read("audit.pub"), HasSubstr("-----BEGIN PUBLIC KEY-----"));
  EXPECT_THAT(run({"audit", "verify", "--public-key", "audit.pub"}).out,
              Not(HasSubstr("no public key")));
  fs::remove(box_.path("home/audit.key"));
  run({"sweep", "estate"});
  EXPECT_THAT(types(), ::testing::Contains("audit-key.changed"));
  EXPECT_THAT(run({"audit", "verify"}).out, HasSubstr("another key signs"));
  EXPECT_THAT(run({"audit", "verify", "--public-key", "audit.pub"}, 5).out,
              HasSubstr("not the one that was given"));
}

TEST_F(AuditTest, WithoutItNothingIsDone) {
  run({"sweep", "estate"}, 1);
  const std::string id = finding();
  const std::string before = run({"findings", "list", "--format", "json"}).out;
  fs::create_directory(box_.path("no-file"));
  const Outcome decide =
      run({"findings", "decide", id, "--as", "confirmed", "--journal", "no-file"}, 5);
  EXPECT_THAT(decide.err, AllOf(HasSubstr("not a regular file"), HasSubstr("NHISWEEP_JOURNAL")));
  run({"sweep", "estate", "--journal", "no-file"}, 5);
  run({"scan", "estate", "--reveal", "--output", "v.txt", "--journal", "no-file"}, 5);
  EXPECT_FALSE(fs::exists(box_.path("v.txt")));
  run({"key", "rotate", "--journal", "no-file"}, 5);
  EXPECT_EQ(run({"findings", "list", "--format", "json"}).out, before);
  EXPECT_THAT(run({"audit", "head", "--journal", "none.db"}, 5).err,
              HasSubstr("there is no journal"));
  EXPECT_FALSE(fs::exists(box_.path("none.db")));
}

// The disk ends in the middle of a sweep: what had begun did not end.
TEST_F(AuditTest, SaysThatWhatItHoldsWasNotDone) {
  std::string many;
  for (int i = 0; i < 4000; ++i) {
    many += "db.password=" + fake("many" + std::to_string(i), 20) + "\n";
  }
  box_.write("estate/many.properties", many);
  const Outcome sweep = box_.other(
      {"sh", "-c", std::string("ulimit -f 2000; exec '") + NHI_PROGRAM + "' sweep estate"});
  EXPECT_EQ(sweep.exit_status, 5) << sweep.err;
  EXPECT_THAT(types(), ElementsAre("journal.created", "sweep.started", "failed"));
  EXPECT_EQ(newest("failed")["body"]["of"], "sweep.started");
  EXPECT_EQ(newest("failed")["body"]["error"], "store");
  run({"audit", "verify"});
}

// The journal and the key lie in what is swept: they are the program's own.
TEST_F(AuditTest, IsNoFindingItself) {
  run({"sweep", "home"});
  run({"sweep", "home"});
  EXPECT_THAT(run({"findings", "list", "--format", "jsonl"}).out, Not(HasSubstr("audit.key")));
}

// The page of the manual holds a program that checks an export. It is run as it stands there.
TEST_F(AuditTest, IsCheckedByTheDocumentedProgramToo) {
  run({"sweep", "estate"}, 1);
  run({"findings", "decide", finding(), "--as", "confirmed", "--by", "ad\xC3\xA9le"});
  run({"audit", "export", "--output", "pack"});
  run({"audit", "head", "--public-key", "audit.pub"});
  std::ifstream page(std::string(NHI_SOURCE_DIR) + "/docs/audit.md");
  std::stringstream text;
  text << page.rdbuf();
  const std::string all = text.str();
  const std::size_t begin = all.find("```python\n") + 10;
  box_.write("check.py", all.substr(begin, all.find("```", begin) - begin));
  const auto check = [&] {
    return box_.other(
        {"python3", box_.path("check.py"), box_.path("pack/audit.jsonl"), box_.path("audit.pub")});
  };
  const Outcome whole = check();
  EXPECT_EQ(whole.exit_status, 0) << whole.err;
  EXPECT_EQ(whole.out, "whole: " + run({"audit", "head"}).out);

  const std::string good = box_.read("pack/audit.jsonl");
  std::string bad = good;
  bad.replace(bad.find("confirmed"), 9, "confIrmed");
  box_.write("pack/audit.jsonl", bad);
  EXPECT_THAT(check().err, HasSubstr("is not as it was"));
  std::string forged = good;
  const std::size_t at = forged.rfind("signature\\\":\\\"") + 14;
  forged[at] = forged[at] == 'A' ? 'B' : 'A';
  box_.write("pack/audit.jsonl", forged);
  EXPECT_NE(check().exit_status, 0);
}

TEST_F(AuditTest, OfAPeriodIsThatPeriodOnly) {
  run({"sweep", "estate"}, 1);
  run({"audit", "export", "--output", "later", "--from", "2099-01-01"});
  EXPECT_THAT(box_.read("later/audit.html"), HasSubstr("0 records"));
  run({"audit", "export", "--output", "all", "--from", "2020-01-01", "--to", "2099-01-01"});
  EXPECT_THAT(box_.read("all/audit.html"), HasSubstr("4 records"));
  EXPECT_THAT(run({"audit", "export", "--output", "x", "--from", "soon"}, 2).err,
              HasSubstr("--from soon"));
}

// A service's first command is run by root, the next by the service itself.
TEST_F(AuditTest, BegunByRootGoesOnAsTheOneWhoseFolderItIs) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to act as somebody else";
  constexpr uid_t kService = 12345;
  ASSERT_EQ(::chmod(box_.folder().c_str(), 0755), 0);
  ASSERT_EQ(::chown(box_.path("home").c_str(), kService, kService), 0);
  run({"key", "create"});
  for (const char* key : {"home/fingerprint.key", "home/audit.key"}) {
    ASSERT_EQ(::chown(box_.path(key).c_str(), kService, kService),
              0);  // here nobody has a capability
  }
  RunOptions service;
  service.uid = kService;
  const Outcome sweep =
      box_.run({"sweep", box_.path("estate"), "--inventory", box_.path("home/n.db")}, service);
  EXPECT_EQ(sweep.exit_status, 1) << sweep.err;
  EXPECT_EQ(newest("sweep.started")["actor"]["uid"], kService);
}

// glibc's syslog() sends to /dev/log, wherever it runs; in a container there is often none.
TEST_F(AuditTest, GoesToSyslogWhenAsked) {
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  constexpr std::string_view kPath = "/dev/log";
  kPath.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    GTEST_SKIP() << "/dev/log is somebody's, or cannot be made";
  }
  run({"sweep", "estate", "--audit-syslog"}, 1);
  char text[512] = {};
  const ssize_t got = ::recv(socket, text, sizeof text - 1, MSG_DONTWAIT);
  ::close(socket);
  ::unlink(kPath.data());
  ASSERT_GT(got, 0);
  const std::string head = run({"audit", "head"}).out;
  EXPECT_THAT(std::string(text), AllOf(HasSubstr("nhisweep"), HasSubstr("audit "),
                                       HasSubstr(head.substr(0, head.size() - 1))));
}

}  // namespace
}  // namespace nhi::testing
