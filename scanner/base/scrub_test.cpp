#include "scanner/base/scrub.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

struct ScrubCase {
  std::string_view text;
  std::string_view clean;
};

TEST(ScrubUrl, TakesUserInfoAndPasswordParametersOut) {
  const ScrubCase rows[] = {
      {"https://u:p@h/x?token=t", "https://h/x?token=***"},
      {"https://u@h/x", "https://h/x"},
      {"https://h:8443/x@y", "https://h:8443/x@y"},
      {"https://user%40corp:p%3Aw%2F@h/x", "https://h/x"},
      {"https://u:p@ss@w@h:1/x", "https://h:1/x"},
      {"https://u:p/w@h/x", "https://h/x"},
      {"https://u:p#w@h/x", "https://h/x"},
      {"ftp://u:p;w@h/x", "ftp://h/x"},
      {"//u:p@h/x", "//h/x"},
      {"http://[::1]:80/x@y", "http://[::1]:80/x@y"},
      {"see https://a:b@h1/ and https://c:d@h2/", "see https://h1/ and https://h2/"},
      {"mongodb://u:p@h1:27017,h2:27017/db?authSource=admin",
       "mongodb://h1:27017,h2:27017/db?authSource=admin"},
      {"git@host:group/project.git", "git@host:group/project.git"},
      {"jdbc:sqlserver://h:1433;databaseName=d;user=u;password=p w&x;encrypt=true",
       "jdbc:sqlserver://h:1433;databaseName=d;user=u;password=***;encrypt=true"},
      {"jdbc:postgresql://h/d?user=u&password=p;q&ssl=true",
       "jdbc:postgresql://h/d?user=u&password=***&ssl=true"},
      {"jdbc:oracle:thin:scott/t1ger@h:1521:X", "jdbc:oracle:thin:@h:1521:X"},
      {"jdbc:oracle:thin:@h:1521:X", "jdbc:oracle:thin:@h:1521:X"},
      {"Server=s;Database=d;Uid=u;Pwd=a b&c;", "Server=s;Database=d;Uid=u;Pwd=***;"},
      {"Pwd={a;b}}c};Server=s", "Pwd={***};Server=s"},
      {"Password=\"a;b\";Server=s", "Password=\"***\";Server=s"},
      {"Password=''", "Password=''"},
      {"Pwd=a b;Server=s", "Pwd=***;Server=s"},
      {"DefaultEndpointsProtocol=https;AccountName=n;AccountKey=Zm9v+/==;EndpointSuffix=core",
       "DefaultEndpointsProtocol=https;AccountName=n;AccountKey=***;EndpointSuffix=core"},
      {"https://h/c?sv=1&sig=abc%3D&se=2", "https://h/c?sv=1&sig=***&se=2"},
      {"https://h/?a=1&amp;api_key=k9&amp;b=2", "https://h/?a=1&amp;api_key=***&amp;b=2"},
      {"X-Amz-Signature=0a1b&X=2 rest", "X-Amz-Signature=*** rest"},
      {"login failed, password=hunter2 for u", "login failed, password=*** for u"},
      {"--token=abc def", "--token=*** def"},
      {"https://h/?keyboard=qwerty&monkey=1", "https://h/?keyboard=qwerty&monkey=1"},
      {"password=", "password="},
      {"/srv/app/conf/app.properties", "/srv/app/conf/app.properties"},
      {"", ""},
  };
  for (const ScrubCase& row : rows) EXPECT_EQ(scrub_url(row.text), row.clean) << row.text;
}

TEST(ScrubUrl, SecondScrubChangesNothing) {
  // Texts of the bytes that steer the scrubber; the seed makes a failure repeatable.
  static constexpr std::string_view kParts[] = {
      "://", "//",  "@",     ":",   "/",  ";",    "?",     "&",
      "#",   "=",   " ",     "\"",  "'",  "{",    "}",     "a",
      "1",   "pwd", "token", "***", "\n", "http", "&amp;", "jdbc:oracle:thin:"};
  std::mt19937 random(20270228);
  for (int round = 0; round < 60'000; ++round) {
    std::string text;
    for (int part = 0; part < 14; ++part) text += kParts[random() % std::size(kParts)];
    const std::string once = scrub_url(text);
    ASSERT_EQ(scrub_url(once), once) << text;
  }
}

TEST(ScrubUrl, HostileTextCostsOnePass) {
  for (const std::string_view part : {"x://a:b", "x://a:b/c@", "password=", "pwd=;", "a=\"",
                                      "://:", "pwd={", "pwd={}", "jdbc:oracle:thin:"}) {
    std::string text;
    while (text.size() < 2'000'000) text += part;
    EXPECT_LE(scrub_url(text).size(), text.size() * 2) << part;
  }
}

TEST(Printable, ShowsControlsAndStrayBytes) {
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
  EXPECT_EQ(printable("caf\xE9 "), "caf\xEF\xBF\xBD ");
  EXPECT_EQ(printable("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(printable("\xC2\x9B"
                      "x"),
            "\\xc2\\x9bx");  // CSI of C1
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a\\xe2\\x80\\xaeb");  // text direction
  // A surrogate: three bytes, none of them a sequence.
  EXPECT_EQ(printable("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(IsUtf8, RefusesOverlongSurrogateAndCutSequences) {
  EXPECT_TRUE(is_utf8("plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x94\x91"));
  for (const char* bad : {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xE2\x82", "\x80", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Masker, MasksEveryFormTheValueMayTake) {
  const std::string value = "p&ss\"w/rd+1";
  Masker masker;
  EXPECT_TRUE(masker.empty());
  masker.add(SecretText(value));
  EXPECT_EQ(masker.mask("raw p&ss\"w/rd+1."), "raw ***.");
  EXPECT_EQ(masker.mask("uri p%26ss%22w%2Frd%2B1"), "uri ***");
  EXPECT_EQ(masker.mask("xml p&amp;ss&quot;w/rd+1"), "xml ***");
  EXPECT_EQ(masker.mask("json p&ss\\\"w/rd+1"), "json ***");
  EXPECT_EQ(masker.mask("b64 " + to_base64(value)), "b64 ***");
  EXPECT_EQ(masker.mask("hex " + to_hex(value)), "hex ***");
  EXPECT_EQ(masker.mask("nothing here"), "nothing here");
}

TEST(Masker, OverlappingSecretsLeaveNoTail) {
  Masker masker;
  masker.add(SecretText("abcdef"));
  masker.add(SecretText("defghi"));
  EXPECT_EQ(masker.mask("[abcdefghi]"), "[***]");
}

TEST(Masker, LeavesShortValuesAndMasksLinesOfKeys) {
  Masker masker;
  masker.add(SecretText("cat"));
  EXPECT_EQ(masker.mask("concatenate"), "concatenate");
  const std::string line(40, 'k');
  masker.add(SecretText("-----BEGIN X-----\n" + line + "\n-----END X-----\n"));
  EXPECT_EQ(masker.mask("bad line '" + line + "'"), "bad line '***'");
}

}  // namespace
}  // namespace nhi
