#include "gtest/gtest.h"
#include "scanner/sources/files.hpp"

namespace nhi {
namespace {

using namespace std::literals;

std::string widen(std::string_view text, std::size_t before, std::size_t after) {
  std::string wide;
  for (const char c : text) {
    wide.append(before, '\0');
    wide += c;
    wide.append(after, '\0');
  }
  return wide;
}

TEST(FileFacts, KeepsPermissionBitsAndRoundsTimeDown) {
  FileEntry entry;
  entry.uid = 0;
  entry.mode = 0100644;
  entry.mtime_ns = -1;
  const FileFacts facts = file_facts(entry);
  EXPECT_EQ(facts.owner, "root");
  EXPECT_EQ(facts.mode, 0644U);
  EXPECT_EQ(facts.mtime.seconds, -1);
  EXPECT_TRUE(facts.world_readable);
  entry.mode = 0100640;
  EXPECT_FALSE(file_facts(entry).world_readable);
}

TEST(FileFacts, GivesTheNumberOfAnUnknownUser) {
  FileEntry entry;
  entry.uid = 3'999'999'999U;
  EXPECT_EQ(file_facts(entry).owner, "3999999999");
}

struct BinaryCase {
  std::string_view name;
  std::string bytes;
  bool binary;
};
class LooksBinary : public testing::TestWithParam<BinaryCase> {};

TEST_P(LooksBinary, SaysWhatAPersonWouldSay) {
  EXPECT_EQ(looks_binary(GetParam().bytes), GetParam().binary);
}

constexpr std::string_view kText = "<add key=\"server\" value=\"pas01\"/>\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, LooksBinary,
    testing::Values(BinaryCase{"Empty", "", false}, BinaryCase{"Ascii", std::string(kText), false},
                    BinaryCase{"Latin1",
                               "Stra\xDF"
                               "e = caf\xE9\n",
                               false},
                    BinaryCase{"Hl7", "\x0BMSH|^~\\&|A\rPID|1\r\x1C\r", false},
                    BinaryCase{"Utf8Mark", "\xEF\xBB\xBFkey", false},
                    BinaryCase{"Utf16Mark", "\xFF\xFEk\0"s.substr(0, 4), false},
                    BinaryCase{"Utf16LeNoMark", widen(kText, 0, 1), false},
                    BinaryCase{"Utf16BeNoMark", widen(kText, 1, 0), false},
                    BinaryCase{"Utf32LeNoMark", widen(kText, 0, 3), false},
                    BinaryCase{"Utf32BeNoMark", widen(kText, 3, 0), false},
                    BinaryCase{"Elf",
                               std::string("\x7F"
                                           "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0"sv),
                               true},
                    BinaryCase{"OneZeroInText", std::string(kText) + '\0', true},
                    BinaryCase{"Zeros", std::string(64, '\0'), true},
                    BinaryCase{"Controls", "\x01\x02\x03\x04\x05\x06 abc", true}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace nhi
