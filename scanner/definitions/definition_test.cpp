#include <gtest/gtest.h>

#include "scanner/definitions/mirth_test_support.hpp"

namespace nhi {
namespace {

TEST(ReadDefinition, OrdersSitesAndScopes) {
  std::string connectors;
  for (int i = 0; i < 5; ++i) {
    connectors += test::connector("jdbc.DatabaseDispatcherProperties", "Database Writer",
                                  "W" + std::to_string(i),
                                  "<url>jdbc:mysql://h/d</url><username>u</username><password>" +
                                      test::fake(i) + "</password>");
  }
  const Definition definition = test::read(test::channel("", connectors));
  ASSERT_EQ(definition.sites.size(), 5U);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_LT(definition.sites[i - 1].secret_span, definition.sites[i].secret_span);
  }
  ASSERT_EQ(definition.scopes.size(), 6U);
  for (std::size_t i = 1; i < 6; ++i) {
    EXPECT_TRUE(definition.scopes[0].span.contains(definition.scopes[i].span));
  }
}

TEST(ReadDefinition, KnowsNothingOfOtherTexts) {
  for (const std::string_view text : {"", "x", "<a/>", "{}", "key = value\n", "\xFF\xFE\x00"}) {
    EXPECT_FALSE(read_definition(text, "conf/app.xml").has_value());
  }
}

// Who looks at changes of a text without a path asks for no more.
TEST(ReadDefinition, WithoutAPathKnowsWhatBeginsSoOrBearsTheMark) {
  const std::string mark(kDefinitionMark);
  const std::string settings =
      "database = postgres\ndatabase.url = jdbc:postgresql://h/d\nhttp.port = 8080\n" + mark +
      " = " + test::fake(1) + "\n";
  ASSERT_TRUE(read_definition(settings, "").has_value());
  EXPECT_FALSE(begins_definition(settings));
  std::string without = settings;
  without.replace(without.find(mark), mark.size(), "keystore.keypass");
  EXPECT_FALSE(read_definition(without, "").has_value());
  const std::string channel = test::channel("", "");
  ASSERT_TRUE(read_definition(channel, "").has_value());
  EXPECT_TRUE(begins_definition(channel));
}

TEST(ReaderNames, AreListed) { EXPECT_GE(reader_names().size(), 4U); }

}  // namespace
}  // namespace nhi
