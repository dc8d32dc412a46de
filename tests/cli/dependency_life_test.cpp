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

}  // namespace
}  // namespace nhi::testing
