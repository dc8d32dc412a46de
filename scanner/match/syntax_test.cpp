#include <gtest/gtest.h>

#include "scanner/match/matcher.hpp"

namespace nhi {
namespace {

struct SyntaxCase {
  std::string_view path;
  Syntax syntax;
};

constexpr SyntaxCase kSyntaxCases[] = {
    {"src/Main.java", Syntax::kCLike},
    {"a/b.go", Syntax::kCLike},
    {"x.TS", Syntax::kCLike},
    {"x.rs", Syntax::kCLike},
    {"x.cs", Syntax::kCLike},
    {"view.vue", Syntax::kCLike},
    {"x.py", Syntax::kScript},
    {"x.rb", Syntax::kScript},
    {"x.php", Syntax::kScript},
    {"x.pl", Syntax::kScript},
    {"Gemfile", Syntax::kScript},
    {"run.sh", Syntax::kShell},
    {"Dockerfile", Syntax::kShell},
    {"docker/Dockerfile.prod", Syntax::kShell},
    {"app.dockerfile", Syntax::kShell},
    {"Makefile", Syntax::kShell},
    {"x.bat", Syntax::kShell},
    {"x.ps1", Syntax::kPowerShell},
    {"application.properties", Syntax::kConfig},
    {"a.yml", Syntax::kConfig},
    {"values.yaml", Syntax::kConfig},
    {".env", Syntax::kConfig},
    {".env.production", Syntax::kConfig},
    {"main.tf", Syntax::kConfig},
    {"my.cnf", Syntax::kConfig},
    {"app.toml", Syntax::kConfig},
    {"web.config", Syntax::kData},
    {"channel.xml", Syntax::kData},
    {"a.json", Syntax::kData},
    {"a.csv", Syntax::kData},
    {"schema.sql", Syntax::kSql},
    {"README.md", Syntax::kProse},
    {"README", Syntax::kProse},
    {"notes.txt", Syntax::kProse},
    {"config.yml.example", Syntax::kConfig},
    {"settings.py.dist", Syntax::kScript},
    {"db.properties.bak", Syntax::kConfig},
    {"x.unknown", Syntax::kUnknown},
    {"noextension", Syntax::kUnknown},
    {"", Syntax::kUnknown},
    {"dir.py/noextension", Syntax::kUnknown},  // the folder says nothing
    {"C:\\app\\web.config", Syntax::kData},
};

TEST(SyntaxOf, FollowsTheFileNameNeverTheFolder) {
  for (const SyntaxCase& row : kSyntaxCases) {
    EXPECT_EQ(syntax_of(row.path), row.syntax) << row.path;
  }
}

TEST(IsTestPath, KnowsTestsExamplesAndDocumentation) {
  for (const std::string_view path :
       {"src/test/java/A.java", "tests/a.py", "a_test.go", "userSpec.js", "examples/x.yml",
        "fixtures/key.pem", "docs/setup.yml", "README.md", "config.sample.yml", "FooTests.cs",
        "spec/models/a.rb", "mock/server.js", "a/testdata/x.json"}) {
    EXPECT_TRUE(is_test_path(path)) << path;
  }
}

TEST(IsTestPath, LeavesWordsThatOnlyContainOne) {
  for (const std::string_view path :
       {"src/contest/a.py", "latest/a.yml", "inspector/a.go", "config/prod.yml", "attestation.cs",
        "etc/app.conf", "doctor/a.sql", "specialist.xml", ""}) {
    EXPECT_FALSE(is_test_path(path)) << path;
  }
}

// A folder `test` of a configuration repository is an environment.
TEST(HoldsTestValues, MeansFixturesAndCodeOfTests) {
  for (const std::string_view path :
       {"fixtures/app.yml", "src/testdata/x.json", "api/src/test/resources/a.xml",
        "spec/models/a.rb", "mock/server.properties", "tests/a.py", "a_test.go",
        "examples/Login.java"}) {
    EXPECT_TRUE(holds_test_values(path)) << path;
  }
  for (const std::string_view path :
       {"test/app.properties", "examples/values.yml", "sites/test/web.config", "README.md",
        "src/main/A.java", "config.sample.yml", ""}) {
    EXPECT_FALSE(holds_test_values(path)) << path;
  }
}

}  // namespace
}  // namespace nhi
