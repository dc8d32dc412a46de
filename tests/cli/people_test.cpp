// Claims about accounts of people: they are listed on lines of their own and are in no number that
// counts non-human identities.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include <nlohmann/json.hpp>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Every kind of account of a person that is known by its form, and a rule whose values are a
// person's own.
struct Person {
  std::string_view file, before, after;
};
constexpr Person kPeople[] = {
    {"mail.properties",
     "jdbc.url=jdbc:postgresql://pas01/pas?user=jane.smith@trust.nhs.uk&password=", "\n"},
    {"number.url", "https://555123456789:", "@spine.example.org/login\n"},
    {"dotted.url", "ldap://j.smith:", "@ldap01.trust.example/ou=staff\n"},
    {"ended.url", "ftp://jane.smith12:", "@ftp01.trust.example/in\n"},
};
// What must go on counting, however temporary or seldom used.
constexpr std::string_view kMachines[] = {
    "jdbc.url=jdbc:postgresql://pas01/pas?user=svc_pas&password=",
    "ftp.url=ftp://emergency:",
    "amqp.url=amqp://smith:",
};

class PeopleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const Sandbox* box : {&with_, &without_}) {
      box->write("share/svc.properties", std::string(kMachines[0]) + fake("svc", 20) + "\n");
      box->write("share/break-glass.properties",
                 std::string(kMachines[1]) + fake("glass", 20) + "@ftp01.trust.example/\n");
      box->write("share/name.properties",
                 std::string(kMachines[2]) + fake("name", 20) + "@mq01.trust.example/\n");
      box->write("share/session.txt", "vault: hvs." + fake("vault", 95) + "\n");
    }
    int number = 0;
    for (const Person& person : kPeople) {
      with_.write("share/people/" + std::string(person.file),
                  std::string(person.before) + fake("p" + std::to_string(number++), 20) +
                      std::string(person.after));
    }
    for (const Sandbox* box : {&with_, &without_}) {
      const Outcome swept = box->run({"sweep", "share", "--as-of", "2026-11-25"});
      ASSERT_EQ(swept.exit_status, 1) << swept.err;
    }
  }
  // The lines of one box's output, without what was read and without a line that names people.
  static std::string numbers(const Sandbox& box, const std::vector<std::string>& args) {
    std::string out;
    std::istringstream lines(box.run(args).out);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("audit: ")) continue;  // a hash over moments
      if (line.starts_with("read ") || line.find("nhisweep_read_") != std::string::npos) continue;
      out += line + "\n";
    }
    return out;
  }
  void expect_equal(const std::vector<std::string>& args) const {
    EXPECT_EQ(numbers(with_, args), numbers(without_, args)) << args[0];
  }
  Sandbox with_;
  Sandbox without_;
};

TEST_F(PeopleTest, AreFoundAndListedAsPeople) {
  const std::string out =
      with_.run({"findings", "list", "--principal", "human", "--format", "jsonl"}).out;
  EXPECT_EQ(json_strings(out, "fingerprint").size(), std::size(kPeople)) << out;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("nhisweep.finding/1") != std::string::npos) {
      EXPECT_THAT(line, HasSubstr(R"("severity":"low")"));
    }
  }
}

TEST_F(PeopleTest, AreInNoNumberOfTheSummaryOrTheMetrics) {
  for (const char* day : {"2026-11-26", "2026-11-27"}) {
    expect_equal({"sweep", "share", "--as-of", day, "--full"});
  }
  expect_equal({"report", "--format", "prometheus"});
  EXPECT_THAT(numbers(with_, {"report", "--format", "prometheus"}),
              HasSubstr("nhisweep_credentials 4"));
}

TEST_F(PeopleTest, AreALineOfTheirOwnInTextAndGroups) {
  const std::string text = with_.run({"report"}).out;
  EXPECT_THAT(text, HasSubstr("4 credentials in 4 places"));
  EXPECT_THAT(text, HasSubstr("4 values of people or of tests"));
  const auto groups =
      nlohmann::json::parse(with_.run({"report", "--group-by", "system", "--format", "json"}).out);
  std::uint64_t credentials = 0;
  std::uint64_t people = 0;
  for (const auto& group : groups["groups"]) {
    credentials += group["credentials"].get<std::uint64_t>();
    people += group["people"].get<std::uint64_t>();
  }
  EXPECT_EQ(credentials, 4U);
  EXPECT_EQ(people, std::size(kPeople));
}

TEST_F(PeopleTest, AreInNoListBehindANumber) {
  const auto expect_no_people = [&](const char* what, const char* measure) {
    const Outcome list = with_.run({what, "list", "--measure", measure, "--format", "jsonl"});
    EXPECT_EQ(list.exit_status, 0) << list.err;
    EXPECT_THAT(list.out, Not(HasSubstr(R"("principal":"human")"))) << measure;
  };
  for (const char* measure : {"new", "open", "gone", "unverified"}) {
    expect_no_people("findings", measure);
  }
  for (const char* measure : {"outstanding", "unowned", "reused", "age-unknown", "residue",
                              "removed-not-dead", "cis1-stale", "long-lived"}) {
    expect_no_people("credentials", measure);
  }
}

TEST_F(PeopleTest, AreInNoTileAndNoCountOfThePage) {
  const auto tiles = [](const Sandbox& box) {
    const std::string page = box.run({"report", "--format", "html"}).out;
    const std::size_t start = page.find("<ul class=\"tiles main\">");
    const std::size_t end = page.find("</ul>", page.find("<ul class=\"tiles more\">"));
    EXPECT_NE(start, std::string::npos);
    std::string out = page.substr(start, end - start);
    const std::size_t engines = page.find("<table><caption>By engine");
    EXPECT_NE(engines, std::string::npos);
    return out + page.substr(engines, page.find("</table>", engines) - engines);
  };
  EXPECT_EQ(tiles(with_), tiles(without_));
}

TEST_F(PeopleTest, MakeNoStatusAndFailNoCase) {
  EXPECT_EQ(with_.run({"scan", "share/people"}).exit_status, 0);
  const std::string junit = with_.run({"scan", "share/people", "--format", "junit"}).out;
  EXPECT_THAT(junit, HasSubstr("failures=\"0\""));
}

TEST_F(PeopleTest, AnAccountOfAPersonIsAnIdentityThatSaysSo) {
  std::istringstream lines(with_.run({"identities", "list", "--format", "jsonl"}).out);
  int people = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool is_person = line.find("smith@") != std::string::npos ||
                           line.find("j.smith") != std::string::npos ||
                           line.find("jane.smith") != std::string::npos ||
                           line.find("555123456789") != std::string::npos;
    EXPECT_EQ(line.find(R"("principal":"human")") != std::string::npos, is_person) << line;
    people += is_person ? 1 : 0;
  }
  EXPECT_EQ(people, 4);
}

// One password, a person's account first and a service's account behind it: the service counts.
TEST_F(PeopleTest, AValueThatAServiceSharesWithAPersonCounts) {
  const std::string value = fake("shared", 20);
  with_.write("mixed/a.url", "ldap://jane.smith:" + value + "@ldap01.trust.example/\n");
  with_.write("mixed/b.url", "ldap://svc_sync:" + value + "@ldap01.trust.example/\n");
  const Outcome swept =
      with_.run({"sweep", "mixed", "--inventory", "mixed.db", "--as-of", "2026-11-25"});
  EXPECT_EQ(swept.exit_status, 1);
  EXPECT_THAT(swept.out, HasSubstr("outstanding: 1 credential"));
}

}  // namespace
}  // namespace nhi::testing
