// Claims about dependencies on CIS1 that no trace shows any more, or that none ever showed: they
// stay listed, and what people said of them is never overruled in silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kCall = "auth.url=https://gas.national.ncrs.nhs.uk/login/authactivate\n";

class DependenciesTest : public ::testing::Test {
 protected:
  Outcome sweep(const std::string& as_of, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"sweep", "--estate", "estate.yaml", "--as-of",
                                     as_of,   "--html",   "page.html"};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
  Json json(std::vector<std::string> args) {
    args.insert(args.end(), {"--format", "json"});
    const Outcome outcome = box_.run(args);
    EXPECT_EQ(outcome.exit_status, 0) << outcome.err;
    return Json::parse(outcome.out, nullptr, false);
  }
  std::vector<std::string> systems(std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"dependencies", "list"};
    args.insert(args.end(), more.begin(), more.end());
    std::vector<std::string> names;
    const Json listed = json(args);
    for (const Json& row : listed.at("dependencies")) names.push_back(row["system"]);
    return names;
  }
  // A system each for two folders of applications.
  void two_systems() {
    box_.write("ris/app.properties", kCall);
    box_.write("pas/app.properties", kCall);
    box_.write("ris/words.txt", "nothing\n");
    box_.write("estate.yaml",
               "estate: Ward\ntargets:\n"
               "  - {name: ris, path: ris, system: RIS, environment: live, place: application,"
               " owner: radiology}\n"
               "  - {name: pas, path: pas, system: PAS, environment: live, place: application}\n");
  }
  Sandbox box_;
};

TEST_F(DependenciesTest, ThatLoseTheirLastTraceStayListedAndLeaveWillStop) {
  two_systems();
  EXPECT_THAT(sweep("2026-11-20").out, HasSubstr("will stop: 2 dependencies"));
  fs::remove(box_.path("ris/app.properties"));
  const Outcome night = sweep("2026-11-25");
  EXPECT_THAT(night.out, HasSubstr("will stop: 1 dependency"));
  EXPECT_THAT(night.out,
              HasSubstr("every CIS1 trace gone, not decided to be over: 1 dependency\n"));
  EXPECT_THAT(night.out, HasSubstr("nhisweep dependencies list --measure traces-gone"));
  EXPECT_EQ(systems(), (std::vector<std::string>{"PAS", "RIS"}));
  EXPECT_EQ(systems({"--measure", "traces-gone"}), std::vector<std::string>{"RIS"});
  EXPECT_EQ(systems({"--measure", "will-stop"}), std::vector<std::string>{"PAS"});
  EXPECT_EQ(systems({"--system", "RIS"}), std::vector<std::string>{"RIS"});
  const std::string text = box_.run({"dependencies", "show", "RIS"}).out;
  EXPECT_THAT(text, HasSubstr("traces gone, last seen 2026-11-20"));
  EXPECT_THAT(text, HasSubstr("proposed: observed"));
  EXPECT_THAT(text, HasSubstr("owner radiology"));
  EXPECT_THAT(text, HasSubstr("gone from ris/app.properties"));
  EXPECT_THAT(box_.read("page.html"), HasSubstr("last seen 2026-11-20"));
  const Json measures = json({"report"})["measures"];
  EXPECT_EQ(measures["will_stop"], 1);
  EXPECT_EQ(measures["traces_gone"], 1);
  const std::string metrics = box_.run({"report", "--format", "prometheus"}).out;
  EXPECT_THAT(metrics, HasSubstr("nhisweep_dependencies_traces_gone 1\n"));
  EXPECT_THAT(metrics, HasSubstr("nhisweep_dependencies{state=\"observed\"} 0\n"));
  ASSERT_EQ(box_.run({"dependencies", "export", "--output", "d.csv"}).exit_status, 0);
  EXPECT_THAT(box_.read("d.csv"), HasSubstr("RIS,live,application,observed,"));
}

TEST_F(DependenciesTest, WhoseTracesWereNotReadStillStop) {
  two_systems();
  sweep("2026-11-20");
  fs::rename(box_.path("ris"), box_.path("away"));
  const Outcome night = sweep("2026-11-25");
  EXPECT_EQ(night.exit_status, 3);
  EXPECT_THAT(night.out, HasSubstr("will stop: 2 dependencies"));
  EXPECT_THAT(night.out, Not(HasSubstr("every CIS1 trace gone")));
  EXPECT_THAT(box_.run({"dependencies", "show", "RIS"}).out,
              HasSubstr("no trace was read this time: unverified, last seen 2026-11-20"));
}

TEST_F(DependenciesTest, StopIfPeopleSaidSoWhateverTheTracesSay) {
  two_systems();
  sweep("2026-11-20");
  const std::string id =
      json({"dependencies", "show", "RIS"})["dependencies"][0]["id"].get<std::string>();
  ASSERT_EQ(box_.run({"dependencies", "set-state", id, "cis1-only", "--evidence", "supplier call",
                      "--as-of", "2026-11-21"})
                .exit_status,
            0);
  fs::remove(box_.path("ris/app.properties"));
  const Outcome night = sweep("2026-11-25");
  EXPECT_THAT(night.out, HasSubstr("will stop: 2 dependencies"));
  EXPECT_THAT(night.out,
              HasSubstr("every CIS1 trace gone, not decided to be over: 1 dependency\n"));
  ASSERT_EQ(box_.run({"dependencies", "set-state", id, "cis2-only", "--evidence",
                      "no traffic in October and November", "--as-of", "2026-11-26"})
                .exit_status,
            0);
  const Outcome over = sweep("2026-11-27");
  EXPECT_THAT(over.out, HasSubstr("will stop: 1 dependency"));
  EXPECT_THAT(over.out, Not(HasSubstr("every CIS1 trace gone")));
  EXPECT_EQ(systems(), (std::vector<std::string>{"PAS", "RIS"})) << "a lead goes on watching it";
}

TEST_F(DependenciesTest, OutliveAPrune) {
  two_systems();
  sweep("2025-01-01");
  fs::remove(box_.path("ris/app.properties"));
  sweep("2025-01-02");
  sweep("2026-11-25");
  const Outcome pruned = box_.run({"prune", "--older-than", "400d", "--as-of", "2026-11-25"});
  ASSERT_EQ(pruned.exit_status, 0) << pruned.err;
  EXPECT_EQ(systems({"--measure", "traces-gone"}), std::vector<std::string>{"RIS"});
}

// The estate of two systems with a file of what people say of dependencies.
class FileOfDependencies : public DependenciesTest {
 protected:
  void SetUp() override {
    two_systems();
    box_.write("estate.yaml", box_.read("estate.yaml") + "dependencies: ./dependencies.yaml\n");
  }
  // Entries of flow mappings, each with evidence and who decided.
  void file(const std::vector<std::string>& entries) {
    std::string text = "dependencies:\n";
    for (const std::string& entry : entries) {
      text += "  - {" + entry + ", decided_by: Ada Ward, evidence: CHG-1}\n";
    }
    box_.write("dependencies.yaml", text);
  }
  Json row(const std::string& system) {
    return json({"dependencies", "show", system})["dependencies"][0];
  }
  static constexpr const char* kRis =
      "system: RIS, environment: live, state: cis2-configured, date: 2026-11-20, criticality: "
      "critical, supplier: Acme, supplier_date: 2027-01-15, review: 2026-11-24, blockers: no test "
      "system";
  static constexpr const char* kLims =
      "system: LIMS, environment: live, state: cis1-only, date: 2026-11-20, criticality: high, "
      "side_states: [supplier-blocked]";
};

TEST_F(FileOfDependencies, IsRecordedAsDecisionsOfThoseItNames) {
  file({kRis, kLims});
  const Outcome night = sweep("2026-11-25");
  EXPECT_EQ(night.exit_status, 1) << night.err;
  EXPECT_THAT(night.err, HasSubstr("9 words that it did not say before"));
  EXPECT_THAT(night.out, HasSubstr("will stop: 3 dependencies, 95 days to the removal"));
  EXPECT_THAT(night.out, HasSubstr("by criticality: critical 1, high 1, not known 1"));
  EXPECT_THAT(night.out, HasSubstr("declared by people, no CIS1 trace seen: 1 dependency\n"));
  const Json ris = row("RIS");
  EXPECT_EQ(ris["decided"], "cis2-configured");
  EXPECT_EQ(ris["proposed"], "cis1-only");
  EXPECT_EQ(ris["criticality"], "critical");
  EXPECT_EQ(ris["supplier_date"], "2027-01-15");
  EXPECT_EQ(ris["history"][0]["who"], "Ada Ward");
  EXPECT_EQ(ris["history"][0]["when"], "2026-11-20T00:00:00Z");
  EXPECT_EQ(ris["history"][0]["source"], "file");
  EXPECT_EQ(ris["owner"], "radiology") << "the estate's, since the file names none";
  const std::string text = box_.run({"dependencies", "list"}).out;
  EXPECT_LT(text.find("RIS (live)"), text.find("LIMS (live)")) << "critical before high";
  EXPECT_LT(text.find("LIMS (live)"), text.find("PAS (live)")) << "the unknown last";
  EXPECT_THAT(text, HasSubstr("criticality critical, stops in 95 days\n"));
  EXPECT_THAT(text, HasSubstr("criticality not known, stops in 95 days\n"));
  EXPECT_THAT(text, HasSubstr("declared by people, no CIS1 trace was seen\n"));
  EXPECT_THAT(text, HasSubstr("review 2026-11-24 (overdue)"));
  EXPECT_THAT(text, HasSubstr("supplier-blocked"));
  EXPECT_EQ(systems({"--measure", "declared"}), std::vector<std::string>{"LIMS"});
  EXPECT_EQ(systems({"--system", "LIMS"}), std::vector<std::string>{"LIMS"});
  EXPECT_TRUE(systems({"--system", "LIMS", "--severity", "low"}).empty());
  EXPECT_THAT(box_.read("page.html"), HasSubstr("Declared by people; no CIS1 trace was seen."));
  const std::string metrics = box_.run({"report", "--format", "prometheus"}).out;
  EXPECT_THAT(metrics, HasSubstr("nhisweep_dependencies_declared 1\n"));
  EXPECT_THAT(
      metrics,
      HasSubstr("nhisweep_dependencies_will_stop_by_criticality{criticality=\"unknown\"} 1\n"));
  EXPECT_THAT(sweep("2026-11-26").err, Not(HasSubstr("did not say before")));
  EXPECT_EQ(row("RIS")["history"].size(), ris["history"].size()) << "recorded once";
}

TEST_F(FileOfDependencies, YieldsToALaterDecisionAndTheConflictIsShown) {
  file({kRis});
  sweep("2026-11-25");
  ASSERT_EQ(box_.run({"dependencies", "set-state", row("RIS")["id"], "cis2-primary", "--evidence",
                      "sign-ins", "--as-of", "2026-11-26"})
                .exit_status,
            0);
  const Outcome night = sweep("2026-11-27");
  EXPECT_THAT(night.err, HasSubstr("RIS (live): the estate's file says state 'cis2-configured'"));
  EXPECT_EQ(row("RIS")["decided"], "cis2-primary");
  EXPECT_EQ(row("RIS")["conflicts"].size(), 1U);
  EXPECT_THAT(box_.run({"dependencies", "list"}).out, HasSubstr("CONFLICT: the estate's file"));
  EXPECT_THAT(box_.read("page.html"), HasSubstr("Conflict: the estate"));
  file({"system: RIS, environment: live, state: dual, date: 2026-11-28"});
  EXPECT_THAT(sweep("2026-11-28").err, Not(HasSubstr("the estate's file says")));
  EXPECT_EQ(row("RIS")["decided"], "dual") << "of a later day";
  EXPECT_EQ(row("RIS")["criticality"], nullptr) << "not said any more";
}

TEST_F(FileOfDependencies, TakesBackWhatIsTakenOutOfItAndNothingWithoutTheFile) {
  file({kRis, kLims});
  sweep("2026-11-25");
  ASSERT_EQ(box_.run({"sweep", "pas", "--as-of", "2026-11-25"}).exit_status, 1);
  EXPECT_EQ(row("LIMS")["decided"], "cis1-only") << "a sweep without the file says nothing of it";
  file({kRis});
  sweep("2026-11-26");
  EXPECT_EQ(box_.run({"dependencies", "show", "LIMS"}).exit_status, 2);
  EXPECT_EQ(row("RIS")["decided"], "cis2-configured");
}

TEST_F(FileOfDependencies, IsCheckedBeforeAnythingIsRead) {
  file({"system: RIS, state: migrated, date: 2026-11-20"});
  const Outcome refused = sweep("2026-11-25");
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("dependencies.yaml:2:26"));
  EXPECT_THAT(refused.err, HasSubstr("'migrated' is no state"));
  EXPECT_FALSE(fs::exists(box_.path("nhisweep.db"))) << "nothing was done";
  fs::remove(box_.path("dependencies.yaml"));
  EXPECT_NE(sweep("2026-11-25").exit_status, 1) << "a file that is not there is no empty file";
  file({"system: RIS, state: dual, date: 2026-11-26"});
  EXPECT_EQ(sweep("2026-11-25").exit_status, 2) << "a day that has not come";
  EXPECT_EQ(box_.run({"doctor", "--estate", "estate.yaml"}).exit_status, 0);
}

TEST_F(FileOfDependencies, OfWhatASpreadsheetDeclaredKnowsNothingAndChangesNothing) {
  file({kRis});
  sweep("2026-11-25");
  box_.write("apps.csv",
             "Application,Env,Status,Proof,Importance,Retest\n"
             "LIMS,live,cis1-only,supplier mail,high,2026-12-15\n"
             "RIS,live,,,low,\n");
  const std::vector<std::string> import = {
      "dependencies",           "import", "apps.csv",      "--map",   "system=Application", "--map",
      "environment=Env",        "--map",  "state=Status",  "--map",   "evidence=Proof",     "--map",
      "criticality=Importance", "--map",  "review=Retest", "--as-of", "2026-11-26"};
  const Outcome stored = box_.run(import);
  ASSERT_EQ(stored.exit_status, 0) << stored.err;
  EXPECT_THAT(stored.out, HasSubstr("  declared: LIMS (live)\n"));
  EXPECT_THAT(stored.out, HasSubstr("  review 2026-12-15\n"));
  EXPECT_THAT(box_.run(import).err, HasSubstr("0 decided, 2 as before"));
  EXPECT_EQ(row("LIMS")["traces"], "none");
  EXPECT_EQ(row("LIMS")["proposed"], nullptr);
  EXPECT_EQ(row("RIS")["criticality"], "low");
  EXPECT_THAT(sweep("2026-11-27").err, HasSubstr("says criticality 'critical'"));
  EXPECT_EQ(row("LIMS")["decided"], "cis1-only") << "the file does not speak of it";
  ASSERT_EQ(box_.run({"dependencies", "export", "--output", "d.csv"}).exit_status, 0);
  EXPECT_THAT(box_.read("d.csv"), HasSubstr("LIMS,live,unknown,,"));
  EXPECT_THAT(box_.run({"dependencies", "import", "d.csv"}).err,
              HasSubstr("0 decided, 3 as before"));
  // In an inventory that saw other things the export declares what it brings.
  ASSERT_NE(
      box_.run({"sweep", "pas", "--inventory", "other.db", "--as-of", "2026-11-27"}).exit_status,
      2);
  const Outcome moved = box_.run({"dependencies", "import", "d.csv", "--inventory", "other.db"});
  EXPECT_EQ(moved.exit_status, 2) << "PAS has no state: it cannot be declared";
  EXPECT_THAT(moved.err, HasSubstr("no sweep has seen a CIS1 trace of 'PAS'"));
}

TEST_F(FileOfDependencies, AStateIsTakenBackByCommandToo) {
  file({kLims});
  sweep("2026-11-25");
  const std::string id = row("LIMS")["id"];
  ASSERT_EQ(box_.run({"dependencies", "set-state", id, "none", "--evidence", "was never there",
                      "--as-of", "2026-11-26"})
                .exit_status,
            0);
  EXPECT_THAT(box_.run({"dependencies", "list"}).out, Not(HasSubstr("LIMS")));
}

// The schema and the example that are shipped say what the program takes.
TEST_F(FileOfDependencies, HasAnExampleAndASchemaThatAreTrue) {
  const fs::path examples = fs::path(NHI_SOURCE_DIR) / "packaging/examples";
  fs::copy_file(examples / "dependencies.yaml", box_.path("dependencies.yaml"));
  EXPECT_EQ(sweep("2026-11-25").exit_status, 1);
  EXPECT_EQ(row("RIS")["supplier"], "Acme Imaging");
  fs::copy_file(examples / "dependencies.schema.json", box_.path("schema.json"));
  const Json schema = Json::parse(box_.read("schema.json"));
  const Json properties = schema["properties"]["dependencies"]["items"]["properties"];
  for (const auto& [key, what] : properties.items()) {
    if (!what.contains("enum")) continue;
    for (const Json& word : what["enum"]) {
      std::string entry = kLims;
      const std::size_t at = entry.find(key + ": ");
      if (at != std::string::npos) entry.erase(at, entry.find(',', at) + 2 - at);
      file({entry + ", " + key + ": " + word.get<std::string>()});
      EXPECT_NE(sweep("2026-11-25").exit_status, 2) << key << " " << word;
    }
  }
  file({std::string(kLims) + ", nonsense: 1"});
  EXPECT_EQ(properties.size(), 14U) << "system, environment, decided_by, date, evidence, 9 words";
  for (const auto& [key, what] : properties.items()) {
    file({"system: X, " + key + ": {}"});
    EXPECT_THAT(sweep("2026-11-25").err, Not(HasSubstr("unknown key"))) << key;
  }
}

// A relay key beside a CIS1 call, and a Spine certificate's key in the same file.
class BindingTest : public DependenciesTest {
 protected:
  BindingTest() {
    two_systems();
    box_.write("ris/app.properties", std::string(kCall) + "relay.password=" + fake("relay", 20) +
                                         "\nmesh.mailbox.password=" + fake("mesh", 20) + "\n");
    EXPECT_EQ(sweep("2026-11-26").exit_status, 1);
    ris_ = json({"dependencies", "list", "--system", "RIS"})["dependencies"][0];
  }
  Outcome decide(std::vector<std::string> args, int status = 0) {
    args.insert(args.end(), {"--evidence", "CHG-1", "--as-of", "2026-11-26"});
    const Outcome outcome = box_.run(args);
    EXPECT_EQ(outcome.exit_status, status) << args[1] << ": " << outcome.err;
    return outcome;
  }
  [[nodiscard]] std::string relay() const { return ris_["credentials"][0]; }
  [[nodiscard]] std::string spine() const { return ris_["shared_spine"][0]; }
  [[nodiscard]] std::string id() const { return ris_["id"]; }
  std::string show(const std::string& credential) {
    return box_.run({"credentials", "show", credential}).out;
  }
  Json ris_;
};

TEST_F(BindingTest, SaysWhatACredentialIsAndTheGuardFollows) {
  EXPECT_THAT(show(relay()), HasSubstr("unclear towards " + id()));
  EXPECT_THAT(show(relay()), HasSubstr("revoke: NO: nobody decided"));
  decide({"dependencies", "bind", id(), relay(), "--as", "cis1-call"});
  decide({"dependencies", "set-state", id(), "dual"});
  EXPECT_THAT(show(relay()), HasSubstr("revoke: NO: it is not revoked in this state "
                                       "[cis1-call in dual]"));
  EXPECT_THAT(show(relay()), HasSubstr("rotate after a leak: yes"));
  decide({"dependencies", "set-state", id(), "cis2-only"});
  EXPECT_THAT(show(relay()), HasSubstr("revoke: yes"));
  EXPECT_THAT(show(spine()), HasSubstr("shared-spine towards " + id()));
  EXPECT_THAT(show(spine()), HasSubstr("revoke: NO: it is no part of CIS1"));
  const Json actions = json({"credentials", "show", relay()})["credentials"][0]["actions"];
  EXPECT_EQ(actions[2]["action"], "revoke");
  EXPECT_EQ(actions[2]["permitted"], true);
  EXPECT_EQ(json({"report"})["measures"]["cis1_stale"], 1);
  const Json bindings = json({"dependencies", "show", id()})["dependencies"][0]["bindings"];
  EXPECT_EQ(bindings[0]["kind"], "cis1-call");
  EXPECT_EQ(bindings[0]["evidence"], "CHG-1");
  EXPECT_THAT(box_.run({"dependencies", "show", id()}).out,
              HasSubstr(relay() + " is cis1-call, said by"));
  decide({"dependencies", "bind", id(), relay(), "--as", "unrelated"});
  EXPECT_EQ(json({"report"})["measures"]["cis1_stale"], 0);
  decide({"dependencies", "bind", id(), relay(), "--as", "none"});
  EXPECT_THAT(show(relay()), HasSubstr("unclear towards " + id()));
}

TEST_F(BindingTest, NeverMakesASpineCredentialOneOfCis1) {
  const Outcome refused =
      decide({"dependencies", "bind", id(), relay(), spine(), "--as", "cis1-call"}, 2);
  EXPECT_THAT(refused.err, HasSubstr("no part of CIS1"));
  EXPECT_TRUE(json({"dependencies", "show", id()})["dependencies"][0]["bindings"].empty())
      << "all or none";
}

TEST_F(BindingTest, KeepsADependencyFromBeingRetiredUntilTheKeyIsDead) {
  decide({"dependencies", "bind", id(), relay(), "--as", "cis1-call"});
  EXPECT_THAT(decide({"dependencies", "set-state", id(), "retired"}, 2).err,
              HasSubstr("only what is cis2-only is retired"));
  decide({"dependencies", "set-state", id(), "cis2-only"});
  EXPECT_THAT(decide({"dependencies", "set-state", id(), "retired"}, 2).err, HasSubstr(relay()));
  decide({"credentials", "attest", relay(), "--as", "dead"});
  decide({"dependencies", "set-state", id(), "retired"});
  EXPECT_THAT(decide({"dependencies", "set-state", id(), "dual"}, 2).err,
              HasSubstr("it is retired"));
  box_.write("states.csv", "system,state,evidence\nRIS,observed,CHG-2\n");
  EXPECT_THAT(box_.run({"dependencies", "import", "states.csv"}).err, HasSubstr("it is retired"));
  box_.write("deps.yaml",
             "dependencies:\n  - {system: RIS, environment: live, state: dual, decided_by: ada,"
             " date: 2026-11-27, evidence: CHG-3}\n");
  box_.write("estate.yaml", box_.read("estate.yaml") + "dependencies: deps.yaml\n");
  const Outcome night = sweep("2026-11-27");
  EXPECT_THAT(night.err, HasSubstr("RIS (live) is not set to dual as the file says"));
  EXPECT_EQ(json({"dependencies", "show", id()})["dependencies"][0]["decided"], "retired");
}

}  // namespace
}  // namespace nhi::testing
