// Windows against the whole view on real files. Skips where the corpus is absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "scanner/match/test_support.hpp"

namespace nhi {
namespace {

using namespace match_test;
namespace fs = std::filesystem;

std::vector<fs::path> corpus_files(std::size_t every) {
  const char* named = std::getenv("NHISWEEP_CORPUS");
  const fs::path root = named != nullptr ? fs::path(named) : fs::path(NHI_CORPUS_BESIDE);
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  std::vector<fs::path> picked;
  for (std::size_t i = 0; i < files.size(); i += every) picked.push_back(files[i]);
  return picked;
}

TEST(MatcherCorpus, WindowsEqualTheWholeViewOnRealFiles) {
  const auto files = corpus_files(25);
  if (files.empty()) GTEST_SKIP() << "no corpus: set NHISWEEP_CORPUS to check real files";
  Matcher fast(builtin_set());
  Matcher slow(builtin_set());
  for (const fs::path& path : files) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    text.resize(std::min<std::size_t>(text.size(), 200'000));  // the judge is slow
    const ViewContext context{syntax_of(path.string()), false};
    Collector by_windows;
    Collector by_judge;
    ASSERT_TRUE(fast.scan(text, context, by_windows).has_value()) << path;
    ASSERT_TRUE(slow.scan_plainly(text, context, by_judge).has_value()) << path;
    ASSERT_EQ(by_windows.seen, by_judge.seen) << path;
  }
}

}  // namespace
}  // namespace nhi
