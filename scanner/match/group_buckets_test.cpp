#include "scanner/match/group_buckets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "scanner/base/processor.hpp"

namespace nhi {
namespace {

using Group = GroupBuckets::Group;

constexpr std::uint64_t kAny = ~std::uint64_t{0};

// Of a literal of three bytes, whatever stands beside it.
Group group_of(const std::string& text) {
  Group group{kAny, 0, 0, 0, kAny};
  for (std::size_t i = 0; i < 3; ++i) {
    group[i + 1] = std::uint64_t{1} << byte_class(static_cast<unsigned char>(text[i]));
  }
  return group;
}

std::vector<std::uint16_t> places(const GroupBuckets& buckets, const std::string& text) {
  const std::string room = " " + text + std::string(GroupBuckets::kSlack, ' ');
  std::vector<std::uint16_t> found(text.size() + GroupBuckets::kSlack);
  found.resize(buckets.find(room.data() + 1, text.size(), found.data()));
  return found;
}

bool stands_at(const Group& group, const std::string& text, std::size_t at) {
  for (std::size_t i = 0; i < group.size(); ++i) {
    const std::size_t place = at + i - 1;
    const char c = place < text.size() ? text[place] : ' ';
    if ((group[i] >> byte_class(static_cast<unsigned char>(c)) & 1U) == 0) return false;
  }
  return true;
}

class Buckets : public testing::Test {
 protected:
  void SetUp() override {
    if (best_instructions() != Instructions::kWidest) GTEST_SKIP() << "not for this processor";
  }
};

TEST_F(Buckets, ThrowOutWhatNoGroupHas) {
  const GroupBuckets buckets({group_of("key"), group_of("pwd")});
  EXPECT_EQ(places(buckets, "a key, no PWD"), (std::vector<std::uint16_t>{2, 10}));
  EXPECT_TRUE(places(buckets, std::string(300, 'e')).empty());
  EXPECT_TRUE(places(GroupBuckets({}), "key").empty());
}

TEST_F(Buckets, KeepEveryPlaceOfEveryGroupInOrder) {
  std::mt19937_64 random(5);
  const std::string letters = "abcdefghijkl_-. =09\xE9";
  for (int round = 0; round < 60; ++round) {
    std::vector<Group> groups;
    for (std::size_t i = 0; i < 1 + random() % 200; ++i) {
      std::string text;
      for (int j = 0; j < 3; ++j) text.push_back(letters[random() % letters.size()]);
      Group group = group_of(text);
      if (random() % 2 == 0) group.front() = std::uint64_t{1} << (random() % 64);
      if (random() % 2 == 0) group.back() = std::uint64_t{1} << (random() % 64);
      groups.push_back(group);
    }
    std::string text;
    for (std::size_t i = 0; i < random() % 300; ++i) {
      text.push_back(letters[random() % letters.size()]);
    }
    const std::vector<std::uint16_t> found = places(GroupBuckets(groups), text);
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool stands = std::any_of(groups.begin(), groups.end(), [&](const Group& group) {
        return stands_at(group, text, at);
      });
      const bool kept = std::binary_search(found.begin(), found.end(), at);
      ASSERT_TRUE(kept || !stands) << "round " << round << " at " << at;
    }
  }
}

}  // namespace
}  // namespace nhi
