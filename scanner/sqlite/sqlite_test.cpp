#include "scanner/sqlite/sqlite.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nhi {
namespace {

TEST(List, ComesBackAsItWasWhateverItsBytes) {
  const std::vector<std::vector<std::string>> lists = {
      {},
      {""},
      {"", ""},
      {"a"},
      {"a", "", "b"},
      {"\x1f", "\x1e", "\x1e\x1f\x1e"},
      {std::string("nul\0inside", 10), "\xff\xfe"},
  };
  for (const auto& list : lists) EXPECT_EQ(split_list(join_list(list)), list);
}

TEST(List, ReadsWhatAStrangerWroteWithoutLosingBytes) {
  EXPECT_EQ(split_list("a\x1f"
                       "b"),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(split_list("a\x1e"), (std::vector<std::string>{"a\x1e"}));
}

TEST(Row, SaysBadForACodeThatIsNoEnumerator) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Statement query(database, "SELECT 1, 2, -1");
  ASSERT_TRUE(query.executeStep());
  enum class Two : std::uint8_t { kA, kB };
  Row row(query);
  EXPECT_EQ(row.code(Two::kB), Two::kB);
  EXPECT_FALSE(row.bad());
  EXPECT_EQ(row.code(Two::kB), Two::kA);
  EXPECT_TRUE(row.bad());
  Row negative(query);
  negative.skip(2);
  EXPECT_EQ(negative.count(), 0U);
  EXPECT_TRUE(negative.bad());
}

TEST(WriteTransaction, LeavesNothingUnlessItIsCommitted) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec("CREATE TABLE t (x)");
  {
    WriteTransaction lost(database);
    database.exec("INSERT INTO t VALUES (1)");
  }
  {
    WriteTransaction kept(database);
    database.exec("INSERT INTO t VALUES (2)");
    kept.commit();
  }
  EXPECT_EQ(database.execAndGet("SELECT group_concat(x) FROM t").getString(), "2");
}

}  // namespace
}  // namespace nhi
