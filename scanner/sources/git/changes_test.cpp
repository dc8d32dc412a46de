#include "scanner/sources/git/changes.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Read {
  GitChangeReader reader;
  GitChanges changes;
  std::vector<std::string> unread;
  [[nodiscard]] std::set<std::string> blobs() const {
    std::set<std::string> lines;
    for (const GitChange& change : changes.blobs) {
      lines.insert(change.path + " " + change.blob.hex());
    }
    return lines;
  }
};

Read read(const std::string& git_dir, const std::string& since = {}) {
  auto opened = GitChangeReader::open(git_dir);
  EXPECT_TRUE(opened);
  Read read{std::move(*opened), {}, {}};
  std::vector<Unread> unread;
  auto changes = since.empty() ? read.reader.staged("", unread) : read.reader.since(since, unread);
  EXPECT_TRUE(changes) << (changes ? "" : changes.error().message());
  if (changes) read.changes = std::move(*changes);
  for (const Unread& place : unread) read.unread.push_back(place.path + " " + place.reason);
  return read;
}

// "path blob" of what `git diff` says came, without modes alone and submodules.
std::set<std::string> came(const std::string& raw) {
  std::set<std::string> lines;
  std::istringstream words(raw);
  std::string from_mode, to_mode, from, to, rest;
  while (words >> from_mode >> to_mode >> from >> to && std::getline(words, rest)) {
    const std::string path = rest.substr(rest.find('\t') + 1);
    if (from != to && to_mode != "000000" && to_mode != "160000") lines.insert(path + " " + to);
  }
  return lines;
}

// Changes a work tree at random: contents, folders, moves, removals, modes.
void change(const Sandbox& box, std::mt19937& random) {
  for (int i = 0; i < 6; ++i) {
    const std::string path = "r/d" + std::to_string(random() % 3) + "/e" +
                             std::to_string(random() % 2) + "/f" + std::to_string(random() % 5);
    const auto text = std::to_string(random() % 20);
    switch (random() % 6) {
      case 0:
        ::unlink(box.path(path).c_str());
        break;
      case 1:
        ::chmod(box.path(path).c_str(), 0755);
        break;
      case 2:
        ::rename(box.path(path).c_str(), box.path("r/moved" + text).c_str());
        break;
      default:
        box.write(path, "text " + text + "\n");
    }
  }
}

TEST(StagedChanges, AreThoseThatGitTells) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    std::mt19937 random(seed);
    const Sandbox box;
    box.init("r");
    for (int i = 0; i < 4; ++i) change(box, random);
    box.write("r/top", "x");
    box.git("r", {"add", "-A"});
    EXPECT_EQ(read(box.path("r/.git")).blobs(),
              came(box.git("r", {"diff", "--cached", "--raw", "--no-renames", "--no-abbrev",
                                 "4b825dc642cb6eb9a060e54bf8d69288fbee4904"})))
        << "before the first commit";
    box.commit("r", "first");
    EXPECT_THAT(read(box.path("r/.git")).blobs(), IsEmpty());
    change(box, random);
    if (seed % 2 == 0) box.git("r", {"gc", "-q"});
    box.git("r", {"add", "-A"});
    change(box, random);  // not staged
    Read staged = read(box.path("r/.git"));
    EXPECT_EQ(
        staged.blobs(),
        came(box.git("r", {"diff", "--cached", "--raw", "--no-renames", "--no-abbrev", "HEAD"})))
        << seed;
    EXPECT_THAT(staged.unread, IsEmpty());
    for (const GitChange& change : staged.changes.blobs) {
      const auto head =
          box.run({"git", "rev-parse", "-q", "--verify", "HEAD:" + change.path}, box.path("r"));
      const std::vector<GitId> before = staged.reader.before(change.path);
      ASSERT_EQ(before.size(), head.status == 0 ? 1U : 0U) << change.path;
      if (head.status == 0) {
        EXPECT_EQ(before[0].hex(), head.out.substr(0, 40));
      }
    }
  }
}

TEST(StagedChanges, LeaveOutSubmodulesAndNamesAndTakeLinks) {
  const Sandbox box;
  box.init("r");
  box.write("r/a", "a\n");
  box.commit("r", "first");
  box.git("r", {"update-index", "--add", "--cacheinfo",
                "160000,1234567890123456789012345678901234567890,sub"});
  box.link("to/somewhere", "r/link");
  box.git("r", {"add", "link"});
  box.write("r/named", "secret\n");
  box.git("r", {"add", "-N", "named"});
  const Read staged = read(box.path("r/.git"));
  ASSERT_EQ(staged.changes.blobs.size(), 1U);
  EXPECT_EQ(staged.changes.blobs[0].path, "link");
  EXPECT_EQ(staged.changes.names_only, 1U);
}

TEST(StagedChanges, HoldEveryStageOfAConflictButOurs) {
  const Sandbox box;
  box.init("r");
  box.write("r/a", "base\n");
  box.write("r/quiet", "x\n");
  box.commit("r", "base");
  box.git("r", {"checkout", "-q", "-b", "side"});
  box.write("r/a", "theirs\n");
  box.write("r/only-theirs", "theirs\n");
  box.commit("r", "side");
  box.git("r", {"checkout", "-q", "main"});
  box.write("r/a", "ours\n");
  box.commit("r", "main");
  EXPECT_NE(box.run({"git", "merge", "-q", "side"}, box.path("r")).status, 0);
  // What the other side has there is committed already.
  const std::string base = box.git("r", {"rev-parse", "main~1:a"});
  EXPECT_THAT(read(box.path("r/.git")).blobs(), UnorderedElementsAre("a " + base));
  // Without a merge that git knows of, all that differs is new.
  ASSERT_EQ(::unlink(box.path("r/.git/MERGE_HEAD").c_str()), 0);
  const std::string theirs = box.git("r", {"rev-parse", "side:a"});
  EXPECT_THAT(read(box.path("r/.git")).blobs(),
              UnorderedElementsAre("a " + base, "a " + theirs, "only-theirs " + theirs));
}

TEST(StagedChanges, OfALinkedWorkTreeAreItsOwn) {
  const Sandbox box;
  box.init("r");
  box.write("r/a", "a\n");
  box.commit("r", "first");
  box.git("r", {"worktree", "add", "-q", "-b", "other", "../linked"});
  box.write("linked/b", "b\n");
  box.git("linked", {"add", "b"});
  EXPECT_THAT(read(box.path("r/.git")).blobs(), IsEmpty());
  EXPECT_EQ(read(box.path("r/.git/worktrees/linked")).changes.blobs.size(), 1U);
}

TEST(StagedChanges, OfASparseIndexAreThoseInIt) {
  const Sandbox box;
  box.init("r");
  box.write("r/in/a", "a\n");
  box.write("r/out/b", "b\n");
  box.write("r/out/deep/c", "c\n");
  box.commit("r", "first");
  box.git("r", {"sparse-checkout", "init", "--cone", "--sparse-index"});
  box.git("r", {"sparse-checkout", "set", "in"});
  EXPECT_THAT(read(box.path("r/.git")).blobs(), IsEmpty());
  box.write("r/in/a", "other\n");
  box.git("r", {"add", "in/a"});
  EXPECT_EQ(read(box.path("r/.git")).changes.blobs.size(), 1U);
  // A folder that is one entry here and another tree in HEAD.
  box.git("r", {"update-ref", "HEAD",
                box.git("r", {"commit-tree", "-m", "empty", box.git("r", {"mktree"}, "")})});
  EXPECT_EQ(read(box.path("r/.git")).changes.blobs.size(), 3U);
}

TEST(StagedChanges, ThatCannotBeReadAreNoneOfNone) {
  const Sandbox box;
  box.init("r");
  EXPECT_THAT(read(box.path("r/.git")).blobs(), IsEmpty());  // no index yet
  box.write("r/a", "a\n");
  box.commit("r", "first");
  const auto fails = [&] {
    auto reader = GitChangeReader::open(box.path("r/.git"));
    std::vector<Unread> unread;
    return !reader->staged("", unread) && !reader->staged(box.path("r/none"), unread);
  };
  EXPECT_FALSE(fails());
  box.git("r", {"update-index", "--split-index"});
  EXPECT_TRUE(fails());
  box.git("r", {"update-index", "--no-split-index"});
  box.write("r/.git/index", "DIRC");
  EXPECT_TRUE(fails());
  box.run({"rm", box.path("r/.git/index")}, "/");
  box.write("r/.git/index/x", "");
  EXPECT_TRUE(fails());
  box.run({"rm", "-r", box.path("r/.git/index")}, "/");
  ASSERT_EQ(::mkfifo(box.path("r/.git/index").c_str(), 0600), 0);
  EXPECT_TRUE(fails());
}

TEST(StagedChanges, BesideADamagedHeadAreAllNewAndSaySo) {
  const Sandbox box;
  box.init("r");
  box.write("r/a/b", "b\n");
  box.commit("r", "first");
  const std::string tree = box.git("r", {"rev-parse", "HEAD^{tree}"});
  ASSERT_EQ(::unlink(box.path("r/.git" + loose(tree)).c_str()), 0);
  box.write("r/c", "c\n");
  box.git("r", {"add", "c"});
  const Read staged = read(box.path("r/.git"));
  EXPECT_EQ(staged.changes.blobs.size(), 2U);
  EXPECT_THAT(staged.unread, ElementsAre(".git/objects/" + tree + " missing-object"));
}

using Attributed = std::map<std::tuple<std::string, std::string>, std::vector<std::string>>;

std::vector<std::string> facts_of(const GitFacts& facts) {
  return {facts.introduced.commit,
          facts.introduced.author,
          facts.introduced.committer,
          std::to_string(facts.introduced.date.seconds),
          facts.last_seen_commit,
          std::to_string(facts.last_seen.seconds),
          facts.removed_commit.value_or("none"),
          facts.in_head ? "in HEAD" : "gone"};
}

// Merges, side lines, removals and returns; one branch, so that no other end holds anything.
std::vector<std::string> make_history(const Sandbox& box, unsigned seed) {
  std::mt19937 random(seed);
  box.init("r");
  std::vector<std::string> commits;
  for (int i = 0; i < 8; ++i) {
    change(box, random);
    commits.push_back(box.commit("r", "commit " + std::to_string(i)));
    if (i % 3 != 2) continue;
    box.git("r", {"checkout", "-q", "-b", "side", commits[static_cast<std::size_t>(i) - 1]});
    change(box, random);
    commits.push_back(box.commit("r", "side " + std::to_string(i)));
    box.git("r", {"checkout", "-q", "main"});
    box.git("r", {"-c", "advice.detachedHead=false", "merge", "-q", "--no-commit", "--no-ff", "-s",
                  random() % 2 == 0 ? "ours" : "ort", "-X", "ours", "side"});
    if (random() % 2 == 0) change(box, random);
    commits.push_back(box.commit("r", "merge"));
    box.git("r", {"branch", "-q", "-D", "side"});
  }
  return commits;
}

TEST(RangeChanges, OfTheWholeHistoryAreWhatTheHistorySays) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Sandbox box;
    make_history(box, seed);
    // A range that leaves nothing out: on its own stands a commit that is no ancestor.
    const std::string other =
        box.git("r", {"commit-tree", box.git("r", {"mktree"}, ""), "-m", "on its own"});
    const Read range = read(box.path("r/.git"), other);
    box.run({"rm", "-rf", box.path("r/.git/logs")}, "/");
    GitRepository repository = opened(box.path("r/.git"));
    const Listing listing = list(repository);
    std::vector<GitObject> blobs;
    for (const GitObject& object : listing.objects) {
      if (object.kind == GitObjectKind::kBlob) blobs.push_back(object);
    }
    std::vector<Unread> unread;
    const auto places = repository.attribute(blobs, unread);
    ASSERT_TRUE(places);
    Attributed by_history;
    for (const auto& [blob, list] : *places) {
      for (const GitPlace& place : list) {
        if (place.facts.reachable) by_history[{place.path, blob}] = facts_of(place.facts);
      }
    }
    Attributed by_range;
    for (const GitChange& change : range.changes.blobs) {
      by_range[{change.path, change.blob.hex()}] = facts_of(change.facts);
    }
    EXPECT_EQ(by_range, by_history) << seed;
  }
}

// The plain way: what each commit of the range has and none of its parents.
TEST(RangeChanges, OfAPartAreWhatItsCommitsBringIn) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const Sandbox box;
    const auto commits = make_history(box, seed);
    for (const std::string& since : {commits[2], commits[5], commits.back()}) {
      std::set<std::string> expected;
      std::set<std::string> ids;
      std::istringstream lines(box.git("r", {"rev-list", "--parents", "HEAD", "^" + since}));
      for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string commit;
        words >> commit;
        ids.insert(commit);
        std::optional<std::set<std::string>> new_here;
        for (std::string parent; words >> parent;) {
          const auto one = came(box.git(
              "r", {"diff-tree", "-r", "--raw", "--no-renames", "--no-abbrev", parent, commit}));
          std::set<std::string> both;
          for (const std::string& blob : one) {
            if (!new_here || new_here->contains(blob)) both.insert(blob);
          }
          new_here = both;
        }
        expected.insert(new_here->begin(), new_here->end());
      }
      const Read range = read(box.path("r/.git"), since);
      EXPECT_EQ(range.blobs(), expected) << seed;
      std::set<std::string> messages;
      for (const GitId& commit : range.changes.commits) messages.insert(commit.hex());
      EXPECT_EQ(messages, ids);
      EXPECT_THAT(range.unread, IsEmpty());
    }
  }
}

TEST(RangeChanges, KnowWhatStoodThereBefore) {
  const Sandbox box;
  box.init("r");
  box.write("r/a", "one\n");
  box.write("r/goes", "goes\n");
  const std::string since = box.commit("r", "first");
  const std::string one = box.git("r", {"rev-parse", "HEAD:a"});
  box.write("r/a", "two\n");
  box.commit("r", "second");
  box.write("r/a", "three\n");
  box.run({"mv", box.path("r/goes"), box.path("r/went")}, "/");
  box.commit("r", "third");
  Read range = read(box.path("r/.git"), since);
  ASSERT_EQ(range.changes.blobs.size(), 3U);
  EXPECT_THAT(range.reader.before("a"), ElementsAre(*GitId::parse(one)));
  EXPECT_THAT(range.reader.before("went"), IsEmpty());
  ASSERT_EQ(range.changes.gone.size(), 1U);
  EXPECT_EQ(range.changes.gone[0].path, "goes");
}

TEST(RangeChanges, OfAShallowCloneSayWhereItWasCut) {
  const Sandbox box;
  box.init("r");
  for (int i = 0; i < 4; ++i) {
    box.write("r/a", std::to_string(i));
    box.commit("r", std::to_string(i));
  }
  box.git("r", {"branch", "old", "HEAD~3"});
  box.git("", {"clone", "-q", "--depth", "2", "file://" + box.path("r"), "c"});
  box.git("c", {"fetch", "-q", "--depth", "1", "origin", "old:old"});
  EXPECT_THAT(read(box.path("c/.git"), "HEAD~1").unread, IsEmpty());
  EXPECT_THAT(read(box.path("c/.git"), "old").unread, ElementsAre(".git/shallow shallow-history"));
}

TEST(RangeChanges, NeedACommit) {
  const Sandbox box;
  box.init("r");
  auto reader = GitChangeReader::open(box.path("r/.git"));
  ASSERT_TRUE(reader);
  std::vector<Unread> unread;
  const auto changes = reader->since("HEAD", unread);
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().code, ErrorCode::kBadUse);
}

}  // namespace
}  // namespace nhi
