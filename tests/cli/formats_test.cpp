// Claims about formats that other programs read: JUnit XML, Prometheus metrics, events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "tests/cli/sandbox.hpp"
#include "tests/report/prometheus_grammar.hpp"

namespace nhi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

struct Counts {
  int tests = -1;
  int failures = -1;
  int errors = -1;
  int skipped = 0;
  bool operator==(const Counts&) const = default;
};
void PrintTo(const Counts& counts, std::ostream* out) {
  *out << counts.tests << " tests, " << counts.failures << " failures, " << counts.errors
       << " errors, " << counts.skipped << " skipped";
}

// What the attributes say; the cases must say the same.
Counts counts_of(const std::string& xml) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(xml.c_str(), pugi::parse_full)) << xml;
  const pugi::xml_node root = document.child("testsuites");
  Counts said{root.attribute("tests").as_int(-1), root.attribute("failures").as_int(-1),
              root.attribute("errors").as_int(-1), 0};
  Counts seen{0, 0, 0, 0};
  for (const pugi::xml_node suite : root.children("testsuite")) {
    said.skipped += suite.attribute("skipped").as_int(-1);
    for (const pugi::xml_node one : suite.children("testcase")) {
      ++seen.tests;
      seen.failures += one.child("failure") ? 1 : 0;
      seen.errors += one.child("error") ? 1 : 0;
      seen.skipped += one.child("skipped") ? 1 : 0;
    }
  }
  EXPECT_EQ(said, seen);
  return said;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class FormatsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("share/a/app.properties", "db.password=" + fake("a", 20) + "\n");
    box_.write("share/b/app.properties", "db.password=" + fake("b", 20) + "\n");
    box_.write("share/readme.txt", "quiet\n");
  }
  Outcome sweep(const std::string& as_of, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"sweep", "share", "--as-of", as_of};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
  std::vector<std::string> events(const std::string& since = "last",
                                  std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"findings", "list",     "--since-sweep",
                                     since,      "--format", "jsonl"};
    args.insert(args.end(), more.begin(), more.end());
    const Outcome list = box_.run(args);
    EXPECT_EQ(list.exit_status, 0) << list.err;
    return lines_of(list.out);
  }
  static std::multiset<std::string> words(const std::vector<std::string>& events) {
    std::multiset<std::string> out;
    for (const std::string& line : events) out.insert(json_strings(line, "event").at(0));
    return out;
  }
  std::string first_id() {
    return json_strings(box_.run({"findings", "list", "--format", "jsonl"}).out, "id").at(0);
  }
  using Words = std::multiset<std::string>;
  Sandbox box_;
};

TEST_F(FormatsTest, JunitOfAScanFailsWhereTheExitStatusSaysSo) {
  const Outcome scan = box_.run({"scan", "share", "--format", "junit"});
  EXPECT_EQ(scan.exit_status, 1);
  EXPECT_EQ(counts_of(scan.out), (Counts{3, 2, 0, 0}));  // two findings, and coverage
  EXPECT_THAT(scan.out, Not(HasSubstr(fake("a", 20))));
  EXPECT_THAT(scan.out, Not(HasSubstr(fake("b", 20))));
  EXPECT_EQ(box_.run({"scan", "share", "--format", "junit", "--jobs", "1"}).out.size(),
            scan.out.size());

  const Outcome mild = box_.run({"scan", "share", "--format", "junit", "--fail-on", "critical"});
  EXPECT_EQ(mild.exit_status, 0);
  EXPECT_EQ(counts_of(mild.out), (Counts{3, 0, 0, 2}));
}

TEST_F(FormatsTest, JunitOfACleanFolderIsACaseThatPasses) {
  box_.write("clean/readme.txt", "quiet\n");
  const Outcome scan = box_.run({"scan", "clean", "--format", "junit"});
  EXPECT_EQ(scan.exit_status, 0);
  EXPECT_EQ(counts_of(scan.out), (Counts{1, 0, 0, 0}));
}

TEST_F(FormatsTest, JunitMakesAnErrorOfAPlaceThatWasNotRead) {
  const Outcome scan = box_.run({"scan", "share", "missing", "--format", "junit"});
  EXPECT_EQ(scan.exit_status, 3) << scan.err;
  EXPECT_EQ(counts_of(scan.out), (Counts{3, 2, 1, 0}));
  EXPECT_THAT(scan.out, HasSubstr("<error type=\"not-found\""));
}

TEST_F(FormatsTest, JunitSkipsWhatAnInlineIgnoreCovers) {
  box_.write("share/c/app.yaml", "password: " + fake("c", 20) + " # nhisweep:allow\n");
  const std::string xml = sweep("2026-11-25", {"--format", "junit"}).out;
  EXPECT_EQ(counts_of(xml), (Counts{4, 2, 0, 1}));
  EXPECT_THAT(xml, HasSubstr("an inline ignore stands on its line"));
}

TEST_F(FormatsTest, JunitSkipsWhatSomebodyAccepted) {
  sweep("2026-11-25");
  const Outcome accepted =
      box_.run({"exceptions", "add", first_id(), "--for", "pas-team", "--reason", "vendor lock",
                "--until", "2026-12-31", "--as-of", "2026-11-25"});
  ASSERT_EQ(accepted.exit_status, 0) << accepted.err;
  const std::string xml = box_.run({"report", "--format", "junit"}).out;
  EXPECT_EQ(counts_of(xml), (Counts{3, 1, 0, 1}));
  EXPECT_THAT(xml, HasSubstr("until 2026-12-31"));
}

TEST_F(FormatsTest, JunitPassesWhatIsGone) {
  EXPECT_EQ(counts_of(sweep("2026-11-25", {"--format", "junit"}).out).failures, 2);
  box_.write("share/a/app.properties", "db.password=${DB_PASSWORD}\n");
  const Outcome second = sweep("2026-11-26", {"--format", "junit"});
  EXPECT_EQ(second.exit_status, 0) << "nothing is new";
  EXPECT_EQ(counts_of(second.out).failures, 1) << "what is still there fails";
  EXPECT_THAT(second.out, HasSubstr("gone: it is here no more"));
  EXPECT_EQ(counts_of(box_.run({"findings", "list", "--format", "junit"}).out).failures, 1);
  EXPECT_EQ(counts_of(box_.run({"findings", "list", "--state", "gone", "--format", "junit"}).out)
                .failures,
            0);
}

TEST_F(FormatsTest, JunitIsLegalXmlForHostileNames) {
  box_.write("share/]]>&<\"'\x01\x1b[31m\xFF\xEF\xBF\xBE/x.properties",
             "db.password=" + fake("c", 20) + "\n");
  const Outcome scan = box_.run({"scan", "share", "--format", "junit"});
  EXPECT_EQ(counts_of(scan.out).failures, 3);
  for (const char c : scan.out) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_TRUE(is_utf8(scan.out));
}

TEST_F(FormatsTest, MetricsAreWhatACollectorReads) {
  fs::create_directory(box_.path("textfile"));
  const Outcome first =
      sweep("2026-11-25", {"--format", "prometheus", "--output", "textfile/nhisweep.prom"});
  EXPECT_EQ(first.exit_status, 1) << first.err;
  EXPECT_EQ(first.out, "");
  const std::string text = box_.read("textfile/nhisweep.prom");
  const Metrics metrics = read_prometheus(text);
  ASSERT_EQ(metrics.error, "") << text;
  EXPECT_EQ(metrics.samples.at("nhisweep_findings{state=\"new\"}"), 2);
  EXPECT_EQ(metrics.samples.at("nhisweep_last_sweep_timestamp_seconds"), 1795564800);
  EXPECT_EQ(metrics.samples.at("nhisweep_cis1_removal_days"), 95);
  EXPECT_EQ(metrics.samples.at("nhisweep_read_files"), 3);
  EXPECT_EQ(metrics.samples.at("nhisweep_unread_places"), 0);
  EXPECT_EQ(metrics.samples.at("nhisweep_measure_unknown{measure=\"unused\"}"), 1);
  // Like every file of ours; nothing is left beside it.
  struct stat facts {};
  ASSERT_EQ(::stat(box_.path("textfile/nhisweep.prom").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  EXPECT_EQ(std::distance(fs::directory_iterator(box_.path("textfile")), {}), 1);
}

TEST_F(FormatsTest, MetricsOfAReportAreThoseOfItsSweep) {
  const Outcome swept = sweep("2026-11-25", {"--format", "prometheus"});
  EXPECT_EQ(box_.run({"report", "--format", "prometheus"}).out, swept.out);
  const Outcome later = box_.run({"report", "--format", "prometheus", "--as-of", "2026-12-01"});
  const Metrics metrics = read_prometheus(later.out);
  EXPECT_EQ(metrics.error, "");
  EXPECT_EQ(metrics.samples.at("nhisweep_last_sweep_timestamp_seconds"), 1795564800);
  EXPECT_EQ(metrics.samples.at("nhisweep_cis1_removal_days"), 89);
}

TEST_F(FormatsTest, MetricsCountUnreadPlacesByReason) {
  const Outcome swept = box_.run({"sweep", "share", "missing", "--format", "prometheus"});
  EXPECT_EQ(swept.exit_status, 3);
  const Metrics metrics = read_prometheus(swept.out);
  EXPECT_EQ(metrics.error, "");
  EXPECT_EQ(metrics.samples.at("nhisweep_unread_places"), 1);
  EXPECT_EQ(metrics.samples.at("nhisweep_unread_places_by_reason{reason=\"not-found\"}"), 1);
}

TEST_F(FormatsTest, AScanAndAListHaveNoMetrics) {
  const Outcome scan = box_.run({"scan", "share", "--format", "prometheus"});
  EXPECT_EQ(scan.exit_status, 2);
  EXPECT_THAT(scan.err, HasSubstr("--format"));
  EXPECT_EQ(box_.run({"findings", "list", "--format", "prometheus"}).exit_status, 2);
  EXPECT_EQ(box_.run({"identities", "list", "--format", "junit"}).exit_status, 2);
}

TEST_F(FormatsTest, EventsTellWhatTheLastSweepChanged) {
  sweep("2026-11-25");
  auto lines = events();
  EXPECT_EQ(words(lines), (Words{"appeared", "appeared"}));
  for (const std::string& line : lines) {
    EXPECT_THAT(line, HasSubstr("{\"schema\":\"nhisweep.event/1\",\"id\":\"v_"));
    EXPECT_THAT(line, HasSubstr("\"sweep\":1,\"at\":\"2026-11-25T00:00:00Z\""));
    EXPECT_THAT(line, HasSubstr("\"finding\":{\"schema\":\"nhisweep.finding/1\""));
  }
  sweep("2026-11-26");
  EXPECT_EQ(words(events()), Words{}) << "what merely stays is no event";

  const std::string kept = box_.read("share/a/app.properties");
  box_.write("share/a/app.properties", "db.password=${DB_PASSWORD}\n");
  box_.write("share/c/app.properties", "db.password=" + fake("c", 20) + "\n");
  sweep("2026-11-27", {"--exclude", "b/**"});
  EXPECT_EQ(words(events()), (Words{"appeared", "gone", "unverified"}));
  box_.write("share/a/app.properties", kept);
  sweep("2026-11-28");
  EXPECT_EQ(words(events()), (Words{"returned", "returned"}));
  EXPECT_EQ(words(events("2")), (Words{"appeared", "gone", "unverified", "returned", "returned"}));
}

TEST_F(FormatsTest, EventsKeepTheirIdsOverRunsAndFurtherSweeps) {
  sweep("2026-11-25");
  const auto first = events("0");
  EXPECT_EQ(events("0"), first);
  sweep("2026-11-26");
  const auto later = events("0");
  ASSERT_EQ(later.size(), first.size());
  std::set<std::string> ids;
  for (std::size_t i = 0; i < later.size(); ++i) {
    ids.insert(json_strings(first[i], "id").at(0));
    EXPECT_EQ(json_strings(later[i], "id").at(0), json_strings(first[i], "id").at(0));
  }
  EXPECT_EQ(ids.size(), first.size());
  EXPECT_EQ(events("0", {"--limit", "1"}).size(), 1u);
}

TEST_F(FormatsTest, EventsTellDecisionsAndBaselines) {
  sweep("2026-11-25", {"--baseline"});
  EXPECT_EQ(words(events()), (Words{"known", "known"}));
  sweep("2026-11-26");
  const Outcome accepted =
      box_.run({"exceptions", "add", first_id(), "--for", "pas-team", "--reason", "vendor lock",
                "--until", "2026-12-31", "--as-of", "2026-11-27"});
  ASSERT_EQ(accepted.exit_status, 0) << accepted.err;
  const auto lines = events();
  ASSERT_EQ(words(lines), (Words{"decided"}));
  EXPECT_THAT(lines[0], HasSubstr("\"decision\":{\"kind\":\"exception\",\"id\":\"e_"));
  EXPECT_THAT(lines[0], HasSubstr("\"sweep\":2,\"at\":\"2026-11-27T00:00:00Z\""));
  sweep("2026-11-28");
  ASSERT_EQ(events().size(), 1u) << "decided since the sweep before";
  EXPECT_EQ(json_strings(events()[0], "id").at(0), json_strings(lines[0], "id").at(0));
  sweep("2026-11-29");
  EXPECT_EQ(events().size(), 0u);
}

}  // namespace
}  // namespace nhi::testing
