#include "scanner/sources/git/pack_indexer.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "scanner/sources/git/pack_kit.hpp"

namespace nhi {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

PackIndexed indexed(const Sandbox& box, const std::string& file, std::uint64_t start = 0) {
  FileHandle handle = open_quietly(AT_FDCWD, box.path(file).c_str(), O_RDONLY);
  const std::uint64_t bytes = content_of(box.path(file)).size() - start;
  PackIndexer indexer(
      std::make_shared<PackFile>(std::move(handle), bytes + 20, PackIndex{}, start));
  std::uint64_t worked = 0;
  while (indexer.step(worked)) {
  }
  return indexer.finish();
}

bool is_quiet(const PackIndexed& made) {
  return !made.damaged && !made.too_large && !made.too_costly && made.missing.empty() &&
         made.gaps.empty();
}

// A history of texts that change a little from version to version, a large file, and noise.
class PackIndexing : public testing::Test {
 protected:
  PackIndexing() { box_.init("r"); }
  void make_history(int versions) {
    std::string text = noise(3'000, 1);
    for (int i = 0; i < versions; ++i) {
      text += "line " + std::to_string(i) + "\n";
      box_.write("r/a.txt", text);
      if (i % 3 == 0) box_.write("r/b.txt", text + "b");
      if (i == 1) box_.write("r/large", noise(5'000'000, 2) + std::string(1'000'000, 'x'));
      if (i == 2) box_.write("r/empty", "");
      box_.commit("r", "version " + std::to_string(i));
    }
    box_.git("r", {"tag", "-a", "v1", "-m", "a tag"});
  }
  std::string pack_of(const std::vector<std::string>& flags, const std::string& revisions) {
    std::vector<std::string> words{"git", "pack-objects", "-q", "--stdout", "--revs"};
    words.insert(words.end(), flags.begin(), flags.end());
    std::string pack = box_.run(words, box_.path("r"), revisions).out;
    box_.write("p.pack", pack);
    return pack;
  }
  std::string index_of_git() {
    box_.git("", {"index-pack", "-o", "p.idx", "p.pack"});
    std::string index = content_of(box_.path("p.idx"));
    ::unlink(box_.path("p.idx").c_str());
    return index;
  }
  Sandbox box_;
};

TEST_F(PackIndexing, EqualsTheIndexThatGitMakes) {
  make_history(60);
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{},
        {"--delta-base-offset"},
        {"--depth=0"},
        {"--delta-base-offset", "--depth=4000", "--window=50"},
        {"--depth=4000", "--window=50"},
        {"--compression=0"}}) {
    pack_of(flags, "main\nv1\n");
    const PackIndexed made = indexed(box_, "p.pack");
    EXPECT_TRUE(is_quiet(made)) << testing::PrintToString(flags);
    EXPECT_TRUE(made.index == index_of_git()) << testing::PrintToString(flags);
  }
}

TEST_F(PackIndexing, CountsFromWhereThePackBegins) {
  make_history(5);
  const std::string pack = pack_of({"--delta-base-offset"}, "main\nv1\n");
  const std::string index = index_of_git();
  box_.write("behind", "what stands in front\n" + pack);
  EXPECT_TRUE(indexed(box_, "behind", 21).index == index);
}

TEST_F(PackIndexing, AcceptsAPackOfNothing) {
  box_.write("p.pack", pack_of({}, ""));
  const PackIndexed made = indexed(box_, "p.pack");
  EXPECT_TRUE(is_quiet(made));
  EXPECT_TRUE(made.index == index_of_git());
}

TEST_F(PackIndexing, NamesTheBasesThatAThinPackLacks) {
  make_history(20);
  pack_of({"--thin"}, "main\n^main~10\n");
  const PackIndexed made = indexed(box_, "p.pack");
  EXPECT_FALSE(made.damaged);
  ASSERT_FALSE(made.missing.empty());
  EXPECT_FALSE(made.gaps.empty());
  for (const GitId& id : made.missing) box_.git("r", {"cat-file", "-e", id.hex()});
}

TEST_F(PackIndexing, KeepsWhatStandsBeforeTheCutWhereverItIs) {
  make_history(4);
  const std::string pack = pack_of({"--depth=0"}, "main\nv1\n^main~2\n");
  const std::string index = index_of_git();
  const auto whole =
      PackIndex::parse(index, pack.size(), GitId::from_bytes(pack.data() + pack.size() - 20));
  ASSERT_TRUE(whole);
  for (std::size_t cut = 0; cut < pack.size(); cut += cut < 3'000 ? 1 : 997) {
    box_.write("cut", pack.substr(0, cut));
    const PackIndexed made = indexed(box_, "cut");
    EXPECT_TRUE(made.damaged) << cut;
    std::size_t before = 0;
    for (std::uint32_t i = 0; i < whole->size(); ++i) before += whole->offset(i) < made.end;
    const auto parsed = PackIndex::parse(made.index, made.end + 20, made.checksum);
    if (made.end == 0) continue;
    ASSERT_TRUE(parsed) << cut;
    EXPECT_EQ(parsed->size(), before) << cut;
  }
}

TEST_F(PackIndexing, TellsEveryFlippedByte) {
  make_history(3);
  const std::string pack = pack_of({"--delta-base-offset"}, "main\n^main~1\n");
  for (std::size_t at = 0; at < pack.size(); at += 1 + pack.size() / 2'000) {
    std::string other = pack;
    other[at] = static_cast<char>(other[at] ^ 0x10);
    box_.write("other", other);
    const PackIndexed made = indexed(box_, "other");
    EXPECT_FALSE(is_quiet(made)) << at;
  }
}

TEST_F(PackIndexing, BelievesNoCount) {
  const std::string head = "PACK" + big_endian_bytes(2) + big_endian_bytes(UINT32_MAX);
  box_.write("p.pack", head + sha1_bytes(head));
  const PackIndexed made = indexed(box_, "p.pack");
  EXPECT_TRUE(made.damaged);
  EXPECT_EQ(made.end, 12U);
}

// Bases that stand behind their deltas, in circles, and nowhere.
TEST_F(PackIndexing, FindsBasesByNameWhereverTheyStand) {
  TestPack pack;
  const GitId base = git_id(GitType::kBlob, "0123456789");
  const GitId second = git_id(GitType::kBlob, "012");
  const GitId lost = *GitId::parse(std::string(40, '1'));
  const GitId circle = *GitId::parse(std::string(40, 'a'));
  const std::size_t early =
      pack.delta_of(second, DeltaText(3, 2).copy(1, 2), git_id(GitType::kBlob, "12"));
  const std::size_t middle = pack.delta_of(base, DeltaText(10, 3).copy(0, 3), second);
  pack.delta_of(lost, DeltaText(1, 1).copy(0, 1), circle);
  pack.delta_of(circle, DeltaText(1, 1).copy(0, 1), circle);
  const std::size_t last = pack.whole(GitType::kBlob, "0123456789");
  box_.write("p.pack", pack.text());
  const PackIndexed made = indexed(box_, "p.pack");
  EXPECT_FALSE(made.damaged);
  EXPECT_EQ(made.missing, (std::vector<GitId>{lost, circle}));
  EXPECT_EQ(made.gaps.size(), 2U);
  const auto index = PackIndex::parse(made.index, pack.text().size(), made.checksum);
  ASSERT_TRUE(index);
  for (const std::size_t entry : {early, middle, last}) {
    ASSERT_TRUE(index->find(pack.id(entry)));
    EXPECT_EQ(index->offset(*index->find(pack.id(entry))), pack.at(entry));
  }
}

// Wide and deep, with more than may be held: what was given up is made again.
TEST_F(PackIndexing, MakesAgainWhatItGaveUp) {
  TestPack pack;
  std::string text = noise(3 << 20, 3);
  std::size_t above = pack.whole(GitType::kBlob, text);
  std::vector<std::size_t> all{above};
  const auto size = static_cast<std::uint32_t>(text.size());
  // By name, so that nobody knows which delta has the most behind it.
  for (int depth = 0; depth < 12; ++depth) {
    const GitId base = pack.id(above);
    for (int twin = 0; twin < 2; ++twin) {
      const std::string mark = std::to_string(depth) + (twin == 0 ? "a" : "b");
      const auto kept = size - static_cast<std::uint32_t>(mark.size());
      const std::string next = text.substr(0, kept) + mark;
      all.push_back(pack.delta_of(base, DeltaText(size, size).copy(0, 0xFFFFFF & kept).insert(mark),
                                  git_id(GitType::kBlob, next)));
      if (twin == 0) above = all.back();
    }
    text = text.substr(0, size - std::to_string(depth).size() - 1) + std::to_string(depth) + "a";
  }
  box_.write("p.pack", pack.text());
  const PackIndexed made = indexed(box_, "p.pack");
  EXPECT_TRUE(is_quiet(made));
  const auto index = PackIndex::parse(made.index, pack.text().size(), made.checksum);
  ASSERT_TRUE(index);
  for (const std::size_t entry : all) EXPECT_TRUE(index->find(pack.id(entry))) << entry;
}

TEST_F(PackIndexing, EndsAChainThatIsTooLong) {
  TestPack pack;
  std::size_t above = pack.whole(GitType::kBlob, "x");
  const std::size_t deltas = kDeltaChainMax + 3;
  for (std::size_t i = 0; i < deltas; ++i) {
    above = pack.delta_at(above, DeltaText(1, 1).copy(0, 1), GitType::kBlob, "x");
  }
  box_.write("p.pack", pack.text());
  const PackIndexed made = indexed(box_, "p.pack");
  EXPECT_TRUE(made.damaged);
  EXPECT_EQ(made.gaps.size(), 3U);
}

TEST_F(PackIndexing, MakesNoMoreOfADeltaThanIsAllowed) {
  TestPack pack;
  const std::size_t base = pack.whole(GitType::kBlob, std::string(1 << 20, 'x'));
  DeltaText bomb(1 << 20, std::uint64_t{1} << 40U);
  for (int i = 0; i < 100; ++i) bomb.copy(0, 1 << 20);
  pack.delta_at(base, bomb, GitType::kBlob, "");
  box_.write("p.pack", pack.text());
  const PackIndexed made = indexed(box_, "p.pack");
  EXPECT_TRUE(made.too_large);
  EXPECT_FALSE(made.damaged);
  EXPECT_EQ(made.gaps.size(), 1U);
}

}  // namespace
}  // namespace nhi
