#include "plugins/conformance/check_result.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace nhi {
namespace {

TEST(CheckResult, EveryGroupHasAWordOfItsOwn) {
  std::set<std::string> words;
  for (std::size_t i = 0; i < static_cast<std::size_t>(CheckGroup::kCount); ++i) {
    words.insert(std::string(to_string(static_cast<CheckGroup>(i))));
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(CheckGroup::kCount));
  EXPECT_EQ(to_string(CheckVerdict::kNotTried), "not tried");
}

}  // namespace
}  // namespace nhi
