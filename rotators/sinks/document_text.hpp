// document_text.hpp - the text of a stored document, whatever its character set, and the way back.
#pragma once

#include <cstdint>

#include "scanner/base/bytes.hpp"
#include "scanner/base/offset_map.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi::sinks {

enum class Charset : std::uint8_t {
  kUtf8,   // with or without a byte-order mark; ASCII too
  kOther,  // an eight-bit one, such as ISO-8859-1: bytes are kept as they are
  kUtf16Le,
  kUtf16Be,
};

// Immutable. The stored bytes belong to the caller and outlive it.
class DocumentText {
 public:
  /// Shapes: UTF-16 needs its byte-order mark. Errors: kTooLarge over kWholeBytesMax; kMalformed if
  /// it holds zero bytes, or UTF-16 that would not come back as it was.
  [[nodiscard]] static Result<DocumentText> of(Bytes stored);

  [[nodiscard]] Bytes text() const { return wide() ? decoded_.reveal() : stored_; }
  [[nodiscard]] Charset charset() const { return charset_; }
  /// A range of text() in the stored bytes.
  [[nodiscard]] Span to_stored(Span in_text) const;
  /// Another text as it would be stored. Errors: kMalformed if it is not UTF-8 and the document
  /// was, with characters above ASCII to tell it.
  [[nodiscard]] Result<SecretText> stored(Bytes text) const;
  /// True if a reader may take bytes above 0x7F for something else: only escapes are safe.
  [[nodiscard]] bool ascii_only(Format format) const;
  /// True if bytes of an eight-bit set may have stood in it.
  [[nodiscard]] bool takes_any_bytes() const { return ascii_ || charset_ == Charset::kOther; }
  [[nodiscard]] bool wide() const { return charset_ >= Charset::kUtf16Le; }

 private:
  Bytes stored_;
  Charset charset_ = Charset::kUtf8;
  bool ascii_ = false;
  SecretText decoded_;
  OffsetMap map_;
};

}  // namespace nhi::sinks
