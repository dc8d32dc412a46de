#include "scanner/sources/git/pack_index.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "scanner/base/file.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

std::string file(const std::string& path) {
  auto text = read_small_file(path, 1 << 20);
  EXPECT_TRUE(text) << path;
  return text.value_or("");
}

class PackIndexTest : public testing::TestWithParam<const char*> {
 protected:
  PackIndexTest() {
    box_.init("t");
    for (int i = 0; i < 40; ++i) {
      box_.write("t/" + std::to_string(i), "content " + std::to_string(i));
    }
    box_.commit("t", "one");
    box_.git("t", {"repack", "-q", "-a", "-d"});
    for (const auto& entry :
         std::filesystem::directory_iterator(box_.path("t/.git/objects/pack"))) {
      if (entry.path().extension() == ".pack") pack_ = entry.path();
    }
    index_ = box_.path("t/index");
    box_.git("t",
             {"index-pack", std::string("--index-version=") + GetParam(), "-o", index_, pack_});
  }
  std::optional<PackIndex> parse(std::string bytes, PackCheck check = PackCheck::kWhole) const {
    const std::string pack = file(pack_);
    return PackIndex::parse(std::move(bytes), pack.size(),
                            GitId::from_bytes(pack.data() + pack.size() - 20), check);
  }
  Sandbox box_;
  std::string pack_;
  std::string index_;
};

TEST_P(PackIndexTest, SaysWhatGitSays) {
  const auto index = parse(file(index_));
  ASSERT_TRUE(index);
  std::istringstream lines(box_.run({"git", "show-index"}, "/", file(index_)).out);
  std::uint32_t count = 0;
  std::uint64_t offset = 0;
  for (std::string id; lines >> offset >> id; ++count) {
    const auto entry = index->find(*GitId::parse(id));
    ASSERT_TRUE(entry);
    EXPECT_EQ(index->id(*entry).hex(), id);
    EXPECT_EQ(index->offset(*entry), offset);
    std::string crc;
    if (std::string(GetParam()) == "1") {
      EXPECT_FALSE(index->crc(*entry));
      continue;
    }
    lines >> crc;
    EXPECT_EQ(index->crc(*entry), std::stoul(crc.substr(1, 8), nullptr, 16));
  }
  EXPECT_EQ(count, index->size());
  EXPECT_EQ(count, 42U);
  EXPECT_FALSE(index->find(GitId{}));
  EXPECT_FALSE(index->find(*GitId::parse(std::string(40, 'f'))));
}

TEST_P(PackIndexTest, ThatIsDamagedAnywhereIsRefused) {
  const std::string bytes = file(index_);
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    EXPECT_FALSE(parse(damaged)) << at;
    EXPECT_FALSE(parse(bytes.substr(0, at))) << at;
  }
  EXPECT_FALSE(parse(bytes + "x"));
  EXPECT_FALSE(PackIndex::parse(bytes, 100, GitId{}));
}

// Not checked as a whole: what it says may be wrong then, but nothing is looked up outside of it.
TEST_P(PackIndexTest, ThatIsDamagedIsLookedUpWithinItsBounds) {
  const std::string bytes = file(index_);
  const auto sound = parse(bytes);
  ASSERT_TRUE(sound);
  std::size_t opened = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xC1);
    const auto index = parse(damaged, PackCheck::kLookups);
    if (!index) continue;
    ++opened;
    for (std::uint32_t entry = 0; entry < sound->size(); ++entry) {
      const auto found = index->find(sound->id(entry));
      if (!found) continue;
      EXPECT_EQ(index->id(*found), sound->id(entry));
      static_cast<void>(index->offset(*found));
    }
  }
  EXPECT_GT(opened, 0U);
}

INSTANTIATE_TEST_SUITE_P(Versions, PackIndexTest, testing::Values("1", "2"),
                         [](const auto& row) { return std::string("Version") + row.param; });

}  // namespace
}  // namespace nhi
