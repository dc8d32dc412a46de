// assignment.hpp - a name that speaks of a secret, and the value that stands behind it.
//
// People write `name = value` in a hundred notations: quoted and bare, JSON, YAML, XML elements and
// attributes, pairs of name and value, setters, options of commands, lists of bytes. One pass over
// the characters behind a name reads them all; a regular expression for each would be dozens of
// searches at every `key` of a source tree. Only the notation is read here. Whether the value is
// a literal, and a secret, is judged by its language (generic.hpp).
#pragma once

#include <cstdint>
#include <optional>

#include "scanner/base/bytes.hpp"
#include "scanner/match/looked.hpp"

namespace nhi {

enum class Notation : std::uint8_t {
  kSetting,   // name = value, name: value
  kCompare,   // name == "value"
  kPair,      // "name", "value"
  kCall,      // setName("value")
  kElement,   // <name>value</name>
  kNamed,     // name="…" value="…", and elements named by an attribute or by a neighbour
  kFlag,      // --name value
  kBlank,     // name "value"; name value, alone on its line
  kByteList,  // name = {0x01, 0x02, …}
};
inline constexpr std::size_t kNotationCount = 9;

struct Assignment {
  Span whole;  // from the name to the end of the value
  Span key;    // the whole identifier
  Span value;
  Notation notation = Notation::kSetting;
  char quote = '\0';        // around the value
  bool whole_line = false;  // nothing else stands on the line
  bool type_named = false;  // a type stands between name and value
  Span account;             // the value of a user's name right before it, or empty
};

inline constexpr std::size_t kAssignmentBytesMax = 4096;
/// Bytes behind a stem that belong to its identifier, at most.
inline constexpr std::size_t kKeyRightMax = 40;

/// The identifier around `stem`, if it may name a value: something follows it, and no later stem
/// stands in it.
/// Shapes: looks at most kKeyRightMax and two bytes behind `stem`, and before it only for what it
///         returns.
[[nodiscard]] std::optional<Span> key_around(Bytes view, Span stem);

/// Reads the value of the identifier `key` around `stem`.
/// Shapes: looks at most kAssignmentBytesMax to either side of `stem`. `looked`, unless null, is
///         given the bytes that the answer may depend on.
[[nodiscard]] std::optional<Assignment> read_assignment(Bytes view, Span stem, Span key,
                                                        Span* looked);
/// Both in one.
[[nodiscard]] std::optional<Assignment> read_assignment(Bytes view, Span stem);

}  // namespace nhi
