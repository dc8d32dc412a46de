// Claims about what people decide of findings: by command and by spreadsheet, kept with history,
// seen in every format, and outliving sweeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TriageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("share/a.properties", "db.password=" + fake("a", 20) + "\n");
    box_.write("share/b.properties", "db.password=" + fake("b", 20) + "\n");
    EXPECT_EQ(sweep("2026-11-25").exit_status, 1);
    ids_ = listed({});
    ASSERT_EQ(ids_.size(), 2u);
  }
  Outcome sweep(const std::string& as_of) {
    return box_.run({"sweep", "share", "--as-of", as_of, "--full"});
  }
  std::vector<std::string> listed(std::vector<std::string> filter) {
    std::vector<std::string> args = {"findings", "list", "--format", "csv"};
    args.insert(args.end(), filter.begin(), filter.end());
    std::vector<std::string> ids;
    const std::string text = box_.run(args).out;
    for (std::size_t at = text.find("\r\n"); at != std::string::npos && at + 2 < text.size();
         at = text.find("\r\n", at + 2)) {
      ids.push_back(text.substr(at + 2, text.find(',', at + 2) - at - 2));
    }
    return ids;
  }
  Outcome decide(std::vector<std::string> more, const std::string& as_of = "2026-11-26") {
    std::vector<std::string> args = {"findings", "decide", "--as-of", as_of};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
  std::string report(const std::string& format) {
    return box_.run({"report", "--format", format}).out;
  }
  Sandbox box_;
  std::vector<std::string> ids_;
};

TEST_F(TriageTest, AFalsePositiveIsShownEverywhereAndMakesNoStatus) {
  ASSERT_EQ(decide({"--state", "new", "--as", "false-positive", "--reason", "sample, not used",
                    "--by", "Ada Ward"})
                .exit_status,
            0);
  EXPECT_THAT(report("jsonl"), HasSubstr(R"("decision":{"kind":"false-positive")"));
  EXPECT_THAT(report("jsonl"), HasSubstr("on behalf of Ada Ward"));
  EXPECT_THAT(report("sarif"), HasSubstr(R"("justification":"false positive: sample, not used")"));
  EXPECT_THAT(report("csv"), HasSubstr("false-positive,,\"sample, not used\""));
  EXPECT_THAT(report("junit"),
              HasSubstr("<skipped message=\"false positive: sample, not used\"/>"));
  EXPECT_THAT(report("junit"), HasSubstr("failures=\"0\""));
  EXPECT_THAT(report("html"), HasSubstr("sample, not used"));
  EXPECT_THAT(report("text"), HasSubstr("false positive: sample, not used"));
  const Outcome next = sweep("2026-11-27");
  EXPECT_EQ(next.exit_status, 0);
  EXPECT_THAT(next.out, HasSubstr("open 2"));
  EXPECT_THAT(next.out, HasSubstr("of these accepted 0, false positive 2: not counted"));
  EXPECT_THAT(next.out, HasSubstr("outstanding: 0 credentials"));
}

TEST_F(TriageTest, AVerdictOfACredentialHoldsForAPlaceFoundLater) {
  const std::string credential =
      json_strings(box_.run({"findings", "show", ids_[0], "--format", "jsonl"}).out,
                   "credential_id")
          .at(0);
  ASSERT_EQ(decide({credential, "--as", "false-positive", "--reason", "test value"}).exit_status,
            0);
  const bool first_is_a = listed({"--decision", "none"}).at(0) == ids_[1];
  EXPECT_TRUE(first_is_a);
  box_.write("share/c.properties", box_.read("share/a.properties"));
  box_.write("share/d.properties", box_.read("share/b.properties"));
  EXPECT_EQ(sweep("2026-11-27").exit_status, 1) << "the other value's new place counts";
  EXPECT_EQ(listed({"--decision", "false-positive"}).size(), 2u);
}

TEST_F(TriageTest, TheNewestIsInForceAndTheRecordStays) {
  ASSERT_EQ(decide({ids_[0].substr(0, 10), "--as", "confirmed"}).exit_status, 0);
  ASSERT_EQ(decide({ids_[0], "--as", "assigned", "--to", "pas-team"}, "2026-11-27").exit_status, 0);
  ASSERT_EQ(decide({ids_[0], "--as", "ticket", "--ticket", "CHG-7"}, "2026-11-28").exit_status, 0);
  EXPECT_EQ(listed({"--decision", "ticket"}), std::vector<std::string>{ids_[0]});
  EXPECT_TRUE(listed({"--decision", "assigned"}).empty());
  EXPECT_EQ(sweep("2026-11-29").exit_status, 0) << "known, not new";
  const std::string shown = box_.run({"findings", "show", ids_[0]}).out;
  EXPECT_THAT(shown, HasSubstr("ticket CHG-7, assigned to pas-team"));
  EXPECT_THAT(shown, HasSubstr("2026-11-26"));
  EXPECT_THAT(shown, HasSubstr("2026-11-27"));
  ASSERT_EQ(decide({ids_[0], "--as", "none", "--reason", "wrong one"}, "2026-11-30").exit_status,
            0);
  EXPECT_EQ(listed({"--decision", "none"}).size(), 2u);
  EXPECT_THAT(box_.run({"findings", "show", ids_[0]}).out, HasSubstr("taken back: wrong one"));
}

TEST_F(TriageTest, AcceptedNeedsOwnerReasonAndEndAndIsAnException) {
  const std::vector<std::string> all = {ids_[0],    "--as",   "accepted", "--for",     "pas-team",
                                        "--reason", "vendor", "--until",  "2027-01-31"};
  for (const std::size_t left_out : {3u, 5u, 7u}) {
    std::vector<std::string> args = all;
    args.erase(args.begin() + static_cast<std::ptrdiff_t>(left_out),
               args.begin() + static_cast<std::ptrdiff_t>(left_out) + 2);
    const Outcome refused = decide(args);
    EXPECT_EQ(refused.exit_status, 2) << all[left_out];
    EXPECT_THAT(refused.err, HasSubstr(all[left_out]));
  }
  ASSERT_EQ(decide(all).exit_status, 0);
  EXPECT_EQ(sweep("2026-11-27").exit_status, 0);
  EXPECT_EQ(listed({"--decision", "accepted"}), std::vector<std::string>{ids_[0]});
  EXPECT_THAT(box_.run({"exceptions", "list", "--as-of", "2026-11-27"}).out,
              HasSubstr("owner pas-team: vendor"));
  // Accepting it again moves the end: there is one exception, and it ends earlier.
  std::vector<std::string> sooner = all;
  sooner.back() = "2026-12-01";
  ASSERT_EQ(decide(sooner).exit_status, 0);
  const std::string list = box_.run({"exceptions", "list", "--as-of", "2026-11-27"}).out;
  EXPECT_THAT(list, HasSubstr("until 2026-12-01"));
  EXPECT_THAT(list, Not(HasSubstr("2027-01-31")));
  ASSERT_EQ(decide({ids_[0], "--as", "none"}).exit_status, 0);
  EXPECT_EQ(box_.run({"exceptions", "list", "--as-of", "2026-11-27"}).out, "none\n");
}

TEST_F(TriageTest, RefusesWordsThatMissOrContradict) {
  const std::vector<std::vector<std::string>> bad = {
      {ids_[0]},
      {ids_[0], "--as", "false-positive"},
      {ids_[0], "--as", "assigned"},
      {ids_[0], "--as", "ticket"},
      {ids_[0], "--as", "wrong"},
      {ids_[0], "--as", "confirmed", "--until", "2027-01-31"},
      {ids_[0], "--as", "accepted", "--for", "a", "--reason", "b", "--until", "31/01/2027"},
      {"--as", "confirmed"},
      {"f_00000000", "--as", "confirmed"},
      {"f_", "--as", "confirmed"}};
  for (const auto& args : bad) {
    const Outcome refused = decide(args);
    EXPECT_EQ(refused.exit_status, 2) << refused.err;
  }
  EXPECT_EQ(listed({"--decision", "none"}).size(), 2u);
}

TEST_F(TriageTest, DecisionsAreEventsOnce) {
  ASSERT_EQ(decide({ids_[0], "--as", "assigned", "--to", "pas-team"}).exit_status, 0);
  const auto events = [&] {
    return box_.run({"findings", "list", "--since-sweep", "last", "--format", "jsonl"}).out;
  };
  const std::string first = events();
  EXPECT_THAT(first, HasSubstr(R"("event":"decided")"));
  EXPECT_THAT(first, HasSubstr(R"("decision":{"kind":"assigned")"));
  EXPECT_EQ(first, events());
}

TEST_F(TriageTest, TheExportComesBackWithoutChangingAnything) {
  ASSERT_EQ(
      decide({ids_[0], "--as", "assigned", "--to", "=team", "--evidence", "-mail"}).exit_status, 0);
  ASSERT_EQ(decide({ids_[1], "--as", "accepted", "--for", "pas", "--reason", "@x", "--until",
                    "2027-01-31"})
                .exit_status,
            0);
  ASSERT_EQ(box_.run({"findings", "export", "--output", "f.csv"}).exit_status, 0);
  EXPECT_THAT(box_.read("f.csv"), HasSubstr("'=team"));
  const Outcome same = box_.run({"findings", "import", "f.csv", "--as-of", "2026-11-26"});
  EXPECT_EQ(same.exit_status, 0) << same.err;
  EXPECT_EQ(same.out, "");
  EXPECT_THAT(same.err, HasSubstr("0 decided, 2 as before"));
}

TEST_F(TriageTest, ASpreadsheetDecidesById) {
  box_.write("d.csv", "id,decision,owner,reason,until,ticket,evidence\r\n" + ids_[0] +
                          ",ticket,pas-team,,,CHG-9,mail of Monday\r\n" + ids_[1] +
                          ",accepted,pas-team,vendor,2027-01-31,,\r\n");
  const Outcome dry =
      box_.run({"findings", "import", "d.csv", "--dry-run", "--as-of", "2026-11-26"});
  EXPECT_EQ(dry.exit_status, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr(ids_[0] + "  ticket"));
  EXPECT_EQ(listed({"--decision", "none"}).size(), 2u) << "a dry run stores nothing";
  ASSERT_EQ(decide({"--csv", "d.csv"}).exit_status, 0);
  EXPECT_EQ(listed({"--decision", "ticket"}), std::vector<std::string>{ids_[0]});
  EXPECT_EQ(listed({"--decision", "accepted"}), std::vector<std::string>{ids_[1]});
}

TEST_F(TriageTest, EveryFaultOfASpreadsheetIsNamedAndNothingIsDone) {
  box_.write("d.csv", "id,decision,decision.owner,until\n" + ids_[0] + ",confirmed,,\n" +
                          "f_0,confirmed,,\n" + ids_[1] + ",accepted,x,soon\n" + ids_[0] +
                          ",confirmed,,\n" + ids_[1] + ",,someone,\n");
  const Outcome refused = box_.run({"findings", "import", "d.csv"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("d.csv:3: column id: nothing has the id 'f_0'"));
  EXPECT_THAT(refused.err, HasSubstr("d.csv:4: column decision.reason: an acceptance needs"));
  EXPECT_THAT(refused.err, HasSubstr("d.csv:5: column id: '" + ids_[0] + "' is on line 2"));
  EXPECT_THAT(refused.err, HasSubstr("d.csv:6: column id: '" + ids_[1] + "' is on line 4"));
  EXPECT_THAT(refused.err, HasSubstr("4 faults in the file: nothing was done"));
  EXPECT_EQ(listed({"--decision", "none"}).size(), 2u);
  EXPECT_EQ(decide({ids_[0], "--as", "confirmed", "--csv", "d.csv"}).exit_status, 2)
      << "a file and words at once";
  box_.write("d.csv", "id,decision,owner,reason,until\n" + ids_[1] + ",accepted,x,y,soon\n");
  EXPECT_THAT(box_.run({"findings", "import", "d.csv"}).err, HasSubstr("d.csv:2: column until: "));
}

TEST_F(TriageTest, ExceptionsAreAddedAndEndedByFile) {
  box_.write("a.csv", "id,owner,reason,until\n" + ids_[0] + ",pas,vendor,2027-01-31\n" + ids_[1] +
                          ",ris,vendor,2027-01-31\n");
  ASSERT_EQ(box_.run({"exceptions", "add", "--csv", "a.csv", "--as-of", "2026-11-26"}).exit_status,
            0);
  const std::string list =
      box_.run({"exceptions", "list", "--format", "jsonl", "--as-of", "2026-11-26"}).out;
  const std::vector<std::string> ids = json_strings(list, "id");
  ASSERT_EQ(ids.size(), 2u);
  box_.write("e.csv", "id,reason\n" + ids[0] + ",rotated\n" + ids[0] + ",twice\ne_0,no\n");
  const Outcome refused =
      box_.run({"exceptions", "end", "--csv", "e.csv", "--as-of", "2026-11-27"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("e.csv:3: column id"));
  EXPECT_THAT(refused.err, HasSubstr("e.csv:4: column id: no exception has the id 'e_0'"));
  box_.write("e.csv", "id,reason\n" + ids[0] + ",rotated\n" + ids[1] + ",rotated\n");
  ASSERT_EQ(box_.run({"exceptions", "end", "--csv", "e.csv", "--as-of", "2026-11-27"}).exit_status,
            0);
  EXPECT_EQ(box_.run({"exceptions", "list", "--as-of", "2026-11-27"}).out, "none\n");
}

class ForeignLists : public TriageTest {
 protected:
  Outcome import(const std::string& kind, std::vector<std::string> more = {}) const {
    std::vector<std::string> args = {"findings", "import",  "list",      "--from",
                                     kind,       "--as-of", "2026-11-26"};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
};

TEST_F(ForeignLists, GitleaksIgnoreBecomesFalsePositivesByPlace) {
  box_.write("list",
             "# ours\na.properties:generic-api-key:1\n0123abc:b.properties:generic-api-key:1\n"
             "a.properties:generic-api-key:9\nc.properties:x:1\n");
  const Outcome dry = import("gitleaksignore", {"--dry-run"});
  ASSERT_EQ(dry.exit_status, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr(ids_[0] + "  false-positive"));
  EXPECT_THAT(dry.out, HasSubstr("left  b.properties:1 (generic-api-key), list:3: the finding "
                                 "there came with another commit"));
  EXPECT_THAT(dry.out, HasSubstr("list:4: no finding on this line, 1 on others"));
  EXPECT_THAT(dry.out, HasSubstr("list:5: no finding in this file"));
  EXPECT_THAT(dry.err, HasSubstr("1 would be decided, 0 as before, 3 left"));
  EXPECT_EQ(listed({"--decision", "none"}).size(), 2u) << "a dry run stores nothing";
  ASSERT_EQ(import("gitleaksignore", {"--by", "Ada Ward"}).exit_status, 0);
  EXPECT_EQ(listed({"--decision", "false-positive"}), std::vector<std::string>{ids_[0]});
  const std::string shown = box_.run({"findings", "show", ids_[0], "--format", "json"}).out;
  EXPECT_THAT(shown, HasSubstr("gitleaks ignores a.properties:1 (generic-api-key), list:2"));
  EXPECT_THAT(shown, HasSubstr("on behalf of Ada Ward"));
  EXPECT_THAT(import("gitleaksignore").err, HasSubstr("0 decided, 1 as before, 3 left"));
}

TEST_F(ForeignLists, WhatPeopleDecidedHereIsLeft) {
  ASSERT_EQ(decide({ids_[0], "--as", "confirmed"}).exit_status, 0);
  box_.write("list", "a.properties:x:1\n");
  EXPECT_THAT(import("gitleaksignore").out, HasSubstr("decided here already: confirmed, by "));
  EXPECT_EQ(listed({"--decision", "confirmed"}), std::vector<std::string>{ids_[0]});
}

TEST_F(ForeignLists, AFaultyListOrAnUnknownRootDecidesNothing) {
  box_.write("list", "a.properties:x:1\nhello\nb.properties:x:*\n");
  const Outcome faulty = import("gitleaksignore");
  EXPECT_EQ(faulty.exit_status, 2);
  EXPECT_THAT(faulty.err, HasSubstr("list:2: column 1: no fingerprint of gitleaks"));
  EXPECT_THAT(faulty.err, HasSubstr("list:3:"));
  box_.write("list", "a.properties:x:1\n");
  const Outcome unknown = import("gitleaksignore", {"--root", "shore"});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'share'?"));
  EXPECT_EQ(import("csv", {"--root", "share"}).exit_status, 2);
  EXPECT_EQ(import("detect-secrets").exit_status, 2);
  EXPECT_EQ(listed({"--decision", "none"}).size(), 2u);
}

TEST_F(ForeignLists, WhereThereAreTwoRootsOneIsNamed) {
  box_.write("other/a.properties", "db.password=" + fake("o", 20) + "\n");
  ASSERT_EQ(box_.run({"sweep", "share", "other", "--as-of", "2026-11-26"}).exit_status, 1);
  box_.write("list", "a.properties:x:1\n");
  const Outcome several = import("gitleaksignore");
  EXPECT_EQ(several.exit_status, 2);
  EXPECT_THAT(several.err, HasSubstr("holds 2 roots: in which do these paths begin?"));
  ASSERT_EQ(import("gitleaksignore", {"--root", "share"}).exit_status, 0);
  EXPECT_EQ(listed({"--decision", "false-positive"}), std::vector<std::string>{ids_[0]});
}

TEST_F(ForeignLists, ADetectSecretsAuditBecomesDecisionsAndSilenceNone) {
  const auto entry = [](const std::string& file, const std::string& audit) {
    return "\"" + file + R"(":[{"type":"Secret Keyword","filename":")" + file +
           R"(","hashed_secret":"0f","is_verified":false,"line_number":1)" + audit + "}]";
  };
  box_.write("list", "{\"version\":\"1.5.0\",\"results\":{" +
                         entry("a.properties", ",\"is_secret\":false") + "," +
                         entry("b.properties", ",\"is_secret\":true") + "}}");
  ASSERT_EQ(import("detect-secrets").exit_status, 0);
  EXPECT_EQ(listed({"--decision", "false-positive"}), std::vector<std::string>{ids_[0]});
  EXPECT_EQ(listed({"--decision", "confirmed"}), std::vector<std::string>{ids_[1]});
  box_.write("list", "{\"version\":\"1.5.0\",\"results\":{" + entry("a.properties", "") + "}}");
  EXPECT_THAT(import("detect-secrets").err, HasSubstr("0 decided, 0 as before, 1 not audited"));
}

// The folder of one path may be named anew: decisions hang on what it holds.
TEST_F(TriageTest, DecisionsOutliveSweepsMovedLinesAndARenamedCheckout) {
  box_.write("estate.yaml",
             "estate: T\ntargets:\n  - {name: share, path: " + box_.path("share") + "}\n");
  ASSERT_EQ(box_.run({"sweep", "--estate", "estate.yaml", "--inventory", "e.db"}).exit_status, 1);
  const std::string id =
      json_strings(box_.run({"findings", "list", "--format", "jsonl", "--inventory", "e.db"}).out,
                   "id")
          .at(0);
  ASSERT_EQ(box_.run({"findings", "decide", id, "--as", "false-positive", "--reason", "sample",
                      "--inventory", "e.db"})
                .exit_status,
            0);
  box_.must({"mv", box_.path("share"), box_.path("renamed")});
  box_.write("renamed/a.properties", "\n\n" + box_.read("renamed/a.properties"));
  box_.write("estate.yaml",
             "estate: T\ntargets:\n  - {name: share, path: " + box_.path("renamed") + "}\n");
  const Outcome next = box_.run({"sweep", "--estate", "estate.yaml", "--inventory", "e.db"});
  EXPECT_EQ(next.exit_status, 0) << next.out << next.err;
  EXPECT_THAT(next.out, HasSubstr("open 2  gone 0"));
  const Outcome decided = box_.run({"findings", "list", "--decision", "false-positive", "--format",
                                    "jsonl", "--inventory", "e.db"});
  EXPECT_THAT(decided.out, HasSubstr(id));
}

TEST(InlineIgnores, AreListedWithPathAndWhoIsBehindThem) {
  Sandbox box;
  box.must({"git", "init", "-q", box.path("repo")});
  box.write("repo/app.properties", "db.password=" + fake("a", 20) + " # nhisweep:allow\n");
  box.must({"git", "-C", box.path("repo"), "add", "."});
  box.must({"git", "-C", box.path("repo"), "commit", "-qm", "ignore it", "--author",
            "Ada Ward <ada@example.org>"});
  box.write("plain/b.properties", "db.password=" + fake("b", 20) + " # gitleaks:allow\n" +
                                      "other.password=" + fake("c", 20) + "\n");
  ASSERT_EQ(box.run({"sweep", "repo", "plain"}).exit_status, 1);
  const auto list = [&](const std::string& format) {
    return box.run({"findings", "list", "--ignored-inline", "--format", format}).out;
  };
  const std::string jsonl = list("jsonl");
  EXPECT_THAT(json_strings(jsonl, "path"),
              ::testing::UnorderedElementsAre("app.properties", "b.properties"));
  EXPECT_THAT(jsonl, HasSubstr(R"("ignored_by":{"name":"Ada Ward <ada@example.org>",)"
                               R"("source":"git-author"})"));
  EXPECT_THAT(jsonl, HasSubstr(R"("source":"file-owner"})"));
  EXPECT_THAT(list("csv"), HasSubstr("true,Ada Ward <ada@example.org>,git-author"));
  std::string text = list("text");
  text.erase(
      std::unique(text.begin(), text.end(),
                  [](char a, char b) { return std::isspace(a) != 0 && std::isspace(b) != 0; }),
      text.end());
  std::replace(text.begin(), text.end(), '\n', ' ');
  EXPECT_THAT(text, HasSubstr("app.properties:1"));
  EXPECT_THAT(text, HasSubstr("author Ada Ward <ada@example.org>"));
  EXPECT_THAT(text, HasSubstr("file of "));
}

}  // namespace
}  // namespace nhi::testing
