// script_tokens.hpp - words, strings and marks of JavaScript (Rhino) and its relatives.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi::definitions {

enum class ScriptTokenKind : std::uint8_t { kWord, kString, kNumber, kMark };

/// Small on purpose: a script of some MB has a million of them.
struct ScriptToken {
  ScriptTokenKind kind = ScriptTokenKind::kMark;
  std::uint32_t start = 0;  // in the script; of the quote for strings
  std::uint32_t end = 0;
};

/// Tokens looked at in one script; what follows is left to plain matching.
inline constexpr std::size_t kScriptTokensMax = 2'000'000;

/// Comments and regular expressions yield none. A quote that is not closed on its line is a mark.
/// Shapes: linear in `script`, which is shorter than 4 GiB.
[[nodiscard]] std::vector<ScriptToken> tokenize_script(Bytes script);

/// The value of a string token with its map to the script.
[[nodiscard]] Scalar read_literal(Bytes script, const ScriptToken& token);

/// The text of each comment with its marks blanked, so that offsets stay: code that was switched
/// off. Empty if there is none that could hold a call.
[[nodiscard]] std::string comments_only(Bytes script);

}  // namespace nhi::definitions
