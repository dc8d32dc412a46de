#include "scanner/match/surroundings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

// The value is the text between [[ and ]]; the match begins at << or at the start of the line.
Surroundings around(const std::string& marked, std::string& view) {
  view = marked;
  std::size_t whole = view.find("<<");
  if (whole != std::string::npos) view.erase(whole, 2);
  const std::size_t start = view.find("[[");
  view.erase(start, 2);
  const std::size_t end = view.find("]]");
  view.erase(end, 2);
  if (whole == std::string::npos) whole = 0;
  return look_around(view, {whole, end}, {start, end});
}

TEST(LookAround, FindsTheWholeKeyLeftOfTheMatch) {
  std::string view;
  EXPECT_EQ(around("x min_db_<<password = \"[[abc]]\"", view).key, "min_db_password");
  EXPECT_EQ(around("<add key=\"DbPassword\" value=\"[[abc]]\"/>", view).key, "DbPassword");
  EXPECT_EQ(around("= [[abc]]", view).key, "");
}

TEST(LookAround, SeesQuotesOnBothSidesOnly) {
  std::string view;
  EXPECT_EQ(around("password = \"[[abc]]\";", view).quote, '"');
  EXPECT_EQ(around("password = '[[abc]]'", view).quote, '\'');
  EXPECT_EQ(around("password = \"[[abc]];", view).quote, '\0');
  const Surroundings escaped = around(R"("{\"password\": \"[[abc]]\"}")", view);
  EXPECT_EQ(escaped.quote, '"');
  EXPECT_TRUE(escaped.escaped);
}

TEST(LookAround, TellsLiteralsCommentsAndElements) {
  std::string view;
  EXPECT_TRUE(around("open(\"a=b;password=[[abc]];c=d\")", view).in_string);
  EXPECT_FALSE(around("password=[[abc]]", view).in_string);
  EXPECT_FALSE(around("don't use password=[[abc]]", view).in_string);
  EXPECT_TRUE(around("  // password=[[abc]]", view).in_comment);
  EXPECT_FALSE(around("*token = [[abc]]", view).in_comment);
  EXPECT_TRUE(around("<password>[[abc]]</password>", view).in_element);
}

TEST(LookAround, LooksNoFurtherThanItsLimit) {
  std::string view;
  const std::string far(3 * kMinifiedLineBytes, 'x');
  const Surroundings wide = around(far + " password=[[abc]] " + far, view);
  EXPECT_TRUE(wide.long_line);
  EXPECT_LE(wide.before.size() + wide.after.size(), 3 * kMinifiedLineBytes);
  EXPECT_FALSE(around("a\npassword=[[abc]]\n" + far, view).long_line);
}

}  // namespace
}  // namespace nhi
