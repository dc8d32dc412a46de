#include "scanner/definitions/draft.hpp"

#include <gtest/gtest.h>

namespace nhi::definitions {
namespace {

// A text that stands at `start` of a document.
Text at(std::string_view text, std::uint64_t start) {
  OffsetMap map;
  map.copy(start, text.size());
  Text out;
  out.append(text, map, {start, start + text.size()});
  return out;
}

TEST(DraftText, LeadsBackThroughEachPiece) {
  Text whole = at("abc", 10);
  whole.append(at("def", 100));
  whole.append_made("!");
  EXPECT_EQ(whole.text(), "abcdef!");
  EXPECT_EQ(whole.to_document({1, 3}), (Span{11, 13}));
  EXPECT_EQ(whole.to_document({4, 5}), (Span{101, 102}));
  EXPECT_EQ(whole.to_document({2, 4}), (Span{12, 101}));
}

TEST(DraftText, EmptyValueKeepsItsPlace) {
  Text empty;
  empty.append("", {}, {7, 7});
  EXPECT_EQ(empty.to_document(), (Span{7, 7}));
}

TEST(ConnectionSite, DecodesPercentAndKeepsTheSpan) {
  const std::string document = "xx https://us%40er:p%23w1@Host:8443/a";
  const auto site = site_of_connection(document, at(document.substr(3), 3), "/p");
  ASSERT_TRUE(site.has_value());
  EXPECT_EQ(site->account, "us@er");
  EXPECT_EQ(site->secret.reveal(), "p#w1");
  EXPECT_EQ(slice(document, site->secret_span), "p%23w1");
  EXPECT_EQ(site->target, "https://host:8443/a");
  EXPECT_EQ(site->encoding, std::vector<std::string>{"percent"});
}

TEST(ConnectionSite, PlaceholderIsNoSecret) {
  const std::string url = "jdbc:mysql://h/d?user=u&password=${PW}";
  const auto site = site_of_connection(url, at(url, 0), "/p");
  ASSERT_TRUE(site.has_value());
  EXPECT_EQ(site->form, Form::kPlaceholder);
  EXPECT_TRUE(site->secret.empty());
  EXPECT_FALSE(site_of_connection(url, at("jdbc:mysql://h/d", 0), "/p").has_value());
}

TEST(HeaderSite, NeedsAHeaderThatLogsIn) {
  const std::string value = "Bearer Qz7wLm";
  EXPECT_TRUE(site_of_header(value, "Authorization", at(value, 0), "/p").has_value());
  EXPECT_FALSE(site_of_header(value, "Accept", at(value, 0), "/p").has_value());
  EXPECT_FALSE(site_of_header("  ", "Authorization", at("  ", 0), "/p").has_value());
  const auto basic = site_of_header("Basic %%", "Authorization", at("Basic %%", 0), "/p");
  ASSERT_TRUE(basic.has_value());  // not base64: taken as it stands
  EXPECT_EQ(slice("Basic %%", basic->secret_span), "%%");
}

TEST(Targets, AreNormalisedAndScrubbed) {
  EXPECT_EQ(target_of(" jdbc:sqlserver://H:1;user=u;password=p "), "jdbc:sqlserver://h:1");
  EXPECT_EQ(target_of("https://u:p@H/x?token=t"), "https://h/x");
  EXPECT_EQ(target_of("Just a name"), "Just a name");
  EXPECT_EQ(provider_of("jdbc:sqlserver"), "mssql");
  EXPECT_EQ(provider_of("jdbc:hsqldb:hsql"), "hsqldb");
  EXPECT_EQ(provider_of("sftp"), "sftp");
}

}  // namespace
}  // namespace nhi::definitions
