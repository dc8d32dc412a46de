#include "tests/tidy/source_text.hpp"

#include <gtest/gtest.h>

namespace nhi::tidy {
namespace {

TEST(Blank, KeepsCodeAndHidesWhatIsNone) {
  const std::string source =
      "int a; // throw b\n/* throw\n c */ f(\"throw \\\" d\", 'x', 1'000, R\"z(throw )\" e)z\");\n";
  const Blanked blanked = blank(source);
  EXPECT_EQ(blanked.code.size(), source.size());
  EXPECT_EQ(blanked.code.find("throw"), std::string::npos);
  EXPECT_NE(blanked.code.find("int a;"), std::string::npos);
  EXPECT_NE(blanked.code.find("1'000"), std::string::npos);
  EXPECT_NE(blanked.comments.find("throw b"), std::string::npos);
  EXPECT_EQ(blanked.comments.find("throw \\"), std::string::npos);
  EXPECT_EQ(std::count(blanked.code.begin(), blanked.code.end(), '\n'), 3);
  EXPECT_EQ(blanked.code.substr(blanked.code.size() - 4), "\");\n");
}

struct Expected {
  std::string name;
  std::size_t first, last;
};

TEST(FindFunctions, SeesBodiesWhereverTheyStand) {
  const std::string source = R"(#include <x>
#define MACRO(x) if (x) {
namespace a {
constexpr int kTable[] = {1, 2,
                          3};
struct S : Base {
  S() : a_{1}, b_(2) {
    f();
  }
  bool operator()(int a,
                  int b) const {
    return a < b;
  }
  int a_{};
};
template <class T>
class Box {
 public:
  struct Inner { int x; };
  T get() const { return x_; }
};
constexpr auto kMade = [] {
  return make(1);
}();
}  // namespace a
TEST(Suite, Claim) {
  const auto f = [](int x) { return x; };
  if (f(1)) {
  }
}
extern "C" int entry(const char* text) {
  return 0;
}
)";
  const std::vector<Expected> expected = {{"S", 7, 9},
                                          {"operator()", 10, 13},
                                          {"get", 20, 20},
                                          {"TEST:Suite.Claim", 26, 30},
                                          {"entry", 31, 33}};
  const auto functions = find_functions(blank(source).code);
  ASSERT_EQ(functions.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(functions[i].name, expected[i].name);
    EXPECT_EQ(functions[i].first_line, expected[i].first) << expected[i].name;
    EXPECT_EQ(functions[i].last_line, expected[i].last) << expected[i].name;
  }
}

}  // namespace
}  // namespace nhi::tidy
