#include "rotators/sinks/connection_text.hpp"

#include <gtest/gtest.h>

namespace nhi::sinks {
namespace {

// What a text reads and becomes with another secret; an empty result for a refusal.
struct ConnectionCase {
  std::string_view name, text, secret, becomes, result;
};
constexpr ConnectionCase kConnectionCases[] = {
    {"UrlUserInfo", "postgres://svc:old@h:5432/db?a=b", "old", "p@/:%é",
     "postgres://svc:p%40%2F%3A%25%C3%A9@h:5432/db?a=b"},
    {"UrlPercent", "amqp://svc:o%6Cd@h/", "old", "n", "amqp://svc:n@h/"},
    {"UrlParameter", "jdbc:postgresql://h/db?user=svc&password=old&ssl=true", "old", "a&b",
     "jdbc:postgresql://h/db?user=svc&password=a%26b&ssl=true"},
    {"AdoBare", "Server=h;User Id=svc;Password=old;Encrypt=true", "old", "n3w",
     "Server=h;User Id=svc;Password=n3w;Encrypt=true"},
    {"AdoNeedsQuotes", "Server=h;User Id=svc;Password=old;Encrypt=true", "old", "a;b\"c'd",
     "Server=h;User Id=svc;Password=\"a;b\"\"c'd\";Encrypt=true"},
    {"AdoHoldsDouble", "Server=h;User Id=svc;Password=old", "old", "a\"b",
     "Server=h;User Id=svc;Password='a\"b'"},
    {"AdoQuoted", "Server=h;User Id=svc;Password='o''d';X=y", "o'd", "it's",
     "Server=h;User Id=svc;Password='it''s';X=y"},
    {"AdoBrace", "Server=h;User Id=svc;Password=old;X=y", "old", "{a}",
     "Server=h;User Id=svc;Password=\"{a}\";X=y"},
    {"OdbcNeedsBraces", "Driver={PG};Server=h;UID=svc;PWD=old;X=y", "old", "a}b;c",
     "Driver={PG};Server=h;UID=svc;PWD={a}}b;c};X=y"},
    {"OdbcBraces", "Driver={PG};Server=h;UID=svc;PWD={o}}d};X=y", "o}d", "n",
     "Driver={PG};Server=h;UID=svc;PWD={n};X=y"},
    {"SqlServer", "jdbc:sqlserver://h:1433;user=svc;password=old;database=d", "old", "a;b",
     "jdbc:sqlserver://h:1433;user=svc;password={a;b};database=d"},
    {"Libpq", "host=h dbname=d user=svc password=old", "old", "a'b\\c",
     "host=h dbname=d user=svc password=a\\'b\\\\c"},
    {"LibpqBlank", "host=h password=old user=svc", "old", "a b", "host=h password='a b' user=svc"},
    {"LibpqBoth", "host=h password=old user=svc", "old", "a 'b", ""},
    {"OraclePlain", "jdbc:oracle:thin:svc/old@//h:1521/s", "old", "n3w",
     "jdbc:oracle:thin:svc/n3w@//h:1521/s"},
    {"OracleQuoted", "jdbc:oracle:thin:svc/old@//h:1521/s", "old", "a/b@c",
     "jdbc:oracle:thin:svc/\"a/b@c\"@//h:1521/s"},
    {"OracleQuote", "jdbc:oracle:thin:svc/old@//h:1521/s", "old", "a\"b", ""},
    {"OtherDriver", "jdbc:h2:tcp://h/db;USER=svc;PASSWORD=old", "old", "a;b", ""},
    {"LoginPair", "svc:old:x", "old:x", "a:b", "svc:a:b"},
    {"Empty", "postgres://svc:old@h/", "old", "", ""},
};
class ConnectionTextChange : public testing::TestWithParam<ConnectionCase> {};
TEST_P(ConnectionTextChange, ReplacesTheSecretByItsDialect) {
  const ConnectionCase& row = GetParam();
  const auto connection = ConnectionText::read(row.text, true);
  ASSERT_TRUE(connection.has_value());
  EXPECT_EQ(connection->value(ConnectionPart::kSecret).reveal(), row.secret);
  EXPECT_EQ(connection->value(ConnectionPart::kAccount).reveal(), "svc");
  const SecretText becomes(row.becomes);
  const auto change = connection->changed(&becomes, nullptr);
  ASSERT_EQ(change.has_value(), !row.result.empty());
  if (change) {
    EXPECT_EQ(apply_pieces(row.text, change->pieces).reveal(), row.result);
  }
}
INSTANTIATE_TEST_SUITE_P(Table, ConnectionTextChange, testing::ValuesIn(kConnectionCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ConnectionText, SecretAndAccountChangeTogether) {
  const std::string_view text = "Server=h;Password=old;User Id=svc";
  const auto connection = ConnectionText::read(text, false);
  ASSERT_TRUE(connection.has_value());
  const SecretText secret("a b");
  const SecretText account("svc;2");
  const auto change = connection->changed(&secret, &account);
  ASSERT_TRUE(change.has_value());
  EXPECT_TRUE(change->requoted);
  EXPECT_EQ(apply_pieces(text, change->pieces).reveal(), "Server=h;Password=a b;User Id=\"svc;2\"");
}

// Every mark of every dialect, alone and in pairs: either it reads back or it is refused.
TEST(ConnectionText, NoValueBreaksOut) {
  constexpr std::string_view kMarks = ";'\"{}=&?#/:@% \\\n\t,+$";
  std::size_t held = 0;
  for (const ConnectionCase& row : kConnectionCases) {
    const auto connection = ConnectionText::read(row.text, true);
    ASSERT_TRUE(connection.has_value());
    for (const char a : kMarks) {
      for (const char b : kMarks) {
        for (const std::string& value :
             {std::string{a, b}, std::string{'x', a, b, 'y'}, std::string{a, 'x', b}}) {
          const SecretText becomes(value);
          const auto change = connection->changed(&becomes, nullptr);
          if (!change) continue;
          ++held;
          const SecretText text = apply_pieces(row.text, change->pieces);
          const auto again = ConnectionText::read(text.reveal(), true);
          ASSERT_TRUE(again.has_value());
          EXPECT_EQ(again->value(ConnectionPart::kSecret).reveal(), value);
          EXPECT_EQ(again->value(ConnectionPart::kAccount).reveal(), "svc");
        }
      }
    }
  }
  EXPECT_GT(held, 10'000U);
}

}  // namespace
}  // namespace nhi::sinks
