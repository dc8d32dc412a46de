// scalar_style.hpp - how a text is written as a scalar: the quoting that holds it, and its escapes.
#pragma once

#include <string>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi::sinks {

/// What stands around a scalar and decides how it may be written.
struct ScalarPlace {
  Format format = Format::kJson;
  Quoting quoting = Quoting::kBare;
  bool attribute = false;     // XML
  bool ascii_only = false;    // other characters only as escapes
  bool flow = false;          // YAML, inside [ ] or { }
  bool typed = false;         // bare, and not a string to YAML or JSON: a number, `true`
  bool folded = false;        // YAML block `>`
  bool knows_single = false;  // ini: this document has values in ' and readers that take them off
  bool knows_double = false;  // the same of "
  bool any_bytes = false;     // bytes of an eight-bit set may be put back
  bool restores = false;      // the value stood here before: what only some readers would read
                              // otherwise is let pass
  std::string indent;         // YAML block: in front of each line
  std::string line_end = "\n";
};

/// True if YAML or JSON readers take a bare `text` for something other than a string.
[[nodiscard]] bool is_typed_word(Format format, Bytes text);

/// The quoting in which `text` can stand there: the present one wherever that holds it.
/// Errors: kBadUse if none does.
[[nodiscard]] Result<Quoting> fitting_quoting(const ScalarPlace& place, Bytes text);

/// A part of a scalar as it is written in `quoting`, without the quotes around the whole.
/// Shapes: `quoting` is what fitting_quoting() gave for the whole; `at_start`: the part begins it.
[[nodiscard]] SecretText escaped(const ScalarPlace& place, Quoting quoting, Bytes part,
                                 bool at_start);

/// The mark in front of and behind a scalar in `quoting`; empty for bare ones.
[[nodiscard]] std::string_view quote_mark(Quoting quoting);

}  // namespace nhi::sinks
