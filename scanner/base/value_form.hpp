// value_form.hpp - is a configured value a literal, or something that stands for one?
//
// `${X}`, `{{ x }}`, `%(x)s`, `ENC(...)`, `changeme`, `******`: each says a different thing about
// the place (reference/interface-engines.md section 1, reference/false-positives.md sections 3-5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// The ten forms of a credential at a place, verbatim as printed in `site.form`.
enum class Form : std::uint8_t {
  kPlaintext,
  kBase64,
  kReversible,
  kEncrypted,
  kHashed,
  kKeyMaterial,
  kReference,
  kPlaceholder,
  kMasked,
  kNone,
};
[[nodiscard]] std::string_view to_string(Form form);  // "plaintext", …, "key material", …
/// True for the first six: the file holds the secret or a verifier of it.
[[nodiscard]] constexpr bool holds_secret(Form form) { return form <= Form::kKeyMaterial; }

struct ValueForm {
  Form form = Form::kPlaintext;
  /// The literal to judge instead of the whole: the default in `${X:-default}` or
  /// `{{ x | default('v') }}`, else empty. Relative to the value.
  Span literal;
  /// Name behind a reference or placeholder (`X` of `${X}`, the path of `vault:a/b`), else empty.
  std::string_view name;
  /// One word for the reject counter and `why`: "shell-variable", "template", "vault-reference",
  /// "masked", "jasypt", "empty", …; empty for a plain literal.
  std::string_view reason;
};

/// Judges one value after unquoting and decoding. Never looks at its surroundings.
/// A leading `$` alone proves nothing: `$2b$…`, `$6$…` are hashes (Form::kHashed).
[[nodiscard]] ValueForm classify_value(Bytes value);

/// Published sample values that open nothing anywhere (false-positives.md 3a), and filler such as
/// `your-password-here`, `<insert>`, `xxxxxxxx`, `1234567890`, one repeated character.
/// The reason word, or empty if the value is none of these.
[[nodiscard]] std::string_view dummy_reason(Bytes value);

/// Vendor and emulator defaults that do open something (3c): reported, marked `published default`.
[[nodiscard]] bool is_published_default(Bytes value);

}  // namespace nhi
