// script_values.hpp - what an expression of a script stands for, as far as it can be seen.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/definitions/draft.hpp"
#include "scanner/definitions/script_tokens.hpp"

namespace nhi::definitions {

/// One script made ready: its text after all unescaping, tokens and constants.
struct ParsedScript {
  std::string text;
  OffsetMap map;  // text -> document
  std::vector<ScriptToken> tokens;
  /// Name -> token range of the value, in order of appearance.
  struct Assignment {
    std::size_t at;     // token index of the name
    std::size_t first;  // of the value
    std::size_t last;   // one past the value
  };
  std::map<std::string, std::vector<Assignment>, std::less<>> constants;
  bool shared = false;

  [[nodiscard]] Bytes word(std::size_t token) const {
    if (token >= tokens.size()) return {};
    return Bytes(text).substr(tokens[token].start, tokens[token].end - tokens[token].start);
  }
  [[nodiscard]] bool is(std::size_t token, std::string_view mark) const {
    return word(token) == mark;
  }
  [[nodiscard]] bool is_kind(std::size_t token, ScriptTokenKind kind) const {
    return token < tokens.size() && tokens[token].kind == kind;
  }
  /// One past the expression that starts at `token`: the next `,` `;` or closing bracket on its
  /// own level, or the next operand behind a complete one. Gives up after `tokens_max`.
  [[nodiscard]] std::size_t expression_end(std::size_t token, std::size_t tokens_max = 512) const;
};

enum class ValueKind : std::uint8_t {
  kUnknown,    // a call, a message field, …
  kLiteral,    // all of it is known
  kReference,  // one name in a map of the engine
};

struct ScriptValue {
  ValueKind kind = ValueKind::kUnknown;
  Text text;         // kLiteral: the value; kReference: `${name}`
  std::string name;  // kReference
  Span place;        // of the whole expression in the document
};

// Evaluates over one set of scripts. For one thread at a time, const calls included.
class ScriptValues {
 public:
  /// `scripts` must outlive this.
  explicit ScriptValues(const std::vector<std::unique_ptr<ParsedScript>>& scripts);
  [[nodiscard]] ScriptValue value(const ParsedScript& script, std::size_t first,
                                  std::size_t last) const;

 private:
  ScriptValue evaluate(const ParsedScript& script, std::size_t first, std::size_t last,
                       unsigned depth) const;
  bool operand(const ParsedScript& script, std::size_t& at, std::size_t last, unsigned depth,
               ScriptValue& out) const;
  bool constant(const ParsedScript& script, std::size_t at, unsigned depth, ScriptValue& out) const;
  std::map<std::string, std::pair<const ParsedScript*, ParsedScript::Assignment>, std::less<>>
      shared_;
  // Constants that double each other would be 48^6 operands: each value has a purse of its own.
  mutable std::size_t operands_left_ = 0;
  mutable std::size_t bytes_left_ = 0;
};

/// Tokens and constants of `text`, whose map leads to the document.
[[nodiscard]] std::unique_ptr<ParsedScript> parse_script(std::string text, OffsetMap map);

}  // namespace nhi::definitions
