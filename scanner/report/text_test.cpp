#include "scanner/report/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "scanner/report/words.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(TextReport, KeepsToEightyColumnsButForOneLongWord) {
  for (const ReportData& data : {testing::sample_scan(), testing::sample_sweep()}) {
    std::istringstream lines(render_text(data, {}) + render_summary(data, {}));
    for (std::string line; std::getline(lines, line);) {
      if (text_width(line) <= 80) continue;
      const std::size_t start = line.find_first_not_of(' ');
      EXPECT_EQ(line.find(' ', start), std::string::npos) << line;
    }
  }
}

TEST(TextReport, UsesEscapeSequencesOnlyWhenAskedForColour) {
  for (const ReportData& data : {testing::sample_sweep(), testing::hostile("a\x1b[31m\xC2\x9B"
                                                                           "b\r\n")}) {
    EXPECT_EQ(render_text(data, {}).find('\x1b'), std::string::npos);
    EXPECT_EQ(render_text(data, {}).find("\xC2\x9B"), std::string::npos);
    EXPECT_EQ(render_text(data, {}).find('\r'), std::string::npos);
    EXPECT_EQ(render_summary(data, {}).find('\x1b'), std::string::npos);
  }
  EXPECT_THAT(render_text(testing::sample_sweep(), {.colour = true}), HasSubstr("\x1b[1;31m"));
}

TEST(TextReport, SaysTheSameWithColourAndWithout) {
  std::string coloured = render_text(testing::sample_sweep(), {.colour = true});
  for (std::size_t at = 0; (at = coloured.find('\x1b')) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(coloured, render_text(testing::sample_sweep(), {}));
}

TEST(TextReport, GivesOneBlockToOneCredentialWithAllItsPlaces) {
  const std::string text = render_text(testing::sample_scan(), {});
  EXPECT_THAT(text, HasSubstr("2 credentials in 4 places"));
  EXPECT_THAT(text, HasSubstr("the id part"));  // the key id stands in the block of its key
  EXPECT_THAT(text, HasSubstr("unreachable"));
  EXPECT_THAT(text, HasSubstr("NOT READ: 2 places"));
}

TEST(TextReport, PutsTheWorstFirst) {
  const std::string text = render_text(testing::sample_sweep(), {});
  EXPECT_LT(text.find("CRITICAL"), text.find("HIGH "));
  EXPECT_LT(text.rfind("HIGH "), text.find("MEDIUM"));
}

TEST(TextReport, ShowsAValueOnlyWhenItIsRevealed) {
  ReportData data = testing::sample_scan();
  EXPECT_THAT(render_text(data, {}), Not(HasSubstr("opened")));
  for (const Finding& finding : data.findings) data.revealed[finding.id] = "opened  by two";
  EXPECT_THAT(render_text(data, {}), HasSubstr("secret   opened  by two\n"));
}

// A tree of tests can hold thousands of values that count nowhere.
TEST(TextReport, FoldsWhatCountsNowhere) {
  ReportData data = testing::sample_scan();
  data.findings.resize(1);
  const Finding one = data.findings.front();
  for (int i = 0; i < 5; ++i) {
    Finding value = one;
    value.kind = FindingKind::kCredential;
    value.rule = "uuid-in-tests";
    value.principal = Principal::kHuman;
    value.group.clear();
    value.credential_id = "c_test" + std::to_string(i);
    data.findings.push_back(std::move(value));
  }
  const std::string text = render_text(data, {});
  EXPECT_THAT(text, HasSubstr("5 values of people or of tests"));
  EXPECT_THAT(text, HasSubstr("c_test2"));
  EXPECT_THAT(text, Not(HasSubstr("c_test3")));
  EXPECT_THAT(text, HasSubstr("and 2 more: "));
}

TEST(TextReport, CountsClosedContainersByKindBeforeItNamesThem) {
  ReportData data;
  for (const char* reason :
       {"closed-zip", "closed-gzip", "closed-zip: git blob 0123 and 4 more", "permission-denied"}) {
    data.coverage.add_unread({"t", "a", reason, 0});
  }
  EXPECT_THAT(render_text(data, {}),
              HasSubstr("NOT READ: 4 places\n"
                        "  closed containers, recognised and not opened: 1 gzip, 2 zip\n"
                        "  t/a: closed-zip\n"));
}

TEST(TextReport, SaysPlainlyThatThereIsNothing) {
  EXPECT_EQ(render_text({}, {}),
            "nothing found\n\nread 0 files, 0 bytes\neverything in scope was read\n");
}

TEST(TextReport, EqualsTheGoldenFiles) {
  testing::expect_golden("scan.txt", render_text(testing::sample_scan(), {}));
  testing::expect_golden("sweep.txt", render_text(testing::sample_sweep(), {}));
}

}  // namespace
}  // namespace nhi
