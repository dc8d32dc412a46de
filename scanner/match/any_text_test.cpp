#include "scanner/match/any_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nhi {
namespace {

TEST(AnyText, StandsInBytesInAnyCase) {
  const AnyText texts({"ssb", "-w", "gas"});
  for (const char* bytes : {"ssb", "xGAS", "a -W b", "SsB_"}) EXPECT_TRUE(texts.stands_in(bytes));
  for (const char* bytes : {"", "s", "ss", "ga", "-", "g as"}) EXPECT_FALSE(texts.stands_in(bytes));
}

TEST(AnyText, StandsInBytesOfAnyLength) {
  const AnyText texts({"ab", "user id", "x="});
  for (std::size_t size = 0; size < 70; ++size) {
    for (const std::string_view text : {"AB", "User ID", "x="}) {
      for (std::size_t at = 0; at + text.size() <= size; ++at) {
        std::string bytes(size, 'a');
        bytes.replace(at, text.size(), text);
        EXPECT_TRUE(texts.stands_in(bytes)) << bytes;
        // A text that the end cuts stands nowhere.
        bytes = std::string(size, '-') + std::string(text.substr(0, text.size() - 1));
        EXPECT_FALSE(texts.stands_in(bytes)) << bytes;
      }
    }
    EXPECT_FALSE(texts.stands_in(std::string(size, '`')));  // differs from `@` in the bit of case
  }
}

}  // namespace
}  // namespace nhi
