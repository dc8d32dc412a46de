#include "scanner/sources/git/commit_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nhi {
namespace {

GitId id(char digit) { return *GitId::parse(std::string(40, digit)); }

TEST(CommitTable, KeepsWhatWasAddedOnceThroughJoining) {
  CommitTable one;
  one.add(id('1'), id('a'), 5, std::vector{id('2'), id('3')});
  one.add(id('1'), id('b'), 6, {});  // known already
  CommitTable other;
  other.add(id('2'), id('c'), 7, std::vector{id('3')});
  other.append(one);
  EXPECT_EQ(other.find(id('9')), nullptr);
  const CommitTable::Row* const row = other.find(id('1'));
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->tree, id('a'));
  EXPECT_EQ(row->date, 5);
  ASSERT_EQ(other.parents(*row).size(), 2U);
  EXPECT_EQ(other.parents(*row)[1], id('3'));
  EXPECT_EQ(other.parents(*other.find(id('2'))).size(), 1U);
}

}  // namespace
}  // namespace nhi
