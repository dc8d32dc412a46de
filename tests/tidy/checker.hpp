// checker.hpp - the house rules that a machine can see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nhi::tidy {

inline constexpr std::size_t kColumnsMax = 100;  // code points
inline constexpr std::size_t kFunctionLinesMax = 70;
inline constexpr std::size_t kFileLinesMax = 800;

struct SourceFile {
  std::string path;  // from the top of the tree, with slashes
  std::string text;
};

struct Violation {
  std::string kind;  // "line-length", "function-length", "file-length", "banned-call", "throw",
                     // "include", "library", "link", "untested", "twice", "machine-path",
                     // "todo"
  std::string path;
  std::size_t line = 0;
  std::string subject;  // function, call, header or target; "-" where the file is enough
  std::string detail;
  [[nodiscard]] std::string to_string() const;
};

/// Every violation in these files, by path and line. `machine_paths` are folders of this machine
/// that no file may name.
[[nodiscard]] std::vector<Violation> check(const std::vector<SourceFile>& files,
                                           const std::vector<std::string>& machine_paths);

/// One line of exceptions.txt: `kind path subject  # reason`.
struct Exception {
  std::string kind;
  std::string path;
  std::string subject;
  std::size_t line = 0;
};
struct Judgement {
  std::vector<Violation> remaining;
  std::vector<std::string> bad_exceptions;  // stale, doubled, without reason, not readable
};
/// Takes the excepted violations away. An exception that excuses nothing is a fault itself.
[[nodiscard]] Judgement judge(std::vector<Violation> violations, std::string_view exceptions);

/// The text files of the tree below `root` that are ours: no build folders, no corpora.
[[nodiscard]] std::vector<SourceFile> read_tree(const std::string& root);

}  // namespace nhi::tidy
