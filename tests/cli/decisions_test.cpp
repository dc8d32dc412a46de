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
