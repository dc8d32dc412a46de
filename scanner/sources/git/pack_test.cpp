#include "scanner/sources/git/pack.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/sources/git/pack_kit.hpp"

namespace nhi {
namespace {

TEST(ParsePackEntry, ReadsHeads) {
  const auto small = parse_pack_entry("\x35", 100);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->type, GitType::kBlob);
  EXPECT_EQ(small->size, 5U);
  EXPECT_EQ(small->head, 1U);
  const auto large = parse_pack_entry("\x95\x81\x01", 100);
  ASSERT_TRUE(large);
  EXPECT_EQ(large->type, GitType::kCommit);
  EXPECT_EQ(large->size, 5U + (1U << 4U) + (1U << 11U));
  const auto at = parse_pack_entry(std::string("\x60\x80\x00", 3), 1000);
  ASSERT_TRUE(at);
  EXPECT_EQ(at->form, PackEntry::Form::kDeltaAt);
  EXPECT_EQ(at->base_at, 1000U - 128U);
  const auto of = parse_pack_entry("\x70" + std::string(20, '\x11'), 12);
  ASSERT_TRUE(of);
  EXPECT_EQ(of->base.hex(), std::string(40, '1'));
  EXPECT_EQ(of->head, 21U);
}

TEST(ParsePackEntry, RefusesWhatIsNone) {
  for (const std::string& bytes :
       {std::string(), std::string("\x05"), std::string("\x55"), std::string("\xb5"),
        std::string("\xbf") + std::string(12, '\xff') + "\x01", std::string("\x60"),
        std::string("\x60\x00", 2), std::string("\x60\x7f"), std::string("\x60\xff"),
        "\x70" + std::string(19, 'x')}) {
    EXPECT_FALSE(parse_pack_entry(bytes, 50)) << testing::PrintToString(bytes);
  }
}

class PackReading : public testing::Test {
 protected:
  PackReading() { box_.init("t"); }
  std::shared_ptr<const PackFile> open() {
    pack_.write(box_, "t", "x");
    return open_pack(box_, "t", "x");
  }
  GitRead read(PackReader& reader, std::size_t entry, std::string& content) {
    GitType type{};
    return reader.read(*reader.pack().index().find(pack_.id(entry)), 1'000'000, type, content);
  }
  Sandbox box_;
  TestPack pack_;
};

TEST_F(PackReading, GivesWholeOnesAndDeltasOfEitherForm) {
  const std::size_t base = pack_.whole(GitType::kBlob, "0123456789");
  const std::size_t at =
      pack_.delta_at(base, DeltaText(10, 5).copy(2, 3).insert("ab"), GitType::kBlob, "234ab");
  const std::size_t of = pack_.delta_of(pack_.id(at), DeltaText(5, 3).copy(3, 2).insert("c"),
                                        git_id(GitType::kBlob, "abc"));
  const auto pack = open();
  ASSERT_TRUE(pack);
  PackReader reader(pack);
  std::string content;
  for (const auto& [entry, text] : {std::pair{base, "0123456789"}, {at, "234ab"}, {of, "abc"}}) {
    EXPECT_EQ(read(reader, entry, content), GitRead::kFound);
    EXPECT_EQ(content, text);
    GitHeader header;
    EXPECT_EQ(reader.header(*pack->index().find(pack_.id(entry)), header), GitRead::kFound);
    EXPECT_EQ(header.type, GitType::kBlob);
    EXPECT_EQ(header.size, content.size());
  }
  GitType type{};
  EXPECT_EQ(reader.read(*pack->index().find(pack_.id(base)), 9, type, content), GitRead::kTooLarge);
}

TEST_F(PackReading, EndsWithCirclesAndLostBases) {
  const GitId lost = *GitId::parse(std::string(40, '1'));
  const GitId a = *GitId::parse(std::string(40, 'a'));
  const GitId b = *GitId::parse(std::string(40, 'b'));
  const std::size_t first = pack_.delta_of(b, DeltaText(1, 1).copy(0, 1), a);
  const std::size_t second = pack_.delta_of(a, DeltaText(1, 1).copy(0, 1), b);
  const std::size_t third =
      pack_.delta_of(lost, DeltaText(1, 1).copy(0, 1), *GitId::parse(std::string(40, 'c')));
  const auto pack = open();
  ASSERT_TRUE(pack);
  PackReader reader(pack);
  std::string content;
  for (const std::size_t entry : {first, second, third}) {
    EXPECT_EQ(read(reader, entry, content), GitRead::kCorrupt);
    GitHeader header;
    EXPECT_EQ(reader.header(*pack->index().find(pack_.id(entry)), header), GitRead::kCorrupt);
  }
}

TEST_F(PackReading, MakesNoMoreOfADeltaThanIsAllowed) {
  const std::string base(1 << 20, 'x');
  DeltaText bomb(base.size(), std::uint64_t{1} << 40U);
  for (int i = 0; i < 1000; ++i) bomb.copy(0, 1 << 20);
  const std::size_t first = pack_.whole(GitType::kBlob, base);
  const std::size_t second =
      pack_.delta_of(pack_.id(first), bomb, *GitId::parse(std::string(40, '2')));
  const auto pack = open();
  ASSERT_TRUE(pack);
  PackReader reader(pack);
  std::string content;
  EXPECT_EQ(read(reader, second, content), GitRead::kTooLarge);
}

TEST_F(PackReading, SharesWhatIsOpen) {
  pack_.whole(GitType::kBlob, "x");
  const auto one = open();
  EXPECT_EQ(open_pack(box_, "t", "x"), one);
}

}  // namespace
}  // namespace nhi
