#include <chrono>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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
