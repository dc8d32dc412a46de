// coded_value.hpp - the secret inside a value that is base64 by its format, not by chance.
#pragma once

#include <optional>
#include <string>

#include "scanner/base/bytes.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/rules/rule.hpp"

namespace nhi {

struct CodedValue {
  SecretText secret;  // the password; the user where a token stands in its place
  std::string user;   // empty where the format has none, or the user is the secret
  Span secret_code;   // characters of the coded text that hold the secret, half open
  Span user_code;     // the same for the user; empty without one
};

/// Decodes `coded`.
/// Shapes: kBase64: printable text, which is the secret. kBasicCredentials: `user:password`; with
///         no password, or one that only fills the place (`x-oauth-basic`), the user is a token.
/// Errors: none if it does not decode to printable UTF-8 of that shape, or for another structure.
/// Source: RFC 7617 section 2; git and GitHub documentation for tokens as users.
[[nodiscard]] std::optional<CodedValue> read_coded_value(Structure structure, Bytes coded);

}  // namespace nhi
