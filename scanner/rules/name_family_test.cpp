#include "scanner/rules/name_family.hpp"

#include <gtest/gtest.h>

#include "scanner/rules/rule_words.hpp"

namespace nhi {
namespace {

TEST(NameFamilyTest, StemsAreFoundInAnyCaseAtTheStartAlone) {
  EXPECT_EQ(stem_at("PassWord"), NameFamily::kPassword);
  EXPECT_EQ(stem_at("pwd"), NameFamily::kPassword);
  EXPECT_EQ(stem_at("Credentials"), NameFamily::kSecret);
  EXPECT_EQ(stem_at("KEY"), NameFamily::kKey);
  EXPECT_EQ(stem_at("nonce"), NameFamily::kSalt);
  for (const std::string_view text : {"", "p", "apikey", "word", "se"}) {
    EXPECT_EQ(stem_at(text), NameFamily::kNone) << text;
  }
}

TEST(NameFamilyTest, EachStemIsAmongThoseOfItsFirstLetterAlone) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    for (std::size_t i = 0; i < kNameStems.size(); ++i) {
      const char first = kNameStems.at(i).text.front();
      const bool begins = c == first || c == static_cast<char>(first - 'a' + 'A');
      EXPECT_EQ((stems_from(c) >> i & 1U) != 0, begins) << byte << " " << kNameStems.at(i).text;
    }
  }
}

TEST(NameFamilyTest, EveryFamilyHasAWordAndAStem) {
  for (std::size_t family = 1; family < kNameFamilyWords.size(); ++family) {
    bool stems = false;
    for (const NameStem& stem : kNameStems) {
      stems = stems || static_cast<std::size_t>(stem.family) == family;
    }
    EXPECT_TRUE(stems) << kNameFamilyWords.at(family);
  }
}

}  // namespace
}  // namespace nhi
