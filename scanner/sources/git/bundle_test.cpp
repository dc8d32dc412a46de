#include "scanner/sources/git/bundle.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "scanner/sources/git/test_kit.hpp"
#include "scanner/sources/watched_repository.hpp"

namespace nhi {
namespace {

FileEntry entry_of(const Sandbox& box, const std::string& name) {
  struct stat facts {};
  EXPECT_EQ(::stat(box.path(name).c_str(), &facts), 0);
  FileEntry entry;
  entry.root_path = box.path();
  entry.path = name;
  entry.size = static_cast<std::uint64_t>(facts.st_size);
  entry.device = facts.st_dev;
  entry.inode = facts.st_ino;
  entry.mtime_ns = facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec;
  return entry;
}

GitRepository bundle_at(const Sandbox& box, const std::string& name) {
  auto reader = GitBundleReader::open(entry_of(box, name));
  if (!reader) {
    ADD_FAILURE() << reader.error().what;
    std::abort();
  }
  std::uint64_t worked = 0;
  while ((*reader)->step(worked)) {
  }
  return GitRepository::of((*reader)->finish());
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Everything that is told of every place of every blob.
std::set<std::string> places_of(GitRepository& repository, std::vector<Unread>& unread) {
  std::vector<Unread> ignored;
  auto objects = repository.objects(ignored);
  std::vector<GitObject> blobs;
  for (const GitObject& object : *objects) {
    if (object.kind == GitObjectKind::kBlob) blobs.push_back(object);
  }
  const auto places = repository.attribute(blobs, unread);
  EXPECT_TRUE(places);
  std::set<std::string> lines;
  for (const auto& [id, list] : *places) {
    for (const GitPlace& place : list) {
      std::string line = id + " " + place.path + " " + place.facts.introduced.commit + " " +
                         place.facts.introduced.author + " " + place.facts.last_seen_commit + " " +
                         place.facts.removed_commit.value_or("-") +
                         (place.facts.in_head ? " head" : "") +
                         (place.facts.reachable ? " reachable" : "");
      for (const std::string& ref : place.facts.refs) line += " " + ref;
      lines.insert(std::move(line));
    }
  }
  return lines;
}

class Bundle : public testing::Test {
 protected:
  Bundle() {
    fill(box_, "r");
    box_.git("r", {"tag", "light"});
    box_.git("r", {"rm", "-q", "c.txt"});
    box_.commit("r", "without c");
  }
  void make(const std::vector<std::string>& words) {
    std::vector<std::string> all{"bundle", "create", "-q"};
    all.insert(all.end(), words.begin(), words.end());
    box_.git("r", all);
  }
  Sandbox box_;
};

TEST_F(Bundle, HoldsWhatAnEqualRepositoryHolds) {
  make({"../all.bundle", "--all"});
  make({"--version=3", "../third.bundle", "--all"});
  make({"../some.bundle", "HEAD", "main", "v1"});
  for (const std::string name : {"all", "third", "some"}) {
    box_.git("", {"clone", "-q", "--mirror", name + ".bundle", name + ".git"});
    GitRepository bundle = bundle_at(box_, name + ".bundle");
    GitRepository clone = opened(box_.path(name + ".git"));
    const Listing listing = list(bundle);
    EXPECT_EQ(by_us(listing), by_git(box_, name + ".git"));
    EXPECT_TRUE(listing.unread.empty()) << testing::PrintToString(listing.reasons());
    expect_same_content(box_, name + ".git", bundle, listing);
    std::vector<Unread> unread;
    EXPECT_EQ(places_of(bundle, unread), places_of(clone, unread)) << name;
    EXPECT_TRUE(unread.empty());
    EXPECT_EQ(bundle.head_blob("a.txt"), clone.head_blob("a.txt"));
  }
}

TEST_F(Bundle, IsShallowOnceWhereItBuildsOnOthers) {
  make({"../part.bundle", "main", "^main~1"});
  GitRepository bundle = bundle_at(box_, "part.bundle");
  const Listing listing = list(bundle);
  EXPECT_EQ(listing.reasons(), (std::vector<std::string>{".git shallow-history"}));
  EXPECT_NE(listing.find(box_.git("r", {"rev-parse", "main"})), nullptr);
}

TEST_F(Bundle, NamesTheBaseThatItLacks) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "line " + std::to_string(i) + "\n";
  box_.write("r/long.txt", text);
  box_.commit("r", "long");
  const std::string base = box_.git("r", {"rev-parse", "main:long.txt"});
  box_.write("r/long.txt", text + "one more\n");
  box_.commit("r", "longer");
  make({"../thin.bundle", "main", "^main~1"});
  GitRepository bundle = bundle_at(box_, "thin.bundle");
  const auto reasons = list(bundle).reasons();
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), ".git/objects/" + base + " missing-object"),
            1);
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), ".git shallow-history"), 1);
}

TEST_F(Bundle, TellsWhatAPartialCloneLeftOut) {
  const auto made = box_.run({"git", "bundle", "create", "-q", "--version=3", "../part.bundle",
                              "--filter=blob:none", "main"},
                             box_.path("r"));
  if (made.status != 0) GTEST_SKIP() << "this git writes no filtered bundles";
  GitRepository bundle = bundle_at(box_, "part.bundle");
  const auto reasons = list(bundle).reasons();
  const std::string blob = box_.git("r", {"rev-parse", "main:a.txt"});
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), ".git/objects/" + blob + " missing-object"),
            1);
}

TEST_F(Bundle, MayBeAPackByItself) {
  box_.git("r", {"gc", "-q"});
  box_.run({"sh", "-c", "cp r/.git/objects/pack/*.pack alone.pack"}, box_.path());
  GitRepository pack = bundle_at(box_, "alone.pack");
  const Listing listing = list(pack);
  EXPECT_EQ(by_us(listing), by_git(box_, "r"));
  EXPECT_TRUE(listing.unread.empty()) << testing::PrintToString(listing.reasons());
  std::vector<Unread> unread;
  for (const std::string& line : places_of(pack, unread)) {
    EXPECT_EQ(line.find("reachable"), std::string::npos) << line;
  }
  EXPECT_TRUE(unread.empty());
}

TEST_F(Bundle, OfAnotherHashIsRefused) {
  box_.init("s", {"--object-format=sha256"});
  box_.write("s/a.txt", "a");
  box_.git("s", {"add", "-A"});
  box_.git("s", {"commit", "-q", "-m", "one"});
  box_.git("s", {"bundle", "create", "-q", "../s.bundle", "--all"});
  const auto reader = GitBundleReader::open(entry_of(box_, "s.bundle"));
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().what, "sha256-repository");
}

TEST_F(Bundle, IsNeverReadInSilenceWhereverItWasCut) {
  make({"../all.bundle", "--all"});
  const std::string all = content_of(box_.path("all.bundle"));
  for (std::size_t cut = 17; cut < all.size(); cut += 1 + all.size() / 400) {
    box_.write("cut", all.substr(0, cut));
    auto reader = GitBundleReader::open(entry_of(box_, "cut"));
    if (!reader) {
      EXPECT_EQ(reader.error().what, "corrupt-bundle") << cut;
      continue;
    }
    GitRepository bundle = bundle_at(box_, "cut");
    const auto reasons = list(bundle).reasons();
    EXPECT_EQ(std::count(reasons.begin(), reasons.end(), ".git corrupt-pack"), 1) << cut;
  }
}

TEST_F(Bundle, ThatIsAnotherFileNowIsNotRead) {
  make({"../all.bundle", "--all"});
  FileEntry entry = entry_of(box_, "all.bundle");
  ++entry.size;
  const auto reader = GitBundleReader::open(entry);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().what, "changed-while-read");
  entry.path = "none.bundle";
  EXPECT_EQ(GitBundleReader::open(entry).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace nhi
