#include "scanner/sources/git/attribution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;

GitObject blob(const std::string& id) { return {*GitId::parse(id), GitObjectKind::kBlob, 0}; }

class AttributionTest : public testing::Test {
 protected:
  AttributionTest() {
    box_.init("t");
    box_.write("t/z/deep/key", "one");
    box_.write("t/a/key", "one");
    box_.commit("t", "first");
    box_.write("t/a/key", "two");
    box_.commit("t", "second");
    nowhere_ = box_.git("t", {"hash-object", "-w", "--stdin"}, "nobody leads here");
  }
  std::string at(const std::string& revision) { return box_.git("t", {"rev-parse", revision}); }
  GitAttribution attribute(const std::vector<GitObject>& wanted) {
    auto repository = GitRepository::open(box_.path("t/.git"));
    std::vector<Unread> unread;
    const auto plan = repository->plan(unread, {});
    for (std::size_t share = 0; share < tree_shares_of(**plan); ++share) {
      repository->read_trees(**plan, share, *wanted_of(wanted));
    }
    auto places = repository->attribute(*plan, wanted, unread);
    EXPECT_TRUE(places && unread.empty());
    return std::move(*places);
  }
  Sandbox box_;
  std::string nowhere_;
};

TEST_F(AttributionTest, GivesPlacesByPathAndEachWhenItIsAskedFor) {
  const std::string one = at("HEAD~1:a/key");
  const std::string two = at("HEAD:a/key");
  const GitAttribution places = attribute({blob(two), blob(one)});
  const auto of_one = places.places_of(blob(one).id);
  const auto of_two = places.places_of(blob(two).id);
  ASSERT_EQ(of_one.size(), 2U);
  ASSERT_EQ(of_two.size(), 1U);
  EXPECT_EQ(places.path(of_one[0]), "a/key");
  EXPECT_EQ(places.path(of_one[1]), "z/deep/key");
  EXPECT_EQ(places.path_number(of_one[0]), places.path_number(of_two[0]));
  EXPECT_NE(places.path_number(of_one[0]), places.path_number(of_one[1]));

  const GitPlace gone = places.place(of_one[0]);
  EXPECT_EQ(gone.path, "a/key");
  EXPECT_EQ(gone.facts.blob, one);
  EXPECT_EQ(gone.facts.paths_total, 2U);
  EXPECT_FALSE(gone.facts.in_head);
  EXPECT_EQ(gone.facts.introduced.commit, at("HEAD~1"));
  EXPECT_EQ(gone.facts.introduced.author, "Ann Author <ann@example.org>");
  EXPECT_EQ(gone.facts.removed_commit, at("HEAD"));
  EXPECT_THAT(gone.facts.refs, ElementsAre("main"));
  EXPECT_TRUE(places.place(of_one[1]).facts.in_head);
  for (const auto number : {of_one[0], of_one[1], of_two[0]}) {
    EXPECT_EQ(places.in_head(number), places.place(number).facts.in_head);
    EXPECT_EQ(places.last_seen(number), places.place(number).facts.last_seen);
  }
  EXPECT_FALSE(places.place(of_one[1]).facts.removed_commit);
}

TEST_F(AttributionTest, HasOnePlaceForWhatNothingLeadsToAndNoneForWhatNobodyAskedFor) {
  const GitAttribution places = attribute({blob(nowhere_)});
  const auto found = places.places_of(blob(nowhere_).id);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(places.reachable(found[0]));
  EXPECT_EQ(places.path(found[0]), "");
  EXPECT_FALSE(places.place(found[0]).facts.reachable);
  EXPECT_EQ(places.place(found[0]).facts.blob, nowhere_);
  EXPECT_TRUE(places.places_of(blob(at("HEAD:a/key")).id).empty());
  EXPECT_TRUE(GitAttribution().places_of(blob(nowhere_).id).empty());
}

TEST_F(AttributionTest, ExpandsWhatIsAskedForTwiceOnce) {
  const std::string one = at("HEAD~1:a/key");
  const std::vector<GitObject> wanted = {blob(one), blob(nowhere_), blob(one)};
  const GitPlaces places = attribute(wanted).expand(wanted);
  EXPECT_EQ(places.size(), 2U);
  EXPECT_EQ(places.at(one).size(), 2U);
  EXPECT_EQ(places.at(nowhere_).size(), 1U);
}

}  // namespace
}  // namespace nhi
