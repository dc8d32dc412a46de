#include "scanner/sources/git/refs.hpp"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string id(char digit) { return std::string(40, digit); }

std::vector<std::string> text_of(const GitRefs& refs) {
  std::vector<std::string> lines;
  for (const GitRef& ref : refs.refs) lines.push_back(ref.name + " " + ref.target.hex()[0]);
  return lines;
}

GitRefs read_in(const Sandbox& box) { return read_refs(box.path("g"), box.path("g")); }

TEST(ReadRefs, LooseOnesWinOverPackedOnes) {
  const Sandbox box;
  box.write("g/HEAD", "ref: refs/heads/main\n");
  box.write("g/packed-refs", "# pack-refs with: peeled\n" + id('1') + " refs/heads/main\n" +
                                 id('2') + " refs/tags/v1\n^" + id('3') + "\n");
  box.write("g/refs/heads/main", id('4') + "\n");
  box.write("g/refs/heads/deep/er", id('5') + "\n");
  box.write("g/refs/heads/main.lock", "");
  const GitRefs refs = read_in(box);
  EXPECT_THAT(text_of(refs),
              ElementsAre("refs/heads/deep/er 5", "refs/heads/main 4", "refs/tags/v1 2"));
  EXPECT_EQ(refs.head->hex(), id('4'));
  EXPECT_THAT(refs.damaged, IsEmpty());
}

TEST(ReadRefs, FollowSymbolicOnesButNotInCircles) {
  const Sandbox box;
  box.write("g/HEAD", "ref: refs/heads/a\n");
  box.write("g/refs/heads/a", "ref: refs/heads/b\n");
  box.write("g/refs/heads/b", "ref: refs/heads/a\n");
  box.write("g/refs/remotes/o/HEAD", "ref: refs/remotes/o/main\n");
  box.write("g/refs/remotes/o/main", id('1'));
  const GitRefs refs = read_in(box);
  EXPECT_THAT(text_of(refs), ElementsAre("refs/remotes/o/HEAD 1", "refs/remotes/o/main 1"));
  EXPECT_FALSE(refs.head.has_value());
}

TEST(ReadRefs, TakeHeadThatIsDetachedOrALink) {
  const Sandbox box;
  box.write("g/refs/heads/main", id('1') + "\n");
  box.write("g/HEAD", id('2') + "\n");
  EXPECT_THAT(text_of(read_in(box)), ElementsAre("refs/heads/main 1"));
  ::unlink(box.path("g/HEAD").c_str());
  box.link("refs/heads/main", "g/HEAD");
  EXPECT_EQ(read_in(box).head->hex(), id('1'));
}

TEST(ReadRefs, CollectReflogsAndOtherHeads) {
  const Sandbox box;
  box.write("g/HEAD", "ref: refs/heads/main\n");
  box.write("g/logs/refs/heads/main", id('0') + " " + id('1') + " A <a@x> 1 +0000\tcommit\n" +
                                          id('1') + " " + id('2') +
                                          " A <a@x> 2 +0000\tcommit\nbroken\n");
  box.write("g/FETCH_HEAD", id('3') + "\t\tbranch 'x' of y\n" + id('4') + "\tnot-for-merge\n");
  box.write("g/worktrees/w/HEAD", id('5') + "\n");
  box.write("g/worktrees/w/logs/HEAD", id('5') + " " + id('6') + " A <a@x> 2 +0000\tx\n");
  const GitRefs refs = read_in(box);
  EXPECT_THAT(text_of(refs), IsEmpty());
  std::string others;
  for (const GitId& other : refs.others) others += other.hex()[0];
  EXPECT_EQ(others, "123456");
  box.write("g/shallow", id('8') + "\n" + id('7') + "\n");
  ASSERT_EQ(read_in(box).shallow.size(), 2U);
  EXPECT_EQ(read_in(box).shallow[0].hex(), id('7'));
}

TEST(ReadRefs, NameWhatIsDamaged) {
  const Sandbox box;
  box.write("g/refs/heads/zero", std::string(40, '\0'));
  box.write("g/packed-refs", "garbage\n" + id('1') + " refs/heads/good\n");
  const GitRefs refs = read_in(box);
  EXPECT_THAT(text_of(refs), ElementsAre("refs/heads/good 1"));
  std::vector<std::string> damaged;
  for (const Unread& place : refs.damaged) damaged.push_back(place.reason + " " + place.path);
  EXPECT_THAT(damaged, ElementsAre("damaged-ref .git/packed-refs",
                                   "damaged-ref .git/refs/heads/zero", "damaged-ref .git/HEAD"));
}

TEST(ShortRefName, IsWhatPeopleCallIt) {
  EXPECT_EQ(short_ref_name("refs/heads/a/b"), "a/b");
  EXPECT_EQ(short_ref_name("refs/remotes/origin/a"), "origin/a");
  EXPECT_EQ(short_ref_name("refs/tags/v1"), "v1");
  EXPECT_EQ(short_ref_name("refs/stash"), "stash");
  EXPECT_EQ(short_ref_name("HEAD"), "HEAD");
}

TEST(GitConfigValue, ReadsOneKeyOfOneSection) {
  constexpr std::string_view kText =
      "[core]\n objectformat = no\n[extensions] ; x\n\tObjectFormat = \"SHA256\" # y\n"
      "[extensions \"sub\"]\n objectformat = no\n[broken\n[Extensions]refstorage=reftable\n";
  EXPECT_EQ(git_config_value(kText, "extensions", "objectformat"), "sha256");
  EXPECT_EQ(git_config_value(kText, "extensions", "refstorage"), "reftable");
  EXPECT_EQ(git_config_value(kText, "extensions", "missing"), "");
}

}  // namespace
}  // namespace nhi
