#include "scanner/sources/git/graph.hpp"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

TEST(ParseCommit, TakesWhatIsThere) {
  const std::string tree(40, 'a');
  const std::string parent(40, 'b');
  const std::string text = "tree " + tree + "\nparent " + parent +
                           "\nauthor A <a@x> 1 +0000\ncommitter B <b@x> -5 +0100\n\n"
                           "parent " +
                           tree + "\n";
  const auto commit = parse_commit(text);
  ASSERT_TRUE(commit.has_value());
  EXPECT_EQ(commit->tree.hex(), tree);
  EXPECT_EQ(commit->parents.size(), 1U);
  EXPECT_EQ(commit->author, "A <a@x>");
  EXPECT_EQ(commit->committer, "B <b@x>");
  EXPECT_EQ(commit->date, -5);
  EXPECT_FALSE(parse_commit("").has_value());
  EXPECT_FALSE(parse_commit("tree abc\n").has_value());
}

TEST(TakeTreeEntry, StopsAtDamage) {
  const std::string id(20, '\1');
  const std::string good = std::string("100644 a") + '\0' + id + "40000 d" + '\0' + id;
  for (std::size_t cut = 0; cut <= good.size(); ++cut) {
    std::string_view rest = std::string_view(good).substr(0, cut);
    TreeEntry entry;
    std::size_t entries = 0;
    while (take_tree_entry(rest, entry)) ++entries;
    EXPECT_EQ(entries, cut == good.size() ? 2U : cut >= 29 ? 1U : 0U);
    EXPECT_EQ(rest.empty(), cut == 0 || cut == 29 || cut == good.size());
  }
}

TEST(GitGraph, PutsParentsFirstAndHandsRefsDown) {
  const Sandbox box;
  box.init("t");
  std::vector<std::string> ids;
  for (const char* message : {"one", "two"}) ids.push_back(box.commit("t", message));
  box.git("t", {"branch", "old"});
  ids.push_back(box.commit("t", "three"));
  for (int i = 0; i < 30; ++i) box.git("t", {"tag", "v" + std::to_string(i)});
  GitStore store;
  store.open(box.path("t/.git/objects"), box.path());
  GitGraph graph;
  GitDamage damage;
  graph.load(store, read_refs(box.path("t/.git"), box.path("t/.git")), damage);
  ASSERT_EQ(graph.commits().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(graph.commits()[i].id.hex(), ids[i]);
  EXPECT_EQ(graph.head(), 2U);
  EXPECT_TRUE(graph.commits()[0].in_head);
  EXPECT_TRUE(graph.commits()[1].has_child);
  EXPECT_FALSE(graph.commits()[2].has_child);
  // 32 names reach the first commit; the first kRefsListedMax are kept.
  const auto& refs = graph.ref_set(graph.commits()[0].refs);
  ASSERT_EQ(refs.size(), kRefsListedMax);
  EXPECT_EQ(graph.names()[refs[0]], "main");
  EXPECT_EQ(graph.names()[refs[1]], "old");
  EXPECT_EQ(graph.names()[refs[2]], "v0");
  EXPECT_EQ(graph.names()[refs[3]], "v1");
  EXPECT_EQ(graph.names()[refs[4]], "v10");
}

TEST(GitDamageList, NamesEachObjectOnceInOrder) {
  GitDamage damage;
  const auto id = [](char digit) { return *GitId::parse(std::string(40, digit)); };
  damage.note(id('3'), GitRead::kMissing);
  damage.note(id('2'), GitRead::kMissing);
  damage.note(id('2'), GitRead::kMissing);
  damage.note(id('4'), GitRead::kFound);
  damage.note(id('6'), GitRead::kCorrupt);
  damage.note(id('5'), GitRead::kCorrupt);
  std::vector<Unread> unread;
  damage.report(unread);
  ASSERT_EQ(unread.size(), 4U);
  EXPECT_EQ(unread[0].path, ".git/objects/" + std::string(40, '5'));
  EXPECT_EQ(unread[1].path, ".git/objects/" + std::string(40, '6'));
  EXPECT_EQ(unread[2].path, ".git/objects/" + std::string(40, '2'));
  EXPECT_EQ(unread[3].path, ".git/objects/" + std::string(40, '3'));
  EXPECT_EQ(unread[3].reason, "missing-object");
}

}  // namespace
}  // namespace nhi
