// Claims about decisions of people: they name somebody, end by themselves, and outlive sweeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DecisionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("share/a.properties", "db.password=" + fake("a", 20) + "\n");
    box_.write("share/b.properties", "db.password=" + fake("b", 20) + "\n");
    EXPECT_EQ(sweep("2026-11-25").exit_status, 1);
  }
  Outcome sweep(const std::string& as_of, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"sweep", "share", "--as-of", as_of};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
  std::string listed(const std::string& as_of = "2026-11-25") {
    return box_.run({"findings", "list", "--format", "jsonl", "--as-of", as_of}).out;
  }
  std::string first_id() { return json_strings(listed(), "id").at(0); }
  Outcome accept(std::vector<std::string> what, const std::string& until = "2026-12-31") {
    std::vector<std::string> args = {"exceptions",  "add",     "--for", "pas-team", "--reason",
                                     "vendor lock", "--until", until,   "--as-of",  "2026-11-25"};
    args.insert(args.end(), what.begin(), what.end());
    return box_.run(args);
  }
  Sandbox box_;
};

TEST_F(DecisionsTest, AnExceptionNamesWhoAnswersAndOutlivesSweeps) {
  const Outcome added = accept({first_id().substr(0, 8), "--by", "Ada Ward"});
  ASSERT_EQ(added.exit_status, 0) << added.err;
  EXPECT_EQ(sweep("2026-11-26").exit_status, 0);
  EXPECT_EQ(json_strings(listed(), "until").size(), 1u);
  const Outcome list = box_.run({"exceptions", "list", "--as-of", "2026-11-26"});
  EXPECT_THAT(list.out, HasSubstr("owner pas-team: vendor lock"));
  EXPECT_THAT(list.out, HasSubstr("on behalf of Ada Ward"));
  EXPECT_THAT(list.out, HasSubstr("in-force until 2026-12-31"));
}

TEST_F(DecisionsTest, AnExceptionComesBackWhenItsDatePasses) {
  ASSERT_EQ(accept({first_id()}).exit_status, 0);
  EXPECT_EQ(sweep("2026-12-31").exit_status, 0);
  EXPECT_EQ(json_strings(listed("2026-12-31"), "until").size(), 0u);
  EXPECT_EQ(box_.run({"exceptions", "list", "--as-of", "2026-12-31"}).out, "none\n");
  EXPECT_THAT(box_.run({"exceptions", "list", "--all", "--as-of", "2026-12-31"}).out,
              HasSubstr("ended until 2026-12-31"));
}

TEST_F(DecisionsTest, AFilterAcceptsAllItFindsAtOnce) {
  ASSERT_EQ(accept({"--state", "new"}).exit_status, 0);
  EXPECT_EQ(json_strings(listed(), "until").size(), 2u);
  const Outcome nothing = accept({"--system", "no such system"});
  EXPECT_EQ(nothing.exit_status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("the filter finds nothing"));
  EXPECT_EQ(accept({}).exit_status, 2) << "neither ids nor a filter is never everything";
}

TEST_F(DecisionsTest, AnExceptionOfACredentialCoversAllItsPlaces) {
  box_.write("share/again.properties", box_.read("share/a.properties"));
  EXPECT_EQ(sweep("2026-11-25").exit_status, 1);
  std::string twice;
  std::multiset<std::string> seen;
  for (const std::string& id : json_strings(listed(), "credential_id")) {
    seen.insert(id);
    if (seen.count(id) == 2) twice = id;
  }
  ASSERT_NE(twice, "");
  ASSERT_EQ(accept({twice}).exit_status, 0);
  EXPECT_EQ(json_strings(listed(), "until").size(), 2u);
}

TEST_F(DecisionsTest, AWithdrawnExceptionIsOverAndRecorded) {
  ASSERT_EQ(accept({first_id()}).exit_status, 0);
  const std::string id =
      json_strings(
          box_.run({"exceptions", "list", "--format", "jsonl", "--as-of", "2026-11-25"}).out, "id")
          .at(0);
  EXPECT_EQ(box_.run({"exceptions", "end", id, "--reason", "rotated", "--as-of", "2026-11-26"})
                .exit_status,
            0);
  EXPECT_EQ(json_strings(listed(), "until").size(), 0u);
  EXPECT_THAT(box_.run({"exceptions", "list", "--all"}).out, HasSubstr("evidence: rotated"));
  EXPECT_EQ(box_.run({"exceptions", "end", id, "--reason", "again"}).exit_status, 2);
}

TEST_F(DecisionsTest, RefusesUnknownIdsAndEndsInThePast) {
  const Outcome unknown = accept({"f_0000000000"});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("nothing has this id"));
  EXPECT_EQ(accept({first_id()}, "2026-11-25").exit_status, 2);
  EXPECT_EQ(accept({first_id()}, "some day").exit_status, 2);
  EXPECT_EQ(accept({"f_"}).exit_status, 2) << "a beginning that stands for two";
  EXPECT_EQ(box_.run({"exceptions", "add", "f_1", "--for", "x", "--reason", "y", "--until",
                      "2099-01-01", "--inventory", "absent.db"})
                .exit_status,
            5);
  EXPECT_FALSE(std::filesystem::exists(box_.path("absent.db")));
}

class DependencyDecisions : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("tie/app.properties",
               "auth.url=https://gas.national.ncrs.nhs.uk/login/authactivate\n");
    EXPECT_EQ(box_.run({"sweep", "tie", "--as-of", "2026-11-25"}).exit_status, 1);
    const Outcome list = box_.run({"dependencies", "list", "--format", "jsonl"});
    id_ = json_strings(list.out, "id").at(0);
  }
  std::string shown() { return box_.run({"dependencies", "show", id_}).out; }
  Sandbox box_;
  std::string id_;
};

TEST_F(DependencyDecisions, AreKeptWithWhoWhenAndEvidenceAndOutliveSweeps) {
  ASSERT_EQ(
      box_.run({"dependencies", "set-state", id_.substr(0, 9), "cis2-primary", "--evidence",
                "sign-ins of 24 November, CHG-1", "--by", "Ada Ward", "--as-of", "2026-11-26"})
          .exit_status,
      0);
  ASSERT_EQ(box_.run({"dependencies", "assign-owner", id_, "integration"}).exit_status, 0);
  const Outcome next = box_.run({"sweep", "tie", "--as-of", "2026-11-27"});
  EXPECT_EQ(next.exit_status, 0);
  EXPECT_THAT(next.out, HasSubstr("will stop: 0 dependencies"));
  EXPECT_THAT(shown(), HasSubstr("decided: cis2-primary"));
  EXPECT_THAT(shown(), HasSubstr("owner integration"));
  EXPECT_THAT(shown(), HasSubstr("on behalf of Ada Ward: state cis2-primary (sign-ins of 24"));
  ASSERT_EQ(
      box_.run({"dependencies", "set-state", id_, "dual", "--evidence", "rolled back"}).exit_status,
      0);
  EXPECT_THAT(shown(), HasSubstr("decided: dual"));
  EXPECT_THAT(shown(), HasSubstr("state cis2-primary")) << "the record stays";
  ASSERT_EQ(box_.run({"dependencies", "assign-owner", id_, ""}).exit_status, 0);
  EXPECT_THAT(shown(), HasSubstr("no owner"));
}

TEST_F(DependencyDecisions, NeedEvidenceAStateAndADependency) {
  EXPECT_EQ(box_.run({"dependencies", "set-state", id_, "dual"}).exit_status, 2);
  EXPECT_EQ(box_.run({"dependencies", "set-state", id_, "done", "--evidence", "x"}).exit_status, 2);
  EXPECT_EQ(box_.run({"dependencies", "set-state", "d_0", "dual", "--evidence", "x"}).exit_status,
            2);
}

TEST_F(DependencyDecisions, AnExportComesBackWithoutChangingAnything) {
  ASSERT_EQ(
      box_.run({"dependencies", "set-state", id_, "dual", "--evidence", "=CHG, \"1\""}).exit_status,
      0);
  ASSERT_EQ(box_.run({"dependencies", "assign-owner", id_, "@team"}).exit_status, 0);
  ASSERT_EQ(box_.run({"dependencies", "export", "--output", "d.csv"}).exit_status, 0);
  EXPECT_THAT(box_.read("d.csv"), HasSubstr("'=CHG"));
  const Outcome same = box_.run({"dependencies", "import", "d.csv"});
  EXPECT_EQ(same.exit_status, 0) << same.err;
  EXPECT_EQ(same.out, "");
  EXPECT_THAT(same.err, HasSubstr("0 decided, 1 as before"));
}

TEST_F(DependencyDecisions, TheSpreadsheetThatExistsDecidesBySystem) {
  box_.write("apps.csv",
             "Application,Vendor,Status,Lead,Proof\ntie,Acme,cis2-primary,integration,CHG-2\n");
  const std::vector<std::string> import = {
      "dependencies",   "import",       "apps.csv", "--map",      "system=Application",
      "--map",          "state=Status", "--map",    "owner=Lead", "--map",
      "evidence=Proof", "--by",         "Ada Ward", "--as-of",    "2026-11-26"};
  std::vector<std::string> dry = import;
  dry.emplace_back("--dry-run");
  EXPECT_THAT(box_.run(dry).out, HasSubstr(id_ + "  state cis2-primary"));
  EXPECT_THAT(shown(), Not(HasSubstr("decided:"))) << "a dry run stores nothing";
  const Outcome stored = box_.run(import);
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  EXPECT_THAT(shown(), HasSubstr("decided: cis2-primary"));
  EXPECT_THAT(shown(), HasSubstr("owner integration"));
  EXPECT_THAT(shown(), HasSubstr("on behalf of Ada Ward: state cis2-primary (CHG-2)"));
  EXPECT_THAT(box_.run(import).err, HasSubstr("0 decided, 1 as before"));
  box_.write("apps.csv", "system,owner\ntie,none\n");
  ASSERT_EQ(box_.run({"dependencies", "import", "apps.csv"}).exit_status, 0);
  EXPECT_THAT(shown(), HasSubstr("no owner"));
  EXPECT_THAT(shown(), HasSubstr("decided: cis2-primary")) << "no state in the row";
}

TEST_F(DependencyDecisions, EveryFaultOfASpreadsheetIsNamedAndNothingIsDone) {
  box_.write("d.csv", "id,system,environment,state,owner,evidence\n" + id_ + ",,,dual,,CHG-1\n" +
                          "d_0,,,dual,,x\n,ris,,,lead,x\n,tie,test,dual,,x\n" + id_ +
                          ",,,dual,,x\n,,,dual,,x\n");
  const Outcome refused = box_.run({"dependencies", "import", "d.csv"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("d.csv:3: column id: no dependency has the id 'd_0'"));
  EXPECT_THAT(
      refused.err,
      HasSubstr("d.csv:4: column state: no sweep has seen a CIS1 trace of 'ris'; to declare"));
  EXPECT_THAT(refused.err, HasSubstr("d.csv:5: column environment: 'test' is no environment"));
  EXPECT_THAT(refused.err, HasSubstr("d.csv:6: column id: " + id_ + " is on line 2 already"));
  EXPECT_THAT(refused.err, HasSubstr("d.csv:7: column system: the row names neither"));
  EXPECT_THAT(shown(), Not(HasSubstr("decided:")));
  box_.write("d.csv", "id,state,evidence\n" + id_ + ",dual,\n");
  EXPECT_THAT(box_.run({"dependencies", "import", "d.csv"}).err,
              HasSubstr("d.csv:2: column evidence: a state needs what it rests on"));
  box_.write("d.csv", "id,state,evidence\n" + id_ + ",migrated,x\n");
  EXPECT_THAT(box_.run({"dependencies", "import", "d.csv"}).err,
              HasSubstr("d.csv:2: column state: 'migrated' is no state; observed, cis1-only"));
  for (const char* map : {"state", "state=", "stage=Status", "state=Stage"}) {
    EXPECT_EQ(box_.run({"dependencies", "import", "d.csv", "--map", map}).exit_status, 2) << map;
  }
}

TEST_F(DecisionsTest, ABaselineIsCountedAndNeverNew) {
  std::filesystem::remove(box_.path("nhisweep.db"));
  const Outcome first = sweep("2026-11-25", {"--baseline"});
  EXPECT_EQ(first.exit_status, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("new 0  open 2"));
  box_.write("share/c.properties", "db.password=" + fake("c", 20) + "\n");
  const Outcome second = sweep("2026-11-26");
  EXPECT_EQ(second.exit_status, 1);
  EXPECT_THAT(second.out, HasSubstr("new 1  open 2"));
}

TEST_F(DecisionsTest, FailOnLooksAtTheSeverity) {
  EXPECT_EQ(box_.run({"scan", "share", "--fail-on", "critical"}).exit_status, 0);
  EXPECT_EQ(box_.run({"scan", "share", "--fail-on", "low"}).exit_status, 1);
}

}  // namespace
}  // namespace nhi::testing
