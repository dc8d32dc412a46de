// scrub.hpp - takes credentials out of text that is to be shown or stored.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/secret_text.hpp"

namespace nhi {

/// A target, URL, JDBC string, remote, message or path without user-info and without the values of
/// password-like parameters: `https://u:p@h/x?token=t` becomes `https://h/x?token=***`.
[[nodiscard]] std::string scrub_url(std::string_view text);

/// UTF-8 made safe to print: invalid sequences become U+FFFD, control bytes become `\xNN`.
[[nodiscard]] std::string printable(std::string_view text);
/// True if `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

// Masks every secret of one unit in every string emitted for it, raw and in the encodings it was
// found in. Values under 4 bytes are not masked: they would tear ordinary words.
class Masker {
 public:
  void add(const SecretText& secret);
  [[nodiscard]] std::string mask(std::string_view text) const;
  [[nodiscard]] bool empty() const { return secrets_.empty(); }

 private:
  std::vector<SecretText> secrets_;
};

}  // namespace nhi
