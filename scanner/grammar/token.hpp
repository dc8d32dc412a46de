// token.hpp - span tokenizers: for each format a reader that yields path -> byte range of a value.
//
// Readers (definitions) cut large documents with them; sinks rewrite with them: a value's span and
// its quoting are enough to replace it in place. They are forgiving: real files have white space
// before the XML declaration, control references, comments in JSON, missing final newlines.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/offset_map.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

enum class Format : std::uint8_t { kXml, kJson, kYaml, kProperties, kIni, kEnv };
[[nodiscard]] std::string_view to_string(Format format);

enum class Quoting : std::uint8_t {
  kBare,            // properties, ini, YAML plain, XML text
  kSingle,          // '…'
  kDouble,          // "…"
  kCdata,           // XML <![CDATA[…]]>
  kBlock,           // YAML | or >
};

/// A decoded scalar with the map from its bytes back to the document.
struct Scalar {
  std::string text;      // after unescaping
  OffsetMap map;         // text -> document
  Span raw;              // in the document, without quotes
  Quoting quoting = Quoting::kBare;
  [[nodiscard]] Span to_document(Span in_text) const { return map.to_source(in_text); }
};

/// One step in a document. XML: elements and attributes; others: mappings, sequences, values.
enum class TokenKind : std::uint8_t {
  kOpen,       // element, object, array, YAML mapping or sequence, ini section
  kAttribute,  // XML only
  kValue,      // XML text of an element (CDATA and text runs joined), or a key's scalar
  kClose,
};

struct Token {
  TokenKind kind{};
  std::string_view name;      // element, attribute, key or section name; decoded; empty in arrays
  Scalar value;               // kAttribute and kValue
  Span span;                  // of the whole construct in the document
  std::size_t depth = 0;      // kOpen of the root is 0
  std::size_t index = 0;      // position among siblings, from 0
};

/// Return false to stop early (not an error).
using TokenVisitor = std::function<bool(const Token&)>;

// All of them: one pass, no recursion, linear time, no entity expansion beyond the five predefined
// and numeric ones, kGrammarDepthMax levels. Errors: kMalformed with line and column in `subject`;
// tokens before the fault were handed over and are real.
[[nodiscard]] Result<void> tokenize_xml(Bytes document, const TokenVisitor& visit);
/// Comments (// and /* */) and trailing commas are let pass.
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
[[nodiscard]] Result<void> tokenize(Format format, Bytes document, const TokenVisitor& visit);

/// The parts of a URL, JDBC URL or key=value connection string. Spans are in `text`; empty if absent.
struct ConnectionParts {
  std::string scheme;       // lower case: "jdbc:sqlserver", "https", "amqp", … ; empty for key=value
  std::string host;         // lower case, without brackets
  std::string port;         // as written, or empty
  std::string database;     // path, database name or service
  std::string instance;     // SQL Server
  Span account;
  Span secret;
  bool percent_encoded = false;  // account and secret are percent-encoded
};
/// Nothing if `text` is none of these. The last `@` before the first `/` ends the user-info;
/// SQL Server splits at `;`, others at `&`; ADO, ODBC and OLE DB `User ID=…;Password=…` with quotes.
[[nodiscard]] std::optional<ConnectionParts> parse_connection(Bytes text);

}  // namespace nhi
