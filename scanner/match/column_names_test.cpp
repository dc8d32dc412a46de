#include "scanner/match/column_names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nhi {
namespace {

bool names_secrets(const std::string& cell, const std::string& stem) {
  const std::size_t at = cell.find(stem);
  return at != std::string::npos &&
         names_secret_column(cell, {0, cell.size()}, {at, at + stem.size()});
}

TEST(ColumnNames, AreOfTheLastStemInThem) {
  EXPECT_TRUE(names_secrets("password", "pass"));
  EXPECT_TRUE(names_secrets("Client Secret", "Secret"));
  EXPECT_TRUE(names_secrets("secret_key", "key"));
  EXPECT_FALSE(names_secrets("secret_key", "secret"));
  EXPECT_FALSE(names_secrets("user", "pass"));
}

TEST(ColumnNames, ThatAreOneVagueWordNameNothing) {
  for (const char* name : {"key", "Token", "salt", "auth"}) EXPECT_FALSE(names_secrets(name, name));
  EXPECT_TRUE(names_secrets("api_key", "key"));
}

TEST(ColumnNames, SayWhereAccountsStand) {
  EXPECT_TRUE(is_account_column("User_Name"));
  EXPECT_TRUE(is_account_column("login"));
  EXPECT_FALSE(is_account_column("email"));
}

}  // namespace
}  // namespace nhi
