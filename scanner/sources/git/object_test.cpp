#include "scanner/sources/git/object.hpp"

#include <gtest/gtest.h>

#include <string>

#include "scanner/sources/test_sandbox.hpp"

namespace nhi {
namespace {

TEST(GitId, ReadsAndWritesHex) {
  const std::string hex = "00ff10abcdef00112233445566778899aabbccdd";
  const auto id = GitId::parse(hex + " and more");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->hex(), hex);
  EXPECT_EQ(GitId::from_bytes(reinterpret_cast<const char*>(id->bytes.data())), *id);
  EXPECT_FALSE(GitId::parse(hex.substr(1)).has_value());
  EXPECT_FALSE(GitId::parse(std::string(39, '0') + "g").has_value());
}

TEST(GitIdOf, IsWhatGitCallsIt) {
  const Sandbox box;
  box.init("t");
  for (const std::string& content :
       {std::string(), std::string("a\0b\n", 4), std::string(70'000, 'x')}) {
    box.write("t/file", content);
    EXPECT_EQ(git_id(GitType::kBlob, content).hex(), box.git("t", {"hash-object", "file"}));
  }
  EXPECT_EQ(git_id(GitType::kTree, "").hex(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

}  // namespace
}  // namespace nhi
