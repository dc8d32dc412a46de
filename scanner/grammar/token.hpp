// token.hpp - span tokenizers: for each format a reader that yields path -> byte range of a value.
//
// Readers (definitions) cut large documents with them; sinks rewrite with them: a value's span and
// its quoting are enough to replace it in place. They are forgiving: real files have white space
// before the XML declaration, control references, comments in JSON, missing final newlines.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"
#include "scanner/base/offset_map.hpp"
#include "scanner/base/result.hpp"
#include "scanner/grammar/connection.hpp"

namespace nhi {

enum class Format : std::uint8_t { kXml, kJson, kYaml, kProperties, kIni, kEnv, kPgpass };
[[nodiscard]] std::string_view to_string(Format format);

enum class Quoting : std::uint8_t {
  kBare,    // properties, ini, YAML plain, XML text, JSON numbers and words
  kSingle,  // '…'
  kDouble,  // "…"
  kCdata,   // XML <![CDATA[…]]>
  kBlock,   // YAML | or >
};

/// A decoded scalar with the map from its bytes back to the document.
struct Scalar {
  std::string text;  // after unescaping
  OffsetMap map;     // text -> document
  Span raw;          // in the document, without quotes; every mapped byte lies inside
  Quoting quoting = Quoting::kBare;
  [[nodiscard]] Span to_document(Span in_text) const {
    return text.empty() ? raw : map.to_source(in_text);
  }
};

/// One step in a document. XML: elements and attributes; others: mappings, sequences, values.
enum class TokenKind : std::uint8_t {
  kOpen,       // element, object, array, YAML mapping or sequence, ini section
  kAttribute,  // XML only
  kValue,      // XML text of an element (CDATA and text runs joined), or a key's scalar
  kClose,
};

/// What a kOpen opens (and its kClose closes).
enum class Container : std::uint8_t { kElement, kMapping, kSequence, kSection };

/// Views and the scalar are valid during the visit only.
/// XML: an element without child elements gives one kValue before its kClose, empty if it is
/// written `<a></a>`; `<a/>` gives none. Beside child elements, text runs of white space only are
/// dropped. Line ends stay as they are written. The kValue carries the name of its element.
struct Token {
  TokenKind kind{};
  Container container = Container::kElement;  // kOpen, kClose
  std::string_view name;  // element, attribute, key or section name; decoded; empty in arrays
  Scalar value;           // kAttribute and kValue
  Span span;              // in the document. kOpen: the opening mark; kClose: the whole construct;
                          // kAttribute, kValue: key and value
  std::size_t depth = 0;  // kOpen of the root is 0; a kAttribute or kValue is one below its owner
  std::size_t index = 0;  // position among siblings, from 0
};

/// Return false to stop early (not an error).
using TokenVisitor = std::function<bool(const Token&)>;

/// Pieces (map runs) one scalar may need; over it: kTooLarge. A script of 8 MB in which every
/// fourth byte is an escape stays below it.
inline constexpr std::size_t kScalarRunsMax = 4'000'000;

// All of them: one pass, no recursion, linear time, no entity expansion beyond the five predefined
// and numeric ones, kGrammarDepthMax levels. Errors: kMalformed with "line:column" in `subject`;
// tokens before the fault were handed over and are real.

/// Junk before the first `<`, control references and a bare `&` or `]]>` are let pass; a DOCTYPE is
/// skipped with its internal subset, entities that it declares stay as they are written.
[[nodiscard]] Result<void> tokenize_xml(Bytes document, const TokenVisitor& visit);
/// Comments (// and /* */), trailing commas and several documents in a row are let pass.
[[nodiscard]] Result<void> tokenize_json(Bytes document, const TokenVisitor& visit);
/// Block and flow mappings and sequences, plain, quoted and block scalars, several documents.
/// Anchors and tags are skipped; an alias `*x` is a kValue whose text is `*x`.
[[nodiscard]] Result<void> tokenize_yaml(Bytes document, const TokenVisitor& visit);
/// Java properties: `=`, `:`, white space; `\uXXXX`, `\:`, continuation lines; # and ! comments.
[[nodiscard]] Result<void> tokenize_properties(Bytes document, const TokenVisitor& visit);
/// [section], key = value, `;` and `#` comments, optional quotes.
[[nodiscard]] Result<void> tokenize_ini(Bytes document, const TokenVisitor& visit);
/// KEY=value, optional `export`, shell quoting without expansion.
[[nodiscard]] Result<void> tokenize_env(Bytes document, const TokenVisitor& visit);
/// PostgreSQL's password file: each line of five fields is a mapping of host, port, database, user
/// and password; `\:` and `\\`. Comments and lines of fewer fields are passed over and not counted.
[[nodiscard]] Result<void> tokenize_pgpass(Bytes document, const TokenVisitor& visit);
[[nodiscard]] Result<void> tokenize(Format format, Bytes document, const TokenVisitor& visit);

}  // namespace nhi
