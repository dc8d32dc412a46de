#include "scanner/sources/git/pack_scanner.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "scanner/sources/git/pack_kit.hpp"

namespace nhi {
namespace {

class PackScanning : public testing::Test {
 protected:
  std::unique_ptr<PackScanner> scanner_of(const std::string& text) {
    box_.write("p", text);
    FileHandle file = open_quietly(AT_FDCWD, box_.path("p").c_str(), O_RDONLY);
    return std::make_unique<PackScanner>(
        std::make_shared<PackFile>(std::move(file), text.size() + 20, PackIndex{}));
  }
  static std::vector<ScannedEntry> all(PackScanner& scanner) {
    std::vector<ScannedEntry> entries;
    ScannedEntry entry;
    while (scanner.next(entry)) entries.push_back(entry);
    return entries;
  }
  Sandbox box_;
};

TEST_F(PackScanning, NamesWhatIsWholeAndTellsWhereEachBegins) {
  TestPack pack;
  const std::size_t base = pack.whole(GitType::kBlob, "0123456789");
  const std::size_t tree = pack.whole(GitType::kTree, "");
  const std::size_t delta = pack.delta_at(base, DeltaText(10, 3).copy(2, 3), GitType::kBlob, "234");
  const std::size_t large = pack.whole(GitType::kBlob, std::string(9'000'000, 'y'));
  const auto scanner = scanner_of(pack.text());
  EXPECT_EQ(scanner->claimed(), 4U);
  const auto entries = all(*scanner);
  ASSERT_EQ(entries.size(), 4U);
  for (const std::size_t one : {base, tree, delta, large}) {
    EXPECT_EQ(entries[one].at, pack.at(one));
    EXPECT_EQ(entries[one].id, one == delta ? GitId{} : pack.id(one));
  }
  EXPECT_EQ(entries[delta].head.base_at, pack.at(base));
  EXPECT_TRUE(scanner->whole());
  EXPECT_EQ(scanner->end(), pack.text().size() - 20);
}

// Stored blocks with nothing in them: a stream may be longer than it need be.
TEST_F(PackScanning, ReadsAStreamThatIsLongerThanItNeedBe) {
  std::string stream = "\x78\x01";
  for (int i = 0; i < 200; ++i) stream += std::string("\x00\x00\x00\xff\xff", 5);
  stream += std::string("\x01\x01\x00\xfe\xff\x78", 6) + big_endian_bytes(0x00790079);  // "x"
  const std::string head = "PACK" + big_endian_bytes(2) + big_endian_bytes(1);
  const std::string pack = head + "\x31" + stream;
  const auto scanner = scanner_of(pack + sha1_bytes(pack));
  const auto entries = all(*scanner);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].id, git_id(GitType::kBlob, "x"));
  EXPECT_EQ(entries[0].crc, crc32_of(Bytes(pack).substr(12)));
  EXPECT_TRUE(scanner->whole());
}

TEST_F(PackScanning, ReadsMoreThanTheHeadCountsAndSaysSo) {
  TestPack pack;
  pack.whole(GitType::kBlob, "one");
  pack.whole(GitType::kBlob, "two");
  for (const std::uint32_t count : {0U, 1U, 3U}) {
    std::string text = pack.text();
    text.replace(8, 4, big_endian_bytes(count));
    const auto scanner = scanner_of(text);
    EXPECT_EQ(all(*scanner).size(), 2U) << count;
    EXPECT_FALSE(scanner->whole());
  }
}

TEST_F(PackScanning, RefusesWhatIsNoPack) {
  TestPack pack;
  pack.whole(GitType::kBlob, "one");
  std::string other = pack.text();
  other[7] = '\x04';
  for (const std::string& text :
       {std::string(), std::string("PACK"), std::string(40, 'x'), other}) {
    const auto scanner = scanner_of(text);
    EXPECT_EQ(all(*scanner).size(), 0U);
    EXPECT_FALSE(scanner->whole());
    EXPECT_EQ(scanner->end(), 0U);
  }
  const auto behind = scanner_of(pack.text() + "x");
  EXPECT_EQ(all(*behind).size(), 1U);
  EXPECT_FALSE(behind->whole());
}

}  // namespace
}  // namespace nhi
