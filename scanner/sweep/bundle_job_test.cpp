// Claims: what a bundle holds is found as if it were a repository, under the place of the file, and
// what of it could not be read is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scanner/base/hash.hpp"
#include "scanner/sources/test_sandbox.hpp"
#include "scanner/sweep/runs.hpp"
#include "scanner/sweep/test_kit.hpp"

namespace nhi {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

class BundleScan : public ::testing::Test {
 protected:
  BundleScan() {
    box_.init("r");
    write("app.properties", "one");
    box_.commit("r", "first\n\n" + password_line("message"));
    write("app.properties", "two");
    write("conf/deep/db.properties", "three");
    box_.commit("r", "second");
    box_.git("r", {"checkout", "-q", "-b", "side"});
    write("side.properties", "four");
    box_.commit("r", "side");
    box_.git("r", {"checkout", "-q", "main"});
    std::filesystem::remove_all(box_.path("r/conf"));
    box_.commit("r", "without");
    box_.git("r", {"tag", "-a", "v1", "-m", password_line("tag")});
    box_.folder("t");
  }
  void write(const std::string& file, const std::string& value) {
    box_.write("r/" + file, "# " + file + "\n" + password_line(value));
  }
  void bundle(const std::string& name, std::vector<std::string> revisions) {
    revisions.insert(revisions.begin(), {"bundle", "create", "-q", "../t/" + name});
    box_.git("r", revisions);
  }

  ScanOutcome scan(const std::string& folder, bool history = true) {
    RunOptions options;
    options.git_history = history;
    Progress progress;
    const FingerprintKey key = test_key();
    auto scanned = run_scan(targets_from_paths({box_.path(folder)}, Naming::kByFolder), options,
                            rules_, key, progress);
    EXPECT_TRUE(scanned);
    return std::move(*scanned);
  }
  // What is told of each value, but for the names of its place.
  static std::multiset<std::string> told(const ScanOutcome& scanned, bool in_bundle) {
    std::multiset<std::string> lines;
    for (const Finding& finding : scanned.findings) {
      const GitFacts git = finding.place.git.value_or(GitFacts{});
      std::string line = finding.fingerprint + " " + git.blob + " " + std::to_string(git.blobs) +
                         " " + git.introduced.commit + " " + git.introduced.author + " " +
                         git.last_seen_commit + " " + git.removed_commit.value_or("-") +
                         (git.in_head ? " head" : "") + (git.reachable ? " reachable" : "");
      for (const std::string& ref : git.refs) line += " " + ref;
      const bool named = !in_bundle && finding.place.path;
      line += " " + (named ? *finding.place.path : finding.place.member);
      lines.insert(std::move(line));
    }
    return lines;
  }
  static std::vector<std::string> unread(const ScanOutcome& scanned) {
    std::vector<std::string> lines;
    for (const Unread& place : scanned.run.coverage.unread) {
      lines.push_back(place.path + " " + place.reason);
    }
    return lines;
  }

  Sandbox box_;
  const RuleSet rules_ = builtin_set();
};

TEST_F(BundleScan, FindsWhatTheBareCloneOfItHolds) {
  bundle("all.bundle", {"--all", "HEAD"});
  box_.git("", {"clone", "-q", "--mirror", "t/all.bundle", "c/all.git"});
  const ScanOutcome of_bundle = scan("t");
  const ScanOutcome of_clone = scan("c");
  EXPECT_THAT(unread(of_bundle), IsEmpty());
  auto lines = told(of_bundle, true);
  auto expected = told(of_clone, false);
  // A clone has files of its own: only its history is compared.
  EXPECT_GE(expected.size(), 6U);
  EXPECT_EQ(lines, expected);
  EXPECT_EQ(of_bundle.run.coverage.git_objects, of_clone.run.coverage.git_objects);
  for (const Finding& finding : of_bundle.findings) {
    EXPECT_EQ(finding.place.path, "all.bundle");
    EXPECT_TRUE(finding.place.file);
  }
}

TEST_F(BundleScan, ListsOnlyWhatItBuildsOnWhereItIsAPart) {
  bundle("part.bundle", {"main", "^main~1"});
  EXPECT_THAT(unread(scan("t")), ElementsAre("part.bundle shallow-history"));
}

TEST_F(BundleScan, TellsOfContainersInItUnderTheirPlace) {
  box_.write("r/lib/app.jar", std::string("PK\x03\x04") + std::string(40, '\x01'));
  box_.commit("r", "a jar");
  bundle("all.bundle", {"--all"});
  const auto places = unread(scan("t"));
  ASSERT_EQ(places.size(), 1U);
  EXPECT_TRUE(places[0].starts_with("all.bundle!/lib/app.jar closed-zip: git blob ")) << places[0];
}

TEST_F(BundleScan, ReadsWhatStandsBeforeDamage) {
  bundle("all.bundle", {"--all"});
  std::ifstream file(box_.path("t/all.bundle"), std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  box_.write("t/all.bundle", all.substr(0, all.size() - 100));
  const ScanOutcome scanned = scan("t");
  // What lies behind the cut is missing, and not told one by one.
  EXPECT_THAT(unread(scanned), ElementsAre("all.bundle corrupt-pack"));
  EXPECT_FALSE(scanned.findings.empty());
  box_.write("t/all.bundle", all.substr(0, 70));
  EXPECT_THAT(unread(scan("t")), ElementsAre("all.bundle corrupt-bundle"));
}

TEST_F(BundleScan, FindsWhatAPackByItselfHoldsWithoutAPlaceInIt) {
  box_.git("r", {"gc", "-q"});
  box_.run({"sh", "-c", "cp ../r/.git/objects/pack/*.pack lost"}, box_.path("t"));
  const ScanOutcome scanned = scan("t");
  EXPECT_THAT(unread(scanned), IsEmpty());
  EXPECT_EQ(scanned.findings.size(), 6U);
  for (const Finding& finding : scanned.findings) {
    EXPECT_EQ(finding.place.path, "lost");
    ASSERT_TRUE(finding.place.git);
    EXPECT_FALSE(finding.place.git->reachable);
    EXPECT_FALSE(finding.place.git->blob.empty());
  }
}

TEST_F(BundleScan, OfAnotherHashIsNamed) {
  box_.write("t/s.bundle", "# v3 git bundle\n@object-format=sha256\n\nPACK");
  box_.write("t/x.bundle", "# v3 git bundle\n@something=new\n\nPACK");
  EXPECT_THAT(unread(scan("t")),
              UnorderedElementsAre("s.bundle sha256-repository", "x.bundle unsupported-bundle"));
}

TEST_F(BundleScan, StaysClosedWhereHistoriesAreLeftOut) {
  bundle("all.bundle", {"--all"});
  EXPECT_THAT(unread(scan("t", false)), ElementsAre("all.bundle closed-git-pack"));
}

TEST_F(BundleScan, StaysClosedWithinAHistory) {
  bundle("all.bundle", {"--all"});
  box_.init("o");
  std::filesystem::copy_file(box_.path("t/all.bundle"), box_.path("o/all.bundle"));
  box_.commit("o", "a bundle");
  const ScanOutcome scanned = scan("o");
  const auto places = unread(scanned);
  ASSERT_EQ(places.size(), 1U);
  EXPECT_TRUE(places[0].starts_with("all.bundle closed-git-pack: git blob ")) << places[0];
  EXPECT_GE(scanned.findings.size(), 6U) << "the file is opened";
}

}  // namespace
}  // namespace nhi
