// Claims about what a history holds at some paths only: UUIDs, which count in tests, and what a
// definition that is known by its name holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "scanner/sources/test_sandbox.hpp"
#include "scanner/sweep/pipeline.hpp"
#include "scanner/sweep/runs.hpp"
#include "scanner/sweep/test_kit.hpp"

namespace nhi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class PlacesTest : public ::testing::Test {
 protected:
  PlacesTest() { box_.init("t"); }

  // A text with one UUID made of `seed`, long enough to be stored as a change of another.
  static std::string session(const std::string& seed, const std::string& more = "") {
    const std::string hex = to_hex(sha256(seed));
    const std::string uuid = hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) +
                             "-a" + hex.substr(17, 3) + "-" + hex.substr(20, 12);
    std::string text = "{\"session\": \"" + uuid + "\"}\n";
    for (int i = 0; i < 60; ++i) text += "line " + std::to_string(i) + " of what is no secret\n";
    return text + more;
  }
  void commit(const std::string& message) const { box_.commit("t", message); }
  void repack() const { box_.git("t", {"repack", "-adfq", "--depth=50", "--window=50"}); }
  static std::vector<std::string> told(const std::vector<Finding>& findings) {
    std::vector<std::string> lines;
    for (const Finding& one : findings) {
      lines.push_back(one.rule + " " + one.place.path.value_or("-"));
    }
    return lines;
  }
  [[nodiscard]] std::vector<std::string> scanned() const {
    Progress progress;
    const auto scanned = run_scan(targets_from_paths({box_.path("t")}, Naming::kByFolder), {},
                                  rules_, key_, progress);
    EXPECT_TRUE(scanned);
    return told(scanned->findings);
  }
  // The findings that an inventory holds after one more night.
  std::vector<std::string> swept() {
    auto inventory = Inventory::open(box_.path("store.db"), Inventory::Mode::kWrite);
    EXPECT_TRUE(inventory);
    Progress progress;
    RunOptions options;
    // As if it began later: files of this second count as changed before it.
    options.started = options.as_of = Instant{system_now().seconds + 60};
    SweepRequest request;
    request.targets = targets_from_paths({box_.path("t")}, Naming::kByFolder);
    request.facts.started = request.facts.as_of = options.started;
    EXPECT_TRUE(run_sweep(std::move(request), options, rules_, key_, *inventory, progress));
    const auto findings = inventory->findings({});
    EXPECT_TRUE(findings);
    return told(*findings);
  }

  const Sandbox box_;
  const RuleSet rules_ = builtin_set();
  const FingerprintKey key_ = test_key();
};

TEST_F(PlacesTest, UuidsOfTestsAreFoundInTheHistoryOfTestsAlone) {
  box_.write("t/tests/a.json", session("a"));
  box_.write("t/src/b.json", session("b"));
  commit("one");
  box_.write("t/tests/a.json", session("a", "and a line more\n"));
  commit("two");
  box_.git("t", {"rm", "-rq", "tests", "src"});
  commit("three");
  EXPECT_THAT(scanned(), ElementsAre("uuid-in-tests tests/a.json"));
  repack();
  EXPECT_THAT(scanned(), ElementsAre("uuid-in-tests tests/a.json"));
}

TEST_F(PlacesTest, AUuidIsFoundWhereverItsVersionStoodAmongTests) {
  box_.write("t/tests/a.json", session("a"));
  box_.write("t/src/b.json", session("a"));
  commit("one");
  box_.git("t", {"rm", "-q", "tests/a.json"});
  commit("two");
  EXPECT_THAT(scanned(), ElementsAre("uuid-in-tests tests/a.json"));
}

TEST_F(PlacesTest, EachVersionOfATestCountsItsOwnUuids) {
  for (const char* seed : {"a", "b", "c"}) {
    box_.write("t/tests/a.json", password_line("kept") + session(seed));
    commit(seed);
  }
  box_.git("t", {"rm", "-q", "tests/a.json"});
  commit("gone");
  repack();
  EXPECT_THAT(scanned(),
              UnorderedElementsAre("generic-password tests/a.json", "uuid-in-tests tests/a.json",
                                   "uuid-in-tests tests/a.json", "uuid-in-tests tests/a.json"));
}

TEST_F(PlacesTest, AVersionThatHeldNothingWhereItStoodIsFoundOnceItStandsAmongTests) {
  box_.write("t/src/b.json", session("b"));
  commit("one");
  EXPECT_THAT(swept(), IsEmpty());
  box_.git("t", {"mv", "src", "tests"});
  commit("two");
  box_.git("t", {"rm", "-rq", "tests"});
  commit("three");
  EXPECT_THAT(swept(), ElementsAre("uuid-in-tests tests/b.json"));
}

// Without their names these texts hold nothing.
const std::string kMap = "pas.url = jdbc:postgresql://pas01/pas\npas.password = ${vault:pas}\n";
const std::string kScript =
    "var c = DatabaseConnectionFactory.createDatabaseConnection('org.postgresql.Driver',"
    "'jdbc:postgresql://db1/adt', 'svc_adt', 'winter');\n";

TEST_F(PlacesTest, DefinitionsThatAreKnownByTheirNameAreFoundInAHistory) {
  box_.write("t/lab/configurationMap.properties", "# of the lab\nlab.pw = Zx\n");
  box_.write("t/lab/other.properties", "# of the lab\nlab.pw = Zx\n");
  box_.write("t/pas/configurationMap.properties", kMap);
  box_.write("t/pas/step.js", kScript);
  box_.write("t/pas/step.txt", kScript);
  box_.write("t/tests/configurationMap.properties", kMap + session("a"));
  commit("one");
  box_.git("t", {"rm", "-rq", "."});
  commit("two");
  const auto all = UnorderedElementsAre(
      "site.mirth.configuration-map lab/configurationMap.properties",
      "site.mirth.configuration-map pas/configurationMap.properties",
      "site.mirth.configuration-map tests/configurationMap.properties",
      "uuid-in-tests tests/configurationMap.properties", "site.mirth.script pas/step.js");
  EXPECT_THAT(scanned(), all);
  repack();
  EXPECT_THAT(scanned(), all);
}

TEST_F(PlacesTest, ADefinitionThatWasRenamedBeforeItWentIsReadUnderItsName) {
  box_.write("t/conf/configurationMap.properties", kMap);
  box_.write("t/tests/configurationMap.properties", kMap + session("a"));
  commit("one");
  box_.git("t", {"mv", "conf/configurationMap.properties", "notes.txt"});
  box_.git("t", {"mv", "tests/configurationMap.properties", "more.txt"});
  commit("two");
  const auto all =
      UnorderedElementsAre("site.mirth.configuration-map conf/configurationMap.properties",
                           "site.mirth.configuration-map tests/configurationMap.properties",
                           "uuid-in-tests tests/configurationMap.properties");
  EXPECT_THAT(scanned(), all);
  box_.git("t", {"rm", "-q", "notes.txt", "more.txt"});
  commit("three");
  EXPECT_THAT(scanned(), all);
}

TEST_F(PlacesTest, AVersionOfADefinitionThatHeldNothingUnderAnotherNameIsFoundUnderItsOwn) {
  box_.write("t/old.properties", kMap);
  commit("one");
  EXPECT_THAT(swept(), IsEmpty());
  box_.git("t", {"mv", "old.properties", "configurationMap.properties"});
  commit("two");
  box_.git("t", {"rm", "-q", "configurationMap.properties"});
  commit("three");
  EXPECT_THAT(swept(), ElementsAre("site.mirth.configuration-map configurationMap.properties"));
}

// A script that was edited: each version is a change of another.
TEST_F(PlacesTest, EachVersionOfAScriptIsReadUnderItsName) {
  const std::string more = session("a");
  for (const char* host : {"db1", "db2"}) {
    std::string script = more + kScript;
    script.replace(script.find("db1"), 3, host);
    box_.write("t/step.js", script);
    commit(host);
  }
  box_.git("t", {"rm", "-q", "step.js"});
  commit("gone");
  repack();
  EXPECT_THAT(scanned(), ElementsAre("site.mirth.script step.js"));
}

}  // namespace
}  // namespace nhi
