// The checker on planted violations: each rule is broken once, and kept once next to it.
#include "tests/tidy/checker.hpp"

#include <gtest/gtest.h>

namespace nhi::tidy {
namespace {

std::vector<std::string> kinds(const std::string& path, const std::string& text) {
  std::vector<std::string> all;
  for (const Violation& violation : check({{path, text}}, {"/srv/build/somewhere"})) {
    if (violation.kind != "untested") all.push_back(violation.kind + ":" + violation.subject);
  }
  return all;
}

using Kinds = std::vector<std::string>;

std::string function_of(std::size_t lines) {
  std::string text = "int long_one() {\n";
  for (std::size_t i = 2; i < lines; ++i) text += "  f();\n";
  return text + "}\n";
}

TEST(Checker, MeasuresLinesFunctionsAndFiles) {
  EXPECT_EQ(kinds("scanner/base/a.cpp", std::string(100, 'x') + "\n"), Kinds{});
  EXPECT_EQ(kinds("scanner/base/a.cpp", std::string(101, 'x') + "\n"), Kinds{"line-length:-"});
  std::string umlauts = "//";
  for (int i = 0; i < 98; ++i) umlauts += "\xC3\xBC";
  EXPECT_EQ(kinds("scanner/base/a.cpp", umlauts + "\n"), Kinds{});
  EXPECT_EQ(kinds("scanner/base/a.cpp", function_of(70)), Kinds{});
  EXPECT_EQ(kinds("scanner/base/a.cpp", function_of(71)), Kinds{"function-length:long_one"});
  std::string file;
  for (int i = 0; i < 800; ++i) file += "int x;\n";
  EXPECT_EQ(kinds("scanner/base/a.cpp", file), Kinds{});
  EXPECT_EQ(kinds("scanner/base/a.cpp", file + "int x;\n"), Kinds{"file-length:-"});
}

TEST(Checker, RejectsBannedCalls) {
  for (const std::string call : {"strcpy", "strcat", "sprintf", "vsprintf", "gets", "system",
                                 "popen", "rand", "strtok", "atoi"}) {
    const Kinds expected{"banned-call:" + call};
    EXPECT_EQ(kinds("scanner/base/a.cpp", "int f() { return " + call + "(x); }\n"), expected);
    EXPECT_EQ(kinds("tests/x.cpp", "int f() { return std::" + call + " (x); }\n"), expected);
    EXPECT_EQ(kinds("tests/x.cpp", "int f() { return ::" + call + "(x); }\n"), expected);
    EXPECT_EQ(kinds("scanner/base/a.cpp", "// " + call + "(x)\nauto s = \"" + call + "(\";\n"),
              Kinds{});
    EXPECT_EQ(
        kinds("scanner/base/a.cpp", "int f() { return x." + call + "(my_" + call + "(1)); }\n"),
        Kinds{});
  }
}

TEST(Checker, RejectsThrowOutsideTests) {
  const std::string text = "void f() { throw 1; }  // throw\n";
  EXPECT_EQ(kinds("scanner/base/a.cpp", text), Kinds{"throw:throw"});
  EXPECT_EQ(kinds("scanner/base/a_test.cpp", text), Kinds{});
  EXPECT_EQ(kinds("tests/cli/a.cpp", text), Kinds{});
}

TEST(Checker, RejectsIncludesAgainstTheArrows) {
  struct Case {
    std::string path, header;
    bool allowed;
  };
  const Case cases[] = {
      {"scanner/match/a.cpp", "scanner/rules/rule.hpp", true},
      {"scanner/rules/a.cpp", "scanner/match/matcher.hpp", false},
      {"scanner/base/a.cpp", "scanner/decode/views.hpp", false},
      {"scanner/decode/a.cpp", "scanner/decode/views.hpp", true},
      {"scanner/decode/a_test.cpp", "scanner/match/matcher.hpp", false},
      {"scanner/definitions/engines/a.cpp", "scanner/grammar/token.hpp", true},
      {"scanner/grammar/a.cpp", "scanner/definitions/site.hpp", false},
      {"scanner/inventory/a.cpp", "scanner/identity/types.hpp", true},
      {"scanner/inventory/a.cpp", "scanner/identity/resolve.hpp", false},
      {"scanner/report/a.cpp", "scanner/inventory/inventory.hpp", true},
      {"scanner/report/a.cpp", "scanner/match/matcher.hpp", false},
      {"scanner/identity/a.cpp", "scanner/sources/files.hpp", false},
      {"scanner/sweep/a.cpp", "scanner/report/report.hpp", false},
      {"scanner/sweep/a.cpp", "scanner/sources/files.hpp", true},
      {"scanner/cli/a.cpp", "scanner/report/report.hpp", true},
      {"scanner/cli/a.cpp", "tests/tidy/checker.hpp", false},
      {"rotators/postgresql/a.cpp", "scanner/base/bytes.hpp", false},
      {"rotators/postgresql/a.cpp", "plugins/sdk/rotator.hpp", true},
      {"rotators/engine/a.cpp", "scanner/inventory/inventory.hpp", true},
      {"rotators/sinks/a.cpp", "scanner/grammar/token.hpp", true},
      {"scanner/match/a.cpp", "matcher.hpp", false},
      {"tests/fuzz/a.cpp", "scanner/match/matcher.hpp", true},
  };
  for (const Case& row : cases) {
    const Kinds expected = row.allowed ? Kinds{} : Kinds{"include:" + row.header};
    EXPECT_EQ(kinds(row.path, "#include \"" + row.header + "\"\n"), expected) << row.path;
  }
  EXPECT_EQ(kinds("scanner/base/a.cpp", "// #include \"scanner/cli/x.hpp\"\n"), Kinds{});
}

TEST(Checker, RejectsLibrariesWhereTheyDoNotBelong) {
  struct Case {
    std::string path, header;
    bool allowed;
  };
  const Case cases[] = {
      {"scanner/rules/a.cpp", "re2/re2.h", true},
      {"scanner/decode/a.cpp", "re2/re2.h", false},
      {"scanner/report/a.cpp", "nlohmann/json.hpp", true},
      {"scanner/match/a.cpp", "nlohmann/json.hpp", false},
      {"scanner/grammar/a_test.cpp", "nlohmann/json.hpp", true},
      {"scanner/grammar/a_test_kit.hpp", "gtest/gtest.h", true},
      {"scanner/grammar/test_kit.hpp", "gtest/gtest.h", true},
      {"scanner/grammar/kit.hpp", "gtest/gtest.h", false},
      {"scanner/grammar/a.cpp", "pugixml.hpp", false},
      {"scanner/grammar/a_test.cpp", "pugixml.hpp", true},
      {"scanner/definitions/a.cpp", "pugixml.hpp", true},
      {"scanner/sources/a.cpp", "libdeflate.h", true},
      {"scanner/sweep/a.cpp", "libdeflate.h", false},
      {"scanner/sqlite/a.cpp", "SQLiteCpp/SQLiteCpp.h", true},
      {"scanner/sweep/a.cpp", "SQLiteCpp/SQLiteCpp.h", false},
      {"scanner/cli/a.cpp", "CLI/CLI.hpp", true},
      {"scanner/sweep/a.cpp", "CLI/CLI.hpp", false},
      {"scanner/sweep/a.cpp", "yaml-cpp/yaml.h", true},
      {"scanner/match/a.cpp", "gtest/gtest.h", false},
      {"scanner/match/a_test.cpp", "gtest/gtest.h", true},
      {"scanner/match/a.cpp", "sys/mman.h", true},
      {"scanner/match/a.cpp", "vector", true},
      {"scanner/match/a.cpp", "somebody/else.h", false},
  };
  for (const Case& row : cases) {
    const Kinds expected = row.allowed ? Kinds{} : Kinds{"library:" + row.header};
    EXPECT_EQ(kinds(row.path, "#include <" + row.header + ">\n"), expected) << row.path;
  }
}

TEST(Checker, ReadsTheArrowsOfCMakeFiles) {
  const auto module = [](const std::string& deps) {
    return "nhi_module(x\n  SOURCES a.cpp\n  # nhi::cli\n  " + deps + "\n  TESTS a_test.cpp)\n";
  };
  EXPECT_EQ(kinds("scanner/match/CMakeLists.txt",
                  module("DEPS nhi::base nhi::rules PRIVATE_DEPS PkgConfig::RE2")),
            Kinds{});
  EXPECT_EQ(kinds("scanner/match/CMakeLists.txt", module("DEPS nhi::base nhi::decode")),
            Kinds{"link:nhi::decode"});
  EXPECT_EQ(kinds("scanner/decode/CMakeLists.txt", module("PRIVATE_DEPS PkgConfig::RE2")),
            Kinds{"link:PkgConfig::RE2"});
  EXPECT_EQ(kinds("scanner/grammar/CMakeLists.txt", module("DEPS nhi::base TEST_DEPS pugixml")),
            Kinds{});
  EXPECT_EQ(kinds("scanner/rules/CMakeLists.txt", module("DEPS nhi::rule_files")), Kinds{});
  EXPECT_EQ(kinds("scanner/grammar/CMakeLists.txt", "nhi_test(x SOURCES a.cpp DEPS pugixml)\n"),
            Kinds{});
  EXPECT_EQ(kinds("scanner/report/CMakeLists.txt", module("DEPS nhi::identity nhi::inventory")),
            Kinds{});
}

TEST(Checker, MissesTestsThatAreNotThere) {
  const SourceFile code{"scanner/base/a.cpp", "int x;\n"};
  const SourceFile test{"scanner/base/a_test.cpp", "int x;\n"};
  ASSERT_EQ(check({code}, {}).size(), 1U);
  EXPECT_EQ(check({code}, {})[0].kind, "untested");
  EXPECT_TRUE(check({code, test}, {}).empty());
  EXPECT_TRUE(check({{"tests/cli/a.cpp", ""}, {"scanner/base/a.hpp", ""}}, {}).empty());
}

TEST(Checker, RejectsTwoTypesOfOneName) {
  const std::string text = "namespace nhi {\nstruct A {\n};\nclass B;\n}  // namespace nhi\n";
  const std::string other = "namespace nhi::test {\nclass A final {\n};\n}\n";
  const SourceFile one{"scanner/base/a.hpp", text};
  EXPECT_TRUE(check({one, {"scanner/base/b.hpp", other}}, {}).empty());
  EXPECT_TRUE(check({one, {"scanner/base/b.hpp", "struct A;\nclass B;\n"}}, {}).empty());
  const SourceFile redis{"rotators/redis/a.hpp", text};
  EXPECT_TRUE(check({redis, {"rotators/postgresql/a.hpp", text}}, {}).empty());
  EXPECT_EQ(check({one, redis}, {}).size(), 1U);
  const auto found = check({one, {"rotators/sinks/c.hpp", text}}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind + " " + found[0].subject, "twice A");
}

TEST(Checker, RejectsMachinePathsAndOpenEnds) {
  EXPECT_EQ(kinds("docs/a.md", "see /srv/build/somewhere/x\n"), Kinds{"machine-path:-"});
  const std::string word = "TO" + std::string("DO");
  EXPECT_EQ(kinds("scanner/base/a.cpp", "// " + word + ": later\n"), Kinds{"todo:" + word});
  EXPECT_EQ(kinds("scanner/base/a.cpp", "// " + word + "(#12): when it hurts\n"), Kinds{});
  EXPECT_EQ(kinds("scanner/base/a.cpp", "auto s = \"" + word + "\";\n"), Kinds{});
  EXPECT_EQ(kinds("tests/tidy/lint.sh", "# " + word + "\n"), Kinds{"todo:" + word});
}

TEST(Exceptions, ExcuseExactlyWhatTheyName) {
  const std::vector<Violation> violations = {
      {"throw", "scanner/base/a.cpp", 3, "throw", ""},
      {"throw", "scanner/base/b.cpp", 3, "throw", ""},
  };
  const Judgement judgement =
      judge(violations, "# a comment\n\nthrow scanner/base/a.cpp throw  # a reason\n");
  ASSERT_EQ(judgement.remaining.size(), 1U);
  EXPECT_EQ(judgement.remaining[0].path, "scanner/base/b.cpp");
  EXPECT_TRUE(judgement.bad_exceptions.empty());
}

TEST(Exceptions, AreFaultsWhenStaleDoubledOrUnexplained) {
  const std::vector<Violation> violations = {{"throw", "scanner/base/a.cpp", 3, "throw", ""}};
  const std::string good = "throw scanner/base/a.cpp throw  # a reason\n";
  EXPECT_EQ(judge({}, good).bad_exceptions.size(), 1U);
  EXPECT_EQ(judge(violations, good + good).bad_exceptions.size(), 1U);
  EXPECT_EQ(judge(violations, "throw scanner/base/a.cpp throw\n").bad_exceptions.size(), 1U);
  EXPECT_EQ(judge(violations, "throw scanner/base/a.cpp throw  #  \n").bad_exceptions.size(), 1U);
  EXPECT_EQ(judge(violations, "throw scanner/base/a.cpp  # a reason\n").bad_exceptions.size(), 1U);
}

}  // namespace
}  // namespace nhi::tidy
