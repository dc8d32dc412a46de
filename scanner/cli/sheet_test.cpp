#include "scanner/cli/sheet.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "scanner/base/file.hpp"

namespace nhi {
namespace {

class SheetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "nhi-sheet-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    file_ = folder_ + "/s.csv";
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Result<Sheet> read(const std::string& text) {
    EXPECT_TRUE(write_file_atomically(file_, text).has_value());
    faults_ = SheetFaults(file_);
    return read_sheet(file_, {{"id", "", true}, {"decision.owner", "owner", false}}, faults_);
  }
  std::string folder_;
  std::string file_;
  SheetFaults faults_{""};
};

TEST_F(SheetTest, KeepsTheColumnsAskedForWhereverTheyStand) {
  const auto sheet = read("why,owner,id\r\n\"a\nb\",pas,f_1\r\n,,\r\nx,,f_2\r\nshort\r\n");
  ASSERT_TRUE(sheet.has_value());
  EXPECT_EQ(sheet->headings, (std::vector<std::string>{"id", "owner"}));
  ASSERT_EQ(sheet->rows.size(), 3u) << "an empty row says nothing";
  EXPECT_EQ(sheet->rows[0].cells, (std::vector<std::string>{"f_1", "pas"}));
  EXPECT_EQ(sheet->rows[1].line, 5u);
  EXPECT_EQ(sheet->rows[2].cells, (std::vector<std::string>{"", ""}));
  EXPECT_FALSE(faults_.any());
  EXPECT_TRUE(faults_.settle().has_value());
}

TEST_F(SheetTest, RefusesHeadersThatMeanNothingOrTwoThings) {
  for (const char* text : {"", "owner\nx\n", "id,owner,decision.owner\n", "id,id\n", "\"id\n"}) {
    const auto sheet = read(text);
    ASSERT_FALSE(sheet.has_value()) << text;
    EXPECT_EQ(sheet.error().code, ErrorCode::kBadUse) << text;
    EXPECT_NE(sheet.error().subject.find(file_), std::string::npos) << text;
  }
}

TEST_F(SheetTest, ARowThatIsTooLongIsAFault) {
  ASSERT_TRUE(read("id,owner\nf_1,a,b\n").has_value());
  const auto settled = faults_.settle();
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().what, "1 fault in the file: nothing was done");
}

}  // namespace
}  // namespace nhi
