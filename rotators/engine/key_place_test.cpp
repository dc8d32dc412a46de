#include "rotators/engine/key_place.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

std::string block(const std::string& body, const std::string& end = "\n") {
  return "-----BEGIN OPENSSH PRIVATE KEY-----" + end + body + end +
         "-----END OPENSSH PRIVATE KEY-----";
}

IsValue is(const std::string& text) {
  return [text](Bytes value) { return value == text; };
}

Result<SecretText> changed(const std::string& document, const std::string& from,
                           const std::string& to) {
  const SecretText is_now(from);
  const SecretText becomes(to);
  PlaceEdit edit;
  edit.is = &is_now;
  edit.becomes = &becomes;
  return with_keys(document, locate_keys(document, is(from)), edit);
}

TEST(KeyPlace, ChangesTheBlockAndNothingElse) {
  const std::string document = "# of svc\n" + block("AAAA") + "\nrest\n" + block("BBBB") + "\n";
  const auto made = changed(document, block("BBBB"), block("CCCC\nDDDD"));
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->reveal(), "# of svc\n" + block("AAAA") + "\nrest\n" + block("CCCC\nDDDD") + "\n");
}

TEST(KeyPlace, ChangesEachCopy) {
  const std::string document = block("AAAA") + "\n" + block("AAAA");
  const auto made = changed(document, block("AAAA"), block("CCCC"));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->reveal(), block("CCCC") + "\n" + block("CCCC"));
}

TEST(KeyPlace, KeepsLineEndsOfTheBlock) {
  const std::string document = block("AAAA", "\r\n") + "\r\n";
  const auto places = locate_keys(document, is(block("AAAA")));
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(key_at(document, places[0])->reveal(), block("AAAA"));
  const auto made = changed(document, block("AAAA"), block("CCCC"));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->reveal(), block("CCCC", "\r\n") + "\r\n");
}

TEST(KeyPlace, LeavesKeysOfOtherDocumentsAlone) {
  // In a scalar of YAML, where each line is indented; and one that never ends.
  EXPECT_TRUE(
      locate_keys("key: |\n  " + block("AAAA", "\n  "), [](Bytes) { return true; }).empty());
  EXPECT_TRUE(locate_keys("-----BEGIN PRIVATE KEY-----\nAAAA", [](Bytes) { return true; }).empty());
  EXPECT_TRUE(locate_keys("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", [](Bytes) {
                return true;
              }).empty());
}

TEST(KeyPlace, AnotherKeyIsAConflict) {
  const std::string document = block("AAAA");
  const SecretText is_now(block("BBBB"));
  const SecretText becomes(block("CCCC"));
  PlaceEdit edit;
  edit.is = &is_now;
  edit.becomes = &becomes;
  const auto places = locate_keys(document, is(document));
  EXPECT_EQ(with_keys(document, places, edit).error().code, ErrorCode::kConflict);
  EXPECT_EQ(with_keys("", places, edit).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(key_at("", places[0]).error().code, ErrorCode::kNotFound);
}

TEST(KeyPlace, ACertificateHoldsItsKey) {
  EXPECT_EQ(bound_to_key(block("AAAA")), "");
  EXPECT_NE(bound_to_key("-----BEGIN CERTIFICATE-----\n" + block("AAAA")), "");
}

}  // namespace
}  // namespace nhi
