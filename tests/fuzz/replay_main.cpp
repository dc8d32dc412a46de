// replay_main.cpp - runs a fuzzer's entry point over the files of its corpus, without libFuzzer.
// Arguments are folders or files. A folder that is missing or empty is a failure: a corpus that
// was moved away must not look like a clean run.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> inputs(const fs::path& root) {
  std::error_code failure;
  if (fs::is_regular_file(root, failure)) return {root};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(root, failure)) {
    if (entry.is_regular_file(failure)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void run(const std::string& bytes) {
  // A copy of the exact size: a sanitizer then sees every read past the end.
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  run({});
  for (int i = 1; i < argc; ++i) {
    const auto files = inputs(argv[i]);
    if (files.empty()) {
      std::fprintf(stderr, "no corpus: '%s'\n", argv[i]);
      return 1;
    }
    for (const fs::path& file : files) {
      std::ifstream stream(file, std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
      std::printf("%s\n", file.filename().c_str());
      std::fflush(stdout);  // names the culprit when the next line never comes
      run(bytes);
      // Every prefix of a small file is a damaged file.
      for (std::size_t cut = 1; cut < bytes.size() && cut <= 512; ++cut) run(bytes.substr(0, cut));
      ++count;
    }
  }
  std::printf("%zu inputs\n", count);
  return count > 0 ? 0 : 1;
}
