#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/base/limits.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Writes down what the walker says, one line each.
class Notes : public WalkSink {
 public:
  void on_file(FileEntry entry) override {
    files.push_back(entry.root + ":" + entry.path);
    entries.push_back(std::move(entry));
  }
  void on_repository(std::string root, std::string work_tree, std::string git_dir) override {
    repositories.push_back(root + "|" + work_tree + "|" + git_dir);
  }
  void on_folder_listed(const std::string& root, const std::string& path) override {
    listed.push_back(root + ":" + path);
  }
  void on_folder_left(const std::string& root, const std::string& path) override {
    left.push_back(root + ":" + path);
  }
  void on_unread(Unread place) override {
    unread.push_back(place.reason + " " + place.root + ":" + place.path);
  }
  void on_policy(std::string reason, const std::string& root, const std::string& path,
                 std::uint64_t bytes) override {
    policy.push_back(reason + " " + root + ":" + path +
                     (bytes == 0 ? "" : " " + std::to_string(bytes)));
  }
  [[nodiscard]] bool cancelled() const override { return files.size() >= files_max; }

  std::vector<std::string> files, repositories, listed, left, unread, policy;
  std::vector<FileEntry> entries;
  std::size_t files_max = SIZE_MAX;
};

Notes walk_notes(const std::string& path, const WalkOptions& options = {}) {
  Notes notes;
  EXPECT_TRUE(walk(path, "r", options, notes).has_value());
  return notes;
}

TEST(Walk, HandsOverFilesInTheOrderOfTheBytesOfTheirNames) {
  const Sandbox box;
  for (const char* name : {"t/b", "t/B", "t/a/z", "t/a.txt", "t/a/\xC3\xA4", "t/10", "t/9"}) {
    box.write(name, "x");
  }
  const Notes notes = walk_notes(box.path("t"));
  EXPECT_THAT(notes.files,
              ElementsAre("r:10", "r:9", "r:B", "r:a/z", "r:a/\xC3\xA4", "r:a.txt", "r:b"));
  EXPECT_THAT(notes.listed, ElementsAre("r:a", "r:"));
  EXPECT_THAT(notes.unread, IsEmpty());
  EXPECT_THAT(notes.policy, IsEmpty());
}

TEST(Walk, TellsWhatTheFileSystemKnows) {
  const Sandbox box;
  box.write("t/conf/a.properties", "12345");
  ASSERT_EQ(::chmod(box.path("t/conf/a.properties").c_str(), 0640), 0);
  const Notes notes = walk_notes(box.path("t"));
  ASSERT_EQ(notes.entries.size(), 1U);
  const FileEntry& entry = notes.entries[0];
  struct stat facts {};
  ASSERT_EQ(::stat(box.path("t/conf/a.properties").c_str(), &facts), 0);
  EXPECT_EQ(entry.disk_path(), box.path("t/conf/a.properties"));
  EXPECT_EQ(entry.size, 5U);
  EXPECT_EQ(entry.inode, facts.st_ino);
  EXPECT_EQ(entry.device, facts.st_dev);
  EXPECT_EQ(entry.mode & 0777U, 0640U);
  EXPECT_EQ(entry.mtime_ns / 1'000'000'000, facts.st_mtim.tv_sec);
}

TEST(Walk, KeepsNamesThatAreNotUtf8AndLongNames) {
  const Sandbox box;
  const std::string longest(255, 'n');
  box.write("t/caf\xE9.txt", "x");
  box.write("t/new\nline", "x");
  box.write("t/" + longest, "x");
  EXPECT_THAT(walk_notes(box.path("t")).files,
              ElementsAre("r:caf\xE9.txt", "r:new\nline", "r:" + longest));
}

TEST(Walk, NeverOpensFifosSocketsAndDevices) {
  const Sandbox box;
  box.write("t/file", "x");
  ASSERT_EQ(::mkfifo(box.path("t/fifo").c_str(), 0644), 0);
  const int plug = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string place = box.path("t/socket");
  ASSERT_LT(place.size(), sizeof address.sun_path);
  std::copy(place.begin(), place.end(), address.sun_path);
  ASSERT_EQ(::bind(plug, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(plug);
  const Notes notes = walk_notes(box.path("t"));
  EXPECT_THAT(notes.files, ElementsAre("r:file"));
  EXPECT_THAT(notes.policy, ElementsAre("special-file r:fifo", "special-file r:socket"));
  EXPECT_THAT(walk_notes(place).unread, ElementsAre("special-file r:socket"));
}

TEST(Walk, FollowsNoLinkAndTellsOfThoseThatLeaveTheRoot) {
  const Sandbox box;
  box.write("t/a/file", "x");
  box.write("outside/secret", "x");
  box.link("file", "t/a/beside");
  box.link("../a", "t/a/up");
  box.link("..", "t/a/root");
  box.link("loop2", "t/loop1");
  box.link("loop1", "t/loop2");
  box.link("nowhere", "t/broken");
  box.link(box.path("t/a"), "t/absolute");
  box.link("../outside/secret", "t/escape");
  box.link("../../outside", "t/a/escape");
  box.link(box.path("t") + "er", "t/sibling");
  const Notes notes = walk_notes(box.path("t"));
  EXPECT_THAT(notes.files, ElementsAre("r:a/file"));
  EXPECT_THAT(notes.policy, ElementsAre("symlink-outside r:a/escape", "symlink-outside r:escape",
                                        "symlink-outside r:sibling"));
  EXPECT_THAT(notes.unread, IsEmpty());
}

TEST(Walk, FollowsALinkThatIsItsOwnArgument) {
  const Sandbox box;
  box.write("t/file", "x");
  box.link("t", "entry");
  const Notes notes = walk_notes(box.path("entry"));
  EXPECT_THAT(notes.files, ElementsAre("r:file"));
  EXPECT_EQ(notes.entries.at(0).root_path, box.path("t"));
}

TEST(Walk, GivesASingleFileItsFolderAsRoot) {
  const Sandbox box;
  box.write("conf/app.xml", "x");
  for (const auto& [root, expected] :
       {std::pair{"conf/app.xml", "conf:app.xml"}, std::pair{"app.xml", ".:app.xml"},
        std::pair{"exports", "exports:app.xml"}, std::pair{"/app.xml", "/:app.xml"}}) {
    Notes notes;
    ASSERT_TRUE(walk(box.path("conf/app.xml"), root, {}, notes).has_value());
    EXPECT_THAT(notes.files, ElementsAre(expected));
    EXPECT_EQ(notes.entries.at(0).disk_path(), box.path("conf/app.xml"));
  }
}

TEST(Walk, FailsOnlyIfItsArgumentCannotBeLookedAt) {
  const Sandbox box;
  Notes notes;
  const auto missing = walk(box.path("nothing"), "r", {}, notes);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST(Walk, ExcludesByGlobAndBySizeAndSaysSo) {
  const Sandbox box;
  box.write("t/cache/deep/file", "12345");
  box.write("t/keep/a.log", "123");
  box.write("t/keep/a.txt", "1");
  box.write("t/keep/big.txt", std::string(100, 'x'));
  WalkOptions options;
  options.exclude.add("**/cache/**");
  options.exclude.add("*.log");
  options.file_bytes_max = 50;
  const Notes notes = walk_notes(box.path("t"), options);
  EXPECT_THAT(notes.files, ElementsAre("r:keep/a.txt"));
  EXPECT_THAT(notes.policy, ElementsAre("exclude r:cache", "exclude r:keep/a.log 3",
                                        "max-file-size r:keep/big.txt 100"));
}

TEST(Walk, LeavesOutOurOwnStoreWithoutAWord) {
  const Sandbox box;
  box.write("t/nhisweep.db", "x");
  box.write("t/reports/one.html", "x");
  box.write("t/file", "x");
  WalkOptions options;
  options.never = {box.path("t/nhisweep.db"), box.path("t/reports"), "/elsewhere"};
  const Notes notes = walk_notes(box.path("t"), options);
  EXPECT_THAT(notes.files, ElementsAre("r:file"));
  EXPECT_THAT(notes.policy, IsEmpty());
}

TEST(Walk, SaysWhichFolderItMayNotList) {
  const Sandbox box;
  box.write("t/closed/file", "x");
  box.write("t/open", "x");
  ASSERT_EQ(::chmod(box.path("t/closed").c_str(), 0), 0);
  ASSERT_EQ(::chmod(box.path().c_str(), 0755), 0);
  EXPECT_TRUE(holds_for_nobody([&] {
    const Notes notes = walk_notes(box.path("t"));
    return notes.unread == std::vector<std::string>{"permission-denied r:closed"} &&
           notes.files == std::vector<std::string>{"r:open"} &&
           notes.listed == std::vector<std::string>{"r:"};
  }));
  EXPECT_TRUE(holds_for_nobody([&] {
    return walk_notes(box.path("t/closed")).unread ==
           std::vector<std::string>{"permission-denied r:"};
  }));
  EXPECT_TRUE(holds_for_nobody([&] {
    Notes notes;
    const auto outcome = walk(box.path("t/closed/file"), "r", {}, notes);
    return !outcome.has_value() && outcome.error().code == ErrorCode::kPermission;
  }));
}

TEST(Walk, EntersFiveThousandFoldersDownToItsLimit) {
  const Sandbox box(Sandbox::memory_base());
  box.folder("t");
  const int top = ::open(box.path("t").c_str(), O_RDONLY | O_DIRECTORY);
  int folder = ::dup(top);
  for (int depth = 0; depth < 5000; ++depth) {
    ASSERT_EQ(::mkdirat(folder, "deeper", 0755), 0);
    const int file = ::openat(folder, "file", O_CREAT | O_WRONLY, 0644);
    ::close(file);
    const int next = ::openat(folder, "deeper", O_RDONLY | O_DIRECTORY);
    ::close(folder);
    folder = next;
  }
  ::close(folder);
  ::close(top);
  const Notes notes = walk_notes(box.path("t"));
  // The root and kFolderDepthMax folders below it, each with one file.
  ASSERT_EQ(notes.files.size(), kFolderDepthMax + 1);
  EXPECT_EQ(notes.listed.size(), kFolderDepthMax + 1);
  ASSERT_EQ(notes.unread.size(), 1U);
  EXPECT_TRUE(notes.unread[0].starts_with("too-deep r:deeper/"));
  // "file" sorts behind "deeper": every folder above the open window was opened again.
  EXPECT_EQ(notes.files.back(), "r:file");
}

TEST(Walk, ReadsFilesWhosePathIsLongerThanTheKernelTakes) {
  const Sandbox box;
  box.folder("t");
  const std::string name(200, 'd');
  int folder = ::open(box.path("t").c_str(), O_RDONLY | O_DIRECTORY);
  for (int depth = 0; depth < 60; ++depth) {
    ASSERT_EQ(::mkdirat(folder, name.c_str(), 0755), 0);
    const int next = ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY);
    ::close(folder);
    folder = next;
  }
  const int file = ::openat(folder, "file", O_CREAT | O_WRONLY, 0644);
  ASSERT_EQ(::write(file, "deep", 4), 4);
  ::close(file);
  ::close(folder);
  const Notes notes = walk_notes(box.path("t"));
  ASSERT_EQ(notes.entries.size(), 1U);
  EXPECT_GT(notes.entries[0].disk_path().size(), 12'000U);
  FileReader reader;
  std::string content;
  const auto read = reader.read(
      notes.entries[0], [&](const FileReader::Segment& segment) { content += segment.bytes; });
  EXPECT_TRUE(read.has_value());
  EXPECT_EQ(content, "deep");
}

TEST(Walk, StopsWhenCancelled) {
  const Sandbox box;
  for (const char* name : {"t/a", "t/b", "t/c"}) box.write(name, "x");
  Notes notes;
  notes.files_max = 2;
  const auto outcome = walk(box.path("t"), "r", {}, notes);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(notes.files.size(), 2U);
  EXPECT_THAT(notes.listed, IsEmpty());
}

TEST(Walk, NamesEveryFolderItLeftWhenCancelled) {
  const Sandbox box;
  for (const char* name : {"t/a/x", "t/b/c/x", "t/b/c/y", "t/b/d/x", "t/e/x"}) box.write(name, "x");
  Notes notes;
  notes.files_max = 2;
  EXPECT_FALSE(walk(box.path("t"), "r", {}, notes));
  EXPECT_THAT(notes.listed, ElementsAre("r:a"));
  EXPECT_THAT(notes.left, ElementsAre("r:b/c", "r:b", "r:"));
}

TEST(Walk, DoesNotEnterPseudoFileSystems) {
  struct stat facts {};
  if (::stat("/proc/self", &facts) != 0) GTEST_SKIP() << "no /proc";
  WalkOptions options;
  for (const auto& top : std::filesystem::directory_iterator("/")) {
    const std::string name = top.path().filename();
    if (name != "proc") options.exclude.add(name + "/**");
  }
  Notes notes;
  notes.files_max = 1000;
  static_cast<void>(walk("/", "/", options, notes));
  EXPECT_THAT(notes.policy, testing::Contains("pseudo-file-system /:proc"));
  EXPECT_THAT(notes.files, testing::Not(testing::Contains(testing::StartsWith("/:proc"))));
}

// ---- repositories ----

// More names than one look at the folder brings.
TEST(Walk, ListsAFolderOfManyNames) {
  const Sandbox box(Sandbox::memory_base());
  std::vector<std::string> wanted;
  for (int i = 0; i < 1500; ++i) {
    const std::string name = std::string(40, 'n') + std::to_string(10000 + i);
    box.write("t/" + name, "");
    wanted.push_back("r:" + name);
  }
  EXPECT_EQ(walk_notes(box.path("t")).files, wanted);
}

TEST(WalkRepository, IsARootOfItsOwn) {
  const Sandbox box;
  box.write("t/plain.txt", "x");
  box.init("t/repo");
  box.write("t/repo/src/a.txt", "x");
  const Notes notes = walk_notes(box.path("t"));
  const std::string repo = box.path("t/repo");
  EXPECT_THAT(notes.repositories, ElementsAre("r/repo|" + repo + "|" + repo + "/.git"));
  EXPECT_THAT(notes.files, testing::IsSupersetOf({"r:plain.txt", "r/repo:src/a.txt"}));
  EXPECT_THAT(notes.listed, testing::IsSupersetOf({"r:", "r/repo:", "r/repo:src"}));
  EXPECT_THAT(notes.unread, IsEmpty());
  for (const FileEntry& entry : notes.entries) {
    EXPECT_EQ(entry.in_repository, entry.root == "r/repo") << entry.path;
  }
}

TEST(WalkRepository, SaysOfEachFileWhetherAHistoryMayHoldItToo) {
  const Sandbox box;
  box.init("t");
  box.write("t/a/b", "x");
  const Notes notes = walk_notes(box.path("t"));
  EXPECT_THAT(notes.files, testing::Contains("r:a/b"));
  for (const FileEntry& entry : notes.entries) EXPECT_TRUE(entry.in_repository) << entry.path;
  // Of a lone file nobody knows.
  EXPECT_TRUE(walk_notes(box.path("t/a/b")).entries.at(0).in_repository);
}

TEST(WalkRepository, HasARootThatBeginsWithTheRootAboveIt) {
  const Sandbox box;
  box.init("t/repo");
  box.write("t/repo/a", "x");
  for (const auto& [root, nested] :
       {std::pair{".", "./repo:a"}, std::pair{"/", "/repo:a"}, std::pair{"t", "t/repo:a"}}) {
    Notes notes;
    ASSERT_TRUE(walk(box.path("t"), root, {}, notes).has_value());
    EXPECT_THAT(notes.files, testing::Contains(nested));
  }
}

TEST(WalkRepository, LeavesObjectsAndRefsToTheGitSourceAndReadsTheRest) {
  const Sandbox box;
  box.init("t", {"--template="});
  box.write("t/a.txt", "x");
  box.commit("t", "one");
  box.write("t/.git/hooks/pre-push", "#!/bin/sh\n");
  box.write("t/.git/lfs/objects/ab/cd/abcd", "large");
  const Notes notes = walk_notes(box.path("t"));
  EXPECT_THAT(notes.files,
              UnorderedElementsAre("r:a.txt", "r:.git/COMMIT_EDITMSG", "r:.git/config",
                                   "r:.git/hooks/pre-push", "r:.git/lfs/objects/ab/cd/abcd",
                                   "r:.git/logs/HEAD", "r:.git/logs/refs/heads/main"));
}

TEST(WalkRepository, FindsBareOnesAndItsOwnArgument) {
  const Sandbox box;
  box.init("t/bare.git", {"--bare"});
  const std::string bare = box.path("t/bare.git");
  EXPECT_THAT(walk_notes(box.path("t")).repositories, ElementsAre("r/bare.git||" + bare));
  const Notes named = walk_notes(bare);
  EXPECT_THAT(named.repositories, ElementsAre("r||" + bare));
  EXPECT_THAT(named.files, testing::Contains("r:config"));
}

TEST(WalkRepository, TakesWorkTreesOfOneRepositoryOnce) {
  const Sandbox box;
  box.init("t/main");
  box.write("t/main/a", "x");
  box.commit("t/main", "one");
  box.git("t/main", {"worktree", "add", "-q", "../linked"});
  const std::string main = box.path("t/main");
  const Notes notes = walk_notes(box.path("t"));
  EXPECT_THAT(notes.repositories, ElementsAre("r/main|" + main + "|" + main + "/.git"));
  EXPECT_THAT(notes.files, testing::IsSupersetOf({"r/linked:a", "r/linked:.git", "r/main:a"}));
  EXPECT_THAT(notes.unread, IsEmpty());
  // Alone, the linked work tree stands for the repository that it was named for.
  EXPECT_THAT(walk_notes(box.path("t/linked")).repositories,
              ElementsAre("r|" + box.path("t/linked") + "|" + main + "/.git"));
}

TEST(WalkRepository, TakesSubmodulesUnderTheirWorkTree) {
  const Sandbox box;
  box.init("sub");
  box.write("sub/s", "x");
  box.commit("sub", "one");
  box.init("t");
  box.git("t", {"submodule", "--quiet", "add", box.path("sub"), "libs/sub"});
  const std::string t = box.path("t");
  Notes notes = walk_notes(t);
  EXPECT_THAT(notes.repositories,
              ElementsAre("r|" + t + "|" + t + "/.git",
                          "r/libs/sub|" + t + "/libs/sub|" + t + "/.git/modules/libs/sub"));
  EXPECT_THAT(notes.files, testing::Contains("r/libs/sub:s"));
  EXPECT_THAT(notes.unread, IsEmpty());
  // A submodule that is not checked out still has its objects.
  box.run({"rm", "-rf", box.path("t/libs/sub")}, "/");
  notes = walk_notes(t);
  EXPECT_THAT(notes.repositories,
              testing::Contains("r/.git/modules/libs/sub||" + t + "/.git/modules/libs/sub"));
}

TEST(WalkRepository, DoesNotFollowDotGitOutOfItsArgument) {
  const Sandbox box;
  box.init("victim");
  box.write("t/app/.git", "gitdir: " + box.path("victim/.git") + "\n");
  box.write("t/app/file", "x");
  box.folder("t/linked");
  box.link(box.path("victim/.git"), "t/linked/.git");
  const Notes notes = walk_notes(box.path("t"));
  EXPECT_THAT(notes.repositories, IsEmpty());
  EXPECT_THAT(notes.unread,
              ElementsAre("git-folder-outside r/app:.git", "git-folder-outside r/linked:.git"));
  EXPECT_THAT(notes.files, testing::Contains("r/app:file"));
}

TEST(WalkRepository, IsNeverSilentAboutADamagedOne) {
  const Sandbox box;
  box.init("t/no_head");
  ::unlink(box.path("t/no_head/.git/HEAD").c_str());
  box.init("t/ruin.git", {"--bare"});
  ::unlink(box.path("t/ruin.git/HEAD").c_str());
  ::unlink(box.path("t/ruin.git/config").c_str());
  box.write("t/only_index/.git/index", "x");
  box.write("t/text/.git", "not a link");
  box.write("t/dangling/.git", "gitdir: ../nothing/.git\n");
  box.folder("t/empty/.git");
  const Notes notes = walk_notes(box.path("t"));
  EXPECT_EQ(notes.repositories.size(), 3U);
  EXPECT_THAT(notes.unread,
              ElementsAre("damaged-repository r/dangling:.git", "damaged-repository r/text:.git"));
}

TEST(WalkRepository, IsAPlainFolderWhereDotGitIsExcluded) {
  const Sandbox box;
  box.init("t/repo");
  box.write("t/repo/a", "x");
  WalkOptions options;
  options.exclude.add("**/.git/**");
  const Notes notes = walk_notes(box.path("t"), options);
  EXPECT_THAT(notes.repositories, IsEmpty());
  EXPECT_THAT(notes.files, ElementsAre("r:repo/a"));
  EXPECT_THAT(notes.policy, ElementsAre("exclude r:repo/.git"));
}

}  // namespace
}  // namespace nhi
