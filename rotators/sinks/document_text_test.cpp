#include "rotators/sinks/document_text.hpp"

#include <gtest/gtest.h>

#include "scanner/base/limits.hpp"

namespace nhi::sinks {
namespace {

std::string wide(std::string_view ascii, bool little) {
  std::string out = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : ascii) {
    out += little ? c : '\0';
    out += little ? '\0' : c;
  }
  return out;
}

TEST(DocumentText, Utf16ComesBackAsItWas) {
  for (const bool little : {true, false}) {
    const std::string stored = wide("key=value\r\n", little);
    const auto document = DocumentText::of(stored);
    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(document->text(), "key=value\r\n");
    EXPECT_EQ(document->to_stored({4, 9}), (Span{10, 20}));
    const auto back = document->stored("k=\xF0\x9F\x94\x91");
    ASSERT_TRUE(back.has_value());
    const auto again = DocumentText::of(back->reveal());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->text(), "k=\xF0\x9F\x94\x91");
  }
}

TEST(DocumentText, RefusesWhatWouldNotComeBack) {
  EXPECT_FALSE(DocumentText::of(std::string("a\0b", 3)).has_value());
  EXPECT_FALSE(DocumentText::of(wide("a", true) + "x").has_value());         // half a unit
  EXPECT_FALSE(DocumentText::of(wide("a", true) + "\x3D\xD8").has_value());  // half a pair
  EXPECT_FALSE(DocumentText::of(wide("a", true) + std::string(2, '\0')).has_value());
  EXPECT_EQ(DocumentText::of(std::string(kWholeBytesMax + 1, ' ')).error().code,
            ErrorCode::kTooLarge);
}

TEST(DocumentText, OtherCharactersAreWrittenOnlyWhereTheirSetIsKnown) {
  const auto latin = DocumentText::of("k=\xE9");
  ASSERT_TRUE(latin.has_value());
  EXPECT_EQ(latin->charset(), Charset::kOther);
  EXPECT_TRUE(latin->ascii_only(Format::kEnv));
  const auto ascii = DocumentText::of("k=e");
  ASSERT_TRUE(ascii.has_value());
  EXPECT_FALSE(ascii->ascii_only(Format::kEnv));
  EXPECT_TRUE(ascii->takes_any_bytes());
  EXPECT_TRUE(ascii->stored("k=\xE9").has_value());
  EXPECT_FALSE(DocumentText::of("k=\xC3\xA9")->stored("k=\xE9").has_value());
  struct Case {
    std::string_view xml;
    bool ascii_only;
  };
  for (const Case& row :
       {Case{"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a/>", true},
        Case{"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>", false},
        Case{"<?xml version=\"1.0\"?><a encoding='x'/>", false}, Case{"<a/>", false}}) {
    const auto document = DocumentText::of(row.xml);
    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(document->ascii_only(Format::kXml), row.ascii_only) << row.xml;
  }
}

}  // namespace
}  // namespace nhi::sinks
