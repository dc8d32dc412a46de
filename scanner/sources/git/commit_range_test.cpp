#include "scanner/sources/git/commit_range.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

struct Told {
  CommitRange range;
  std::vector<std::string> unread;
  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> list;
    for (const RangeCommit& commit : range.commits) list.push_back(commit.id.hex());
    return list;
  }
};

Told range_of(const std::string& git_dir, const std::string& head, const std::string& since,
              const std::vector<GitId>& shallow = {}) {
  GitStore store;
  store.open(git_dir + "/objects", "/");
  GitDamage damage;
  Told told;
  told.range = commit_range(store, *GitId::parse(head), *GitId::parse(since), shallow, damage);
  std::vector<Unread> unread;
  damage.report(unread);
  for (const Unread& place : unread) told.unread.push_back(place.reason);
  return told;
}

// Commits made at once, without a work tree: parents at random, dates that rise, or do not.
std::vector<std::string> make_commits(const Sandbox& box, unsigned seed, bool wrong_dates) {
  std::mt19937 random(seed);
  const std::string tree = box.git("r", {"mktree"}, "");
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 40; ++i) {
    std::vector<std::string> words = {"commit-tree", tree, "-m", std::to_string(i)};
    const std::size_t parents = i == 0 ? 0 : 1 + random() % 3 / 2;
    std::set<std::size_t> back;
    while (back.size() < std::min(parents, i))
      back.insert(1 + random() % std::min<std::size_t>(i, 5));
    for (const std::size_t steps : back) words.insert(words.end(), {"-p", ids[i - steps]});
    if (!wrong_dates || random() % 2 == 0) box.tick();
    ids.push_back(box.git("r", words));
  }
  return ids;
}

TEST(CommitRange, HoldsWhatGitListsParentsFirst) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    const Sandbox box;
    box.init("r");
    const auto ids = make_commits(box, seed, seed % 2 == 0);
    for (const std::size_t older : {0U, 10U, 25U, 38U, 39U}) {
      const Told told = range_of(box.path("r/.git"), ids.back(), ids[older]);
      std::istringstream lines(box.git("r", {"rev-list", ids.back(), "^" + ids[older]}));
      std::vector<std::string> by_git;
      for (std::string line; std::getline(lines, line);) by_git.push_back(line);
      EXPECT_THAT(told.ids(), UnorderedElementsAreArray(by_git)) << seed << " " << older;
      std::set<GitId> seen;
      for (const RangeCommit& commit : told.range.commits) {
        for (const GitId& parent : commit.parents) {
          const bool inside = std::any_of(told.range.commits.begin(), told.range.commits.end(),
                                          [&](const auto& one) { return one.id == parent; });
          EXPECT_TRUE(!inside || seen.contains(parent));
        }
        seen.insert(commit.id);
      }
    }
  }
}

TEST(CommitRange, OfALateFellowIsFoundThoughItsDateIsOld) {
  const Sandbox box;
  box.init("r");
  const std::string tree = box.git("r", {"mktree"}, "");
  std::string base = box.git("r", {"commit-tree", tree, "-m", "base"});
  box.tick();
  const std::string old_line = base;
  std::string main = base;
  for (int i = 0; i < 5; ++i) {
    box.tick();
    main = box.git("r", {"commit-tree", tree, "-m", "m" + std::to_string(i), "-p", main});
  }
  const std::string merged =
      box.git("r", {"commit-tree", tree, "-m", "merge", "-p", main, "-p", old_line});
  EXPECT_THAT(range_of(box.path("r/.git"), merged, main).ids(), ElementsAre(merged));
  EXPECT_THAT(range_of(box.path("r/.git"), main, merged).ids(), IsEmpty());
}

TEST(CommitRange, TellsWhereItWasCutAndWhatIsMissing) {
  const Sandbox box;
  box.init("r");
  const auto ids = make_commits(box, 1, false);
  const std::string other =
      box.git("r", {"commit-tree", box.git("r", {"mktree"}, ""), "-m", "on its own"});
  const GitId first = *GitId::parse(ids.front());
  EXPECT_TRUE(range_of(box.path("r/.git"), ids[5], other, {*GitId::parse(ids[5])}).range.cut);
  EXPECT_FALSE(range_of(box.path("r/.git"), ids[5], other, {first}).range.cut);
  ASSERT_EQ(::unlink(box.path("r/.git" + loose(ids.front())).c_str()), 0);
  EXPECT_THAT(range_of(box.path("r/.git"), ids[5], other).unread, ElementsAre("missing-object"));
}

}  // namespace
}  // namespace nhi
