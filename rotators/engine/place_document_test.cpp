#include "rotators/engine/place_document.hpp"

#include <gtest/gtest.h>

#include "rotators/engine/key_place.hpp"

namespace nhi {
namespace {

constexpr Bytes kKeyFile = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";

IsValue is(const std::string& text) {
  return [text](Bytes value) { return value == text; };
}

TEST(PlaceDocument, IsOfAFormatThatIsWrittenOrOfNone) {
  EXPECT_EQ(document_format("a.properties", "a.b=c"), "properties");
  EXPECT_EQ(document_format("id_ed25519", kKeyFile), kKeyFormat);
  EXPECT_EQ(document_format("a.toml", "a = 1"), std::nullopt);
  EXPECT_EQ(document_format("notes", "prose, of several words\nand lines"), std::nullopt);
}

TEST(PlaceDocument, FindsTellsAndChangesInEachFormat) {
  const std::string key(kKeyFile.substr(0, kKeyFile.size() - 1));
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"properties", "user=app\npassword=old-value\n", "old-value"},
      {std::string(kKeyFormat), std::string(kKeyFile), key}};
  for (const auto& [format, document, value] : cases) {
    const auto found = values_in(document, format, {}, is(value));
    ASSERT_TRUE(found) << format;
    ASSERT_EQ(found->size(), 1U) << format;
    PlannedPlace place;
    place.format = format;
    place.secrets = {found->front().secret};
    EXPECT_EQ(value_in(document, format, place.secrets[0])->reveal(), value);
    const SecretText old(value);
    const SecretText fresh("new-value");
    const auto changed = changed_document(document, place, {&old, &fresh, {}, {}, false});
    ASSERT_TRUE(changed) << changed.error().message();
    std::string wanted = document;
    wanted.replace(wanted.find(value), value.size(), "new-value");
    EXPECT_EQ(changed->reveal(), wanted);
    EXPECT_EQ(changed_document(wanted, place, {&old, &fresh, {}, {}, false}).has_value(), false);
  }
}

TEST(PlaceDocument, AFormatThatNobodyKnowsIsNamed) {
  EXPECT_EQ(values_in("", "toml", {}, is("a")).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(value_in("", "toml", {}).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace nhi
