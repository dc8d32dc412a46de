#include "scanner/sweep/estate_text.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>

namespace nhi {
namespace {

namespace fs = std::filesystem;

TEST(YamlText, ReadsBackAsTheSameString) {
  for (const char* text : {"/srv/git/*.git",
                           "plain",
                           "true",
                           "No",
                           "null",
                           "~",
                           "1e3",
                           "2026-11-25",
                           "",
                           " a ",
                           "a: b",
                           "#x",
                           "- a",
                           "{a",
                           "[b",
                           "it's",
                           "say \"no\"",
                           "back\\slash",
                           "tab\tline\nend\x01\x7f",
                           "\xc3\xa9t\xc3\xa9",
                           "&a",
                           "*a",
                           "!a",
                           "%a",
                           "@a",
                           "`a",
                           "a,b",
                           "?"}) {
    const YAML::Node node = YAML::Load("k: [" + yaml_text(text) + "]");
    EXPECT_EQ(node["k"][0].as<std::string>(), text) << yaml_text(text);
  }
  EXPECT_EQ(yaml_text("/srv/git/a_b-c.git"), "/srv/git/a_b-c.git") << "no quotes without need";
}

TEST(EstatePattern, EscapesGlobSignsAndBytesThatYamlCannotHold) {
  EXPECT_EQ(estate_pattern("/srv/a b\\c"), "/srv/a b\\c");
  EXPECT_EQ(estate_pattern("/srv/a[1]*"), "/srv/a\\[1\\]\\*");
  EXPECT_EQ(estate_pattern("/srv/caf\xe9"), "/srv/caf?");
  EXPECT_EQ(estate_pattern("/srv/caf\xc3\xa9"), "/srv/caf\xc3\xa9");
}

class GroupFoldersTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "nhi-group-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }
  [[nodiscard]] std::vector<std::string> make(const std::vector<std::string>& names) const {
    std::vector<std::string> out;
    for (const std::string& name : names) {
      fs::create_directories(root_ + "/" + name);
      out.push_back(root_ + "/" + name);
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> patterns(const std::vector<std::string>& folders) const {
    std::vector<std::string> out;
    for (const FolderGroup& group : group_folders(folders)) {
      for (const std::string& pattern : group.patterns) {
        out.push_back(pattern.substr(root_.size()));
      }
    }
    return out;
  }
  using Words = std::vector<std::string>;
  std::string root_;
};

TEST_F(GroupFoldersTest, SiblingsAreOnePattern) {
  EXPECT_EQ(patterns(make({"git/a.git", "git/b.git"})), (Words{"/git/*.git"}));
  EXPECT_EQ(patterns(make({"src/a", "src/b"})), (Words{"/src/*"}));
}

TEST_F(GroupFoldersTest, AForgesFoldersOfFoldersAreOnePattern) {
  EXPECT_EQ(patterns(make({"git/pas/a.git", "git/pas/b.git", "git/ris/c.git"})),
            (Words{"/git/*/*.git"}));
}

TEST_F(GroupFoldersTest, APatternNeverTakesInWhatIsNoRepository) {
  static_cast<void>(make({"src/notes"}));
  EXPECT_EQ(patterns(make({"src/a", "src/b"})), (Words{"/src/a", "/src/b"}));
}

TEST_F(GroupFoldersTest, OneAloneKeepsItsName) {
  EXPECT_EQ(patterns(make({"x/only.git"})), (Words{"/x/only.git"}));
}

}  // namespace
}  // namespace nhi
