#include "scanner/report/junit.hpp"

#include <gtest/gtest.h>
#include <pugixml.hpp>

#include <set>

#include "scanner/base/scrub.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

struct Read {
  pugi::xml_document document;
  explicit Read(const ReportData& data) {
    const std::string text = render_junit(data);
    EXPECT_TRUE(is_utf8(text));
    for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    EXPECT_EQ(text.find("\xEF\xBF\xBE"), std::string::npos);  // U+FFFE
    EXPECT_EQ(text.find("\xEF\xBF\xBF"), std::string::npos);  // U+FFFF
    EXPECT_TRUE(document.load_string(text.c_str(), pugi::parse_full));
  }
  [[nodiscard]] pugi::xml_node suites() const { return document.child("testsuites"); }
  [[nodiscard]] pugi::xml_node first() const { return suites().first_child().child("testcase"); }
};

int number(const pugi::xml_node& node, const char* name) { return node.attribute(name).as_int(-1); }

// The attributes say what the cases are, suite by suite and in sum.
void expect_right_counts(const pugi::xml_node& suites) {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  for (const pugi::xml_node suite : suites.children("testsuite")) {
    int cases = 0;
    int failed = 0;
    int broken = 0;
    int skipped = 0;
    std::set<std::string> names;
    for (const pugi::xml_node one : suite.children("testcase")) {
      ++cases;
      failed += one.child("failure") ? 1 : 0;
      broken += one.child("error") ? 1 : 0;
      skipped += one.child("skipped") ? 1 : 0;
      names.insert(one.attribute("name").value());
    }
    EXPECT_EQ(number(suite, "tests"), cases);
    EXPECT_EQ(number(suite, "failures"), failed);
    EXPECT_EQ(number(suite, "errors"), broken);
    EXPECT_EQ(number(suite, "skipped"), skipped);
    tests += cases;
    failures += failed;
    errors += broken;
  }
  EXPECT_EQ(number(suites, "tests"), tests);
  EXPECT_EQ(number(suites, "failures"), failures);
  EXPECT_EQ(number(suites, "errors"), errors);
}

ReportData one_finding() {
  ReportData data = testing::sample_sweep();
  data.findings.resize(1);
  data.findings[0].presence = Presence::kOpen;
  data.coverage = {};
  return data;
}

TEST(Junit, FailsExactlyWhatCountsForTheExitStatus) {
  for (ReportData data : {testing::sample_scan(), testing::sample_sweep()}) {
    data.min_confidence = Level::kMedium;
    int counted = 0;
    for (const Finding& finding : data.findings) {
      counted += counts_for_status(finding, data.min_confidence, data.fail_on) ? 1 : 0;
    }
    const Read read(data);
    EXPECT_GT(counted, 0);
    EXPECT_EQ(number(read.suites(), "failures"), counted);
    EXPECT_EQ(number(read.suites(), "errors"), static_cast<int>(data.coverage.unread.size()));
    EXPECT_EQ(number(read.suites(), "tests"),
              static_cast<int>(data.findings.size() + data.coverage.unread.size()));
    expect_right_counts(read.suites());
  }
}

struct VerdictCase {
  const char* name;
  void (*change)(ReportData&);
  const char* element;  // that the case holds
  const char* words;    // in its message or text
};

constexpr VerdictCase kVerdicts[] = {
    {"open", [](ReportData&) {}, "failure", "CIS1 relay"},
    {"unverified", [](ReportData& d) { d.findings[0].presence = Presence::kUnverified; }, "failure",
     "Not read this time"},
    {"gone", [](ReportData& d) { d.findings[0].presence = Presence::kGone; }, "system-out", "gone"},
    {"excepted",
     [](ReportData& d) {
       d.findings[0].exception_id = "e_91";
       d.findings[0].exception_until = Instant{1803772800};
     },
     "skipped", "e_91 until 2027-02-28"},
    {"false",
     [](ReportData& d) {
       d.findings[0].decision.emplace().verdict = Verdict::kFalsePositive;
       d.findings[0].decision->reason = "a sample";
     },
     "skipped", "false positive: a sample"},
    {"ignored", [](ReportData& d) { d.findings[0].ignored_inline = true; }, "skipped", "inline"},
    {"unsure",
     [](ReportData& d) {
       d.min_confidence = Level::kHigh;
       d.findings[0].confidence = Level::kMedium;
     },
     "skipped", "confidence medium"},
    {"mild",
     [](ReportData& d) {
       d.fail_on = Level::kCritical;
       d.findings[0].severity = Level::kHigh;
     },
     "skipped", "severity high"},
    {"dead", [](ReportData& d) { d.findings[0].credential_status = CredentialStatus::kDeadProven; },
     "system-out", "dead"},
    {"human", [](ReportData& d) { d.findings[0].principal = Principal::kHuman; }, "system-out",
     "person"},
    {"site", [](ReportData& d) { d.findings[0].kind = FindingKind::kSite; }, "system-out",
     "reference"},
};

TEST(Junit, GivesEachFindingItsVerdict) {
  for (const VerdictCase& row : kVerdicts) {
    ReportData data = one_finding();
    data.findings[0].kind = FindingKind::kCredential;
    data.findings[0].rule = "cis1-relay-key";
    data.findings[0].principal = Principal::kMachine;
    row.change(data);
    const Read read(data);
    const pugi::xml_node element = read.first().child(row.element);
    ASSERT_TRUE(element) << row.name;
    const std::string said =
        std::string(element.attribute("message").value()) + element.text().get();
    EXPECT_NE(said.find(row.words), std::string::npos) << row.name << ": " << said;
    const bool passes = std::string(row.element) == "system-out";
    EXPECT_EQ(!read.first().child("failure") && !read.first().child("skipped"), passes) << row.name;
    expect_right_counts(read.suites());
  }
}

TEST(Junit, HasASuiteForEachRootAndOneForCoverageLast) {
  const Read read(testing::sample_scan());
  std::vector<std::string> names;
  for (const pugi::xml_node suite : read.suites().children("testsuite")) {
    names.emplace_back(suite.attribute("name").value());
    for (const pugi::xml_node one : suite.children("testcase")) {
      EXPECT_EQ(one.attribute("classname").value(), names.back());
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"repo-a", "repo-b", "nhisweep.coverage"}));
}

TEST(Junit, ACleanRunIsOneCaseThatPasses) {
  ReportData data = testing::sample_scan();
  data.findings.clear();
  data.coverage.unread.clear();
  data.coverage.unread_total = 0;
  const Read read(data);
  EXPECT_EQ(number(read.suites(), "tests"), 1);
  EXPECT_EQ(number(read.suites(), "failures"), 0);
  EXPECT_EQ(number(read.suites(), "errors"), 0);
}

TEST(Junit, SaysThatMorePlacesWereUnreadThanAreListed) {
  ReportData data = one_finding();
  data.coverage.unread = {{"repo-z", "", "stale: last fetched 3 days ago", 0}};
  data.coverage.unread_total = 4;
  const Read read(data);
  EXPECT_EQ(number(read.suites(), "errors"), 2);
  const std::string text = render_junit(data);
  EXPECT_NE(text.find("3 places more could not be read"), std::string::npos);
  // The name stays the same from night to night; the message has the number.
  EXPECT_NE(text.find("name=\"can be read: the root (stale)\""), std::string::npos);
  EXPECT_NE(text.find("could not be read: stale: last fetched 3 days ago"), std::string::npos);
}

TEST(Junit, NamesACaseByItsIdAndNotByItsLine) {
  ReportData data = one_finding();
  const std::string before = Read(data).first().attribute("name").value();
  data.findings[0].first.line += 7;
  EXPECT_EQ(Read(data).first().attribute("name").value(), before);
  EXPECT_NE(before.find(data.findings[0].id), std::string::npos);
}

TEST(Junit, IsLegalXmlWhateverStandsInItsFields) {
  for (const std::string& text :
       {std::string("]]><a b='c' d=\"e\">&amp;"), std::string("a\0b\x01\x1b\x0b\r\n\t", 9),
        std::string("\xFF\xC0\xED\xA0\x80"), std::string("\xEF\xBF\xBE\xEF\xBF\xBF"),
        std::string()}) {
    const ReportData data = testing::hostile(text);
    const Read read(data);
    ASSERT_TRUE(read.first());
    EXPECT_EQ(read.suites().first_child().attribute("name").value(),
              std::string(Read(data).first().attribute("classname").value()));
    expect_right_counts(read.suites());
  }
}

TEST(Junit, NeverShowsAValueEvenIfItIsRevealed) {
  ReportData data = testing::sample_scan();
  const std::string value = "opened-" + std::string(9, 'x');
  for (const Finding& finding : data.findings) data.revealed[finding.id] = value;
  EXPECT_EQ(render_junit(data).find(value), std::string::npos);
}

TEST(Junit, EqualsTheGoldenFiles) {
  testing::expect_golden("scan.junit.xml", render_junit(testing::sample_scan()));
  testing::expect_golden("sweep.junit.xml", render_junit(testing::sample_sweep()));
}

}  // namespace
}  // namespace nhi
