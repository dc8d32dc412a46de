#include "scanner/sweep/recognise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace nhi {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RecogniseTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "nhi-recognise-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    const std::string path = root_ + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
    return path;
  }
  [[nodiscard]] static std::vector<std::string> folders(const std::string& path) {
    std::vector<std::string> out;
    for (FoundPlace& place : recognised(path)) out.push_back(std::move(place.path));
    return out;
  }
  std::string root_;
};

TEST_F(RecogniseTest, AFileNamesTheFolderOfItsProgram) {
  EXPECT_THAT(folders("/opt/pas/conf/server.xml"), ElementsAre("/opt/pas"));
  EXPECT_THAT(folders("/srv/x/.env"), ElementsAre("/srv/x"));
  EXPECT_THAT(folders("/conf/server.xml"), ElementsAre("/"));
  EXPECT_THAT(folders("/opt/pas/conf/server.xml.bak"), IsEmpty());
  EXPECT_THAT(folders("/opt/pas/myserver.xml"), IsEmpty());
}

TEST_F(RecogniseTest, AnEngineMayKeepItsDataElsewhere) {
  const std::string data = root_ + "/var/lib/oie";
  fs::create_directories(data);
  EXPECT_THAT(folders(write("opt/oie/conf/mirth.properties",
                            "dir.appdata = appdata\ndir.appdata: " + data + "/.\n")),
              ElementsAre(root_ + "/opt/oie", data));
}

TEST_F(RecogniseTest, DataThatIsNotElsewhereOrNotThereIsNoPlace) {
  fs::create_directories(root_ + "/opt/oie/appdata");
  fs::create_symlink(root_ + "/opt", root_ + "/link");
  for (const std::string& folder :
       {std::string("appdata"), root_ + "/opt/oie/appdata", root_ + "/opt", root_ + "/none",
        root_ + "/link", std::string("/"), std::string("/../.."), std::string()}) {
    EXPECT_THAT(folders(write("opt/oie/conf/mirth.properties", "dir.appdata = " + folder + "\n")),
                ElementsAre(root_ + "/opt/oie"))
        << folder;
  }
}

TEST_F(RecogniseTest, KnowsAnExportByItsHeadAndFollowsNoLink) {
  const std::string channel = write("adt.xml",
                                    "<channel version=\"4.5.0\"><id>c1</id><name>ADT</name>"
                                    "<sourceConnector version=\"4.5.0\"/></channel>");
  EXPECT_TRUE(is_engine_definition(channel));
  EXPECT_FALSE(is_engine_definition(write("pom.xml", "<project/>")));
  EXPECT_FALSE(is_engine_definition(write("empty.xml", "")));
  fs::create_symlink(channel, root_ + "/link.xml");
  EXPECT_FALSE(is_engine_definition(root_ + "/link.xml"));
  EXPECT_FALSE(is_engine_definition(root_));
}

TEST_F(RecogniseTest, KnowsTheFolderOfOneRun) {
  EXPECT_TRUE(looks_like_a_run("2026-11-25"));
  EXPECT_TRUE(looks_like_a_run("run-000123"));
  EXPECT_FALSE(looks_like_a_run("channels-4.5"));
}

}  // namespace
}  // namespace nhi
