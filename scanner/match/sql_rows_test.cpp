#include "scanner/match/sql_rows.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scanner/match/generic_test_kit.hpp"

namespace nhi {
namespace {

using Cells = std::vector<std::string>;

// What is put into the column that holds `name`, with its account where there is one.
Cells values_of(const std::string& text, const std::string& name = "pass") {
  Cells cells;
  const std::size_t at = text.find(name);
  EXPECT_NE(at, std::string::npos);
  read_sql_rows(text, {at, at + name.size()}, [&](const Assignment& cell) {
    EXPECT_TRUE(cell.whole.contains(cell.value));
    std::string out(slice(text, cell.value));
    if (!cell.account.empty()) out = std::string(slice(text, cell.account)) + ":" + out;
    cells.push_back(out);
  });
  return cells;
}

TEST(SqlRows, AreReadBehindTheirListOfColumns) {
  EXPECT_EQ(values_of("INSERT INTO users (id, login, password) VALUES (1, 'svc', 'x1');"),
            Cells{"svc:x1"});
  EXPECT_EQ(values_of("insert into `a`.`users`(`password`,`login`)\nvalues\n('x1','svc'),\n"
                      "  ('x2', 'b');"),
            (Cells{"svc:x1", "b:x2"}));
  EXPECT_EQ(values_of("INSERT INTO [dbo].[Users] ([Name], [passwd]) VALUES (N'a', N'x1')"),
            Cells{"x1"});
  EXPECT_EQ(
      values_of("MERGE INTO t USING s ON 1 WHEN NOT MATCHED THEN INSERT (pass) VALUES ('x1')"),
      Cells{"x1"});
  EXPECT_EQ(values_of("REPLACE INTO t (password) VALUES (\"x1\")"), Cells{"x1"});
}

TEST(SqlRows, GiveTheFirstTextOfACall) {
  EXPECT_EQ(values_of("INSERT INTO u (login, pass) VALUES ('a', crypt('x1', gen_salt('bf')));"),
            Cells{"a:x1"});
  EXPECT_EQ(values_of("INSERT INTO u (pass) VALUES (PASSWORD('x1'))"), Cells{"x1"});
}

TEST(SqlRows, KnowTextsWithQuotesAndBracketsInThem) {
  EXPECT_EQ(values_of("INSERT INTO u (a, pass) VALUES ('it''s, (b', 'x''1')"), Cells{"x''1"});
  EXPECT_EQ(values_of("INSERT INTO u (a, pass) VALUES ('a\\'b', 'x)1')"), Cells{"x)1"});
}

TEST(SqlRows, AreReadInDumpsOfPostgres) {
  EXPECT_EQ(values_of("COPY public.users (id, login, password) FROM stdin;\n1\tsvc\tx1\n2\tb\t\\N\n"
                      "3\tc\tx3\n\\.\n4\td\tx4\n"),
            (Cells{"svc:x1", "c:x3"}));
}

TEST(SqlRows, AreNoReferencesQuestionsAndCode) {
  for (const char* text :
       {"INSERT INTO u (login, pass) VALUES (?, ?)", "INSERT INTO u (pass) VALUES (:pass)",
        "INSERT INTO u (pass) VALUES (NULL)", "INSERT INTO u (pass) VALUES ('')",
        "INSERT INTO u (pass) VALUES ((SELECT x FROM y WHERE z = 'a'))",
        "INSERT INTO u (pass) VALUES ('\" + pass + \"')", "INSERT INTO u (pass) VALUES ('a' || b)",
        "COPY u (pass) FROM stdin WITH (FORMAT csv);\nx\n",
        "INSERT INTO u (pass) VALUES (CASE WHEN a = 'x' THEN 1 END)",
        "INSERT INTO u (a, pass) VALUES ('x')", "INSERT INTO u (pass) VALUES ('x",
        "INSERT INTO u (pass) SELECT a FROM b", "call(user, pass) values ('x')",
        "INSERT INTO u (pass", "INSERT INTO u (pass, f(x)) VALUES ('x', 'y')",
        "CREATE TABLE u (login, pass)"}) {
    EXPECT_TRUE(values_of(text).empty()) << text;
  }
}

TEST(SqlRows, MayBeCutOffAnywhere) {
  for (const std::string text :
       {"INSERT INTO u (login, pass) VALUES ('a', PASSWORD('x1')), ('b', 'x2');\n",
        "COPY u (login, pass) FROM stdin;\r\na\tx1\r\nb\t\r\n\t\n\\.\n"}) {
    for (std::size_t size = text.find("pass") + 4; size <= text.size(); ++size) {
      for (const std::string& value : values_of(text.substr(0, size))) {
        EXPECT_TRUE(value.starts_with("a:x") || value == "b:x2") << value << " of " << size;
      }
    }
  }
  EXPECT_EQ(values_of("COPY u (login, pass) FROM stdin;\r\na\tx1\r\n"), Cells{"a:x1"});
  EXPECT_TRUE(values_of("COPY u (login, pass) FROM stdin;\na\t").empty());
}

TEST(SqlRows, EndWithTheirLimits) {
  std::string text = "INSERT INTO u (pass) VALUES ";
  for (int i = 0; i < 1000; ++i) text += "('x'),";
  EXPECT_EQ(values_of(text).size(), 1000U);
  EXPECT_TRUE(values_of("INSERT INTO u (pass) VALUES ('" + std::string(9000, 'x') + "')").empty());
  std::string wide = "INSERT INTO u (pass";
  for (int i = 0; i < 70; ++i) wide += ", a";
  EXPECT_TRUE(values_of(wide + ") VALUES ('x')").empty());
  EXPECT_TRUE(values_of("INSERT INTO u (pass" + std::string(1000, 'w') + ") VALUES ('x')").empty());
}

// Rows that quote a statement end the one that they stand in: else each of n statements would read
// all that follow.
TEST(SqlRows, AreReadForOneStatement) {
  EXPECT_EQ(values_of("INSERT INTO u (pass) VALUES ('x1'), ('a, b) VALUES ('), ('x3');"),
            (Cells{"x1", "a, b) VALUES ("}));
  EXPECT_EQ(values_of("COPY u (pass) FROM stdin;\nx1\nCOPY u (pass) FROM stdin;\nx2\n"),
            Cells{"x1"});
}

TEST(SqlRows, AreJudgedAsSettings) {
  match_test::expect_all({
      {Syntax::kSql, "INSERT INTO users (login, password) VALUES ('svc_pas', '@P');",
       match_test::Want::kShown},
      {Syntax::kSql, "INSERT INTO users (login, password) VALUES ('svc_pas', '${DB_PASSWORD}');",
       match_test::Want::kNotShown},
      {Syntax::kSql, "INSERT INTO users (login, password) VALUES ('svc_pas', 'changeme_please');",
       match_test::Want::kNotShown},
  });
}

}  // namespace
}  // namespace nhi
