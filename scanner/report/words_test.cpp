#include "scanner/report/words.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

TEST(PlaceOf, NamesTheMemberAndTheObject) {
  Finding finding;
  finding.place.root = ".";
  finding.place.path = "a.zip";
  finding.place.member = "b.zip!/c.txt";
  finding.first = {3, 4};
  EXPECT_EQ(place_of(finding), "a.zip!/b.zip!/c.txt:3:4");
  finding.place.path = std::nullopt;
  finding.place.root = "repo";
  finding.place.member = "commit-message";
  finding.place.git = GitFacts{};
  finding.place.git->blob = "0123456789abcdef";
  EXPECT_EQ(place_of(finding), "repo object 0123456789ab (commit-message):3:4");
}

TEST(IgnoredBy, IsTheAuthorElseTheOwnerOfTheFileElseUnknown) {
  Finding finding;
  EXPECT_EQ(ignored_by(finding).name, "unknown");
  EXPECT_EQ(ignored_by(finding).source, "unknown");
  finding.place.file.emplace().owner = "tomcat";
  EXPECT_EQ(ignored_by(finding).name, "tomcat");
  finding.place.git.emplace();  // in no commit yet
  EXPECT_EQ(ignored_by(finding).source, "file-owner");
  finding.place.git->introduced.author = "Ada <ada@example.org>";
  EXPECT_EQ(ignored_by(finding).name, "Ada <ada@example.org>");
  EXPECT_EQ(ignored_by(finding).source, "git-author");
}

TEST(Whereabouts, SaysHistoryOnlyWhenHeadHasItNoMore) {
  Finding finding;
  EXPECT_EQ(whereabouts(finding), std::vector<std::string_view>({"file"}));
  finding.place.git = GitFacts{};
  EXPECT_EQ(whereabouts(finding), std::vector<std::string_view>({"unreachable"}));
  finding.place.git->reachable = true;
  EXPECT_EQ(whereabouts(finding), std::vector<std::string_view>({"history"}));
  finding.place.git->in_head = finding.place.git->in_worktree = true;
  EXPECT_EQ(whereabouts(finding), std::vector<std::string_view>({"work tree", "HEAD"}));
}

}  // namespace
}  // namespace nhi
