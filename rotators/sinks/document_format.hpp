// document_format.hpp - which grammar a file is rewritten by.
#pragma once

#include <optional>
#include <string_view>

#include "scanner/base/bytes.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi {

/// By name and, where that says nothing, by the first 64 KiB of the text. Nothing where two
/// grammars would do: a value is not rewritten on a guess. TOML is none of ours (its strings have
/// escapes that ini has not), nor are unit files of systemd and scripts.
/// Shapes: `name` is a path or a file's name; `stored` is in any character set.
[[nodiscard]] std::optional<Format> format_of_document(std::string_view name, Bytes stored);

}  // namespace nhi
