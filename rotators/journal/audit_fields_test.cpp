#include "rotators/journal/audit_fields.hpp"

#include <gtest/gtest.h>

namespace nhi {
namespace {

// A journal that nobody had touched was said to be changed: its signature was written with "***".
TEST(AuditFields, SignaturesThatLookLikePasswordsStayWhole) {
  constexpr const char* kSignature =
      "aik5wfGmrpJNmKUpn3NHUgTa07VyYT9avjlGhlr26HPWd2Tpd5QTXa8SAEj5bVYyHQoDmGNJnrQo3r82gQJhOw==";
  EXPECT_NE(AuditFields().text("signature", kSignature).text_of("signature"), kSignature);
  EXPECT_EQ(AuditFields().verbatim("signature", kSignature).text_of("signature"), kSignature);
  const std::vector<std::string> keys = {kSignature};
  EXPECT_EQ(AuditFields().verbatim("keys", keys).list_of("keys"), keys);
}

TEST(AuditFields, HaveOneFormWhateverTheOrderTheyCameIn) {
  AuditFields one;
  one.text("b", "x").number("a", -3).flag("c", true).list("d", {"q", "p"});
  one.fields("e", AuditFields().count("n", 5));
  AuditFields other;
  other.fields("e", AuditFields().count("n", 5)).list("d", {"q", "p"});
  other.flag("c", true).number("a", -3).text("b", "x");
  EXPECT_EQ(one.to_json(), R"({"a":-3,"b":"x","c":true,"d":["q","p"],"e":{"n":5}})");
  EXPECT_EQ(other.to_json(), one.to_json());
  const auto back = AuditFields::from_json(one.to_json());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->to_json(), one.to_json());
  EXPECT_EQ(back->text_of("b"), "x");
  EXPECT_EQ(back->number_of("a"), -3);
  EXPECT_EQ(back->list_of("d"), (std::vector<std::string>{"q", "p"}));
  EXPECT_EQ(back->fields_of("e").number_of("n"), 5);
  EXPECT_EQ(back->text_of("a"), "") << "a number is no text";
  EXPECT_EQ(back->number_of("z"), std::nullopt);
}

TEST(AuditFields, TakeCredentialsOutOfUrlsAndBytesThatAreNoText) {
  AuditFields fields;
  fields.text("url", "https://ada:hunter2@host/x?token=abc");
  fields.list("paths", {"caf\xC3\xA9", "bad\xFF"});
  EXPECT_EQ(fields.text_of("url"), "https://host/x?token=***");
  EXPECT_EQ(fields.list_of("paths"), (std::vector<std::string>{"caf\xC3\xA9", "bad\xEF\xBF\xBD"}));
}

// What was written under other rules of cleaning stays the text that was hashed.
TEST(AuditFields, AreReadAsTheyStand) {
  constexpr std::string_view kOld = R"({"url":"https://ada:pw@host/"})";
  const auto read = AuditFields::from_json(kOld);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->to_json(), kOld);
}

TEST(AuditFields, AreReadInTheFormInWhichTheyAreWrittenOnly) {
  std::string deep = "1";
  for (int i = 0; i < 10; ++i) deep = "{\"a\":" + deep + "}";
  const std::string bad[] = {
      "",
      "[]",
      "null",
      R"({"a": 1})",
      R"({"b":1,"a":2})",
      R"({"a":1,"a":1})",
      R"({"a":1.5})",
      R"({"a":1e3})",
      R"({"a":null})",
      R"({"a":[1]})",
      R"({"a":"\u0041"})",
      R"({"a":99999999999999999999})",
      R"({"a":1} )",
      "{\"a\":\"\xFF\"}",
      deep,
      std::string(100'000, '['),
      R"({"a":)" + std::string(100'000, '{'),
  };
  for (const std::string& text : bad) {
    EXPECT_FALSE(AuditFields::from_json(text).has_value()) << text.substr(0, 60);
  }
}

}  // namespace
}  // namespace nhi
