// The walks of a plan against the slow, plain way: the same objects, the same bytes, each once.
#include "scanner/sources/git/plan.hpp"
#include "scanner/sources/git/attribution.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

struct Walked {
  std::map<std::string, std::string> contents;  // by id and kind
  std::map<std::string, std::string> problems;  // by id
};

Walked walk_all(GitRepository& repository, const QuietBlobs& quiet = {}) {
  Walked out;
  std::vector<Unread> unread;
  const auto plan = repository.plan(unread, quiet);
  EXPECT_TRUE(plan);
  for (std::size_t share = 0; share < shares_of(**plan); ++share) {
    const auto walk = repository.walk(*plan, share);
    GitFound found;
    while (repository.next(*walk, found)) {
      const std::string id = found.object.id.hex();
      if (!found.problem.empty()) {
        EXPECT_TRUE(out.problems.emplace(id, found.problem).second) << id << " twice";
        continue;
      }
      const std::string key = id + std::to_string(static_cast<int>(found.object.kind));
      EXPECT_TRUE(out.contents.emplace(key, found.content).second) << id << " twice";
      EXPECT_EQ(found.object.size, found.content.size());
    }
  }
  return out;
}

Walked read_all(GitRepository& repository) {
  Walked out;
  std::vector<Unread> unread;
  const auto objects = repository.objects(unread);
  EXPECT_TRUE(objects);
  for (const GitObject& object : *objects) {
    const std::string id = object.id.hex();
    const auto content = repository.read(object);
    if (content) {
      out.contents[id + std::to_string(static_cast<int>(object.kind))] = *content;
    } else {
      out.problems[id] = content.error().what;
    }
  }
  return out;
}

// What the trees of a plan say is missing or damaged.
std::vector<Unread> told_by_trees(GitRepository& repository) {
  std::vector<Unread> unread;
  const auto plan = repository.plan(unread);
  EXPECT_TRUE(plan);
  for (std::size_t share = 0; share < tree_shares_of(**plan); ++share) {
    repository.read_trees(**plan, share, *wanted_of({}));
  }
  EXPECT_TRUE(repository.attribute(*plan, {}, unread));
  return unread;
}

std::multiset<std::string> lines_of(const std::vector<Unread>& unread) {
  std::multiset<std::string> lines;
  for (const Unread& place : unread) lines.insert(place.path + " " + place.reason);
  return lines;
}

// A history of a few files that change a little at a time, so that git makes deltas.
void make_history(const Sandbox& box, unsigned seed, int commits) {
  std::mt19937 random(seed);
  std::vector<std::string> files(5);
  for (std::string& file : files) {
    for (int i = 0; i < 60; ++i) file += "line " + std::to_string(random()) + "\n";
  }
  std::string stream;
  for (int i = 0; i < commits; ++i) {
    std::string& file = files[random() % files.size()];
    for (auto change = random() % 3; change < 3; ++change) {
      const std::size_t at = random() % file.size();
      file.replace(at, random() % 40, "edit " + std::to_string(random()) + "\n");
    }
    stream += "commit refs/heads/main\ncommitter C <c@example.org> " +
              std::to_string(1'700'000'000 + i) + " +0000\ndata 1\nm\n";
    for (std::size_t k = 0; k < files.size(); ++k) {
      stream += "M 100644 inline d/" + std::to_string(k) + "\ndata " +
                std::to_string(files[k].size()) + "\n" + files[k] + "\n";
    }
  }
  box.init("t");
  box.git("t", {"fast-import", "--quiet"}, stream);
  box.git("t", {"reset", "-q", "--hard", "main"});
}

void expect_same(const Sandbox& box) {
  GitRepository repository = opened(box.path("t/.git"));
  const Walked walked = walk_all(repository);
  const Walked plain = read_all(repository);
  EXPECT_EQ(walked.contents, plain.contents);
  EXPECT_EQ(walked.problems, plain.problems);
  EXPECT_EQ(walked.contents.size(), by_git(box, "t").size());
}

TEST(PlanOracle, EqualsReadingEachObject) {
  const Sandbox box;
  make_history(box, 1, 300);
  expect_same(box);
  box.git("t", {"repack", "-q", "-a", "-d", "-f", "--depth=250", "--window=20"});
  expect_same(box);
  box.git("t", {"tag", "-a", "v1", "-m", "a tag"});
  box.write("t/new", "loose\n");
  box.commit("t", "loose objects beside the pack");
  expect_same(box);
}

// Of blobs that need not be looked at, none is shown; all others are, whatever they are made of.
void expect_without_quiet(const Sandbox& box, unsigned seed) {
  GitRepository repository = opened(box.path("t/.git"));
  std::vector<Unread> unread;
  const auto objects = repository.objects(unread);
  ASSERT_TRUE(objects);
  std::mt19937 random(seed);
  for (const unsigned of_ten : {1U, 5U, 9U, 10U}) {
    Walked expected = read_all(repository);
    QuietBlobs quiet;  // objects() sorts by id
    for (const GitObject& object : *objects) {
      if (object.kind != GitObjectKind::kBlob || random() % 10 >= of_ten) continue;
      quiet.push_back(object.id);
      expected.contents.erase(object.id.hex() + std::to_string(static_cast<int>(object.kind)));
    }
    EXPECT_EQ(walk_all(repository, quiet).contents, expected.contents) << of_ten;
    const std::size_t stored = quiet.size();
    quiet.push_back(*GitId::parse(std::string(40, 'f')));
    EXPECT_EQ(quiet_of(**repository.plan(unread, quiet)), stored);
  }
}

TEST(PlanOracle, LeavesOutQuietBlobsAndNothingElse) {
  const Sandbox box;
  make_history(box, 3, 150);
  box.git("t", {"repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=20"});
  expect_without_quiet(box, 1);
  for (const char* range : {"main~100", "main"}) {
    const std::string ids = box.git("t", {"rev-list", "--objects", range});
    box.git("t", {"pack-objects", "-q", ".git/objects/pack/pack"}, ids + "\n");
  }
  box.git("t", {"tag", "-a", "v1", "-m", "a tag"});
  box.write("t/new", "loose\n");
  box.commit("t", "loose objects beside the packs");
  expect_without_quiet(box, 2);
}

TEST(PlanOracle, EqualsReadingEachObjectOfSeveralPacks) {
  const Sandbox box;
  make_history(box, 2, 120);
  box.git("t", {"repack", "-q", "-a", "-d", "-f"});
  // Packs that share objects with it, as after fetches; deltas by name in one of them.
  for (const char* range : {"main~100", "main~50", "main"}) {
    const std::string ids = box.git("t", {"rev-list", "--objects", range});
    box.git("t", {"pack-objects", "-q", ".git/objects/pack/pack"}, ids + "\n");
  }
  expect_same(box);
  for (const auto& one : std::filesystem::directory_iterator(box.path("t/.git/objects/pack"))) {
    if (one.path().extension() != ".pack") continue;
    box.git("t", {"index-pack", "--index-version=1", one.path().string()});
  }
  expect_same(box);
}

TEST(PlanOracle, NamesWhatIsMissingAsReadingEachTreeDoes) {
  const Sandbox box;
  make_history(box, 4, 60);
  box.git("t", {"repack", "-q", "-a", "-d", "-f"});
  // Loose copies of all, then some blobs and trees taken away; unreachable trees name some, too.
  std::string pack;
  for (const auto& one : std::filesystem::directory_iterator(box.path("t/.git/objects/pack"))) {
    if (one.path().extension() == ".pack") pack = one.path();
  }
  box.run({"mv", pack, box.path("kept")}, "/");
  box.run({"sh", "-c", "rm -f t/.git/objects/pack/* && git -C t unpack-objects -q < kept"},
          box.path("."));
  std::mt19937 random(9);
  std::istringstream all(box.git("t", {"cat-file", "--batch-all-objects", "--batch-check"}));
  unsigned taken = 0;
  for (std::string id, kind, size; all >> id >> kind >> size;) {
    if (kind == "commit" || random() % 25 != 0) continue;
    taken += std::filesystem::remove(box.path("t/.git" + loose(id))) ? 1 : 0;
  }
  ASSERT_GT(taken, 3U);
  GitRepository repository = opened(box.path("t/.git"));
  std::vector<Unread> plain;
  ASSERT_TRUE(repository.objects(plain));
  EXPECT_FALSE(plain.empty());
  EXPECT_EQ(lines_of(told_by_trees(repository)), lines_of(plain));
  // The same where what is left is packed.
  box.run({"sh", "-c",
           "git cat-file --batch-all-objects --batch-check='%(objectname)' | git pack-objects -q "
           ".git/objects/pack/pack && git prune-packed"},
          box.path("t"));
  GitRepository packed = opened(box.path("t/.git"));
  EXPECT_EQ(lines_of(told_by_trees(packed)), lines_of(plain));
}

// What the stamp counts must be read, or the next sweep takes it for known.
TEST(Plan, HoldsPacksThatCameAfterTheRepositoryWasOpened) {
  const Sandbox box;
  make_history(box, 6, 10);
  box.git("t", {"repack", "-q", "-a", "-d"});
  GitRepository repository = opened(box.path("t/.git"));
  box.write("t/late", "late\n");
  box.commit("t", "late");
  box.git("t", {"repack", "-q", "-d"});
  ASSERT_TRUE(repository.state_stamp());
  std::set<std::string> found;
  for (const auto& [key, content] : walk_all(repository).contents) found.insert(content);
  EXPECT_TRUE(found.contains("late\n"));
}

TEST(Plan, TellsOfADamagedCommitOnce) {
  const Sandbox box;
  box.init("t");
  box.commit("t", "one");
  const std::string bad = box.commit("t", "two");
  box.commit("t", "three");
  const std::string file = box.path("t/.git" + loose(bad));
  ::chmod(file.c_str(), 0644);
  ASSERT_EQ(::truncate(file.c_str(), 20), 0);
  GitRepository repository = opened(box.path("t/.git"));
  std::vector<Unread> unread;
  const auto plan = repository.plan(unread);
  ASSERT_TRUE(plan);
  std::size_t problems = 0;
  for (std::size_t share = 0; share < shares_of(**plan); ++share) {
    const auto walk = repository.walk(*plan, share);
    GitFound found;
    while (repository.next(*walk, found)) problems += found.problem.empty() ? 0 : 1;
  }
  EXPECT_EQ(problems, 1U);
  ASSERT_TRUE(repository.attribute(*plan, {}, unread));
  EXPECT_THAT(unread, testing::IsEmpty());
}

// Damage costs the objects concerned, in both ways the same ones or fewer: a walk that compares
// stored bytes may see damage where reading happens to find a sound copy.
TEST(PlanOracle, NamesEveryObjectThatDamageCosts) {
  const Sandbox box;
  make_history(box, 3, 80);
  box.git("t", {"repack", "-q", "-a", "-d", "-f"});
  std::string pack;
  for (const auto& one : std::filesystem::directory_iterator(box.path("t/.git/objects/pack"))) {
    if (one.path().extension() == ".pack") pack = one.path();
  }
  const std::set<std::string> all = by_git(box, "t");
  ::chmod(pack.c_str(), 0644);
  std::vector<std::uint64_t> starts;
  std::istringstream index(
      box.run({"sh", "-c", "git show-index < " + pack.substr(0, pack.size() - 4) + "idx"}, "/")
          .out);
  std::uint64_t start = 0;
  for (std::string id, crc; index >> start >> id >> crc;) starts.push_back(start);
  std::mt19937 random(5);
  int told = 0;
  for (int round = 0; round < 40; ++round) {
    const int file = ::open(pack.c_str(), O_RDWR | O_CLOEXEC);
    // Anywhere, or where an entry says of what kind it is.
    const bool of_kind = round % 2 == 0;
    const auto at =
        static_cast<off_t>(of_kind ? starts[random() % starts.size()]
                                   : 12 + random() % (std::filesystem::file_size(pack) - 32));
    char byte = 0;
    ASSERT_EQ(::pread(file, &byte, 1, at), 1);
    const char flipped = static_cast<char>(byte ^ (of_kind ? 0x10 : 1 << random() % 8));
    ASSERT_EQ(::pwrite(file, &flipped, 1, at), 1);
    {
      GitRepository repository = opened(box.path("t/.git"));
      const Walked walked = walk_all(repository);
      for (const auto& [key, content] : walked.contents) {
        const auto type = key.back() == '0'   ? GitType::kBlob
                          : key.back() == '1' ? GitType::kCommit
                                              : GitType::kTag;
        EXPECT_EQ(git_id(type, content).hex(), key.substr(0, 40)) << at;
      }
      // Of a tree that is damaged attribute() tells, and of what damage makes a tree of; some bits
      // of a stream mean nothing.
      std::set<std::string> named;
      for (const auto& [key, content] : walked.contents) named.insert(key.substr(0, 40));
      for (const auto& [id, problem] : walked.problems) named.insert(id);
      const std::vector<Unread> unread = told_by_trees(repository);
      for (const Unread& place : unread) named.insert(place.path.substr(place.path.rfind('/') + 1));
      for (const std::string& line : all) EXPECT_TRUE(named.contains(line.substr(0, 40))) << line;
      if (!walked.problems.empty() || !unread.empty()) ++told;
    }
    ASSERT_EQ(::pwrite(file, &byte, 1, at), 1);
    ::close(file);
  }
  EXPECT_GE(told, 20);
}

}  // namespace
}  // namespace nhi
