// Claims about reading: the numbers of a report are those of its sweep, each names the list that it
// counts, and credentials stand by a priority that explains itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Json = nlohmann::json;

// "  nhisweep findings list --measure new   # 1,234"
struct PrintedList {
  std::vector<std::string> arguments;  // without the program
  std::string measure;
  std::uint64_t number = 0;
};

std::vector<PrintedList> printed_lists(const std::string& summary) {
  std::vector<PrintedList> out;
  std::istringstream lines(summary);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  nhisweep ")) continue;
    PrintedList list;
    std::istringstream words(line);
    std::string word;
    words >> word;
    while (words >> word && word != "#") {
      if (!list.arguments.empty() && list.arguments.back() == "--measure") list.measure = word;
      list.arguments.push_back(word);
    }
    words >> word;
    std::erase(word, ',');
    list.number = std::stoull(word);
    out.push_back(std::move(list));
  }
  return out;
}

std::size_t rows_of(const Json& list) {
  for (const char* key : {"findings", "credentials", "dependencies", "unread"}) {
    if (list.contains(key)) return list[key].size();
  }
  ADD_FAILURE() << "no list: " << list.dump().substr(0, 200);
  return 0;
}

class ReadingTest : public ::testing::Test {
 protected:
  Json json(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    const Outcome outcome = box_.run(arguments);
    EXPECT_EQ(outcome.exit_status, 0) << outcome.err;
    return outcome.exit_status == 0 ? Json::parse(outcome.out) : Json();
  }
  Sandbox box_;
};

// The trust of tests/estate/ on its second night: something came, went, was repaired, was shut.
class SecondNight : public ReadingTest {
 protected:
  void SetUp() override {
    box_.must({"bash", NHI_SOURCE_DIR "/tests/estate/make.sh", box_.path("made")});
    box_.write("made/hosts/app01/etc/old.properties", "db.password=" + fake("old", 20) + "\n");
    box_.write("made/hosts/app01/etc/one.properties", "db.password=" + fake("both", 20) + "\n");
    box_.write("made/engines/tie-mirth/two.properties", "db.password=" + fake("both", 20) + "\n");
    box_.write("made/engines/tie-mirth/relay.properties",
               "relay.url=https://svc_relay:" + fake("relay", 20) +
                   "@gas.national.ncrs.nhs.uk/login/authactivate\n" + "sds.url=ldaps://svc_sds:" +
                   fake("sds", 20) + "@ldap.national.ncrs.nhs.uk:636/o=nhs\n");
    estate();
    sweep("2026-11-25");
    fs::remove(box_.path("made/hosts/app01/etc/old.properties"));
    box_.write("made/hosts/app01/etc/new.properties", "db.password=" + fake("new", 20) + "\n");
    fs::rename(box_.path("made/engines/ers-camel"), box_.path("made/away"));
    const Json all = json({"dependencies", "list"});
    for (const Json& row : all.at("dependencies")) {
      if (row["system"] != "TIE") continue;
      const Outcome decided =
          box_.run({"dependencies", "set-state", row["id"].get<std::string>(), "cis2-only",
                    "--evidence", "CHG-1", "--as-of", "2026-11-25"});
      EXPECT_EQ(decided.exit_status, 0) << decided.err;
    }
    summary_ = sweep("2026-11-26").out;
  }
  void estate() const {
    std::string text = box_.read("made/estate.yaml");
    text.erase(std::min(text.find("policy:"), text.size()));
    box_.write("made/estate.yaml", text + "policy: {max_age_days: 100}\n");
  }
  Outcome sweep(const std::string& as_of) {
    return box_.run(
        {"sweep", "--estate", "made/estate.yaml", "--as-of", as_of, "--html", "page.html"});
  }
  std::string summary_;
};

TEST_F(SecondNight, EveryHeadlineIsTheLengthOfTheListThatItNames) {
  const std::vector<PrintedList> lists = printed_lists(summary_);
  std::set<std::string> measures;
  for (const PrintedList& list : lists) {
    EXPECT_GT(list.number, 0u);
    EXPECT_EQ(rows_of(json(list.arguments)), list.number) << list.measure;
    EXPECT_TRUE(measures.insert(list.measure).second) << list.measure;
  }
  // `residue` and `seen-again` need a credential that is dead: attest_test.cpp counts them. The age
  // of what stands in a file is always known: headlines_test.cpp counts that list.
  EXPECT_EQ(measures,
            (std::set<std::string>{"new", "open", "gone", "unverified", "will-stop", "cis1-stale",
                                   "removed-not-dead", "outstanding", "unowned", "reused",
                                   "long-lived", "shared-spine", "unbound", "unread"}))
      << summary_;
}

TEST_F(SecondNight, AListBehindANumberNarrowsFurther) {
  const std::size_t all = rows_of(json({"credentials", "list", "--measure", "outstanding"}));
  const std::size_t live =
      rows_of(json({"credentials", "list", "--measure", "outstanding", "--system", "TIE"}));
  EXPECT_GT(live, 0u);
  EXPECT_LT(live, all);
  EXPECT_EQ(rows_of(json({"credentials", "list", "--limit", "2"})), 2u);
}

TEST_F(SecondNight, AMeasureOfOtherRowsOrOfNothingIsRefusedWithTheRightCommand) {
  const Outcome other = box_.run({"findings", "list", "--measure", "cis1-stale"});
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("nhisweep credentials list --measure cis1-stale"));
  const Outcome none = box_.run({"findings", "list", "--measure", "fresh"});
  EXPECT_EQ(none.exit_status, 2);
  EXPECT_THAT(none.err, HasSubstr("it is one of new, open, gone"));
}

TEST_F(SecondNight, CredentialsStandByAPriorityThatAddsUp) {
  const Json rows = json({"credentials", "list"}).at("credentials");
  ASSERT_GT(rows.size(), 3u);
  unsigned before = 100;
  bool aside = false;  // what is set aside stands behind, in an order of its own
  for (const Json& row : rows) {
    const Json& priority = row.at("priority");
    if (!aside && !priority.at("set_aside").is_null()) before = 100;
    EXPECT_GE(!priority.at("set_aside").is_null(), aside);
    aside = !priority.at("set_aside").is_null();
    unsigned sum = 0;
    for (const Json& part : priority.at("why")) sum += part.at("points").get<unsigned>();
    EXPECT_EQ(priority.at("points"), sum);
    EXPECT_LE(sum, before);
    before = sum;
  }
  const Outcome text = box_.run({"credentials", "list", "--limit", "1"});
  EXPECT_THAT(text.out, HasSubstr("  priority " +
                                  std::to_string(rows[0]["priority"]["points"].get<unsigned>()) +
                                  " of 100: in a live system 30"));
  const Json groups = json({"findings", "list", "--group-by", "system"}).at("groups");
  EXPECT_EQ(groups.at(0).at("priority"), rows[0]["priority"]["points"]);
  EXPECT_EQ(json({"findings", "list", "--group-by", "credential", "--min-confidence", "low"})
                .at("credentials")
                .at(0)
                .at("id"),
            rows[0]["id"]);
}

TEST_F(SecondNight, AReportIsThePageOfItsSweep) {
  const Outcome again = box_.run({"report", "--format", "html", "--output", "again.html"});
  ASSERT_EQ(again.exit_status, 0) << again.err;
  const auto tiles = [](const std::string& page) {
    return page.substr(page.find("class=\"tile"), page.find("<script") - page.find("class=\"tile"));
  };
  EXPECT_EQ(tiles(box_.read("again.html")), tiles(box_.read("page.html")));
}

// The policy is stored with the sweep: a report needs no estate file to give the same numbers.
TEST_F(ReadingTest, AReportCountsByThePolicyOfItsSweep) {
  box_.write("estate.yaml",
             "estate: Test\ntargets:\n  - {name: share, path: share}\n"
             "policy: {max_age_days: 10, cis1_removal: 2026-12-05}\n");
  box_.write("share/app.properties", "db.password=" + fake("a", 20) + "\n");
  box_.must({"touch", "-d", "2026-11-01", box_.path("share/app.properties")});
  const Outcome swept = box_.run(
      {"sweep", "--estate", "estate.yaml", "--as-of", "2026-11-25", "--format", "prometheus"});
  EXPECT_THAT(swept.out, HasSubstr("nhisweep_cis1_removal_days 10\n"));
  EXPECT_EQ(box_.run({"report", "--format", "prometheus"}).out, swept.out);
  const Json row = json({"credentials", "list"}).at("credentials").at(0);
  EXPECT_EQ(row.at("long_lived"), true) << row.dump();
  EXPECT_EQ(json({"report"}).at("cis1_removal"), "2026-12-05");
}

}  // namespace
}  // namespace nhi::testing
