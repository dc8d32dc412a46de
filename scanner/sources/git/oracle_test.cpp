#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/git.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

using testing::IsEmpty;

std::vector<GitPlace> places_of(const Sandbox& box, const std::string& git_dir,
                                const std::string& blob) {
  auto repository = GitRepository::open(box.path(git_dir));
  EXPECT_TRUE(repository.has_value());
  std::vector<Unread> unread;
  const GitObject wanted{*GitId::parse(blob), GitObjectKind::kBlob, 0};
  auto places = repository->attribute({wanted}, unread);
  EXPECT_TRUE(places.has_value());
  EXPECT_THAT(unread, IsEmpty());
  return places->at(blob);
}

std::string rev(const Sandbox& box, const std::string& spec) {
  return box.git("t", {"rev-parse", spec});
}

TEST(AttributeReach, IncludesFetchedHeadsAndOlderStashes) {
  const Sandbox box;
  box.init("t");
  box.write("t/a", "base");
  box.commit("t", "base");
  box.write("t/a", "stashed first");
  box.git("t", {"stash", "-q"});
  const std::string older = rev(box, "stash:a");
  box.write("t/a", "stashed second");
  box.git("t", {"stash", "-q"});
  box.init("other");
  box.write("other/f", "fetched");
  box.commit("other", "fetched");
  box.git("t", {"fetch", "-q", box.path("other"), "main"});
  for (const std::string& blob : {older, rev(box, "FETCH_HEAD:f")}) {
    const auto places = places_of(box, "t/.git", blob);
    EXPECT_TRUE(places.at(0).facts.reachable) << blob;
    EXPECT_FALSE(places.at(0).path.empty());
    EXPECT_THAT(places.at(0).facts.refs, IsEmpty());
  }
}

TEST(AttributeReach, SurvivesTreesWithMorePathsThanCanBeWalked) {
  const Sandbox box;
  box.init("t");
  const std::string blob = box.git("t", {"hash-object", "-w", "--stdin"}, "bomb");
  std::string tree = box.git("t", {"mktree"}, "100644 blob " + blob + "\tf\n");
  for (int level = 0; level < 10; ++level) {
    std::string entries;
    for (char name = 'a'; name < 'a' + 10; ++name) {
      entries += "040000 tree " + tree + "\t" + std::string(1, name) + "\n";
    }
    tree = box.git("t", {"mktree"}, entries);
  }
  const std::string commit = box.git("t", {"commit-tree", "-m", "bomb", tree});
  box.git("t", {"update-ref", "refs/heads/main", commit});
  auto repository = GitRepository::open(box.path("t/.git"));
  ASSERT_TRUE(repository.has_value());
  std::vector<Unread> unread;
  ASSERT_TRUE(repository->objects(unread).has_value());
  EXPECT_THAT(unread, IsEmpty());
  const GitObject wanted{*GitId::parse(blob), GitObjectKind::kBlob, 0};
  auto places = repository->attribute({wanted}, unread);
  ASSERT_TRUE(places.has_value());
  EXPECT_GT(places->at(blob).size(), 1000U);
  ASSERT_EQ(unread.size(), 1U);
  EXPECT_EQ(unread[0].reason, "history-too-large");
}

// ---- the slow, plain way is the judge ----

struct PlainCommit {
  std::string id;
  std::vector<std::string> parents;
  std::int64_t date = 0;
  std::map<std::string, std::string> tree;  // path -> blob
};

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

// A random history of branches, merges, moves and removals, made by fast-import.
void make_history(const Sandbox& box, unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  std::string stream;
  const unsigned commits = 60;
  for (unsigned mark = 1; mark <= commits; ++mark) {
    // Some dates go backwards, as clocks do.
    const std::string date = std::to_string(1'700'000'000 + mark * 100 - (pick(5) == 0 ? 5000 : 0));
    stream += "commit refs/heads/b" + std::to_string(pick(4)) + "\nmark :" + std::to_string(mark) +
              "\ncommitter C <c@example.org> " + date + " +0000\ndata 1\nm\n";
    if (mark > 1) {
      const unsigned from = mark - 1 - pick(std::min(mark - 1, 6U));
      stream += "from :" + std::to_string(from) + "\n";
      if (pick(3) == 0 && from > 1) {
        stream += "merge :" + std::to_string(1 + pick(from - 1)) + "\n";
      }
    }
    for (unsigned change = 0; change <= pick(4); ++change) {
      const std::string path = std::string(pick(2) != 0 ? "d/" : "") + (pick(2) != 0 ? "e/" : "") +
                               "f" + std::to_string(pick(4));
      const std::string blob = "blob " + std::to_string(pick(6)) + "\n";
      if (pick(3) == 0) {
        stream += "D " + path + "\n";
      } else {
        stream += "M 100644 inline " + path + "\ndata " + std::to_string(blob.size()) + "\n" +
                  blob + "\n";
      }
    }
  }
  for (unsigned tip = 0; tip < 3; ++tip) {
    stream += "reset refs/tags/t" + std::to_string(tip) +
              "\nfrom :" + std::to_string(commits - 7 * tip) + "\n\n";
  }
  stream += "reset refs/heads/main\nfrom :" + std::to_string(commits - 2) + "\n\n";
  box.init("t");
  box.git("t", {"fast-import", "--quiet", "--force"}, stream);
}

std::vector<PlainCommit> plain_history(const Sandbox& box) {
  std::vector<PlainCommit> commits;
  for (const std::string& line :
       split(box.git("t", {"log", "--all", "--format=%H|%ct|%P"}), '\n')) {
    const auto parts = split(line, '|');
    PlainCommit commit{parts[0], {}, std::stoll(parts[1]), {}};
    if (parts.size() > 2) commit.parents = split(parts[2], ' ');
    for (const std::string& entry : split(box.git("t", {"ls-tree", "-r", commit.id}), '\n')) {
      const std::size_t tab = entry.find('\t');
      commit.tree[entry.substr(tab + 1)] = entry.substr(tab - 40, 40);
    }
    commits.push_back(std::move(commit));
  }
  // Parents first, then dates, then ids: always take the smallest that is ready.
  std::vector<PlainCommit> sorted;
  std::set<std::string> done;
  while (sorted.size() < commits.size()) {
    const PlainCommit* best = nullptr;
    for (const PlainCommit& commit : commits) {
      if (done.contains(commit.id)) continue;
      const bool ready = std::all_of(commit.parents.begin(), commit.parents.end(),
                                     [&](const auto& parent) { return done.contains(parent); });
      if (ready &&
          (best == nullptr || std::tie(commit.date, commit.id) < std::tie(best->date, best->id))) {
        best = &commit;
      }
    }
    done.insert(best->id);
    sorted.push_back(*best);
  }
  return sorted;
}

struct PlainPlace {
  std::string introduced, last_seen;
  std::set<std::string> refs;
  std::set<std::string> removers;  // commits that lack it and have a parent that holds it
  bool in_head = false;
};
using PlainPlaces = std::map<std::pair<std::string, std::string>, PlainPlace>;  // blob, path

PlainPlaces plain_places(const Sandbox& box, const std::vector<PlainCommit>& commits) {
  std::map<std::string, std::set<std::string>> reached;  // commit -> refs
  for (const std::string& ref :
       split(box.git("t", {"for-each-ref", "--format=%(refname:short)"}), '\n')) {
    for (const auto& id : split(box.git("t", {"rev-list", ref}), '\n')) reached[id].insert(ref);
  }
  std::map<std::string, const PlainCommit*> by_id;
  for (const PlainCommit& commit : commits) by_id[commit.id] = &commit;
  const auto holds = [&](const PlainCommit& commit, const auto& path, const auto& blob) {
    const auto at = commit.tree.find(path);
    return at != commit.tree.end() && at->second == blob;
  };
  PlainPlaces places;
  for (const PlainCommit& commit : commits) {
    for (const auto& [path, blob] : commit.tree) {
      PlainPlace& place = places[{blob, path}];
      place.last_seen = commit.id;
      const bool old =
          std::any_of(commit.parents.begin(), commit.parents.end(),
                      [&](const auto& parent) { return holds(*by_id[parent], path, blob); });
      if (old) continue;
      if (place.introduced.empty()) place.introduced = commit.id;
      place.refs.insert(reached[commit.id].begin(), reached[commit.id].end());
    }
    for (const std::string& parent : commit.parents) {
      for (const auto& [path, blob] : by_id[parent]->tree) {
        if (!holds(commit, path, blob)) places[{blob, path}].removers.insert(commit.id);
      }
    }
  }
  const std::string head = box.git("t", {"rev-parse", "HEAD"});
  for (const auto& [path, blob] : by_id[head]->tree) {
    places[{blob, path}].in_head = true;
    places[{blob, path}].last_seen = head;
  }
  return places;
}

void expect_equal_places(const Sandbox& box, const PlainPlaces& expected) {
  auto repository = GitRepository::open(box.path("t/.git"));
  ASSERT_TRUE(repository.has_value());
  std::vector<Unread> unread;
  auto objects = repository->objects(unread);
  ASSERT_TRUE(objects.has_value());
  std::erase_if(*objects, [](const auto& o) { return o.kind != GitObjectKind::kBlob; });
  auto found = repository->attribute(*objects, unread);
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(unread, IsEmpty());
  std::size_t count = 0;
  for (const auto& [blob, places] : *found) {
    for (const GitPlace& place : places) {
      if (!place.facts.reachable) continue;
      ++count;
      const auto at = expected.find({blob, place.path});
      ASSERT_NE(at, expected.end()) << place.path;
      EXPECT_EQ(place.facts.introduced.commit, at->second.introduced);
      EXPECT_EQ(place.facts.last_seen_commit, at->second.last_seen);
      EXPECT_EQ(place.facts.in_head, at->second.in_head);
      EXPECT_EQ(std::set(place.facts.refs.begin(), place.facts.refs.end()), at->second.refs);
      if (place.facts.removed_commit) {
        EXPECT_FALSE(at->second.in_head);
        EXPECT_TRUE(at->second.removers.contains(*place.facts.removed_commit));
      }
    }
  }
  EXPECT_EQ(count, expected.size());
}

// Trees that are files of their own, deltas of each other, and in several packs at once.
TEST(AttributeOracle, EqualsLookingAtEveryTree) {
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    SCOPED_TRACE(seed);
    const Sandbox box;
    make_history(box, seed);
    const PlainPlaces expected = plain_places(box, plain_history(box));
    expect_equal_places(box, expected);
    const std::string half = box.git("t", {"rev-list", "--objects", "b0"});
    box.git("t", {"pack-objects", "-q", "--depth=200", "--window=100", ".git/objects/pack/pack"},
            half + "\n");
    expect_equal_places(box, expected);
    box.git("t", {"-c", "pack.window=250", "repack", "-q", "-a", "-f", "--depth=200"});
    expect_equal_places(box, expected);
    box.git("t", {"prune-packed"});
    expect_equal_places(box, expected);
  }
}

}  // namespace
}  // namespace nhi
