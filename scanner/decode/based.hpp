// based.hpp - base64 and hexadecimal spans in a view: where they are and what they hold.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/processor.hpp"
#include "scanner/decode/views.hpp"

namespace nhi {

/// One encoded text: its lines in the view, white space between them left out.
struct EncodedText {
  Encoding encoding = Encoding::kBase64;
  std::vector<Span> lines;
  std::size_t decoded_size = 0;
  std::size_t padding = 0;  // '=' that belong to the last group of digits
  [[nodiscard]] Span hull() const { return {lines.front().start, lines.back().end + padding}; }
};

/// Hands over every base64 text that decodes to at least `decoded_min` bytes that look like
/// something (plausible.hpp). Standard and URL alphabet, padded or not, wrapped or on one line.
/// Linear; a text may be handed over whole and in parts where the line lengths leave a doubt.
void find_base64(Bytes bytes, std::size_t decoded_min,
                 const std::function<void(const EncodedText&)>& visit);
/// The same for even rows of hexadecimal digits.
void find_hex(Bytes bytes, std::size_t decoded_min,
              const std::function<void(const EncodedText&)>& visit);

/// Both in one pass over the bytes.
/// Shapes: what of the processor may be used, at most what it has; the answer is the same.
void find_based(Bytes bytes, std::size_t decoded_min,
                const std::function<void(const EncodedText&)>& visit,
                Instructions most = best_instructions());

/// Decodes what the finders handed over.
[[nodiscard]] Decoded decode_based(Bytes bytes, const EncodedText& text);

}  // namespace nhi
