#include "scanner/sources/git.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Listing {
  std::vector<GitObject> objects;
  std::vector<Unread> unread;

  [[nodiscard]] const GitObject* find(const std::string& id) const {
    const auto at = std::find_if(objects.begin(), objects.end(),
                                 [&](const GitObject& object) { return object.id == id; });
    return at == objects.end() ? nullptr : &*at;
  }
  [[nodiscard]] std::vector<std::string> reasons() const {
    std::vector<std::string> list;
    for (const Unread& place : unread) list.push_back(place.path + " " + place.reason);
    return list;
  }
};

GitRepository opened(const std::string& git_dir) {
  auto repository = GitRepository::open(git_dir);
  if (!repository) {
    ADD_FAILURE() << repository.error().what;
    std::abort();
  }
  return std::move(*repository);
}

Listing list(GitRepository& repository) {
  Listing listing;
  auto objects = repository.objects(listing.unread);
  EXPECT_TRUE(objects);
  if (objects) listing.objects = std::move(*objects);
  return listing;
}

Listing list(const std::string& git_dir) {
  GitRepository repository = opened(git_dir);
  return list(repository);
}

std::string stamp(const std::string& git_dir) {
  auto text = opened(git_dir).state_stamp();
  return text ? *text : std::string();
}

// What git itself says is there, trees left out: "id kind size".
std::set<std::string> by_git(const Sandbox& box, const std::string& folder) {
  std::istringstream lines(box.git(folder, {"cat-file", "--batch-all-objects", "--batch-check"}));
  std::set<std::string> found;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" tree ") == std::string::npos) found.insert(line);
  }
  return found;
}

std::set<std::string> by_us(const Listing& listing) {
  std::set<std::string> found;
  for (const GitObject& object : listing.objects) {
    const char* kind = object.kind == GitObjectKind::kBlob            ? "blob"
                       : object.kind == GitObjectKind::kCommitMessage ? "commit"
                                                                      : "tag";
    found.insert(object.id + " " + kind + " " + std::to_string(object.size));
  }
  return found;
}

void expect_same_content(const Sandbox& box, const std::string& folder, GitRepository& repository,
                         const Listing& listing) {
  for (const GitObject& object : listing.objects) {
    const char* kind = object.kind == GitObjectKind::kBlob            ? "blob"
                       : object.kind == GitObjectKind::kCommitMessage ? "commit"
                                                                      : "tag";
    const auto content = repository.read(object);
    ASSERT_TRUE(content) << object.id;
    EXPECT_EQ(*content, box.run({"git", "cat-file", kind, object.id}, box.path(folder)).out);
    EXPECT_EQ(content->size(), object.size);
  }
}

std::string loose(const std::string& id) {
  return "/objects/" + id.substr(0, 2) + "/" + id.substr(2);
}

std::string store(const Sandbox& box, const std::string& folder, const std::string& content) {
  return box.git(folder, {"hash-object", "-w", "--stdin"}, content);
}

// One of everything: branches, a stash, a note, a tag, an evil merge, a blob nothing names.
void fill(const Sandbox& box, const std::string& folder) {
  box.init(folder);
  box.write(folder + "/a.txt", std::string("bytes\0inside\n", 13));
  box.commit(folder, "first\n\nwith a body");
  box.git(folder, {"checkout", "-q", "-b", "side"});
  box.write(folder + "/deep/er/b.txt", "side\n");
  box.commit(folder, "side");
  box.git(folder, {"checkout", "-q", "main"});
  box.write(folder + "/c.txt", "main\n");
  box.commit(folder, "main");
  box.git(folder, {"merge", "-q", "--no-commit", "--no-ff", "side"});
  box.write(folder + "/evil.txt", "only in the merge\n");
  box.commit(folder, "merge");
  box.git(folder, {"tag", "-a", "v1", "-m", "a message of a tag"});
  box.git(folder, {"notes", "add", "-m", "a note"});
  box.write(folder + "/a.txt", "stashed\n");
  box.git(folder, {"stash", "-q"});
}

TEST(GitObjects, AreThoseGitItselfLists) {
  const Sandbox box;
  fill(box, "r");
  const std::string lost = store(box, "r", "named by nothing\n");
  const auto check = [&](const std::string& folder, const std::string& git_dir) {
    GitRepository repository = opened(box.path(git_dir));
    const Listing listing = list(repository);
    EXPECT_EQ(by_us(listing), by_git(box, folder)) << git_dir;
    EXPECT_THAT(listing.reasons(), IsEmpty());
    EXPECT_TRUE(std::is_sorted(listing.objects.begin(), listing.objects.end(),
                               [](const GitObject& a, const GitObject& b) { return a.id < b.id; }));
    expect_same_content(box, folder, repository, listing);
    return listing;
  };
  EXPECT_NE(check("r", "r/.git").find(lost), nullptr);
  box.git("r", {"clone", "-q", "--mirror", ".", "../bare.git"});
  check("bare.git", "bare.git");
  box.git("r", {"gc", "-q"});
  EXPECT_NE(check("r", "r/.git").find(lost), nullptr);
  box.git("r", {"repack", "-q", "-a", "-d", "--write-midx"});
  box.write("r/later.txt", "loose after a pack\n");
  box.commit("r", "later");
  check("r", "r/.git");
}

TEST(GitObjects, GiveMessagesWhole) {
  const Sandbox box;
  box.init("r");
  const std::string body(200'000, 'm');
  box.git("r", {"commit", "-q", "--allow-empty", "-F", "-"}, "subject\n\n" + body + "\nend");
  GitRepository repository = opened(box.path("r/.git"));
  const Listing listing = list(repository);
  ASSERT_EQ(listing.objects.size(), 1U);
  const auto message = repository.read(listing.objects[0]);
  ASSERT_TRUE(message);
  EXPECT_NE(message->find("author Ann Author <ann@example.org>"), std::string::npos);
  EXPECT_TRUE(message->ends_with(body + "\nend\n"));
  EXPECT_THAT(listing.reasons(), IsEmpty());  // git does not store the empty tree
}

TEST(GitObjects, OfAnEmptyRepositoryAreNone) {
  const Sandbox box;
  box.init("r");
  GitRepository repository = opened(box.path("r/.git"));
  const Listing listing = list(repository);
  EXPECT_TRUE(listing.objects.empty());
  EXPECT_THAT(listing.reasons(), IsEmpty());
  EXPECT_EQ(repository.head_blob("a"), "");
  std::vector<Unread> unread;
  const auto places = repository.attribute({}, unread);
  EXPECT_TRUE(places && places->empty());
}

TEST(GitObjects, OfAlternatesAreReadInsideAndRefusedOutside) {
  const Sandbox box;
  fill(box, "outer");
  box.init("r");
  box.init("r/vendor");
  const std::string inside = store(box, "r/vendor", "inside\n");
  const std::string outside = store(box, "outer", "outside\n");
  box.write("r/.git/objects/info/alternates", "# a comment\n../../vendor/.git/objects\n" +
                                                  box.path("outer/.git/objects") +
                                                  "\n../../gone/objects\n");
  const Listing listing = list(box.path("r/.git"));
  EXPECT_NE(listing.find(inside), nullptr);
  EXPECT_EQ(listing.find(outside), nullptr);
  EXPECT_THAT(listing.reasons(), ElementsAre(".git/objects/info/alternates alternates-outside",
                                             ".git/objects/info/alternates alternates-missing"));
}

TEST(GitObjects, OfAlternatesBesideABareRepositoryAreRefused) {
  const Sandbox box;
  fill(box, "outer");
  box.init("bare.git", {"--bare"});
  box.write("bare.git/objects/info/alternates", "../../outer/.git/objects\n");
  const Listing listing = list(box.path("bare.git"));
  EXPECT_TRUE(listing.objects.empty());
  EXPECT_THAT(listing.reasons(), ElementsAre(".git/objects/info/alternates alternates-outside"));
}

TEST(GitObjects, OfAlternatesInACircleEnd) {
  const Sandbox box;
  box.init("r");
  box.init("r/in");
  box.write("r/.git/objects/info/alternates", "../../in/.git/objects\n");
  box.write("r/in/.git/objects/info/alternates", "../../../.git/objects\n");
  const std::string id = store(box, "r/in", "x\n");
  const Listing listing = list(box.path("r/.git"));
  EXPECT_NE(listing.find(id), nullptr);
  EXPECT_THAT(listing.reasons(), IsEmpty());
}

TEST(GitRepository, SaysWhichFormatsItCannotRead) {
  const Sandbox box;
  box.init("sha256", {"--object-format=sha256"});
  const auto first = GitRepository::open(box.path("sha256/.git"));
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kGit);
  EXPECT_EQ(first.error().what, "sha256-repository");
  box.init("reftable");
  box.git("reftable", {"config", "core.repositoryformatversion", "1"});
  box.git("reftable", {"config", "extensions.refStorage", "reftable"});
  const auto second = GitRepository::open(box.path("reftable/.git"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().what, "reftable-repository");
  EXPECT_FALSE(GitRepository::open(box.path("nothing/.git")));
}

TEST(GitObjects, NameACorruptLooseObjectAndReadTheRest) {
  const Sandbox box;
  fill(box, "r");
  const std::string header = store(box, "r", "damaged from the start\n");
  const std::string empty = store(box, "r", "emptied\n");
  for (const std::string& id : {header, empty}) {
    ASSERT_EQ(::chmod(box.path("r/.git" + loose(id)).c_str(), 0644), 0);
  }
  box.write("r/.git" + loose(header), "no zlib stream");
  box.write("r/.git" + loose(empty), "");
  GitRepository repository = opened(box.path("r/.git"));
  const Listing listing = list(repository);
  EXPECT_THAT(listing.reasons(), UnorderedElementsAre(".git/objects/" + header + " corrupt-object",
                                                      ".git/objects/" + empty + " corrupt-object"));
  expect_same_content(box, "r", repository, listing);
}

TEST(GitObjects, WhoseContentIsDamagedFailToRead) {
  const Sandbox box;
  fill(box, "r");
  std::string text;
  for (int i = 0; i < 2000; ++i) text += std::to_string(i * 7919) + "\n";
  const std::string id = store(box, "r", text);
  const std::string other = store(box, "r", "another\n");
  const std::string file = box.path("r/.git" + loose(id));
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  ASSERT_EQ(::truncate(file.c_str(), 60), 0);
  ASSERT_EQ(box.run({"cp", "-f", box.path("r/.git" + loose(other)),
                     box.path("r/.git" + loose(other).substr(0, 12)) + std::string(38, '0')},
                    box.path())
                .status,
            0);
  GitRepository repository = opened(box.path("r/.git"));
  const Listing listing = list(repository);
  const GitObject* cut = listing.find(id);
  const GitObject* wrong = listing.find(other.substr(0, 2) + std::string(38, '0'));
  ASSERT_NE(cut, nullptr);
  ASSERT_NE(wrong, nullptr);
  for (const GitObject* object : {cut, wrong}) {
    const auto content = repository.read(*object);
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().what, "corrupt-object");
  }
}

std::string only_pack(const Sandbox& box, const std::string& folder) {
  const std::string name =
      box.run({"sh", "-c", "ls .git/objects/pack/*.pack"}, box.path(folder)).out;
  return name.substr(0, name.size() - 6);  // without ".pack\n"
}

// A repository with two packs, the second of which is about to be damaged.
struct TwoPacks {
  explicit TwoPacks(const Sandbox& box) {
    fill(box, "r");
    box.git("r", {"gc", "-q"});
    sound = by_git(box, "r");
    for (int i = 0; i < 20; ++i) store(box, "r", "second " + std::to_string(i));
    const std::string ids =
        box.run({"sh", "-c", "find .git/objects/?? -type f | sed 's,.git/objects/,,;s,/,,'"},
                box.path("r"))
            .out;
    name = ".git/objects/pack/pack-" +
           box.git("r", {"pack-objects", "-q", ".git/objects/pack/pack"}, ids);
    box.git("r", {"prune-packed"});
    box.run({"sh", "-c", "chmod u+w .git/objects/pack/*"}, box.path("r"));
  }
  std::set<std::string> sound;
  std::string name;
};

TEST(GitObjects, NameADamagedPackOnceAndReadTheRest) {
  const std::pair<const char*, const char*> damages[] = {
      {"truncated pack", "truncate -s 100 $P.pack"},
      {"empty pack", "truncate -s 0 $P.pack"},
      {"no index", "rm $P.idx"},
      {"truncated index", "truncate -s 1100 $P.idx"},
      {"index of another format", "printf 'AAAAAAAA' | dd of=$P.idx conv=notrunc status=none"},
      {"fan-out out of order",
       "printf '\\377' | dd of=$P.idx bs=1 seek=8 conv=notrunc status=none"},
  };
  for (const auto& [what, command] : damages) {
    SCOPED_TRACE(what);
    const Sandbox box;
    const TwoPacks packs(box);
    ASSERT_EQ(box.run({"sh", "-c", "P=" + packs.name + "; " + command}, box.path("r")).status, 0);
    GitRepository repository = opened(box.path("r/.git"));
    const Listing listing = list(repository);
    EXPECT_EQ(by_us(listing), packs.sound);
    EXPECT_THAT(listing.reasons(), ElementsAre(packs.name + ".pack corrupt-pack"));
    for (const GitObject& object : listing.objects) EXPECT_TRUE(repository.read(object));
  }
}

TEST(GitObjects, SurviveBytesChangedInsideAPack) {
  const Sandbox box;
  fill(box, "r");
  box.git("r", {"gc", "-q"});
  const std::string pack = only_pack(box, "r");
  box.run({"sh", "-c",
           "chmod u+w .git/objects/pack/*; printf 'XXXXXXXX' | dd of=" + pack +
               ".pack bs=1 seek=40 conv=notrunc status=none"},
          box.path("r"));
  GitRepository repository = opened(box.path("r/.git"));
  const Listing listing = list(repository);
  std::size_t failed = 0;
  for (const GitObject& object : listing.objects) failed += repository.read(object) ? 0 : 1;
  EXPECT_GT(failed + listing.unread.size(), 0U);
  EXPECT_GT(listing.objects.size(), 5U);
}

TEST(GitObjects, ThatAreReferencedAndMissingAreNamedOnce) {
  const Sandbox box;
  fill(box, "r");
  const std::string blob = box.git("r", {"rev-parse", "HEAD:c.txt"});
  const std::string tree = box.git("r", {"rev-parse", "HEAD:deep"});
  const std::string root = box.git("r", {"rev-parse", "main~1"});
  for (const std::string& id : {blob, tree, root}) {
    ASSERT_EQ(::unlink(box.path("r/.git" + loose(id)).c_str()), 0);
  }
  GitRepository repository = opened(box.path("r/.git"));
  Listing listing = list(repository);
  std::vector<std::string> expected;
  for (const std::string& id : {blob, tree, root}) {
    expected.push_back(".git/objects/" + id + " missing-object");
  }
  ASSERT_TRUE(repository.attribute(listing.objects, listing.unread));
  EXPECT_THAT(listing.reasons(), testing::UnorderedElementsAreArray(expected));
}

TEST(GitObjects, LeftOutOfAPartialCloneAreMissing) {
  const Sandbox box;
  fill(box, "r");
  box.git("r", {"config", "uploadpack.allowFilter", "true"});
  box.git("r", {"clone", "-q", "--bare", "--no-tags", "--filter=blob:none", "--single-branch",
                "--branch=side", "file://" + box.path("r"), "../part.git"});
  const Listing listing = list(box.path("part.git"));
  EXPECT_EQ(listing.objects.size(), 2U);  // commits
  EXPECT_EQ(listing.unread.size(), 2U);
}

TEST(GitObjects, OfAShallowCloneNameTheCutOnce) {
  const Sandbox box;
  fill(box, "r");
  box.git("r",
          {"clone", "-q", "--depth=1", "--no-single-branch", "file://" + box.path("r"), "../cut"});
  const Listing listing = list(box.path("cut/.git"));
  EXPECT_THAT(listing.reasons(), ElementsAre(".git/shallow shallow-history"));
}

TEST(GitRepository, OpensLinkedWorkTreesAndSubmodules) {
  const Sandbox box;
  fill(box, "r");
  box.git("r", {"worktree", "add", "-q", "-b", "linked", "../tree"});
  const Listing whole = list(box.path("r/.git"));
  GitRepository linked = opened(box.path("r/.git/worktrees/tree"));
  EXPECT_EQ(by_us(list(linked)), by_us(whole));
  EXPECT_EQ(linked.head_blob("deep/er/b.txt"),
            box.git("tree", {"rev-parse", "HEAD:deep/er/b.txt"}));
  EXPECT_EQ(linked.head_blob("absent"), "");
  box.init("super");
  box.git("super", {"submodule", "--quiet", "add", box.path("r"), "sub"});
  box.commit("super", "with a submodule");
  const Listing sub = list(box.path("super/.git/modules/sub"));
  EXPECT_NE(sub.find(box.git("r", {"rev-parse", "main"})), nullptr);
  EXPECT_THAT(sub.reasons(), IsEmpty());
  EXPECT_THAT(list(box.path("super/.git")).reasons(), IsEmpty());
}

TEST(GitRepository, OpensWhatSomebodyElseOwns) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const Sandbox box;
  fill(box, "r");
  ASSERT_EQ(box.run({"chown", "-R", "12345:12345", box.path("r")}, "/").status, 0);
  EXPECT_EQ(by_us(list(box.path("r/.git"))), by_git(box, "r"));
}

TEST(StateStamp, ChangesWithTheRepositoryOnly) {
  const Sandbox box;
  fill(box, "r");
  box.git("r", {"clone", "-q", "--no-local", ".", "../copy"});
  std::string before = stamp(box.path("copy/.git"));
  EXPECT_EQ(stamp(box.path("copy/.git")), before);
  box.write("copy/untracked.txt", "not in the repository\n");
  EXPECT_EQ(stamp(box.path("copy/.git")), before);
  const auto changed = [&](const char* what) {
    const std::string now = stamp(box.path("copy/.git"));
    EXPECT_NE(now, before) << what;
    before = now;
  };
  box.commit("copy", "more");
  changed("commit");
  box.write("r/new.txt", "new\n");
  box.commit("r", "upstream");
  box.git("copy", {"fetch", "-q"});
  changed("fetch");
  store(box, "copy", "a blob alone\n");
  changed("blob");
  box.git("copy", {"branch", "other"});
  changed("branch");
  box.git("copy", {"checkout", "-q", "--detach", "HEAD~1"});
  changed("detached");
}

TEST(GitObjects, AreListedInTimeThatGrowsWithTheirCount) {
  const auto seconds = [](int count) {
    const Sandbox box;
    box.init("r");
    std::string input;
    for (int i = 0; i < count; ++i) {
      const std::string text = "content " + std::to_string(i);
      input += "commit refs/heads/main\ncommitter C <c@example.org> " + std::to_string(1000 + i) +
               " +0000\ndata 1\nm\nM 100644 inline f" + std::to_string(i % 50) + "\ndata " +
               std::to_string(text.size()) + "\n" + text + "\n";
    }
    box.git("r", {"fast-import", "--quiet"}, input);
    const auto start = std::chrono::steady_clock::now();
    const Listing listing = list(box.path("r/.git"));
    EXPECT_EQ(listing.objects.size(), 2U * static_cast<unsigned>(count));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const double small = seconds(1000);
  const double large = seconds(8000);
  // Linear is 8 times, quadratic 64; the machine may be busy.
  EXPECT_LT(large, 32 * small + 0.2);
}

}  // namespace
}  // namespace nhi
