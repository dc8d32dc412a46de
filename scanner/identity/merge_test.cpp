#include "scanner/identity/merge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace nhi {
namespace {

Finding in_git(const std::string& id, const std::string& blob, std::int64_t date, bool in_head) {
  Finding finding;
  finding.id = id;
  GitFacts git;
  git.blob = blob;
  git.introduced = {"c" + blob, "a", "c", Instant{date}};
  git.in_head = in_head;
  git.reachable = true;
  git.refs = {"main"};
  put_git_facts(finding, git);
  return finding;
}

TEST(MergeEqualIds, LetsTheWorkTreePlaceWinAndKeepsItsHistory) {
  Finding file;
  file.id = "f_1";
  file.first = {7, 1};
  std::vector<Finding> findings = {in_git("f_1", "aa", 100, false), file,
                                   in_git("f_1", "bb", 50, false)};
  std::vector<SecretText> none;
  merge_equal_ids(findings, none);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].first.line, 7U);
  ASSERT_TRUE(findings[0].place.git);
  EXPECT_TRUE(findings[0].place.git->in_worktree);
  EXPECT_EQ(findings[0].place.git->blobs, 2U);
  EXPECT_EQ(findings[0].place.git->introduced.date, Instant{50});
  EXPECT_EQ(findings[0].staleness.source, AgeSource::kGit);
  EXPECT_EQ(findings[0].staleness.since, Instant{50});
}

TEST(MergeEqualIds, PrefersHeadThenTheNewest) {
  std::vector<SecretText> none;
  std::vector<Finding> findings = {in_git("f_1", "aa", 900, false), in_git("f_1", "bb", 100, true)};
  merge_equal_ids(findings, none);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].place.git->blob, "bb");
  findings = {in_git("f_1", "aa", 100, false), in_git("f_1", "bb", 900, false)};
  merge_equal_ids(findings, none);
  EXPECT_EQ(findings[0].place.git->blob, "bb");
}

TEST(MergeEqualIds, DoesNotDependOnTheOrderOfReading) {
  std::vector<Finding> forward = {in_git("f_1", "aa", 100, false), in_git("f_1", "bb", 100, false),
                                  in_git("f_2", "aa", 100, false)};
  std::vector<Finding> backward(forward.rbegin(), forward.rend());
  std::vector<SecretText> none;
  merge_equal_ids(forward, none);
  merge_equal_ids(backward, none);
  ASSERT_EQ(forward.size(), 2U);
  ASSERT_EQ(backward.size(), 2U);
  EXPECT_EQ(forward[0].place.git->blob, backward[1].place.git->blob);
}

TEST(MergeEqualIds, KeepsThePlaceOfTheNewestInAnyOrder) {
  std::vector<std::size_t> order = {0, 1, 2, 3};
  const std::vector<std::pair<std::string, std::int64_t>> versions = {
      {"aa", 100}, {"bb", 900}, {"cc", 500}, {"dd", 300}};
  do {
    std::vector<Finding> findings;
    for (const std::size_t i : order) {
      findings.push_back(in_git("f_1", versions[i].first, versions[i].second, false));
    }
    std::vector<SecretText> none;
    merge_equal_ids(findings, none);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].place.git->blob, "bb");
    EXPECT_EQ(findings[0].place.git->introduced.date, Instant{100});
    EXPECT_EQ(findings[0].place.git->blobs, 4U);
  } while (std::next_permutation(order.begin(), order.end()));
}

// Each order of adding three versions, one of them folded in as such, and what is in the files.
TEST(EqualIds, ComesToTheSameInAnyOrder) {
  const std::vector<Finding> versions = {in_git("f_1", "bb", 500, false),
                                         in_git("f_1", "aa", 100, false),
                                         in_git("f_1", "cc", 300, false)};
  const GitFacts older = *in_git("f_1", "dd", 50, false).place.git;
  Finding file;
  file.id = "f_1";
  file.first = {7, 1};
  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    EqualIds all;
    for (const std::size_t i : order) {
      all.add({i == 3 ? file : versions[i]}, {}, i);
      if (i == 1) all.add_version("f_1", older);
    }
    const EqualIds::Merged merged = all.take();
    ASSERT_EQ(merged.findings.size(), 1U);
    const Finding& finding = merged.findings[0];
    EXPECT_EQ(finding.first.line, 7U);
    EXPECT_EQ(finding.place.git->blob, "bb");
    EXPECT_EQ(finding.place.git->blobs, 4U);
    EXPECT_EQ(finding.place.git->introduced.date, Instant{50});
    EXPECT_EQ(finding.staleness.since, Instant{50});
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(EqualIds, ComparesTheDateThatWasItsOwn) {
  // All were seen last at once. "bb" has that of "aa" from then on, which is older than "cc".
  EqualIds all;
  std::vector<Finding> versions = {in_git("f_1", "bb", 500, false), in_git("f_1", "aa", 100, false),
                                   in_git("f_1", "cc", 300, false)};
  for (std::size_t i = 0; i < versions.size(); ++i) all.add({versions[i]}, {}, i);
  EXPECT_EQ(all.take().findings[0].place.git->blob, "bb");
}

TEST(EqualIds, NamesTheFirstRefsOnly) {
  EqualIds all;
  for (char name = 'z'; name >= 'a'; --name) {
    Finding finding = in_git("f_1", "aa", name, false);
    finding.place.git->refs = {std::string(1, name), "~" + std::string(1, name)};
    all.add({finding}, {}, static_cast<std::uint64_t>(name));
  }
  const EqualIds::Merged merged = all.take();
  ASSERT_EQ(merged.findings[0].place.git->refs.size(), kRefsListedMax);
  EXPECT_EQ(merged.findings[0].place.git->refs.front(), "a");
  EXPECT_EQ(merged.findings[0].place.git->refs.back(), "t");
}

TEST(EqualIds, KeepsTheOrderOfTheFirst) {
  EqualIds all;
  all.add({in_git("f_2", "bb", 1, false)}, {}, 7);
  all.add({in_git("f_1", "aa", 1, false)}, {}, 5);
  all.add({in_git("f_2", "cc", 2, false)}, {}, 3);
  const EqualIds::Merged merged = all.take();
  ASSERT_EQ(merged.findings.size(), 2U);
  EXPECT_EQ(merged.findings[0].id, "f_2");
  EXPECT_EQ(merged.findings[1].id, "f_1");
}

TEST(MergeEqualIds, TellsOfTheVersionThatWasSeenLast) {
  // The younger one was a side branch's, and is gone from it.
  std::vector<Finding> findings = {in_git("f_1", "aa", 100, false),
                                   in_git("f_1", "bb", 200, false)};
  findings[0].place.git->last_seen = Instant{900};
  findings[0].place.git->removed_commit = "dd";
  findings[1].place.git->last_seen = Instant{300};
  std::vector<SecretText> none;
  merge_equal_ids(findings, none);
  EXPECT_EQ(findings[0].place.git->blob, "aa");
  EXPECT_EQ(findings[0].place.git->removed_commit, "dd");
}

TEST(MergeEqualIds, KeepsValuesBesideTheirFindings) {
  std::vector<Finding> findings = {in_git("f_1", "aa", 1, true), in_git("f_1", "bb", 2, true),
                                   in_git("f_2", "cc", 1, true)};
  std::vector<SecretText> values;
  for (const char* text : {"one", "one", "two"}) values.emplace_back(text);
  merge_equal_ids(findings, values);
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[1].reveal(), "two");
}

}  // namespace
}  // namespace nhi
