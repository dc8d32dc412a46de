// Claims: a closed container of a history is named by where it stood, once for all its versions,
// and however many there are, the list is bounded and loses none.
#include "scanner/sweep/closed_blobs.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace nhi {
namespace {

GitObject blob(unsigned number, std::uint64_t size) {
  return {*GitId::parse(fmt::format("{:040x}", number)), GitObjectKind::kBlob, size};
}

GitPlace place(std::string path, std::int64_t newest, bool in_head) {
  GitPlace out;
  out.path = std::move(path);
  out.facts.last_seen = Instant{newest};
  out.facts.in_head = in_head;
  out.facts.reachable = true;
  return out;
}

std::vector<std::string> lines(const Coverage& coverage) {
  std::vector<std::string> out;
  for (const Unread& one : coverage.unread) {
    EXPECT_EQ(one.root, "repo");
    EXPECT_TRUE(is_closed(one));
    out.push_back(fmt::format("{} {} {}", one.path, one.reason, one.bytes));
  }
  return out;
}

TEST(ClosedBlobs, VersionsOfOnePathAreOneLineThatNamesTheNewest) {
  ClosedBlobs closed;
  closed.add(blob(2, 20), "zip");
  ClosedBlobs other;
  other.add(blob(1, 10), "zip");
  other.add(blob(3, 30), "gzip");
  closed.append(std::move(other));
  GitPlaces places;
  places[blob(1, 0).id] = {place("lib/a.jar", 500, false)};
  places[blob(2, 0).id] = {place("lib/a.jar", 400, false)};
  places[blob(3, 0).id] = {place("lib/a.jar", 300, false)};
  ASSERT_EQ(closed.named().size(), 3U);
  Coverage coverage;
  closed.report("repo", places, coverage);
  EXPECT_EQ(coverage.unread_total, 2U);
  EXPECT_EQ(lines(coverage), (std::vector<std::string>{
                                 "lib/a.jar closed-gzip: git blob 000000000000 30",
                                 "lib/a.jar closed-zip: git blob 000000000000 and 1 more 30"}));
}

TEST(ClosedBlobs, APlaceInHeadComesBeforeANewerOne) {
  ClosedBlobs closed;
  closed.add(blob(1, 10), "zip");
  GitPlaces places;
  places[blob(1, 0).id] = {place("moved.zip", 900, false), place("here.zip", 500, true)};
  ASSERT_EQ(closed.named().size(), 1U);
  Coverage coverage;
  closed.report("repo", places, coverage);
  EXPECT_EQ(lines(coverage),
            (std::vector<std::string>{"here.zip closed-zip: git blob 000000000000 10"}));
}

TEST(ClosedBlobs, WhatNothingLeadsToStandsUnderItsId) {
  ClosedBlobs closed;
  closed.add(blob(1, 10), "zip");
  closed.add(blob(2, 20), "zip");
  GitPlaces places;
  GitPlace nowhere;
  places[blob(1, 0).id] = {nowhere};
  ASSERT_EQ(closed.named().size(), 2U);
  Coverage coverage;
  closed.report("repo", places, coverage);
  ASSERT_EQ(coverage.unread.size(), 2U);
  EXPECT_EQ(coverage.unread[0].path, blob(1, 0).id.hex());
  EXPECT_EQ(coverage.unread[1].path, blob(2, 0).id.hex());
}

TEST(ClosedBlobs, OfVeryManyTheRestIsCountedByKind) {
  ClosedBlobs closed;
  for (unsigned i = 0; i < 2 * kClosedBlobsNamed; ++i) {
    closed.add(blob(i, 1), i % 2 == 0 ? "gzip" : "zip");
  }
  EXPECT_EQ(closed.named().size(), kClosedBlobsNamed);
  Coverage coverage;
  closed.report("repo", {}, coverage);
  ASSERT_EQ(coverage.unread.size(), kClosedBlobsNamed + 2);
  EXPECT_EQ(coverage.unread[kClosedBlobsNamed].path, ".git");
  EXPECT_EQ(coverage.unread[kClosedBlobsNamed].reason, "closed-gzip: 450 more git blobs");
  EXPECT_EQ(coverage.unread[kClosedBlobsNamed + 1].reason, "closed-zip: 450 more git blobs");
  std::uint64_t bytes = 0;
  for (const Unread& one : coverage.unread) bytes += one.bytes;
  EXPECT_EQ(bytes, 2 * kClosedBlobsNamed);
}

}  // namespace
}  // namespace nhi
