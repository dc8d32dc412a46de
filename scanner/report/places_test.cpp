#include "scanner/report/places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PlaceIndexTest : public testing::Test {
 protected:
  PlaceIndexTest() {
    add("f_gone").presence = Presence::kGone;
    add("f_history").place.git.emplace();
    add("f_head").place.git.emplace().in_head = true;
    add("f_tree").place.git.emplace().in_worktree = true;
    add("f_unread").presence = Presence::kUnverified;
    data_.findings.back().credential_id = "c_2";
  }
  Finding& add(const char* id) {
    Finding& finding = data_.findings.emplace_back();
    finding.id = id;
    finding.credential_id = "c_1";
    return finding;
  }
  template <class Found>
  static std::vector<std::string> ids(const Found& found) {
    std::vector<std::string> out;
    for (const Finding* finding : found) out.push_back(finding->id);
    return out;
  }
  ReportData data_;
};

TEST_F(PlaceIndexTest, WhatIsInFilesNowComesFirstAndWhatIsGoneLast) {
  const PlaceIndex index(data_);
  EXPECT_THAT(ids(index.of("c_1")), ElementsAre("f_head", "f_tree", "f_history", "f_gone"));
  EXPECT_THAT(ids(index.of("c_2")), ElementsAre("f_unread")) << "not read is not gone";
}

TEST_F(PlaceIndexTest, TakesTracesById) {
  const PlaceIndex index(data_);
  EXPECT_THAT(ids(index.of(std::vector<std::string>{"f_gone", "f_none", "f_tree"})),
              ElementsAre("f_tree", "f_gone"));
}

TEST_F(PlaceIndexTest, AnUnknownIdWasSeenNowhere) {
  const PlaceIndex index(data_);
  EXPECT_THAT(ids(index.of("c_none")), IsEmpty());
  EXPECT_THAT(ids(index.of("")), IsEmpty()) << "an indicator has no credential";
}

}  // namespace
}  // namespace nhi
