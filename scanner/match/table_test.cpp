#include "scanner/match/table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scanner/match/generic_test_kit.hpp"

namespace nhi {
namespace {

using Cells = std::vector<std::string>;

// What stands below the header cell that holds `name`, with its account where there is one.
Cells cells_of(const std::string& text, const std::string& name) {
  Cells cells;
  const std::size_t at = text.find(name);
  EXPECT_NE(at, std::string::npos);
  read_column(text, {at, at + name.size()}, [&](const Assignment& cell) {
    EXPECT_TRUE(cell.whole.contains(cell.value));
    std::string out(slice(text, cell.value));
    if (!cell.account.empty()) out = std::string(slice(text, cell.account)) + ":" + out;
    cells.push_back(out);
  });
  return cells;
}

TEST(Table, ReadsTheColumnBelowAHeader) {
  const Cells both = {"a:x1", "b:y2"};
  EXPECT_EQ(cells_of("user,pass,note\na,x1,n\nb,y2,m\n", "pass"), both);
  EXPECT_EQ(cells_of("user;pass;note\r\na;x1;n\r\nb;y2;m", "pass"), both);
  EXPECT_EQ(cells_of("user\tpass\na\tx1\nb\ty2\n", "pass"), both);
  EXPECT_EQ(cells_of("\"user\",\"pass\"\n\"a\",\"x1\"\n\"b\",\"y2\"\n", "pass"), both);
  EXPECT_EQ(cells_of("\xEF\xBB\xBF# export\nsep=,\nuser,pass\na,x1\nb,y2\n", "pass"), both);
  EXPECT_EQ(cells_of("# T\n\n| User | Pass |\n|---|:--:|\n| a | `x1` |\n| b | y2 |\n\n| c | z |\n",
                     "Pass"),
            both);
  EXPECT_EQ(cells_of("||User||Pass||\n|a|x1|\n|b|y2|\n\ntext\n", "Pass"), both);
  EXPECT_EQ(cells_of("pass,host\n\"a,b\",h1\n\"c\"\"d\",h2\n", "pass"), (Cells{"a,b", "c\"\"d"}));
  EXPECT_EQ(cells_of("host,pass\nh1,\nh2\nh3,z3\n", "pass"), Cells{"z3"});
}

TEST(Table, AHeaderIsOneOfAFewNamesInFront) {
  EXPECT_EQ(cells_of("a,b\nuser,pass\nx,y\n", "pass"), Cells{});          // not the first line
  EXPECT_EQ(cells_of("pass\nx\ny\n", "pass"), Cells{});                   // one cell
  EXPECT_EQ(cells_of("use this pass, please!\nx,y\n", "pass"), Cells{});  // a sentence
  EXPECT_EQ(cells_of("password = a, b\nx,y\n", "pass"), Cells{});         // a setting
  EXPECT_EQ(cells_of("| User | Pass |\n| a | x |\n", "Pass"), Cells{});   // no ruler
  EXPECT_EQ(cells_of("key,en\nlogin,Log in\n", "key"), Cells{});          // anything
  EXPECT_EQ(cells_of("id,secret_key\n1,x\n", "secret"), Cells{});         // `key` names it
  EXPECT_EQ(cells_of("id,secret_key\n1,x\n", "key"), Cells{"x"});
}

TEST(Table, OnlyListsTextsAndWikisHoldOne) {
  for (const char* path : {"", "a/accounts.csv", "README.md", "passwords", "x.TSV"}) {
    EXPECT_TRUE(may_hold_table(path)) << path;
  }
  for (const char* path : {"a.rb", "conf.d/x.yaml", "a.csv/x.java"}) {
    EXPECT_FALSE(may_hold_table(path)) << path;
  }
}

// A table ends where the next begins, so that many of them cost no more than their bytes.
TEST(Table, EndsBeforeTheNextOne) {
  const std::string table = "| User | Pass |\n|--|--|\n| a | x |\n";
  EXPECT_EQ(cells_of(table + table, "Pass"), (Cells{"a:x", "User:Pass"}));
  const std::string wiki = "||User||Pass||\n|a|x|\n";
  EXPECT_EQ(cells_of(wiki + wiki, "Pass"), Cells{"a:x"});
  const std::string endless = "pass," + std::string(100'000, 'x');
  EXPECT_EQ(cells_of(endless + "\na,b\n", "pass"), Cells{});
}

TEST(Table, FindsTheSecretsOfAListOfAccounts) {
  using namespace match_test;
  expect_all({
      {Syntax::kData, "host,account,password\ndb01,svc,@P\n", Want::kShown},
      {Syntax::kProse, "| System | Account | Password |\n|---|---|---|\n| TIE | svc | @P |\n",
       Want::kShown},
      {Syntax::kData, "host,account,password\ndb01,svc,${DB_PASSWORD}\n", Want::kDropped},
      {Syntax::kData, "host,account,password\ndb01,svc,\n", Want::kDropped},
      {Syntax::kProse, "| Setting | Password |\n|---|---|\n| length | at least twelve |\n",
       Want::kNotShown},
      {Syntax::kData, "host,account,password\ndb01,svc,CyberArk\n", Want::kLow},
      {Syntax::kData, "host,credential\ndb01,@R\n", Want::kDropped},
      {Syntax::kData, "id,password_hash\n1,@R\n", Want::kDropped},
  });
}

}  // namespace
}  // namespace nhi
