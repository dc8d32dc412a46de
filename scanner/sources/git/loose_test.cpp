#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scanner/sources/git/test_kit.hpp"

namespace nhi {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

TEST(LooseObjects, ThatAreCorruptAreNamedAndTheRestIsRead) {
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

TEST(LooseObjects, WhoseContentIsDamagedFailToRead) {
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

TEST(LooseObjects, CutAnywhereEndInsteadOfWaiting) {
  const Sandbox box;
  box.init("r");
  const std::string id = store(box, "r", "a short text that is cut at each of its bytes\n");
  const std::string file = box.path("r/.git" + loose(id));
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const auto whole = read_whole(file);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ASSERT_EQ(::truncate(file.c_str(), static_cast<off_t>(length)), 0);
    GitRepository repository = opened(box.path("r/.git"));
    const Listing listing = list(repository);
    const GitObject* object = listing.find(id);
    EXPECT_NE(object == nullptr, listing.unread.empty()) << length;
    EXPECT_TRUE(object == nullptr || !repository.read(*object)) << length;
    box.write("r/.git" + loose(id), whole);
  }
  EXPECT_NE(list(box.path("r/.git")).find(id), nullptr);
}

TEST(LooseObjects, ThatAreNoFilesAreNotOpened) {
  const Sandbox box;
  box.init("r");
  box.folder("r/.git/objects/aa");
  const std::string rest(38, 'b');
  ASSERT_EQ(::mkfifo(box.path("r/.git/objects/aa/" + rest).c_str(), 0644), 0);
  box.link("/etc/hostname", "r/.git/objects/aa/c" + rest.substr(1));
  const Listing listing = list(box.path("r/.git"));
  EXPECT_TRUE(listing.objects.empty());
  EXPECT_THAT(listing.reasons(),
              ElementsAre(".git/objects/aa" + rest + " corrupt-object",
                          ".git/objects/aac" + rest.substr(1) + " corrupt-object"));
}

}  // namespace
}  // namespace nhi
