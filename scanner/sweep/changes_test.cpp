#include "scanner/sweep/changes.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "scanner/base/hash.hpp"
#include "scanner/sources/test_sandbox.hpp"
#include "scanner/sweep/test_kit.hpp"

namespace nhi {
namespace {

constexpr int kFolders = 8;
constexpr int kFiles = 12;

// Findings are compared with old ones by whichever worker has them.
class ChangesThreads : public ::testing::Test {
 protected:
  ChangesThreads() {
    box_.init("r");
    for (int i = 0; i < kFolders * kFiles; ++i) box_.write(name_of(i), password_line(name_of(i)));
    box_.commit("r", "first");
  }

  static std::string name_of(int number) {
    return "r/" + std::to_string(number % kFolders) + "/" + std::to_string(number) + ".properties";
  }
  // Every third file has a value more, every third one of the rest is moved.
  void change() const {
    for (int i = 0; i < kFolders * kFiles; ++i) {
      const std::string name = name_of(i);
      if (i % 3 == 0) box_.write(name, password_line(name) + password_line(name + " more"));
      if (i % 3 == 1) {
        box_.run({"mv", box_.path(name), box_.path(name) + ".moved.properties"}, "/");
      }
    }
    box_.git("r", {"add", "-A"});
  }

  // Ids, and how many were left out.
  std::pair<std::set<std::string>, std::uint64_t> scan(unsigned jobs, const std::string& since) {
    Progress progress;
    RunOptions options;
    options.jobs = jobs;
    ChangesRequest request;
    request.git_dir = box_.path("r/.git");
    request.root = "r";
    request.id_root = "r";
    request.since = since;
    const FingerprintKey key = test_key();
    const auto outcome = run_changes(request, options, rules_, key, progress);
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message());
    std::set<std::string> ids;
    if (!outcome) return {ids, 0};
    EXPECT_EQ(outcome->scan.run.coverage.unread_total, 0U);
    for (const Finding& finding : outcome->scan.findings) ids.insert(finding.id);
    return {ids, outcome->old_values};
  }
  void expect_the_same(const std::string& since) {
    const auto one = scan(1, since);
    EXPECT_EQ(one.first.size(), kFolders * kFiles / 3) << "one more in every third file";
    EXPECT_EQ(one.second, kFolders * kFiles / 3 * 2) << "what was there, and what moved";
    EXPECT_EQ(scan(4, since), one);
  }

  Sandbox box_;
  const RuleSet rules_ = builtin_set();
};

TEST_F(ChangesThreads, FindTheSameOfWhatIsStaged) {
  change();
  expect_the_same("");
}

TEST_F(ChangesThreads, FindTheSameOfARange) {
  change();
  box_.commit("r", "second");
  expect_the_same("HEAD~1");
}

}  // namespace
}  // namespace nhi
