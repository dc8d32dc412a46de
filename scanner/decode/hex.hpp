// hex.hpp - rows of hexadecimal digits that hold text.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "scanner/base/bytes.hpp"
#include "scanner/decode/based.hpp"

namespace nhi {

/// A shorter row is passed over.
inline constexpr std::size_t kHexDigitsMin = 16;

// One a view and thread; `bytes` and `visit` must outlive it.
class HexFinder {
 public:
  /// `decoded_min`: shorter texts are passed over.
  HexFinder(Bytes bytes, std::size_t decoded_min,
            const std::function<void(const EncodedText&)>& visit);

  /// Hands over every even row of digits within `span` that decodes to something plausible.
  /// Shapes: a row that goes on beyond `span` is cut there.
  void look_in(Span span);

 private:
  Bytes bytes_;
  const std::function<void(const EncodedText&)>& visit_;
  std::size_t least_;
  std::string block_;  // room to decode in
};

/// What stands in a row of digits, an even number of them.
[[nodiscard]] Decoded decode_hex(Bytes bytes, Span row);

}  // namespace nhi
