#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/git.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kText = "the value looked for\n";

std::string put(const Sandbox& box, const std::string& path, const std::string& message = "put") {
  box.write("r/" + path, kText);
  return box.commit("r", message);
}

std::string drop(const Sandbox& box, const std::string& path) {
  box.git("r", {"rm", "-q", path});
  return box.commit("r", "drop");
}

std::string other(const Sandbox& box, const std::string& path) {
  box.write("r/" + path, "of no interest: " + path + "\n");
  return box.commit("r", "other");
}

std::string blob_of(const Sandbox& box, const std::string& text = kText) {
  return box.git("r", {"hash-object", "--stdin"}, text);
}

std::vector<GitPlace> places_in(const Sandbox& box, const std::string& git_dir,
                                const std::string& text = kText) {
  auto repository = GitRepository::open(box.path(git_dir));
  EXPECT_TRUE(repository);
  if (!repository) return {};
  const std::string id = blob_of(box, text);
  std::vector<Unread> unread;
  const GitObject wanted{*GitId::parse(id), GitObjectKind::kBlob, text.size()};
  auto places = repository->attribute({wanted}, unread);
  EXPECT_TRUE(unread.empty());
  EXPECT_TRUE(places && places->size() == 1);
  return places ? (*places)[id] : std::vector<GitPlace>();
}

GitPlace place_in(const Sandbox& box, const std::string& git_dir = "r/.git") {
  const std::vector<GitPlace> places = places_in(box, git_dir);
  EXPECT_EQ(places.size(), 1U);
  return places.empty() ? GitPlace{} : places[0];
}

std::string tip(const Sandbox& box, const std::string& name = "HEAD") {
  return box.git("r", {"rev-parse", name});
}

TEST(Attribute, NamesCommitPeopleDatesAndRefs) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  const std::string introduced = put(box, "conf/key.txt");
  const std::string date = box.git("r", {"show", "-s", "--format=%ct"});
  const std::string last = other(box, "b");
  box.git("r", {"branch", "twin"});
  box.git("r", {"tag", "v1"});
  const GitPlace place = place_in(box);
  EXPECT_EQ(place.path, "conf/key.txt");
  EXPECT_EQ(place.facts.blob, blob_of(box));
  EXPECT_EQ(place.facts.introduced.commit, introduced);
  EXPECT_EQ(place.facts.introduced.author, "Ann Author <ann@example.org>");
  EXPECT_EQ(place.facts.introduced.committer, "Carl Committer <carl@example.org>");
  EXPECT_EQ(std::to_string(place.facts.introduced.date.seconds), date);
  EXPECT_EQ(place.facts.last_seen_commit, last);
  EXPECT_EQ(place.facts.removed_commit, std::nullopt);
  EXPECT_EQ(place.facts.paths_total, 1U);
  EXPECT_THAT(place.facts.refs, ElementsAre("main", "twin", "v1"));
  EXPECT_TRUE(place.facts.in_head);
  EXPECT_TRUE(place.facts.reachable);
}

TEST(Attribute, NamesTheCommitThatRemoved) {
  const Sandbox box;
  box.init("r");
  const std::string first = put(box, "key");
  const std::string before = other(box, "a");
  const std::string removed = drop(box, "key");
  const std::string date = box.git("r", {"show", "-s", "--format=%ct"});
  other(box, "b");
  const GitPlace place = place_in(box);
  EXPECT_EQ(place.facts.introduced.commit, first);
  EXPECT_EQ(place.facts.removed_commit, removed);
  EXPECT_EQ(place.facts.removed_date, Instant{std::stoll(date)});
  EXPECT_EQ(place.facts.last_seen_commit, before);
  EXPECT_FALSE(place.facts.in_head);
  EXPECT_TRUE(place.facts.reachable);
}

TEST(Attribute, TakesADateOfZeroForADate) {
  // The commits are made by hand; the first two have the date 0.
  const Sandbox box;
  box.init("r");
  std::string parent;
  std::vector<std::string> commits;
  for (const char* name : {"first", "second"}) {
    const std::string with = box.git("r", {"hash-object", "-w", "--stdin"}, kText);
    const std::string extra = box.git("r", {"hash-object", "-w", "--stdin"}, name);
    const std::string tree = box.git("r", {"mktree"},
                                     "100644 blob " + extra + "\textra\n100644 blob " + with +
                                         "\t" + (parent.empty() ? "key" : "key2") + "\n");
    std::string raw = "tree " + tree + "\n";
    if (!parent.empty()) raw += "parent " + parent + "\n";
    raw += "author A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\n\nm\n";
    parent = box.git("r", {"hash-object", "-w", "-t", "commit", "--stdin"}, raw);
    commits.push_back(parent);
  }
  const std::string back = box.git("r", {"rev-parse", commits[0] + "^{tree}"});
  const std::string third =
      box.git("r", {"hash-object", "-w", "-t", "commit", "--stdin"},
              "tree " + back + "\nparent " + parent +
                  "\nauthor A <a@b> 5 +0000\ncommitter A <a@b> 5 +0000\n\nm\n");
  box.git("r", {"update-ref", "refs/heads/main", third});
  const std::vector<GitPlace> places = places_in(box, "r/.git");
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].path, "key");
  EXPECT_EQ(places[0].facts.introduced.commit, commits[0]);
  EXPECT_EQ(places[0].facts.removed_commit, std::nullopt);
  EXPECT_EQ(places[1].path, "key2");
  EXPECT_EQ(places[1].facts.introduced.commit, commits[1]);
  EXPECT_EQ(places[1].facts.removed_commit, third);
}

TEST(Attribute, ReintroducedIsNotRemovedAndKeepsItsFirstCommit) {
  const Sandbox box;
  box.init("r");
  const std::string first = put(box, "key");
  drop(box, "key");
  const std::string again = put(box, "key", "again");
  GitPlace place = place_in(box);
  EXPECT_EQ(place.facts.introduced.commit, first);
  EXPECT_EQ(place.facts.removed_commit, std::nullopt);
  EXPECT_EQ(place.facts.last_seen_commit, again);
  EXPECT_TRUE(place.facts.in_head);
  const std::string removed = drop(box, "key");
  place = place_in(box);
  EXPECT_EQ(place.facts.removed_commit, removed);
  EXPECT_EQ(place.facts.last_seen_commit, again);
}

TEST(Attribute, ARenameIsARemovalHereAndAnIntroductionThere) {
  const Sandbox box;
  box.init("r");
  put(box, "old");
  box.git("r", {"mv", "old", "new"});
  const std::string moved = box.commit("r", "move");
  const std::vector<GitPlace> places = places_in(box, "r/.git");
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].path, "new");
  EXPECT_EQ(places[0].facts.introduced.commit, moved);
  EXPECT_TRUE(places[0].facts.in_head);
  EXPECT_EQ(places[0].facts.paths_total, 2U);
  EXPECT_EQ(places[1].path, "old");
  EXPECT_EQ(places[1].facts.removed_commit, moved);
  EXPECT_FALSE(places[1].facts.in_head);
}

TEST(Attribute, ListsEveryPathAtOnce) {
  const Sandbox box;
  box.init("r");
  box.write("r/a/one", kText);
  box.write("r/b/one", kText);
  put(box, "two");
  std::vector<std::string> paths;
  for (const GitPlace& place : places_in(box, "r/.git")) {
    paths.push_back(place.path);
    EXPECT_EQ(place.facts.paths_total, 3U);
  }
  EXPECT_THAT(paths, ElementsAre("a/one", "b/one", "two"));
}

TEST(Attribute, AWholeFolderRemovedOrReplacedCounts) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  put(box, "dir/deep/key");
  box.git("r", {"rm", "-q", "-r", "dir"});
  box.write("r/dir", "now a file\n");
  const std::string removed = box.commit("r", "replace");
  EXPECT_EQ(place_in(box).facts.removed_commit, removed);
}

TEST(Attribute, OfTwoBranchesTheOldestIntroducedAndBothCount) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  box.git("r", {"branch", "side"});
  const std::string first = put(box, "key");
  box.git("r", {"checkout", "-q", "side"});
  put(box, "key", "the same elsewhere");
  const GitPlace place = place_in(box);
  EXPECT_EQ(place.facts.introduced.commit, first);
  EXPECT_THAT(place.facts.refs, ElementsAre("main", "side"));
}

TEST(Attribute, IsNotRemovedWhileABranchHoldsIt) {
  const Sandbox box;
  box.init("r");
  put(box, "key");
  box.git("r", {"branch", "side"});
  const std::string removed = drop(box, "key");
  GitPlace place = place_in(box);
  EXPECT_EQ(place.facts.removed_commit, std::nullopt);
  EXPECT_EQ(place.facts.last_seen_commit, tip(box, "side"));
  EXPECT_FALSE(place.facts.in_head);
  box.git("r", {"tag", "v1", "side"});
  box.git("r", {"branch", "-q", "-D", "side"});
  place = place_in(box);  // a tag is the past
  EXPECT_EQ(place.facts.removed_commit, removed);
  EXPECT_THAT(place.facts.refs, ElementsAre("main", "v1"));
}

TEST(Attribute, TheCommitOnTheBranchRemovedNotItsMerge) {
  const Sandbox box;
  box.init("r");
  put(box, "key");
  box.git("r", {"checkout", "-q", "-b", "side"});
  const std::string removed = drop(box, "key");
  box.git("r", {"checkout", "-q", "main"});
  other(box, "a");
  box.tick();
  box.git("r", {"merge", "-q", "-m", "merge", "side"});
  EXPECT_EQ(place_in(box).facts.removed_commit, removed);
  EXPECT_FALSE(place_in(box).facts.in_head);
}

TEST(Attribute, AMergeMayIntroduceAndDropByItself) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  box.git("r", {"checkout", "-q", "-b", "side"});
  other(box, "b");
  box.git("r", {"checkout", "-q", "main"});
  other(box, "c");
  box.git("r", {"merge", "-q", "--no-commit", "--no-ff", "side"});
  const std::string evil = put(box, "key");
  EXPECT_EQ(place_in(box).facts.introduced.commit, evil);
  box.git("r", {"checkout", "-q", "-b", "again"});
  other(box, "d");
  box.git("r", {"checkout", "-q", "main"});
  other(box, "e");
  box.git("r", {"merge", "-q", "--no-commit", "--no-ff", "again"});
  const std::string dropped = drop(box, "key");
  box.git("r", {"branch", "-q", "-D", "again", "side"});
  EXPECT_EQ(place_in(box).facts.removed_commit, dropped);
}

TEST(Attribute, AMergeMayDropWhatItsSecondParentBrought) {
  for (const bool ours : {true, false}) {
    const Sandbox box;
    box.init("r");
    other(box, "a");
    box.git("r", {"checkout", "-q", "-b", "side"});
    const std::string first = put(box, "key");
    other(box, "s");
    box.git("r", {"checkout", "-q", "main"});
    other(box, "b");
    box.git("r", ours ? std::vector<std::string>{"merge", "-q", "-s", "ours", "--no-commit", "side"}
                      : std::vector<std::string>{"merge", "-q", "--no-commit", "side"});
    if (!ours) box.git("r", {"rm", "-q", "-f", "key"});
    const std::string merge = box.commit("r", "merge");
    const std::string second = tip(box, "side");
    box.git("r", {"branch", "-q", "-D", "side"});
    other(box, "c");
    const GitPlace place = place_in(box);
    EXPECT_EQ(place.facts.introduced.commit, first);
    EXPECT_EQ(place.facts.removed_commit, merge);
    EXPECT_EQ(place.facts.last_seen_commit, second);
  }
}

TEST(Attribute, SurvivesACrissCross) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  box.git("r", {"branch", "side"});
  const std::string first = put(box, "key");
  const std::string main1 = tip(box);
  box.git("r", {"checkout", "-q", "side"});
  const std::string side1 = other(box, "b");
  box.tick();
  box.git("r", {"merge", "-q", "-m", "x1", main1});
  box.git("r", {"checkout", "-q", "main"});
  box.git("r", {"merge", "-q", "-m", "x2", side1});
  other(box, "c");
  box.git("r", {"checkout", "-q", "side"});
  const std::string removed = drop(box, "key");
  EXPECT_EQ(place_in(box).facts.removed_commit, std::nullopt);
  EXPECT_EQ(place_in(box).facts.introduced.commit, first);
  box.git("r", {"checkout", "-q", "main"});
  box.tick();
  box.git("r", {"merge", "-q", "-m", "last", "side"});
  EXPECT_EQ(place_in(box).facts.removed_commit, removed);
  EXPECT_EQ(place_in(box).facts.introduced.commit, first);
}

TEST(Attribute, ABlobReachedFromNowhereHasNoPath) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  box.git("r", {"hash-object", "-w", "--stdin"}, kText);
  const GitPlace place = place_in(box);
  EXPECT_EQ(place.path, "");
  EXPECT_EQ(place.facts.blob, blob_of(box));
  EXPECT_EQ(place.facts.introduced.commit, "");
  EXPECT_FALSE(place.facts.reachable);
  EXPECT_FALSE(place.facts.in_head);
}

TEST(Attribute, FollowsADetachedHead) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  box.git("r", {"checkout", "-q", "--detach"});
  const std::string alone = put(box, "key");
  const GitPlace place = place_in(box);
  EXPECT_EQ(place.facts.introduced.commit, alone);
  EXPECT_TRUE(place.facts.in_head);
  EXPECT_THAT(place.facts.refs, IsEmpty());
}

TEST(Attribute, FollowsReflogs) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  const std::string undone = put(box, "key");
  box.git("r", {"reset", "-q", "--hard", "HEAD~1"});
  GitPlace place = place_in(box);
  EXPECT_EQ(place.facts.introduced.commit, undone);
  EXPECT_TRUE(place.facts.reachable);
  EXPECT_FALSE(place.facts.in_head);
  EXPECT_THAT(place.facts.refs, IsEmpty());
  box.git("r", {"update-ref", "-d", "ORIG_HEAD"});
  box.git("r", {"reflog", "expire", "--expire=now", "--all"});
  EXPECT_FALSE(place_in(box).facts.reachable);
}

TEST(Attribute, FollowsTheHeadOfALinkedWorkTree) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  box.git("r", {"worktree", "add", "-q", "--detach", "../tree"});
  box.write("tree/key", kText);
  const std::string alone = box.commit("tree", "there");
  EXPECT_EQ(place_in(box).facts.introduced.commit, alone);
  const GitPlace there = place_in(box, "r/.git/worktrees/tree");
  EXPECT_EQ(there.facts.introduced.commit, alone);
  EXPECT_TRUE(there.facts.in_head);
}

TEST(Attribute, FollowsStashesAndNotes) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  box.write("r/key", kText);
  box.git("r", {"stash", "-q", "-u"});
  GitPlace place = place_in(box);
  EXPECT_EQ(place.path, "key");
  EXPECT_TRUE(place.facts.reachable);
  EXPECT_EQ(place.facts.removed_commit, std::nullopt);
  EXPECT_THAT(place.facts.refs, ElementsAre("stash"));
  box.git("r", {"stash", "drop", "-q"});
  box.git("r", {"notes", "add", "-F", "-"}, kText);
  place = place_in(box);
  EXPECT_THAT(place.facts.refs, ElementsAre("notes/commits"));
  EXPECT_TRUE(place.facts.reachable);
}

TEST(Attribute, AStashDoesNotRemove) {
  const Sandbox box;
  box.init("r");
  put(box, "key");
  const std::string removed = drop(box, "key");
  box.git("r", {"checkout", "-q", "HEAD~1"});
  box.tick();
  box.git("r", {"rm", "-q", "key"});
  box.git("r", {"stash", "-q"});
  box.git("r", {"checkout", "-q", "main"});
  EXPECT_EQ(place_in(box).facts.removed_commit, removed);
}

TEST(Attribute, ARefMayNameABlobOrAFolder) {
  const Sandbox box;
  box.init("r");
  other(box, "a");
  const std::string id = box.git("r", {"hash-object", "-w", "--stdin"}, kText);
  box.git("r", {"tag", "-a", "-m", "m", "blob", id});
  const std::string tree = box.git("r", {"mktree"}, "100644 blob " + id + "\tkey\n");
  box.git("r", {"update-ref", "refs/tags/tree", tree});
  const std::vector<GitPlace> places = places_in(box, "r/.git");
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].path, "refs/tags/blob");
  EXPECT_THAT(places[0].facts.refs, ElementsAre("blob"));
  EXPECT_EQ(places[1].path, "refs/tags/tree/key");
  EXPECT_TRUE(places[1].facts.reachable);
}

TEST(Attribute, GoesOnWhereAShallowCloneOrDamageEndsOneLine) {
  const Sandbox box;
  box.init("r");
  const std::string root = other(box, "a");
  const std::string gone = other(box, "b");
  put(box, "key");
  box.git("r", {"checkout", "-q", "-b", "side", root});
  const std::string side = other(box, "s");
  const std::string last = put(box, "other-key");
  box.git("r",
          {"clone", "-q", "--depth=2", "--no-single-branch", "file://" + box.path("r"), "../cut"});
  EXPECT_EQ(places_in(box, "cut/.git").size(), 2U);
  ASSERT_EQ(
      ::unlink(box.path("r/.git/objects/" + gone.substr(0, 2) + "/" + gone.substr(2)).c_str()), 0);
  const std::vector<GitPlace> places = places_in(box, "r/.git");
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].facts.introduced.commit, tip(box, "main"));
  EXPECT_EQ(places[1].facts.introduced.commit, last);
}

}  // namespace
}  // namespace nhi
