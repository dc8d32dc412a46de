#include "scanner/decode/hex.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "scanner/decode/byte_rows.hpp"
#include "scanner/decode/plausible.hpp"
#include "scanner/decode/utf8.hpp"

namespace nhi {
namespace {

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::uint8_t i = 0; i < 10; ++i) table[static_cast<std::size_t>('0') + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    table[static_cast<std::size_t>('a') + i] = static_cast<std::uint8_t>(10 + i);
    table[static_cast<std::size_t>('A') + i] = static_cast<std::uint8_t>(10 + i);
  }
  return table;
}();

void append_hex(Bytes digits, std::string& out) {
  std::size_t at = out.size();
  out.resize(at + digits.size() / 2);
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2, ++at) {
    const unsigned high = kValues[byte_at(digits, i)];
    out[at] =
        static_cast<char>(static_cast<unsigned char>(high * 16 + kValues[byte_at(digits, i + 1)]));
  }
}

// `block` is room to decode in.
bool plausible_hex(Bytes bytes, Span row, std::string& block) {
  if (row.size() <= 2 * kGaugeBlockBytes) {
    block.clear();
    append_hex(slice(bytes, row), block);
    return is_plausible(block);
  }
  TextGauge gauge;
  for (std::uint64_t at = row.start; at < row.end; at += 2 * kGaugeBlockBytes) {
    block.clear();
    append_hex(slice(bytes, {at, std::min(row.end, at + 2 * kGaugeBlockBytes)}), block);
    gauge.feed(block);
    if (row.end - at > 2 * kGaugeBlockBytes && gauge.plausible()) return true;
  }
  return gauge.plausible();
}

}  // namespace

HexFinder::HexFinder(Bytes bytes, std::size_t decoded_min,
                     const std::function<void(const EncodedText&)>& visit)
    : bytes_(bytes), visit_(visit), least_(std::max(kHexDigitsMin, 2 * decoded_min)) {}

void HexFinder::look_in(Span span) {
  const Bytes bytes = bytes_.substr(0, static_cast<std::size_t>(span.end));
  auto at = static_cast<std::size_t>(span.start);
  while (at + least_ <= bytes.size()) {
    const Span row = next_row(bytes, at, std::min(least_, kRowLookMax), DigitKind::kHex);
    if (row.empty()) return;
    at = static_cast<std::size_t>(row.end);
    if (row.size() < least_ || row.size() % 2 != 0 || !plausible_hex(bytes, row, block_)) continue;
    visit_({Encoding::kHex, {row}, static_cast<std::size_t>(row.size() / 2), 0});
  }
}

Decoded decode_hex(Bytes bytes, Span row) {
  Decoded out;
  out.bytes.reserve(static_cast<std::size_t>(row.size() / 2));
  append_hex(slice(bytes, row), out.bytes);
  out.map.repeat(row.start, 2, 1, row.size() / 2);
  return out;
}

}  // namespace nhi
