// connection_text.hpp - secret and account of a connection string: read and written by its dialect.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/grammar/connection.hpp"

namespace nhi::sinks {

/// Longer texts are no connection strings.
inline constexpr std::size_t kConnectionBytesMax = 64 * 1024;

enum class ConnectionPart : std::uint8_t { kSecret, kAccount };

/// Bytes of the text that give way to others.
struct TextPiece {
  Span span;
  SecretText becomes;  // quoted or escaped as the dialect wants it
};

// Immutable. The text belongs to the caller and outlives it.
class ConnectionText {
 public:
  /// `pairs`: `account:secret` counts too, as it is written for HTTP (RFC 7617).
  [[nodiscard]] static std::optional<ConnectionText> read(Bytes text, bool pairs);

  [[nodiscard]] bool has(ConnectionPart part) const { return !span(part).empty(); }
  [[nodiscard]] Span span(ConnectionPart part) const;
  /// Without quotes and escapes; empty if it is not there.
  [[nodiscard]] SecretText value(ConnectionPart part) const;

  struct Change {
    std::vector<TextPiece> pieces;  // ascending
    bool requoted = false;          // a part stands in quotes now that it did not need before
  };
  /// What to replace so that the parts read as given, and all others as before: the new text is
  /// parsed again to prove it. A part that is not given stays.
  /// Errors: kNotFound if a part is not there; kBadUse if the dialect cannot hold a value.
  [[nodiscard]] Result<Change> changed(const SecretText* secret, const SecretText* account) const;

 private:
  enum class Dialect : std::uint8_t {
    kUrl,        // percent-encoded
    kAdo,        // `;`, values in " or ', which is doubled in them
    kOdbc,       // `;`, values in {}, with } doubled in them
    kBraces,     // jdbc:sqlserver: as ODBC
    kLibpq,      // blanks, values in ', backslash escapes
    kOracle,     // account/secret@, secret in "
    kPlain,      // other JDBC: no quoting that all drivers know
    kLoginPair,  // account:secret
  };
  ConnectionText(Bytes text, ConnectionParts parts, Dialect dialect);
  [[nodiscard]] static Dialect dialect_of(Bytes text, const ConnectionParts& parts);
  [[nodiscard]] char quote_around(Span span) const;
  [[nodiscard]] bool same_but(const ConnectionText& other) const;
  [[nodiscard]] Result<TextPiece> piece(ConnectionPart part, Bytes value, bool& requoted) const;

  Bytes text_;
  ConnectionParts parts_;
  Dialect dialect_ = Dialect::kPlain;
};

/// `text` with its pieces replaced. Shapes: pieces ascend and do not overlap.
[[nodiscard]] SecretText apply_pieces(Bytes text, const std::vector<TextPiece>& pieces);

}  // namespace nhi::sinks
