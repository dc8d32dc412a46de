#include "scanner/sweep/expect.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>

namespace nhi {
namespace {

using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86400;
constexpr Instant kNow{1'795'600'000};

Expectation of(const std::string& yaml) {
  auto read = read_expectation("estate.yaml", YAML::Load(yaml), "/etc/nhi");
  EXPECT_TRUE(read) << yaml;
  return read ? *read : Expectation{};
}

std::vector<std::string> reasons(const std::vector<Unread>& places) {
  std::vector<std::string> out;
  for (const Unread& place : places) out.push_back(place.root + ": " + place.reason);
  return out;
}

class GitFolder {
 public:
  explicit GitFolder(Instant fetched) {
    std::filesystem::create_directories(path + "/objects/pack");
    std::filesystem::create_directories(path + "/refs/heads");
    std::ofstream(path + "/HEAD") << "ref: refs/heads/main\n";
    for (const char* name : {"HEAD", "objects/pack", "refs/heads"}) {
      const timespec times[2] = {{fetched.seconds, 0}, {fetched.seconds, 0}};
      EXPECT_EQ(::utimensat(AT_FDCWD, (path + "/" + name).c_str(), times, 0), 0);
    }
  }
  ~GitFolder() { std::filesystem::remove_all(path); }
  const std::string path = ::testing::TempDir() + "expect_test.git";
};

TEST(Expectation, ReadsWhatTheContractNames) {
  const Expectation read = of("{min_repositories: 600, max_age: 2d, mount_points: [../srv, /mnt]}");
  EXPECT_EQ(read.min_repositories, 600u);
  EXPECT_EQ(read.max_age, 2 * kDay);
  EXPECT_THAT(read.mount_points, ::testing::ElementsAre("/etc/srv", "/mnt"));
}

TEST(Expectation, RefusesWhatItCannotHonour) {
  for (const char* yaml : {"{max_age: soon}", "{min_repositories: 0}", "{min_repos: 3}", "3"}) {
    EXPECT_FALSE(read_expectation("estate.yaml", YAML::Load(yaml), "/")) << yaml;
  }
}

TEST(ExpectationCheck, AnEmptyRootIsNotClean) {
  const Expectation none;
  ExpectationCheck check(none, kNow);
  check.begin_root("exports", false);
  EXPECT_THAT(reasons(check.end_root()), ::testing::ElementsAre("exports: empty"));
  check.begin_root("exports", false);
  check.on_other();
  EXPECT_THAT(check.end_root(), IsEmpty());
}

TEST(ExpectationCheck, ARootNamedUnderGitMustHoldARepository) {
  const Expectation none;
  ExpectationCheck check(none, kNow);
  check.begin_root("repos/a", true);
  check.on_file(kNow.seconds);
  EXPECT_THAT(reasons(check.end_root()), ::testing::ElementsAre("repos/a: no-repository"));
}

TEST(ExpectationCheck, AnExportIsAsOldAsItsNewestFile) {
  const Expectation week = of("{max_age: 7d}");
  ExpectationCheck check(week, kNow);
  check.begin_root("exports", false);
  check.on_file(kNow.seconds - 12 * kDay);
  check.on_file(kNow.seconds - 90 * kDay);
  EXPECT_THAT(reasons(check.end_root()),
              ::testing::ElementsAre(
                  "exports: stale: newest file written 12 days ago, at most 7 days expected"));
  check.begin_root("exports", false);
  check.on_file(kNow.seconds - 90 * kDay);
  check.on_file(kNow.seconds - 7 * kDay);
  EXPECT_THAT(check.end_root(), IsEmpty());
}

TEST(ExpectationCheck, AMirrorIsAsOldAsItsLastFetch) {
  const Expectation days = of("{max_age: 2d}");
  ExpectationCheck check(days, kNow);
  {
    const GitFolder old({kNow.seconds - 3 * kDay});
    check.begin_root("repos/a", true);
    check.on_repository("repos/a", old.path);
    EXPECT_THAT(
        reasons(check.end_root()),
        ::testing::ElementsAre("repos/a: stale: last fetched 3 days ago, at most 2 days expected"));
    // A fetch that brought nothing writes FETCH_HEAD all the same.
    std::ofstream(old.path + "/FETCH_HEAD") << "";
    ASSERT_GT(last_fetched(old.path)->seconds, kNow.seconds - 3 * kDay);
  }
  const GitFolder fresh({kNow.seconds - kDay});
  check.begin_root("repos/a", true);
  check.on_repository("repos/a", fresh.path);
  EXPECT_THAT(check.end_root(), IsEmpty());
}

TEST(ExpectationCheck, CountsRepositoriesOverAllRootsOfTheTarget) {
  const Expectation three = of("{min_repositories: 3}");
  ExpectationCheck check(three, kNow);
  for (const char* root : {"repos/a", "repos/b"}) {
    check.begin_root(root, true);
    check.on_repository(root, "/nowhere");
    EXPECT_THAT(check.end_root(), IsEmpty());
  }
  EXPECT_THAT(reasons(check.end_target("repos")),
              ::testing::ElementsAre("repos: too-few-repositories: 2 of at least 3"));
}

TEST(ExpectationCheck, HoldsNothingAgainstWhatTheDeadlineLeftButTrustsItNoMore) {
  const Expectation wanted = of("{min_repositories: 2, max_age: 2d}");
  ExpectationCheck check(wanted, kNow);
  check.begin_root("exports", false);
  EXPECT_THAT(check.end_root(false), IsEmpty());
  EXPECT_TRUE(check.root_may_be_stale());
  check.on_file(kNow.seconds - kDay);
  EXPECT_FALSE(check.root_may_be_stale());
  EXPECT_THAT(check.end_target("hosts", false), IsEmpty());
  EXPECT_TRUE(check.too_few_repositories());
  check.on_repository("exports/a", "/nowhere");
  check.on_repository("exports/b", "/nowhere");
  EXPECT_FALSE(check.too_few_repositories());
}

TEST(ExpectationCheck, AMountPointMustBeMounted) {
  EXPECT_TRUE(*is_mount_point("/proc"));
  const std::string plain = ::testing::TempDir();
  Expectation mounts;
  mounts.mount_points = {"/proc", plain + "absent"};
  EXPECT_THAT(reasons(ExpectationCheck(mounts, kNow).end_target("hosts")),
              ::testing::ElementsAre("hosts: not-found"));
  std::filesystem::create_directories(plain + "plain");
  mounts.mount_points = {plain + "plain"};
  EXPECT_THAT(reasons(ExpectationCheck(mounts, kNow).end_target("hosts")),
              ::testing::ElementsAre("hosts: not-mounted"));
}

}  // namespace
}  // namespace nhi
