// The checker on the real tree.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/tidy/checker.hpp"

namespace nhi::tidy {
namespace {

constexpr const char* kRoot = NHI_SOURCE_DIR;

// The folder of this build and its parent; a shallow folder such as "/src" says nothing.
std::vector<std::string> machine_paths() {
  const std::filesystem::path root(kRoot);
  std::vector<std::string> paths{root.generic_string()};
  const std::filesystem::path parent = root.parent_path();
  if (std::distance(parent.begin(), parent.end()) > 2) paths.push_back(parent.generic_string());
  return paths;
}

std::string read(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(stream)), {});
}

TEST(SourceTree, KeepsTheHouseRules) {
  const auto files = read_tree(kRoot);
  ASSERT_GT(files.size(), 30U);
  const std::string exceptions = read(std::string(kRoot) + "/tests/tidy/exceptions.txt");
  const Judgement judgement = judge(check(files, machine_paths()), exceptions);
  for (const Violation& violation : judgement.remaining) {
    ADD_FAILURE() << violation.to_string() << "\n  as an exception: " << violation.kind << " "
                  << violation.path << " " << violation.subject << "  # reason";
  }
  for (const std::string& bad : judgement.bad_exceptions) ADD_FAILURE() << bad;
}

}  // namespace
}  // namespace nhi::tidy
