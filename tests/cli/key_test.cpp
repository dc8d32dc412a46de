// Claims about rotating the fingerprint key: nobody's decision is lost by it, and the former key
// stays until nothing needs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "tests/cli/sandbox.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class KeyRotationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    box_.write("share/a.properties", "db.password=" + fake("a", 20) + "\n");
    box_.write("share/b.properties",
               "db.password=" + fake("b", 20) + "\nold.password=" + fake("b", 20) + "\n");
    box_.write("share/app.env", "GAS_URL=https://gas.national.ncrs.nhs.uk/login/authactivate\n");
    box_.must({"git", "init", "-q", box_.path("share")});
    box_.must({"git", "-C", box_.path("share"), "add", "."});
    box_.must({"git", "-C", box_.path("share"), "commit", "-q", "-m", "all"});
    EXPECT_EQ(sweep("2026-11-25").exit_status, 1);
    before_ = ids();
    ASSERT_GE(before_.size(), 4U);
  }
  Outcome sweep(const std::string& as_of, std::vector<std::string> more = {}) const {
    std::vector<std::string> args = {"sweep", "share", "--as-of", as_of};
    args.insert(args.end(), more.begin(), more.end());
    return box_.run(args);
  }
  std::vector<std::string> ids() const {
    auto all = json_strings(
        box_.run({"findings", "list", "--min-confidence", "low", "--format", "jsonl"}).out, "id");
    std::erase_if(all, [](const std::string& id) { return !id.starts_with("f_"); });
    std::sort(all.begin(), all.end());
    return all;
  }
  std::string key_file() const { return box_.read("home/fingerprint.key"); }
  Sandbox box_;
  std::vector<std::string> before_;
};

TEST_F(KeyRotationTest, IdsDatesAndDecisionsStayAndTheFormerKeyGoes) {
  ASSERT_EQ(box_.run({"findings", "decide", "--state", "new", "--as", "confirmed", "--by", "Ada",
                      "--as-of", "2026-11-25"})
                .exit_status,
            0);
  ASSERT_EQ(box_.run({"exceptions", "add", "--state", "new", "--for", "team", "--reason", "r",
                      "--until", "2027-01-01", "--as-of", "2026-11-25"})
                .exit_status,
            0);
  const std::string decisions = box_.run({"exceptions", "list", "--as-of", "2026-11-26"}).out;
  const Outcome rotated = box_.run({"key", "rotate"});
  ASSERT_EQ(rotated.exit_status, 0) << rotated.err;
  EXPECT_THAT(key_file(), HasSubstr("key/1 k2 "));
  EXPECT_EQ(fs::status(box_.path("home/fingerprint.key")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  const Outcome early = box_.run({"key", "rotate", "--finish"});
  EXPECT_EQ(early.exit_status, 2);
  EXPECT_THAT(early.err, HasSubstr("no sweep has ended under key k2"));
  EXPECT_EQ(box_.run({"key", "rotate"}).exit_status, 2);  // one at a time

  const Outcome second = sweep("2026-11-26");
  EXPECT_EQ(second.exit_status, 0) << second.out;
  EXPECT_THAT(second.out, HasSubstr("new 0"));
  EXPECT_THAT(second.out, HasSubstr("gone 0  unverified 0"));
  EXPECT_EQ(ids(), before_);
  EXPECT_THAT(box_.run({"report", "--format", "jsonl"}).out, HasSubstr("hmac-sha256:k2:"));

  const Outcome finished = box_.run({"key", "rotate", "--finish"});
  EXPECT_EQ(finished.exit_status, 0) << finished.err;
  EXPECT_THAT(key_file(), Not(HasSubstr("k1")));
  for (const char* day : {"2026-11-27", "2026-11-28"}) {
    const Outcome later = sweep(day, {"--full"});
    EXPECT_EQ(later.exit_status, 0) << later.out;
    EXPECT_THAT(later.out, HasSubstr("gone 0  unverified 0"));
  }
  EXPECT_EQ(ids(), before_);
  EXPECT_EQ(box_.run({"exceptions", "list", "--as-of", "2026-11-26"}).out, decisions);
  const std::string report = box_.run({"report", "--format", "jsonl"}).out;
  EXPECT_THAT(report, HasSubstr(R"("decision":{"kind":"confirmed")"));
  EXPECT_THAT(report, HasSubstr("\"first_seen\":\"2026-11-25"));
  EXPECT_THAT(report, Not(HasSubstr("\"first_seen\":\"2026-11-26")));
}

TEST_F(KeyRotationTest, WhatCouldNotBeReadWaitsForTheFormerKey) {
  ASSERT_EQ(box_.run({"key", "rotate"}).exit_status, 0);
  const Outcome partly = sweep("2026-11-26", {"--no-git-history", "--exclude", "**/b.properties"});
  EXPECT_THAT(partly.out, HasSubstr("new 0"));
  EXPECT_THAT(partly.out, Not(HasSubstr("unverified 0")));
  const Outcome refused = box_.run({"key", "rotate", "--finish"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("not been read under key k2 yet, by target: share "));
  EXPECT_THAT(key_file(), HasSubstr("k1"));
  EXPECT_THAT(sweep("2026-11-27").out, HasSubstr("unverified 0"));
  EXPECT_EQ(ids(), before_);
  EXPECT_EQ(box_.run({"key", "rotate", "--finish"}).exit_status, 0);
}

TEST_F(KeyRotationTest, AnotherKeyIsRefusedAndNothingIsGone) {
  fs::remove(box_.path("home/fingerprint.key"));
  const Outcome refused = sweep("2026-11-26");
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("made with key k1"));
  EXPECT_EQ(ids(), before_);
}

TEST_F(KeyRotationTest, TravelsToAnotherHostAndEndsThere) {
  const auto on_host = [&](const std::vector<std::string>& args) { return box_.run(args); };
  ASSERT_EQ(on_host({"key", "export", "k1.key"}).exit_status, 0);
  ASSERT_EQ(on_host({"key", "rotate"}).exit_status, 0);
  ASSERT_EQ(on_host({"key", "export", "both.key"}).exit_status, 0);
  ASSERT_EQ(sweep("2026-11-26").exit_status, 0);
  ASSERT_EQ(on_host({"key", "rotate", "--finish"}).exit_status, 0);
  ASSERT_EQ(on_host({"key", "export", "k2.key"}).exit_status, 0);
  const std::string k2 = key_file();
  // The other host has the former key.
  fs::copy_file(box_.path("k1.key"), box_.path("home/fingerprint.key"),
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(on_host({"key", "import", "k2.key"}).exit_status, 2);  // what of it is k1's?
  EXPECT_EQ(on_host({"key", "import", "both.key"}).exit_status, 0);
  EXPECT_EQ(key_file(), box_.read("both.key"));
  EXPECT_EQ(on_host({"key", "import", "k2.key"}).exit_status, 0);
  EXPECT_EQ(key_file(), k2);
  EXPECT_EQ(on_host({"key", "import", "k1.key"}).exit_status, 2);
}

TEST_F(KeyRotationTest, WithoutAnInventoryFinishMustBeForced) {
  ASSERT_EQ(box_.run({"key", "rotate"}).exit_status, 0);
  EXPECT_EQ(box_.run({"key", "rotate", "--finish", "--inventory", "none.db"}).exit_status, 5);
  EXPECT_THAT(key_file(), HasSubstr("k1"));
  EXPECT_EQ(box_.run({"key", "rotate", "--force"}).exit_status, 2);
  EXPECT_EQ(
      box_.run({"key", "rotate", "--finish", "--force", "--inventory", "none.db"}).exit_status, 0);
  EXPECT_THAT(key_file(), Not(HasSubstr("k1")));
  EXPECT_EQ(box_.run({"key", "rotate", "--finish"}).exit_status, 2);
}

}  // namespace
}  // namespace nhi::testing
