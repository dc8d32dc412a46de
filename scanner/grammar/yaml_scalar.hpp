// yaml_scalar.hpp - the scalars of YAML, each with its map; used by yaml.cpp only.
#pragma once

#include <cstddef>
#include <string_view>

#include "scanner/grammar/scan.hpp"

namespace nhi::grammar {

/// Where a scalar stands: continuation lines must be indented by more than `parent`; -1 at the top.
struct YamlPlace {
  long parent = -1;
  bool flow = false;  // inside [ ] or { }
  bool key = false;   // must end on its first line
};

/// Reads the scalar at `at`; afterwards `at` is behind it. Nothing is consumed when it cannot be
/// read: an unclosed quote (kMalformed).
Result<void> read_yaml_quoted(Bytes document, std::size_t& at, Scalar& scalar);
void read_yaml_plain(Bytes document, std::size_t& at, const YamlPlace& place, Scalar& scalar);
/// `at` is at `|` or `>`; afterwards at the start of the first line that is not part of it.
void read_yaml_block(Bytes document, std::size_t& at, long parent, Scalar& scalar);

/// True if a `#` at `at` begins a comment.
[[nodiscard]] bool yaml_comment_at(Bytes document, std::size_t at);
/// True at `: `, `:` before a line end, and in flow before one of `,[]{}`.
[[nodiscard]] bool yaml_colon_at(Bytes document, std::size_t at, bool flow);
/// True if a line that starts at `at` is `---` or `...` and a space or its end.
[[nodiscard]] bool yaml_document_mark_at(Bytes document, std::size_t at);
/// The end of the line that holds `at`: position of its LF, or the end.
[[nodiscard]] std::size_t line_end(Bytes document, std::size_t at);

}  // namespace nhi::grammar
