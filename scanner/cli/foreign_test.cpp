#include "scanner/cli/foreign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using ::testing::HasSubstr;

Finding at(std::string id, std::string path, std::uint64_t line, std::string rule) {
  Finding finding;
  finding.id = std::move(id);
  finding.rule = std::move(rule);
  finding.place.root = "r";
  finding.place.path = std::move(path);
  finding.first.line = finding.last.line = line;
  return finding;
}

std::string ids(const PlacesOfRoot::Answer& answer) {
  std::string out;
  for (const Finding* finding : answer.found) out += finding->id + " ";
  return out.empty() ? answer.why_not : out;
}

TEST(GitleaksIgnore, BothShapesOfAFingerprintAreRead) {
  SheetFaults faults(".gitleaksignore");
  const auto entries = read_gitleaks_ignore(
      "# a comment\r\n\n  app/a.py:generic-api-key:12  \r\n"
      "0123abc:win\\b.py:aws:3\n./c:d.py:aws:4\nC:\\e.py:aws:5",
      faults);
  EXPECT_FALSE(faults.any());
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].path, "app/a.py");
  EXPECT_EQ(entries[0].rule, "generic-api-key");
  EXPECT_EQ(entries[0].line, 12u);
  EXPECT_EQ(entries[0].list_line, 3u);
  EXPECT_EQ(entries[1].commit, "0123abc");
  EXPECT_EQ(entries[1].path, "win/b.py");
  EXPECT_EQ(entries[2].path, "c:d.py") << "a colon in a path, and no commit";
  EXPECT_EQ(entries[3].path, "C:/e.py");
}

TEST(GitleaksIgnore, AnythingElseIsAFaultOfItsLine) {
  SheetFaults faults("x");
  for (const char* text : {"app/a.py", "app/a.py:12", "a.py:rule:*", "a.py:rule:0", "::1", ":a:1",
                           "a.py::1", "a.py:rule:1x", "a.py:rule:99999999999999999999"}) {
    SheetFaults one("x");
    EXPECT_TRUE(read_gitleaks_ignore(text, one).empty()) << text;
    EXPECT_TRUE(one.any()) << text;
  }
}

TEST(DetectSecrets, TheAuditIsTheVerdictAndSilenceIsNone) {
  const auto entries = read_detect_secrets(
      R"({"version":"1.4.0","plugins_used":[{"name":"AWSKeyDetector"}],"results":{
        "app/a.py":[{"type":"Secret Keyword","filename":"app/a.py","hashed_secret":"00",
                     "is_verified":false,"line_number":7,"is_secret":false},
                    {"type":"AWS Key","hashed_secret":"01","line_number":8,"is_secret":true}],
        "w\\b.py":[{"type":"Secret Keyword","hashed_secret":"02","is_verified":true}]}})",
      "f");
  ASSERT_TRUE(entries) << entries.error().message();
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0].verdict, Verdict::kFalsePositive);
  EXPECT_EQ((*entries)[0].line, 7u);
  EXPECT_EQ((*entries)[1].verdict, Verdict::kConfirmed);
  EXPECT_EQ((*entries)[2].verdict, Verdict::kNone);
  EXPECT_EQ((*entries)[2].path, "w/b.py");
  EXPECT_EQ((*entries)[2].line, 0u);
  for (const char* text : {"{}", "[]", "", R"({"results":{}})", "{\"version\":\"1.4.0\""}) {
    const auto refused = read_detect_secrets(text, "f");
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, ErrorCode::kBadUse);
  }
}

TEST(PlacesOfRoot, APlaceIsPathLineAndCommitAndNeverAGuess) {
  std::vector<Finding> findings = {at("f_1", "a.py", 3, "x"), at("f_2", "a.py", 9, "x"),
                                   at("f_3", "a.py", 9, "y"), at("f_4", "gone.py", 1, "x"),
                                   at("f_5", "git.py", 1, "x")};
  findings[3].presence = Presence::kGone;
  findings[4].place.git.emplace().introduced.commit = "0123abcdef";
  const PlacesOfRoot places(findings, "r");
  const auto look = [&](std::string path, std::uint64_t line, std::string rule,
                        std::string commit = {}) {
    return ids(places.look_up(
        {1, std::move(commit), std::move(path), line, std::move(rule), Verdict::kFalsePositive}));
  };
  EXPECT_EQ(look("a.py", 3, "their-name"), "f_1 ") << "alone on its line: rules may differ";
  EXPECT_EQ(look("a.py", 9, "y"), "f_3 ");
  EXPECT_THAT(look("a.py", 9, "their-name"), HasSubstr("2 findings there"));
  EXPECT_THAT(look("a.py", 4, "x"), HasSubstr("no finding on this line, 3 on others"));
  EXPECT_THAT(look("gone.py", 1, "x"), HasSubstr("no finding in this file"));
  EXPECT_THAT(look("a.py", 0, "x"), HasSubstr("names no line"));
  EXPECT_EQ(look("git.py", 1, "x", "0123abc"), "f_5 ");
  EXPECT_EQ(look("git.py", 1, "x"), "f_5 ");
  EXPECT_THAT(look("git.py", 1, "x", "9999999"), HasSubstr("another commit"));
  EXPECT_THAT(look("a.py", 3, "x", "9999999"), HasSubstr("another commit"));
  EXPECT_THAT(ids(PlacesOfRoot(findings, "s").look_up({1, "", "a.py", 3, "x"})),
              HasSubstr("no finding in this file"));
}

}  // namespace
}  // namespace nhi
