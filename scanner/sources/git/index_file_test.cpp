#include "scanner/sources/git/index_file.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/base/hash.hpp"
#include "scanner/sources/git/test_kit.hpp"
#include "scanner/sources/git/tree_diff.hpp"

namespace nhi {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// As `git ls-files -s` writes it.
std::string by_us(const GitIndex& index) {
  std::ostringstream out;
  for (const GitIndex::Entry& entry : index.entries()) {
    out << std::oct << entry.mode << ' ' << entry.id.hex() << ' ' << int{entry.stage} << '\t'
        << index.path(entry) << '\n';
  }
  std::string text = out.str();
  if (!text.empty()) text.pop_back();
  return text;
}

// Of every kind: names of many lengths, a link, a submodule, one staged by name, a program.
void fill_index(const Sandbox& box) {
  box.init("r");
  for (int i = 0; i < 40; ++i) {
    box.write(
        "r/d" + std::to_string(i % 7) + "/" + std::string(static_cast<std::size_t>(i), 'n') + "x",
        "content " + std::to_string(i));
  }
  box.write("r/d1.txt", "between d1 and d1/");
  box.write("r/d1-a/x", "before d1/");
  box.write("r/" + std::string(200, 'l') + "/" + std::string(200, 'm'), "long\n");
  box.link("somewhere/else", "r/link");
  box.write("r/run.sh", "#!/bin/sh\n");
  box.run({"chmod", "+x", box.path("r/run.sh")}, "/");
  box.git("r", {"add", "-A"});
  box.git("r", {"update-index", "--add", "--cacheinfo",
                "160000,1234567890123456789012345678901234567890,sub"});
}

class IndexOfVersion : public testing::TestWithParam<std::string> {};

TEST_P(IndexOfVersion, HoldsWhatGitListsAndMakesItsTree) {
  const Sandbox box;
  fill_index(box);
  box.git("r", {"update-index", "--index-version", GetParam()});
  const auto index = GitIndex::parse(content_of(box.path("r/.git/index")));
  ASSERT_TRUE(index) << index.error().what;
  EXPECT_EQ(by_us(*index), box.git("r", {"ls-files", "-s"}));
  EXPECT_EQ(IndexTree(*index).root().id.hex(), box.git("r", {"write-tree"}));
}

TEST_P(IndexOfVersion, TellsNamesWithoutContentFromOthers) {
  const Sandbox box;
  fill_index(box);
  box.write("r/d3/later", "not staged\n");
  box.git("r", {"add", "-N", "d3/later"});
  box.git("r", {"update-index", "--index-version", GetParam()});
  const auto index = GitIndex::parse(content_of(box.path("r/.git/index")));
  ASSERT_TRUE(index) << index.error().what;
  std::vector<std::string> names;
  for (const GitIndex::Entry& entry : index->entries()) {
    if (entry.intent_to_add) names.emplace_back(index->path(entry));
  }
  EXPECT_THAT(names, testing::ElementsAre("d3/later"));
  EXPECT_EQ(IndexTree(*index).root().id.hex(), box.git("r", {"write-tree"}));
}

INSTANTIATE_TEST_SUITE_P(Versions, IndexOfVersion, testing::Values("2", "3", "4"));

TEST(Index, OfNothingIsTheEmptyTree) {
  const Sandbox box;
  box.init("r");
  box.git("r", {"read-tree", "--empty"});
  const auto index = GitIndex::parse(content_of(box.path("r/.git/index")));
  ASSERT_TRUE(index) << index.error().what;
  EXPECT_TRUE(is_empty_tree(IndexTree(*index).root().id));
}

TEST(Index, OfASplitOneIsRefused) {
  const Sandbox box;
  fill_index(box);
  box.git("r", {"update-index", "--split-index"});
  const auto index = GitIndex::parse(content_of(box.path("r/.git/index")));
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().what, "split-index");
}

TEST(Index, OfASparseOneNamesFoldersByTheirTrees) {
  const Sandbox box;
  fill_index(box);
  box.git("r", {"update-index", "--force-remove", "sub"});
  box.git("r", {"commit", "-q", "-m", "all"});
  const std::string tree = box.git("r", {"write-tree"});
  box.git("r", {"sparse-checkout", "init", "--cone", "--sparse-index"});
  box.git("r", {"sparse-checkout", "set", "d2"});
  const auto index = GitIndex::parse(content_of(box.path("r/.git/index")));
  ASSERT_TRUE(index) << index.error().what;
  EXPECT_TRUE(std::any_of(index->entries().begin(), index->entries().end(), [](const auto& entry) {
    return entry.kind() == GitIndex::Kind::kFolder;
  }));
  EXPECT_EQ(IndexTree(*index).root().id.hex(), tree);
}

// With the checksum made right, so that what is behind it is looked at.
std::string summed(std::string text) {
  text.resize(text.size() - 20);
  const auto sum = sha1({text});
  text.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  return text;
}

TEST(Index, ThatIsDamagedIsNeverEmpty) {
  const Sandbox box;
  fill_index(box);
  const std::string sound = content_of(box.path("r/.git/index"));
  ASSERT_TRUE(GitIndex::parse(sound));
  EXPECT_FALSE(GitIndex::parse(""));
  EXPECT_FALSE(GitIndex::parse("DIRC"));
  for (std::size_t cut = 0; cut < sound.size(); cut += 37) {
    EXPECT_FALSE(GitIndex::parse(sound.substr(0, cut))) << cut;
  }
  std::string flipped = sound;
  flipped[sound.size() / 2] = static_cast<char>(flipped[sound.size() / 2] ^ 1);
  EXPECT_FALSE(GitIndex::parse(flipped));
  std::string more = sound;
  more[11] = static_cast<char>(more[11] + 1);  // one entry more than there are
  EXPECT_FALSE(GitIndex::parse(summed(more)));
  std::string newer = sound;
  newer[7] = 5;
  const auto refused = GitIndex::parse(summed(newer));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "unknown-index");
}

TEST(Index, WithoutAChecksumIsReadAsGitWritesIt) {
  const Sandbox box;
  fill_index(box);
  std::string text = content_of(box.path("r/.git/index"));
  text.replace(text.size() - 20, 20, 20, '\0');  // index.skipHash
  EXPECT_TRUE(GitIndex::parse(text));
}

// One entry of version 2 by hand.
std::string entry(const std::string& path, int stage = 0) {
  std::string text(62, '\0');
  text[26] = static_cast<char>(0x81);
  text[27] = static_cast<char>(0xA4);  // 0100644
  text[60] = static_cast<char>(stage << 4);
  text[61] = static_cast<char>(path.size());
  text += path;
  text.append(8 - text.size() % 8, '\0');
  return text;
}
std::string index_of(const std::vector<std::string>& entries, const std::string& extensions = {}) {
  std::string text("DIRC\0\0\0\2\0\0\0", 11);
  text.push_back(static_cast<char>(entries.size()));
  for (const std::string& one : entries) text += one;
  return summed(text + extensions + std::string(20, 'x'));
}

TEST(Index, RefusesPathsThatNoTreeHasAndThoseOutOfOrder) {
  EXPECT_TRUE(GitIndex::parse(index_of({entry("a"), entry("b")})));
  EXPECT_TRUE(GitIndex::parse(index_of({entry("a", 1), entry("a", 2)})));
  for (const std::vector<std::string>& entries :
       std::vector<std::vector<std::string>>{{entry("b"), entry("a")},
                                             {entry("a"), entry("a")},
                                             {entry("a", 2), entry("a", 1)},
                                             {entry("")},
                                             {entry("/a")},
                                             {entry("a//b")},
                                             {entry("a/")}}) {
    EXPECT_FALSE(GitIndex::parse(index_of(entries)));
  }
}

TEST(Index, SkipsExtensionsThatMayBeSkippedAndNoOthers) {
  using namespace std::string_literals;
  EXPECT_TRUE(GitIndex::parse(index_of({entry("a")}, "TREE\0\0\0\2xy"s)));
  EXPECT_FALSE(GitIndex::parse(index_of({entry("a")}, "TREE\0\0\0\3xy"s)));
  EXPECT_FALSE(GitIndex::parse(index_of({entry("a")}, "TREE\0\0"s)));
  EXPECT_FALSE(GitIndex::parse(index_of({entry("a")}, "need\0\0\0\0"s)));
}

}  // namespace
}  // namespace nhi
