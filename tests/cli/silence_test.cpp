// Claims about mounts that stop answering: a real FUSE server falls silent in the middle of a
// sweep.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <sstream>
#include <thread>

#include "tests/cli/sandbox.hpp"
#include "tests/cli/silent_mount.hpp"

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Far above what a sweep of a few files and one limit of a second needs, below the default limit.
constexpr seconds kBounded{20};

class SilenceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { why_not_ = SilentMount::prepare(); }

  void SetUp() override {
    if (!why_not_.empty()) GTEST_SKIP() << why_not_;
    fs::create_directories(box_.path("tree/nas"));
    put("served/a.properties");
    put("served/sub/b.properties");
    put("served/sub/deep/c.properties");
    put("served/z.properties");
    put("tree/before.properties");
    put("tree/zz/after.properties");
    box_.write("served/big.properties", secret("early") + filler(3) + secret("late"));
    box_.write("estate.yaml",
               "estate: Silence\ntargets:\n"
               "  - {name: tree, path: tree, network: true}\n");
    mount_ = std::make_unique<SilentMount>(box_.path("served"), box_.path("tree/nas"));
    if (!mount_->refused().empty()) GTEST_SKIP() << mount_->refused();
  }

  void put(const std::string& path) const { box_.write(path, secret(path)); }
  static std::string secret(const std::string& name) {
    return "db.password=" + fake(name, 20) + "\n";
  }
  static std::string filler(std::size_t mib) {
    std::string text;
    while (text.size() < mib * 1024 * 1024) text += "# a line of words that open nothing at all\n";
    return text;
  }

  Outcome bounded(const std::vector<std::string>& args) const {
    const auto start = steady_clock::now();
    Outcome outcome = box_.run(args);
    EXPECT_LT(steady_clock::now() - start, kBounded) << args.front();
    return outcome;
  }
  Outcome sweep(const std::string& limit = "1s") const {
    return bounded({"sweep", "--estate", "estate.yaml", "--full", "--io-timeout", limit});
  }
  // The state of the findings in each file.
  std::map<std::string, std::set<std::string>> states() const {
    const std::string list = box_.run({"findings", "list", "--format", "jsonl"}).out;
    const auto paths = json_strings(list, "path");
    const auto words = json_strings(list, "state");
    std::map<std::string, std::set<std::string>> out;
    for (std::size_t i = 0; i < words.size() && i < paths.size(); ++i) {
      out[paths[i]].insert(words[i]);
    }
    return out;
  }

  inline static std::string why_not_;
  Sandbox box_;
  std::unique_ptr<SilentMount> mount_;
};

const std::set<std::string> kOpen = {"open"};
const std::set<std::string> kUnverified = {"unverified"};

struct SilenceCase {
  std::string name;
  Silence what;
  std::string path;                   // on the mount
  std::string named;                  // in the message
  std::vector<std::string> not_read;  // at least
};

class SilenceOf : public SilenceTest, public ::testing::WithParamInterface<SilenceCase> {};

TEST_P(SilenceOf, LeavesTheMountUnverifiedAndTheRestRead) {
  EXPECT_EQ(sweep("30s").exit_status, 1);
  ASSERT_EQ(states().size(), 7u);

  mount_->fall_silent(GetParam().what, GetParam().path);
  const Outcome silent = sweep();
  EXPECT_EQ(silent.exit_status, 3);
  EXPECT_THAT(silent.err, AllOf(HasSubstr("not-answering: " + GetParam().named + "\n"),
                                HasSubstr("a mount did not answer")));
  auto now = states();
  EXPECT_EQ(now["before.properties"], kOpen);
  EXPECT_EQ(now["zz/after.properties"], kOpen);
  for (const std::string& path : GetParam().not_read) EXPECT_EQ(now[path], kUnverified) << path;
  for (const auto& [path, words] : now) EXPECT_FALSE(words.contains("gone")) << path;

  mount_->answer_again();
  ASSERT_EQ(mount_->refused(), "");
  const Outcome again = sweep("30s");
  EXPECT_EQ(again.exit_status, 0) << again.err;
  for (const auto& [path, words] : states()) EXPECT_EQ(words, kOpen) << path;
}

INSTANTIATE_TEST_SUITE_P(
    Each, SilenceOf,
    ::testing::Values(
        SilenceCase{"Everything", Silence::kEverything, "", "tree/nas", {"nas/a.properties"}},
        SilenceCase{"TheRoot", Silence::kAttributes, "", "tree/nas", {"nas/a.properties"}},
        SilenceCase{"ListingTheRoot", Silence::kListing, "/", "tree/nas", {"nas/a.properties"}},
        SilenceCase{"ListingAFolder",
                    Silence::kListing,
                    "/sub",
                    "tree/nas/sub",
                    {"nas/sub/b.properties", "nas/sub/deep/c.properties", "nas/z.properties"}},
        SilenceCase{"FactsOfAFile",
                    Silence::kAttributes,
                    "/sub/b.properties",
                    "tree/nas/sub/b.properties",
                    {"nas/sub/b.properties", "nas/z.properties"}},
        SilenceCase{"OpeningAFile",
                    Silence::kOpening,
                    "/sub/b.properties",
                    "tree/nas/sub/b.properties",
                    {"nas/sub/b.properties"}}),
    [](const auto& row) { return row.param.name; });

TEST_F(SilenceTest, InTheMiddleOfAFileKeepsTheLinesThatWereRead) {
  EXPECT_EQ(sweep("30s").exit_status, 1);
  mount_->fall_silent(Silence::kReading, "/big.properties");
  const Outcome silent = sweep();
  EXPECT_EQ(silent.exit_status, 3);
  EXPECT_THAT(silent.err, HasSubstr("not-answering: tree/nas/big.properties\n"));
  auto now = states();
  EXPECT_EQ(now["nas/big.properties"], (std::set<std::string>{"open", "unverified"}));
  EXPECT_EQ(now["zz/after.properties"], kOpen);
  mount_->answer_again();
  EXPECT_EQ(sweep("30s").exit_status, 0);
  EXPECT_EQ(states()["nas/big.properties"], kOpen);
}

TEST_F(SilenceTest, OfManyFilesIsWaitedForOnce) {
  for (int i = 0; i < 400; ++i) put("served/many/" + std::to_string(i) + ".properties");
  EXPECT_EQ(sweep("30s").exit_status, 1);
  mount_->fall_silent(Silence::kOpening, "/many");
  EXPECT_EQ(sweep("2s").exit_status, 3);
  for (const auto& [path, words] : states()) EXPECT_FALSE(words.contains("gone")) << path;
}

TEST_F(SilenceTest, OfAMountThatNobodyAskedForIsNotNoticed) {
  box_.write("estate.yaml", "estate: Silence\ntargets:\n  - {name: tree, path: tree}\n");
  mount_->fall_silent(Silence::kEverything, "");
  const Outcome outcome = sweep("30s");
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_THAT(outcome.err, Not(HasSubstr("not-answering")));
}

TEST_F(SilenceTest, OfTheArgumentItself) {
  mount_->fall_silent(Silence::kEverything, "");
  for (const char* verb : {"scan", "sweep", "doctor"}) {
    const Outcome outcome = bounded({verb, "tree/nas", "--io-timeout", "1s"});
    EXPECT_EQ(outcome.exit_status, 3) << verb << outcome.err;
  }
  const Outcome init = bounded({"init", "tree/nas", "--io-timeout", "1s", "--output", "-"});
  EXPECT_EQ(init.exit_status, 5);
  EXPECT_THAT(init.err, HasSubstr("error[not-answering]"));
}

TEST_F(SilenceTest, BehindALinkAndAPatternIsWaitedForOnceEach) {
  fs::create_directory_symlink(box_.path("tree/nas"), box_.path("way"));
  box_.write("estate.yaml",
             "estate: Silence\ntargets:\n"
             "  - {name: here, path: tree/zz}\n"
             "  - {name: links, path: [way, way/sub], network: true}\n"
             "  - {name: many, path: 'tree/*/deep', network: true,\n"
             "     expect: {mount_points: [tree/nas]}}\n");
  mount_->fall_silent(Silence::kEverything, "");
  const Outcome outcome = sweep();
  EXPECT_EQ(outcome.exit_status, 3);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("not-answering: links/way\n"),
                    HasSubstr("not-answering: links/sub\n"), HasSubstr("not-answering: many/")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("not-mounted")));
  EXPECT_EQ(states()["after.properties"], (std::set<std::string>{"new"}));
}

TEST_F(SilenceTest, OfARepositoryLeavesOtherRepositoriesRead) {
  for (const std::string folder : {"served/repo", "tree/zz/repo"}) {
    put(folder + "/old.properties");
    const std::string repository = box_.path(folder);
    box_.must({"git", "init", "-q", "-b", "main"}, repository);
    box_.must({"git", "add", "."}, repository);
    box_.must({"git", "commit", "-q", "-m", "first"}, repository);
    box_.must({"git", "rm", "-q", "old.properties"}, repository);
    box_.must({"git", "commit", "-q", "-m", "second"}, repository);
    box_.must({"git", "gc", "-q"}, repository);
  }
  EXPECT_EQ(sweep("30s").exit_status, 1);
  const auto found = box_.run({"findings", "list", "--format", "jsonl"}).out;
  EXPECT_THAT(found, AllOf(HasSubstr("\"root\":\"tree/nas/repo\""),
                           HasSubstr("\"root\":\"tree/zz/repo\"")));
  mount_->fall_silent(Silence::kOpening, "/repo/.git/objects");
  const Outcome silent = sweep();
  EXPECT_EQ(silent.exit_status, 3);
  EXPECT_THAT(silent.err, HasSubstr("not-answering: tree/nas/repo/.git\n"));
  const auto gone = box_.run({"findings", "list", "--state", "gone", "--format", "jsonl"});
  EXPECT_THAT(json_strings(gone.out, "state"), ::testing::IsEmpty());
  const auto open = box_.run({"findings", "list", "--state", "open", "--format", "jsonl"});
  EXPECT_THAT(open.out, HasSubstr("\"root\":\"tree/zz/repo\""));
}

TEST_F(SilenceTest, DoesNotKeepASignalFromEndingTheSweep) {
  mount_->fall_silent(Silence::kEverything, "");
  Running held = box_.start({"sweep", "--estate", "estate.yaml"});
  std::this_thread::sleep_for(seconds(1));
  const auto start = steady_clock::now();
  ::kill(held.pid(), SIGTERM);
  EXPECT_EQ(held.wait().exit_status, 128 + SIGTERM);
  EXPECT_LT(steady_clock::now() - start, kBounded);
  EXPECT_EQ(bounded({"sweep", "tree/zz"}).exit_status, 1) << "the inventory is free again";
}

TEST_F(SilenceTest, LeavesTheInventoryFreeForTheNextSweep) {
  mount_->fall_silent(Silence::kEverything, "");
  EXPECT_EQ(sweep().exit_status, 3);
  EXPECT_EQ(bounded({"sweep", "tree/zz"}).exit_status, 1)
      << "the lock is not held by a dead thread";
}

// The lines of a commented-out target, made to count.
std::string uncommented(const std::string& text, const std::string& from) {
  std::istringstream lines(text);
  std::string out;
  bool in = false;
  for (std::string line; std::getline(lines, line);) {
    in = in ? line.starts_with("  # ") : line == "  # " + from;
    out += (in ? "  " + line.substr(4) : line) + "\n";
  }
  return out;
}

TEST_F(SilenceTest, InitProposesTheMountAndDoesNotLookIntoIt) {
  mount_->fall_silent(Silence::kEverything, "");
  const Outcome silent = bounded({"init", "tree", "--output", "proposed.yaml"});
  EXPECT_EQ(silent.exit_status, 0) << silent.err;
  mount_->answer_again();
  const std::string proposed = box_.read("proposed.yaml");
  const std::string nas = box_.path("tree/nas");
  EXPECT_THAT(proposed, HasSubstr("A network mount (fuse"));
  EXPECT_THAT(proposed, Not(HasSubstr("\n    path: [" + nas)));

  box_.write("before.yaml", proposed);
  box_.run({"sweep", "--estate", "before.yaml"});
  EXPECT_FALSE(states().contains("a.properties"));

  const std::string name = "- name: " + nas.substr(1);
  std::string target = name;
  std::replace(target.begin() + 8, target.end(), '/', '-');
  box_.write("after.yaml", uncommented(proposed, target));
  EXPECT_EQ(box_.run({"sweep", "--estate", "after.yaml"}).exit_status, 1);
  EXPECT_TRUE(states().contains("a.properties")) << box_.read("after.yaml");
}

TEST_F(SilenceTest, RefusesALimitItCannotHonour) {
  const Outcome outcome = box_.run({"scan", "tree/zz", "--io-timeout", "soon"});
  EXPECT_EQ(outcome.exit_status, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("--io-timeout soon"), HasSubstr("hint")));
}

}  // namespace
}  // namespace nhi::testing
