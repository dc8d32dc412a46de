#include "plugins/host/leak_search.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr const char* kSecret = "Wq7/zP+19\"mLx_canary";

LeakSearch search() {
  LeakSearch search;
  search.add(SecretText(kSecret), "auth");
  return search;
}

struct FormCase {
  const char* name;
  std::string text;
};
class LeakForm : public testing::TestWithParam<FormCase> {};
TEST_P(LeakForm, IsFound) {
  const auto leak = search().find("before " + GetParam().text + " after");
  ASSERT_TRUE(leak);
  EXPECT_EQ(leak->name, "auth");
}

std::string backwards(std::string text) { return {text.rbegin(), text.rend()}; }
std::string wide(std::string_view text) {
  std::string out;
  for (const char c : text) (out += c) += '\0';
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Table, LeakForm,
    testing::Values(FormCase{"Plain", kSecret}, FormCase{"Backwards", backwards(kSecret)},
                    FormCase{"FirstHalf", std::string(kSecret, 10)},
                    FormCase{"SecondHalf", std::string(kSecret + 10)},
                    FormCase{"Hex", to_hex(kSecret)}, FormCase{"Base64", to_base64(kSecret)},
                    FormCase{"Base64AfterOne", to_base64("x" + std::string(kSecret) + "yz")},
                    FormCase{"Base64AfterTwo", to_base64("xy" + std::string(kSecret) + "z")},
                    FormCase{"Utf16", wide(kSecret)},
                    FormCase{"Percent", "Wq7/zP%2B19%22mLx_canary"},
                    FormCase{"Json", R"(Wq7/zP+19\"mLx_canary)"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LeakSearch, OrdinaryTextHoldsNone) {
  EXPECT_FALSE(search().find("Wq7 canary, and a half of it: mLx_cana"));
  EXPECT_FALSE(LeakSearch().find("anything"));
}

TEST(LeakSearch, ShortValuesAreNotLookedForInWords) {
  LeakSearch short_ones;
  short_ones.add(SecretText("abc"), "auth");
  EXPECT_FALSE(short_ones.find("abcdef"));
  short_ones.add(SecretText("pass1"), "auth");
  EXPECT_TRUE(short_ones.find("xpass1x"));
  EXPECT_FALSE(short_ones.find(to_hex("pass1")));
}

TEST(LeakSearch, OnlyTheLineThatHoldsOneIsWithheld) {
  EXPECT_EQ(search().without_leaks(std::string("one\ntwo ") + kSecret + "\nthree\n"),
            "one\n[line withheld: it held auth (plain)]\nthree\n");
  EXPECT_EQ(search().without_leaks("one\ntwo"), "one\ntwo");
  LeakSearch lines;
  lines.add(SecretText("-----BEGIN\nkey-material\nEND"), "new");
  EXPECT_EQ(lines.without_leaks("a -----BEGIN\nkey-material\nEND b"),
            "[text withheld: it held new (plain)]");
}

}  // namespace
}  // namespace nhi
