// What strangers and accidents do to a repository: all of it is named, and the rest is read.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/git.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Listing {
  std::vector<GitObject> objects;
  std::vector<std::string> unread;  // "reason path"
  [[nodiscard]] bool has(const std::string& id) const {
    return std::any_of(objects.begin(), objects.end(),
                       [&](const GitObject& object) { return object.id.hex() == id; });
  }
};

std::vector<std::string> lines_of(const std::vector<Unread>& unread) {
  std::vector<std::string> lines;
  for (const Unread& place : unread) lines.push_back(place.reason + " " + place.path);
  return lines;
}

Listing list(GitRepository& repository) {
  Listing listing;
  std::vector<Unread> unread;
  auto objects = repository.objects(unread);
  EXPECT_TRUE(objects.has_value());
  if (objects) listing.objects = std::move(*objects);
  listing.unread = lines_of(unread);
  return listing;
}

GitRepository open(const Sandbox& box, const std::string& git_dir, const std::string& scope = {}) {
  auto opened = GitRepository::open(box.path(git_dir), scope);
  EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message());
  return std::move(*opened);
}

std::string content(GitRepository& repository, const std::string& id, GitObjectKind kind) {
  const auto read = repository.read({*GitId::parse(id), kind, 0});
  return read ? *read : "error: " + read.error().what;
}

std::string blob_id(const Sandbox& box, const std::string& repo, const std::string& spec) {
  return box.git(repo, {"rev-parse", spec});
}

void flip_byte(const std::string& path, off_t offset) {
  ::chmod(path.c_str(), 0644);
  const int file = ::open(path.c_str(), O_RDWR);
  ASSERT_GE(file, 0);
  char byte = 0;
  const off_t at = offset < 0 ? ::lseek(file, 0, SEEK_END) + offset : offset;
  ASSERT_EQ(::pread(file, &byte, 1, at), 1);
  byte = static_cast<char>(byte ^ 0x55);
  ASSERT_EQ(::pwrite(file, &byte, 1, at), 1);
  ::close(file);
}

std::vector<std::string> files_with(const Sandbox& box, const std::string& folder,
                                    const std::string& ending) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(box.path(folder))) {
    if (entry.path().string().ends_with(ending)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string loose_path(const Sandbox& box, const std::string& git_dir, const std::string& id) {
  return box.path(git_dir + "/objects/" + id.substr(0, 2) + "/" + id.substr(2));
}

TEST(GitOpen, RefusesWhatIsNoRepository) {
  const Sandbox box;
  box.folder("plain");
  EXPECT_EQ(GitRepository::open(box.path("plain")).error().what, "not-a-repository");
  EXPECT_EQ(GitRepository::open(box.path("none")).error().code, ErrorCode::kNotFound);
}

TEST(GitOpen, SaysThatItMayNotRead) {
  const Sandbox box;
  box.init("t");
  box.write("t/a", "x");
  box.commit("t", "one");
  ASSERT_EQ(::chmod(box.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(box.path("t/.git/objects").c_str(), 0), 0);
  EXPECT_TRUE(holds_for_nobody([&] {
    auto opened = GitRepository::open(box.path("t/.git"));
    if (!opened) return opened.error().code == ErrorCode::kPermission;
    std::vector<Unread> unread;
    static_cast<void>(opened->objects(unread));
    return !unread.empty() && unread[0].reason == "permission-denied";
  }));
}

TEST(GitOpen, TakesNothingFromConfigurationOrEnvironment) {
  const Sandbox box;
  box.init("t");
  box.write("t/a", "x");
  box.commit("t", "one");
  // Would hang or widen, if anybody read it.
  ASSERT_EQ(::mkfifo(box.path("fifo").c_str(), 0644), 0);
  box.write("t/.git/config",
            "[core]\n\trepositoryformatversion = 0\n\tworktree = /\n[include]\n"
            "\tpath = " +
                box.path("fifo") + "\n");
  ASSERT_EQ(::mkfifo(box.path("t/.git/refs/heads/pipe").c_str(), 0644), 0);
  ASSERT_EQ(::mkfifo(box.path("t/.git/packed-refs").c_str(), 0644), 0);
  GitRepository repository = open(box, "t/.git");
  const Listing listing = list(repository);
  EXPECT_EQ(listing.objects.size(), 2U);
  EXPECT_THAT(listing.unread, ElementsAre("damaged-ref .git/packed-refs"));
}

TEST(GitOpen, ReadsARepositoryWithoutHead) {
  const Sandbox box;
  box.init("t");
  box.write("t/a", "x");
  box.commit("t", "one");
  const std::string blob = blob_id(box, "t", "HEAD:a");
  ::unlink(box.path("t/.git/HEAD").c_str());
  GitRepository repository = open(box, "t/.git");
  const Listing listing = list(repository);
  EXPECT_TRUE(listing.has(blob));
  EXPECT_THAT(listing.unread, ElementsAre("damaged-ref .git/HEAD"));
}

// ---- alternates ----

TEST(GitAlternates, OutsideAreRefusedAndWhatIsMissedIsSaid) {
  const Sandbox box;
  box.init("origin/t");
  box.write("origin/t/a", "borrowed");
  box.commit("origin/t", "one");
  box.folder("scanned");
  box.git("scanned", {"clone", "-q", "--shared", box.path("origin/t"), "t"});
  const std::string blob = blob_id(box, "scanned/t", "HEAD:a");
  GitRepository narrow = open(box, "scanned/t/.git");
  Listing listing = list(narrow);
  EXPECT_FALSE(listing.has(blob));
  EXPECT_THAT(listing.unread, Contains("alternates-outside .git/objects/info/alternates"));
  EXPECT_THAT(listing.unread, Contains(HasSubstr("missing-object")));
  GitRepository wide = open(box, "scanned/t/.git", box.path());
  listing = list(wide);
  EXPECT_TRUE(listing.has(blob));
  EXPECT_THAT(listing.unread, IsEmpty());
}

TEST(GitAlternates, MayFormALoop) {
  const Sandbox box;
  box.init("a");
  box.init("b");
  box.write("a/x", "x");
  box.commit("a", "one");
  box.write("a/.git/objects/info/alternates", box.path("b/.git/objects") + "\n");
  box.write("b/.git/objects/info/alternates", "../../../a/.git/objects\n# comment\n");
  GitRepository repository = open(box, "b/.git", box.path());
  EXPECT_EQ(list(repository).objects.size(), 2U);
}

TEST(GitAlternates, ALinkedObjectsFolderOutsideIsNotFollowed) {
  const Sandbox box;
  box.init("victim");
  box.write("victim/a", "x");
  box.commit("victim", "one");
  box.init("scanned/t");
  box.run({"rm", "-rf", box.path("scanned/t/.git/objects")}, "/");
  box.link(box.path("victim/.git/objects"), "scanned/t/.git/objects");
  GitRepository repository = open(box, "scanned/t/.git");
  EXPECT_THAT(list(repository).objects, IsEmpty());
  EXPECT_THAT(list(repository).unread, ElementsAre("objects-outside .git/objects"));
}

// ---- damage ----

TEST(GitDamage, OfALooseObjectIsNamedAndTheRestIsRead) {
  const Sandbox box;
  box.init("t");
  box.write("t/a", std::string(1000, 'a'));
  box.write("t/b", "good");
  box.write("t/c", "cut");
  box.write("t/d", "lost");
  box.commit("t", "one");
  const std::string a = blob_id(box, "t", "HEAD:a");
  const std::string b = blob_id(box, "t", "HEAD:b");
  const std::string c = blob_id(box, "t", "HEAD:c");
  const std::string d = blob_id(box, "t", "HEAD:d");
  flip_byte(loose_path(box, "t/.git", a), -6);
  ::chmod(loose_path(box, "t/.git", c).c_str(), 0644);
  ASSERT_EQ(::truncate(loose_path(box, "t/.git", c).c_str(), 0), 0);
  ::unlink(loose_path(box, "t/.git", d).c_str());
  ASSERT_EQ(::mkfifo(loose_path(box, "t/.git", d).c_str(), 0644), 0);
  GitRepository repository = open(box, "t/.git");
  const Listing listing = list(repository);
  EXPECT_TRUE(listing.has(b));
  EXPECT_THAT(listing.unread, Contains("corrupt-object .git/objects/" + c));
  EXPECT_THAT(listing.unread, Contains("corrupt-object .git/objects/" + d));
  EXPECT_EQ(content(repository, a, GitObjectKind::kBlob), "error: corrupt-object");
  EXPECT_EQ(content(repository, b, GitObjectKind::kBlob), "good");
}

// Two packs: one is damaged in turn, the other must stay readable.
class PackDamage : public testing::Test {
 protected:
  PackDamage() {
    box_.init("t");
    for (int i = 0; i < 20; ++i) {
      box_.write("t/old" + std::to_string(i),
                 "old " + std::string(200, static_cast<char>('a' + i)));
    }
    box_.commit("t", "one");
    old_ = blob_id(box_, "t", "HEAD:old0");
    box_.git("t", {"repack", "-q", "-a", "-d"});
    damaged_ = files_with(box_, "t/.git/objects/pack", ".pack").at(0);
    damaged_.resize(damaged_.size() - 5);
    box_.write("t/new", "new");
    box_.commit("t", "two");
    new_ = blob_id(box_, "t", "HEAD:new");
    box_.git("t", {"repack", "-q", "-d"});
  }
  [[nodiscard]] std::string place() const {
    return ".git/objects/pack/" + damaged_.substr(damaged_.rfind('/') + 1);
  }
  Sandbox box_;
  std::string damaged_;  // without its ending
  std::string old_, new_;
};

TEST_F(PackDamage, ByTruncationIsNamed) {
  ::chmod((damaged_ + ".pack").c_str(), 0644);
  ASSERT_EQ(::truncate((damaged_ + ".pack").c_str(), 300), 0);
  GitRepository repository = open(box_, "t/.git");
  const Listing listing = list(repository);
  EXPECT_THAT(listing.unread, Contains("corrupt-pack " + place() + ".pack"));
  EXPECT_THAT(listing.unread, Contains(HasSubstr("missing-object")));
  EXPECT_TRUE(listing.has(new_));
  EXPECT_FALSE(listing.has(old_));
}

TEST_F(PackDamage, ByAFlippedByteCostsOneObject) {
  flip_byte(damaged_ + ".pack", 700);
  GitRepository repository = open(box_, "t/.git");
  const Listing listing = list(repository);
  std::size_t bad = listing.unread.size();
  std::size_t good = 0;
  for (const GitObject& object : listing.objects) {
    (repository.read(object) ? good : bad) += 1;
  }
  EXPECT_GE(bad, 1U);
  EXPECT_LE(bad, 3U);
  EXPECT_GE(good, 20U);
}

TEST_F(PackDamage, OfTheIndexIsNamed) {
  for (const off_t offset : {off_t{0}, off_t{8}, off_t{8 + 255 * 4 + 2}, off_t{-30}}) {
    flip_byte(damaged_ + ".idx", offset);
    GitRepository repository = open(box_, "t/.git");
    const Listing listing = list(repository);
    EXPECT_THAT(listing.unread, Contains("corrupt-pack " + place() + ".pack")) << offset;
    EXPECT_TRUE(listing.has(new_));
    flip_byte(damaged_ + ".idx", offset);
  }
}

TEST_F(PackDamage, OfTheIndexesTablesIsFoundByTheHash) {
  flip_byte(damaged_ + ".idx", 8 + 256 * 4 + 5);  // in an object's name
  GitRepository repository = open(box_, "t/.git");
  const Listing listing = list(repository);
  std::size_t bad = listing.unread.size();
  for (const GitObject& object : listing.objects) bad += repository.read(object) ? 0 : 1;
  EXPECT_GE(bad, 1U);
}

// What a failing disk does to a file that is open.
TEST_F(PackDamage, UnderOurEyesIsNamedAndKillsNobody) {
  GitRepository repository = open(box_, "t/.git");
  ASSERT_TRUE(list(repository).has(old_));
  for (const char* half : {".pack", ".idx"}) {
    ::chmod((damaged_ + half).c_str(), 0644);
    ASSERT_EQ(::truncate((damaged_ + half).c_str(), 0), 0);
  }
  EXPECT_EQ(content(repository, old_, GitObjectKind::kBlob), "error: corrupt-object");
  EXPECT_EQ(content(repository, new_, GitObjectKind::kBlob), "new");
}

TEST_F(PackDamage, ByALostHalfIsNamed) {
  ::unlink((damaged_ + ".idx").c_str());
  GitRepository no_index = open(box_, "t/.git");
  EXPECT_THAT(list(no_index).unread, Contains("corrupt-pack " + place() + ".pack"));
  ::rename((damaged_ + ".pack").c_str(), (damaged_ + ".idx").c_str());
  GitRepository no_pack = open(box_, "t/.git");
  EXPECT_THAT(list(no_pack).unread, Contains("corrupt-pack " + place() + ".idx"));
}

// What an interrupted fetch leaves: no index and no ref names what is in it.
TEST_F(PackDamage, IsNotThatGitHasNotFinishedButItIsNamed) {
  box_.write("t/.git/objects/pack/tmp_pack_aB3dEf", "PACK and so on");
  box_.write("t/.git/objects/" + new_.substr(0, 2) + "/tmp_obj_x1", "x");
  box_.write("t/.git/objects/tmp_objdir-incoming-x/pack/tmp_pack_1", "PACK");
  GitRepository repository = open(box_, "t/.git");
  std::vector<Unread> told;
  ASSERT_TRUE(repository.plan(told).has_value());
  const auto expected =
      UnorderedElementsAre("unfinished-pack .git/objects/pack/tmp_pack_aB3dEf",
                           "unfinished-pack .git/objects/" + new_.substr(0, 2) + "/tmp_obj_x1",
                           "unfinished-pack .git/objects/tmp_objdir-incoming-x");
  EXPECT_THAT(lines_of(told), expected);
  EXPECT_THAT(list(repository).unread, expected);
  // When one of them is gone it must not be told from memory.
  const auto stamp = *repository.state_stamp();
  ::unlink(box_.path("t/.git/objects/" + new_.substr(0, 2) + "/tmp_obj_x1").c_str());
  EXPECT_NE(*open(box_, "t/.git").state_stamp(), stamp);
}

TEST_F(PackDamage, DoesNotHideAGoodLooseCopy) {
  const std::string raw = box_.run({"git", "cat-file", "blob", old_}, box_.path("t")).out;
  box_.init("other");
  box_.git("other", {"hash-object", "-w", "--stdin"}, raw);
  box_.folder("t/.git/objects/" + old_.substr(0, 2));
  ASSERT_EQ(
      box_.run({"cp", loose_path(box_, "other/.git", old_), loose_path(box_, "t/.git", old_)}, "/")
          .status,
      0);
  for (off_t at = 12; at < 4000; at += 16) {
    struct stat facts {};
    ASSERT_EQ(::stat((damaged_ + ".pack").c_str(), &facts), 0);
    if (at < facts.st_size - 20) flip_byte(damaged_ + ".pack", at);
  }
  GitRepository repository = open(box_, "t/.git");
  EXPECT_EQ(content(repository, old_, GitObjectKind::kBlob), raw);
}

TEST(GitDamage, OfARepackUnderOurFeetIsNone) {
  const Sandbox box;
  box.init("t");
  box.write("t/a", "x");
  box.commit("t", "one");
  GitRepository repository = open(box, "t/.git");
  const Listing listing = list(repository);
  box.git("t", {"repack", "-q", "-a", "-d"});
  box.git("t", {"prune-packed"});
  for (const GitObject& object : listing.objects) EXPECT_TRUE(repository.read(object).has_value());
}

TEST(GitDamage, OfRefsIsNamed) {
  const Sandbox box;
  box.init("t");
  box.commit("t", "one");
  box.write("t/.git/refs/heads/empty", "");
  box.write("t/.git/refs/heads/gone", std::string(40, '1') + "\n");
  GitRepository repository = open(box, "t/.git");
  EXPECT_THAT(list(repository).unread,
              ElementsAre("damaged-ref .git/refs/heads/empty",
                          "missing-object .git/objects/" + std::string(40, '1')));
}

TEST(GitDamage, IsNotThatTheEmptyTreeIsStoredNowhere) {
  const Sandbox box;
  box.init("t");
  // Known to git by heart: no object need be written for it.
  const std::string commit =
      box.git("t", {"commit-tree", "-m", "empty", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"});
  box.git("t", {"update-ref", "refs/heads/main", commit});
  GitRepository repository = open(box, "t/.git");
  EXPECT_THAT(list(repository).unread, IsEmpty());
}

TEST(GitHeadBlob, IsWhatHeadsTreeGives) {
  const Sandbox box;
  box.init("t");
  box.write("t/dir/a", "x");
  box.commit("t", "one");
  GitRepository repository = open(box, "t/.git");
  EXPECT_EQ(repository.head_blob("dir/a"), blob_id(box, "t", "HEAD:dir/a"));
  for (const char* path : {"dir", "dir/b", "", "dir/a/b", "a"}) {
    EXPECT_EQ(repository.head_blob(path), "") << path;
  }
}

}  // namespace
}  // namespace nhi
