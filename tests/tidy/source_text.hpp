// source_text.hpp - C++ text with comments or literals blanked out, byte for byte.
//
// The checks look at code, not at what a comment says about `throw` or a string about `system(`.
// Blanking keeps every byte in its place, so that lines and offsets stay those of the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nhi::tidy {

struct Blanked {
  std::string code;      // comments and the insides of literals are spaces
  std::string comments;  // everything but comments is spaces
};
[[nodiscard]] Blanked blank(std::string_view source);

[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);
/// Line of `offset`, from 1.
[[nodiscard]] std::size_t line_of(std::string_view text, std::size_t offset);

/// One function with a body, named as written: `Matcher::scan`, `TEST:Suite.Name`.
struct Function {
  std::string name;
  std::size_t first_line = 0;  // of its declaration
  std::size_t last_line = 0;   // of its closing brace
  [[nodiscard]] std::size_t lines() const { return last_line - first_line + 1; }
};
/// Functions in namespaces and classes; lambdas and blocks inside them count as their lines.
[[nodiscard]] std::vector<Function> find_functions(std::string_view code);

}  // namespace nhi::tidy
