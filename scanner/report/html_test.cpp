#include "scanner/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "scanner/report/json.hpp"
#include "tests/report/golden.hpp"
#include "tests/report/sample.hpp"

namespace nhi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t start = text.find(open);
  if (start == std::string::npos) return {};
  const std::size_t end = text.find(close, start + open.size());
  return text.substr(start + open.size(), end - start - open.size());
}

std::uint64_t count_of(const std::string& text, std::string_view word) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) ++count;
  return count;
}

/// The page without its own style and script: what the data made.
std::string skeleton(const ReportData& data) {
  std::string page = render_html(data);
  page.erase(page.find("<style>"), page.find("</style>") - page.find("<style>"));
  page.erase(page.rfind("<script>"), page.rfind("</script>") - page.rfind("<script>"));
  const std::size_t policy = page.find("script-src");  // hashes of style and script
  page.erase(policy, page.find("; base-uri") - policy);
  return page;
}

TEST(Html, NeedsNothingFromElsewhere) {
  const std::string page = render_html(testing::sample_sweep());
  for (const char* word : {"src=", "@import", "url(", "<link", "<iframe", " style=", " onclick"}) {
    EXPECT_THAT(skeleton(testing::sample_sweep()), Not(HasSubstr(word)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
}

TEST(Html, EscapesEveryHostileField) {
  for (const std::string& text :
       {std::string("</script><img src=x onerror=alert(1)>"), std::string("<!--<script>"),
        std::string("{{js}}{{title}}"), std::string("\"'><svg/onload=alert(1)>\xFF\x1b")}) {
    const std::string page = skeleton(testing::hostile(text));
    EXPECT_EQ(count_of(page, "<img"), 0u);
    EXPECT_EQ(count_of(page, "<svg/"), 0u);
    EXPECT_EQ(count_of(page, "<!--"), 0u);
    EXPECT_EQ(count_of(page, "<script"), 2u);  // the third is cut out, all but its end
    EXPECT_EQ(count_of(page, "</script"), 3u);
    for (const char* id : {"findings-data", "credentials-data"}) {
      const std::string json = between(page, std::string("id=\"") + id + "\">", "</script>");
      EXPECT_TRUE(Json::accept(json)) << id;
    }
  }
}

TEST(Html, IsTheSameForTheSameData) {
  EXPECT_EQ(render_html(testing::sample_sweep()), render_html(testing::sample_sweep()));
}

TEST(Html, HoldsFiftyThousandFindingsInUnderTwentyMegabytes) {
  EXPECT_LT(render_html(testing::large_sweep(50'000)).size(), 20u << 20u);
}

TEST(Html, EqualsTheGoldenSkeleton) {
  testing::expect_golden("sweep.html", skeleton(testing::sample_sweep()));
  testing::expect_golden("scan.html", skeleton(testing::sample_scan()));
}

}  // namespace
}  // namespace nhi
