// Claims about absence: what a bundle says of it proves as much as the walk itself, and no more.
#include "scanner/sweep/absence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace nhi {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AbsenceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "nhi-absence-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "conf" / "deep");
    fs::create_directories(folder_ / "spool");
    std::ofstream(folder_ / "conf" / "deep" / "kept") << "x";
  }
  void TearDown() override { fs::remove_all(folder_); }

  // Both kinds of tracker hear of the same walk; folders end before the one that holds them.
  void list(const std::string& path) {
    const std::string disk = path.empty() ? folder_.string() : (folder_ / path).string();
    walked_.folder_listed("app01/etc", path, disk);
    recorder_.folder_listed("app01/etc", path, disk);
  }
  void refuse(const std::string& path) {
    walked_.refused("app01/etc", path);
    recorder_.refused("app01/etc", path);
  }
  Inventory::KnownPlace known(const std::string& path, const std::string& mark = "1.1") {
    Inventory::KnownPlace place{{"app01/etc", "app01/etc", path}, 1, "12:1:0:0@" + mark};
    walked_.know(place);
    told_.know(place);
    return place;
  }
  void tell() {
    evidence_ = recorder_.take({"app01/etc"});
    for (const std::string& place : evidence_.listed) told_.was_listed(place);
    for (const auto& [place, mark] : evidence_.empty) told_.was_empty(place, mark);
    for (const std::string& place : evidence_.refused) told_.was_refused(place);
    for (const std::string& place : evidence_.distrusted) told_.distrusted(place);
  }
  void expect_both(const Inventory::KnownPlace& place, Absence absence) {
    EXPECT_EQ(walked_.judge(place), absence) << "walked: " << place.key.path;
    EXPECT_EQ(told_.judge(place), absence) << "told: " << place.key.path;
  }

  fs::path folder_;
  AbsenceTracker walked_;
  AbsenceTracker told_;
  AbsenceRecorder recorder_;
  AbsenceEvidence evidence_;
};

TEST_F(AbsenceTest, AWholeTreeIsToldByItsTopAndItsEmptyFolders) {
  const auto in_deep = known("conf/deep/gone");
  const auto in_lost_folder = known("conf/lost/gone");
  const auto in_empty = known("spool/gone", folder_mark((folder_ / "spool").string()));
  const auto in_other_folder = known("spool/other", "9.9");  // as a share that is not mounted
  list("conf/deep");
  list("conf");
  list("spool");
  list("");
  tell();
  EXPECT_THAT(evidence_.listed, ElementsAre("app01/etc"));
  ASSERT_EQ(evidence_.empty.size(), 1U);
  EXPECT_EQ(evidence_.empty[0].first, "app01/etc/spool");
  expect_both(in_deep, Absence::kProvenAbsent);
  expect_both(in_lost_folder, Absence::kProvenAbsent);
  expect_both(in_empty, Absence::kProvenAbsent);
  expect_both(in_other_folder, Absence::kNotRead);
}

TEST_F(AbsenceTest, WhatWasListedBelowARefusedFolderIsATopOfItsOwn) {
  const auto in_deep = known("conf/deep/gone");
  const auto beside = known("conf/gone");
  const auto refused = known("spool/gone");
  list("conf/deep");
  refuse("conf");  // left at the deadline
  refuse("spool");
  list("");
  tell();
  EXPECT_THAT(evidence_.listed, ElementsAre("app01/etc", "app01/etc/conf/deep"));
  expect_both(in_deep, Absence::kProvenAbsent);
  expect_both(beside, Absence::kNotRead);
  expect_both(refused, Absence::kNotRead);
}

TEST_F(AbsenceTest, NothingIsProvenWhereNothingWasListed) {
  const auto place = known("conf/gone");
  tell();
  EXPECT_THAT(evidence_.listed, IsEmpty());
  expect_both(place, Absence::kNotRead);
}

TEST_F(AbsenceTest, ADistrustedTargetProvesNothing) {
  const auto place = known("conf/gone");
  list("conf/deep");
  list("conf");
  list("");
  walked_.distrusted("app01/etc");
  recorder_.distrusted("app01/etc");
  tell();
  expect_both(place, Absence::kNotRead);
}

TEST_F(AbsenceTest, TooManyPlacesProveNothingAtAll) {
  const auto place = known("conf/gone");
  for (std::size_t i = 0; i <= kAbsencePlacesMax; ++i) recorder_.refused("app01/etc", "x");
  recorder_.folder_listed("app01/etc", "", folder_.string());
  tell();
  EXPECT_THAT(evidence_.listed, IsEmpty());
  EXPECT_THAT(evidence_.distrusted, ElementsAre("app01/etc"));
  EXPECT_EQ(told_.judge(place), Absence::kNotRead);
}

}  // namespace
}  // namespace nhi
