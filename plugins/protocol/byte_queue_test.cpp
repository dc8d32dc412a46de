#include "plugins/protocol/byte_queue.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace nhi {
namespace {

TEST(ByteQueue, GivesBackWhatCameInOrder) {
  ByteQueue queue;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
    queue.append(piece);
    expected += piece;
    if (i % 3 == 0 && !queue.empty()) {
      queue.drop(1);
      expected.erase(0, 1);
    }
    ASSERT_EQ(queue.view(), expected) << i;
  }
}

TEST(ByteQueue, MovedFromIsEmpty) {
  ByteQueue first;
  first.append("one");
  ByteQueue second(std::move(first));
  EXPECT_EQ(second.view(), "one");
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is what is asked
}

TEST(ByteQueue, WipesWhatItLetsGoOf) {
  ByteQueue queue;
  queue.append("a secret that is long enough to live on the heap");
  const char* const stored = queue.view().data();
  queue.drop(queue.view().size() - 1);
  EXPECT_EQ(queue.view(), "p");  // so the memory is still the queue's
  EXPECT_EQ(std::string(stored, 8), std::string(8, '\0'));
}

}  // namespace
}  // namespace nhi
