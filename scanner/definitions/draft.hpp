// draft.hpp - the making of one Site, shared by the readers of this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/definitions/site.hpp"
#include "scanner/grammar/connection.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi::definitions {

/// A decoded text with the way back to the document, through one or two layers of escaping, or
/// put together from several literals of a program.
class Text {
 public:
  Text() = default;
  /// All of `scalar`, whose map leads to the document.
  explicit Text(const Scalar& scalar) { append(scalar.text, scalar.map, scalar.raw); }
  /// Text that stands nowhere in the document, for example a name in place of a value.
  explicit Text(std::string_view made) : text_(made) {}

  void append(std::string_view text, const OffsetMap& map, Span raw);
  void append(const Text& other);
  void append_made(std::string_view text) { text_.append(text); }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  /// The document bytes that made `part`; the whole place for an empty text.
  [[nodiscard]] Span to_document(Span part) const;
  [[nodiscard]] Span to_document() const { return to_document({0, text_.size()}); }

 private:
  struct Piece {
    std::size_t start;
    std::size_t size;
    OffsetMap map;
    Span raw;
  };
  std::string text_;
  std::vector<Piece> pieces_;
};

/// "mssql" for jdbc:sqlserver, "sftp" for sftp, …; empty if nothing is known.
[[nodiscard]] std::string provider_of(std::string_view scheme);
/// A place as it is printed: normalised if it is a connection, always without user-info.
[[nodiscard]] std::string target_of(Bytes text);

/// What a reader knows of one credential before the site is made.
struct Draft {
  std::string path;
  std::string target;
  std::string provider;
  const Text* account = nullptr;
  const Text* secret = nullptr;  // never null when the site is made
  const Text* place = nullptr;   // where the target is written
  bool dormant = false;
  bool inbound = false;
};

/// Judges the value and fills spans, form and secret. The owner is left empty.
[[nodiscard]] Site make_site(Bytes document, const Draft& draft);

/// The site inside a URL or connection string with a password; nothing if there is none.
[[nodiscard]] std::optional<Site> site_of_connection(Bytes document, const Text& text,
                                                     std::string_view path);

/// A header that logs in. Basic: `base64`, account and password taken apart.
[[nodiscard]] std::optional<Site> site_of_header(Bytes document, Bytes name, const Text& value,
                                                 std::string_view path);

/// Percent-decoding of `%XX`; other bytes stay.
[[nodiscard]] std::string percent_decoded(Bytes text);

}  // namespace nhi::definitions
