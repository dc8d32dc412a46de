#include "scanner/decode/charset.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "scanner/decode/regions.hpp"
#include "scanner/decode/utf8.hpp"
#include "scanner/decode/wide_rows.hpp"

namespace nhi {
namespace {

// Bytes looked at before the whole blob is measured.
constexpr std::size_t kPeekBytes = 4096;
// Stretches of the same parity that stand closer are one: the text between them is foreign script.
constexpr std::size_t kStretchGap = 64;

constexpr bool is_big_endian(Encoding charset) {
  return charset == Encoding::kUtf16Be || charset == Encoding::kUtf32Be;
}
constexpr std::size_t unit_bytes(Encoding charset) {
  return charset == Encoding::kUtf32Le || charset == Encoding::kUtf32Be ? 4 : 2;
}

std::uint32_t unit16(Bytes bytes, std::size_t at, bool big) {
  const std::uint32_t first = byte_at(bytes, at);
  const std::uint32_t second = byte_at(bytes, at + 1);
  return big ? (first << 8) | second : (second << 8) | first;
}
std::uint32_t unit32(Bytes bytes, std::size_t at, bool big) {
  const std::uint32_t first = unit16(bytes, at, big);
  const std::uint32_t second = unit16(bytes, at + 2, big);
  return big ? (first << 16) | second : (second << 16) | first;
}

// One character: its code point (U+FFFD when broken) and the bytes it takes.
struct Unit {
  std::uint32_t code = kReplacement;
  std::size_t length = 0;
  bool valid = true;
};

Unit read_unit(Bytes bytes, std::size_t at, Encoding charset) {
  const bool big = is_big_endian(charset);
  const std::size_t left = bytes.size() - at;
  if (unit_bytes(charset) == 4) {
    if (left < 4) return {kReplacement, left, false};
    const std::uint32_t code = unit32(bytes, at, big);
    if (code > 0x10FFFF || is_surrogate(code)) return {kReplacement, 4, false};
    return {code, 4, true};
  }
  if (left < 2) return {kReplacement, left, false};
  const std::uint32_t code = unit16(bytes, at, big);
  if (!is_surrogate(code)) return {code, 2, true};
  if (is_high_surrogate(code) && left >= 4) {
    const std::uint32_t low = unit16(bytes, at + 2, big);
    if (is_low_surrogate(low)) return {join_surrogates(code, low), 4, true};
  }
  return {kReplacement, 2, false};
}

std::size_t bom_length(Bytes bytes, Encoding charset) {
  const std::size_t unit = unit_bytes(charset);
  if (bytes.size() < unit) return 0;
  return read_unit(bytes, 0, charset).code == 0xFEFF ? unit : 0;
}

// What a whole blob would look like as `charset`.
struct Measure {
  std::uint64_t units = 0;
  std::uint64_t invalid = 0;
  std::uint64_t nul = 0;
  std::uint64_t ascii = 0;    // text of ASCII, or Latin-1 letters
  std::uint64_t runs = 0;     // that the offset map would hold
  std::uint64_t swapped = 0;  // longest row of ASCII with its two bytes the wrong way round
};

// U+6100 is an `a` at the other parity. The ideographic space is U+3000, a `0` so read.
bool is_swapped_ascii(std::uint32_t code) {
  return (code & 0xFF) == 0 && code != 0x3000 && code <= 0xFFFF &&
         is_ascii_text(static_cast<unsigned char>(code >> 8));
}

// What no reading as a wide text may exceed; counters only grow, so a blob that is something else
// is known early.
struct Limits {
  std::uint64_t invalid = 0;
  std::uint64_t nul = 0;
  std::uint64_t foreign = 0;  // neither ASCII nor Latin-1
};

Limits limits_of(std::uint64_t units_max, bool has_bom) {
  const std::uint64_t any = units_max + 1;
  // One broken unit at the end is forgiven.
  return {units_max / 100 + 1, has_bom ? any : units_max / 50,
          has_bom ? any : units_max * 60 / 100};
}

// Nothing: some limit was passed.
std::optional<Measure> measure(Bytes bytes, Encoding charset, bool has_bom) {
  const Limits limits = limits_of(bytes.size() / (unit_bytes(charset) == 4 ? 4 : 2) + 1, has_bom);
  Measure result;
  std::size_t last_shape = 0;
  std::uint64_t swapped = 0;
  for (std::size_t at = bom_length(bytes, charset); at < bytes.size();) {
    const Unit unit = read_unit(bytes, at, charset);
    ++result.units;
    if (!unit.valid) ++result.invalid;
    if (unit.code == 0) ++result.nul;
    swapped = is_swapped_ascii(unit.code) ? swapped + 1 : 0;
    result.swapped = std::max(result.swapped, swapped);
    const bool latin = unit.code >= 0xA0 && unit.code <= 0xFF;
    if (latin || (unit.code < 0x80 && is_ascii_text(static_cast<unsigned char>(unit.code)))) {
      ++result.ascii;
    }
    const std::size_t width = unit.code < 0x80 ? 1 : unit.code < 0x800 ? 2 : 3;
    const std::size_t shape = width * 8 + unit.length;
    if (shape != last_shape) ++result.runs;
    last_shape = shape;
    at += unit.length;
    if (result.runs > kCharsetRunsMax || result.swapped >= kWideStretchMin ||
        result.invalid > limits.invalid || result.nul > limits.nul ||
        result.units - result.ascii > limits.foreign) {
      return std::nullopt;
    }
  }
  return result;
}

// Is there a row of so many ASCII bytes without zeros between them: text that is not wide at all?
bool holds_narrow_text(Bytes bytes, std::size_t row) {
  std::size_t current = 0;
  for (const char byte : bytes) {
    current = is_ascii_text(static_cast<unsigned char>(byte)) ? current + 1 : 0;
    if (current >= row) return true;
  }
  return false;
}

// A blob is one wide text only if reading it so loses nothing: a log to which one program wrote
// UTF-16 and another ASCII is not, nor is one whose second half stands at an odd offset: both
// halves must be seen. Ideographs look like pairs of
// ASCII bytes by chance, hence the longer row where a mark vouches for the whole.
bool loses_nothing(Bytes bytes, const Measure& seen, bool has_bom) {
  if (seen.swapped >= kWideStretchMin) return false;
  const bool mostly_ascii = seen.ascii * 100 >= seen.units * 95;
  const std::size_t row_max = !has_bom ? 4 : mostly_ascii ? 12 : 20;
  return !holds_narrow_text(bytes, row_max);
}

bool fits(Bytes bytes, Encoding charset, bool has_bom) {
  const std::optional<Measure> measured = measure(bytes, charset, has_bom);
  if (!measured) return false;
  const Measure& seen = *measured;
  if (seen.units == 0) return has_bom;
  const bool odd_tail = bytes.size() % unit_bytes(charset) != 0;
  const std::uint64_t invalid = seen.invalid - (odd_tail && seen.invalid > 0 ? 1 : 0);
  if (invalid * 100 > seen.units) return false;
  if (!has_bom) {
    if (seen.units < 4 || seen.nul * 50 > seen.units) return false;
    if (seen.ascii * 100 < seen.units * 40) return false;
  }
  return loses_nothing(bytes, seen, has_bom);
}

Encoding charset_by_mark(Bytes blob) {
  // The order matters: the UTF-32LE mark starts with the UTF-16LE mark.
  for (const Encoding charset :
       {Encoding::kUtf32Le, Encoding::kUtf32Be, Encoding::kUtf16Le, Encoding::kUtf16Be}) {
    if (bom_length(blob, charset) > 0 && fits(blob, charset, true)) return charset;
  }
  return Encoding::kNone;
}

// By position modulo four.
std::array<std::size_t, 4> zeros_by_place(Bytes bytes) {
  constexpr std::size_t kLanes = 16;
  constexpr std::size_t kBlock = kLanes * 255;  // what a lane of one byte can count
  std::array<std::size_t, 4> zeros{};
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(at + kBlock, bytes.size());
    std::array<std::uint8_t, kLanes> lanes{};
    std::uint8_t* const counts = lanes.data();
    for (; at + kLanes <= end; at += kLanes) {
      const char* const block = bytes.data() + at;
      for (std::size_t i = 0; i < kLanes; ++i)
        counts[i] = static_cast<std::uint8_t>(counts[i] + (block[i] == 0));
    }
    for (std::size_t i = 0; i < kLanes; ++i) zeros[i % 4] += lanes[i];
    for (; at < end; ++at) zeros[at % 4] += bytes[at] == 0;
  }
  return zeros;
}

// Zero bytes of the first bytes, by position modulo four, say which charset is worth measuring.
Encoding charset_by_zeros(Bytes blob) {
  const Bytes peek = blob.substr(0, kPeekBytes);
  if (peek.size() < 8 || std::memchr(peek.data(), 0, peek.size()) == nullptr) {
    return Encoding::kNone;
  }
  const std::array<std::size_t, 4> zeros = zeros_by_place(peek);
  const std::size_t quarter = peek.size() / 4;
  const auto many = [&](std::size_t count, std::size_t of) { return count * 100 >= of * 35; };
  if (many(zeros[2], quarter) && many(zeros[3], quarter)) {
    if (many(zeros[1], quarter) && fits(blob, Encoding::kUtf32Le, false)) {
      return Encoding::kUtf32Le;
    }
  }
  if (many(zeros[0], quarter) && many(zeros[1], quarter)) {
    if (many(zeros[2], quarter) && fits(blob, Encoding::kUtf32Be, false)) {
      return Encoding::kUtf32Be;
    }
  }
  const std::size_t even = zeros[0] + zeros[2];
  const std::size_t odd = zeros[1] + zeros[3];
  const std::size_t half = peek.size() / 2;
  if (odd > even && many(odd, half) && fits(blob, Encoding::kUtf16Le, false)) {
    return Encoding::kUtf16Le;
  }
  if (even > odd && many(even, half) && fits(blob, Encoding::kUtf16Be, false)) {
    return Encoding::kUtf16Be;
  }
  return Encoding::kNone;
}

bool is_wide_char(unsigned char low) { return is_ascii_text(low) || low >= 0xA0; }

// Characters of UTF-16 text from `at` on.
std::size_t count_wide(Bytes bytes, std::size_t at, bool big) {
  std::size_t count = 0;
  for (; at + 1 < bytes.size(); at += 2, ++count) {
    const unsigned char zero = byte_at(bytes, big ? at : at + 1);
    const unsigned char low = byte_at(bytes, big ? at + 1 : at);
    if (zero != 0 || !is_wide_char(low)) break;
  }
  return count;
}

// How much a byte looks like the border of a value.
int border_rank(char byte) {
  if (Bytes("\"'<> \t\r\n").find(byte) != Bytes::npos) return 2;
  return Bytes("=;,:()[]{}|").find(byte) != Bytes::npos ? 1 : 0;
}

// Both readings give `count` characters. Between zeros the text is the same and even offsets
// decide. Between ASCII (`"` 0 p 0 w `"`) one of the two end characters is foreign: the stronger
// border is, and in doubt the last one, for little endian is common.
bool prefers_big(Bytes bytes, std::size_t zero, std::size_t big_start, std::size_t count) {
  if (big_start < zero) return big_start % 2 == 0;
  const std::size_t last = zero + 2 * count - 1;
  return zero > 0 && last < bytes.size() && border_rank(bytes[zero - 1]) > border_rank(bytes[last]);
}

// Collects stretches, joins neighbours, cuts what is too long.
class StretchJoiner {
 public:
  explicit StretchJoiner(const std::function<void(const WideStretch&)>& visit) : visit_(visit) {}
  void add(Span span, Encoding encoding) {
    const bool joins = !open_.span.empty() && open_.encoding == encoding &&
                       (span.start - open_.span.start) % 2 == 0 &&
                       span.start - open_.span.end <= kStretchGap;
    if (joins) {
      open_.span.end = span.end;
    } else {
      flush();
      open_ = {span, encoding};
    }
  }
  void flush() {
    while (open_.span.size() > kRegionBytesMax) {
      const std::uint64_t cut = open_.span.start + kRegionBytesMax;
      visit_({{open_.span.start, cut}, open_.encoding});
      open_.span.start = cut - kMatchBytesMax;
    }
    if (!open_.span.empty()) visit_(open_);
    open_ = {};
  }

 private:
  const std::function<void(const WideStretch&)>& visit_;
  WideStretch open_;
};

}  // namespace

Encoding detect_charset(Bytes blob) {
  const Encoding marked = charset_by_mark(blob);
  return marked != Encoding::kNone ? marked : charset_by_zeros(blob);
}

Decoded decode_charset_at(Bytes bytes, Encoding charset, std::uint64_t start) {
  Decoded out;
  if (!is_charset(charset)) {
    out.bytes.assign(bytes);
    out.map.copy(start, bytes.size());
    return out;
  }
  out.bytes.reserve(bytes.size() / unit_bytes(charset));
  for (std::size_t at = bom_length(bytes, charset); at < bytes.size();) {
    const Unit unit = read_unit(bytes, at, charset);
    const ShortText text = to_utf8(unit.code);
    out.bytes.append(text.view());
    out.map.replace({start + at, start + at + unit.length}, text.length);
    at += unit.length;
  }
  return out;
}

Decoded decode_charset(Bytes blob, Encoding charset) { return decode_charset_at(blob, charset, 0); }

void find_wide_stretches(Bytes bytes, const std::function<void(const WideStretch&)>& visit) {
  StretchJoiner joiner(visit);
  std::size_t at = 0;
  std::size_t done = 0;  // bytes before it belong to a stretch already
  while (at + 1 < bytes.size()) {
    // Programs are full of zeros: those with no row of characters near them are passed over. The
    // zero of a row stands at its start, behind its first character or, with two rows in question,
    // two bytes further on.
    const std::size_t row = next_wide_row(bytes, at > 0 ? at - 1 : 0);
    if (row > at + 1) at = row - 1;
    if (at + 1 >= bytes.size()) break;
    const auto* zero =
        static_cast<const char*>(std::memchr(bytes.data() + at + 1, 0, bytes.size() - at - 1));
    if (zero == nullptr) break;
    // A zero at `z`: little endian puts a character before it, big endian after it.
    auto z = static_cast<std::size_t>(zero - bytes.data());
    const bool has_little = z - 1 >= done && is_ascii_text(byte_at(bytes, z - 1));
    if (!has_little) {
      while (z + 1 < bytes.size() && bytes[z + 1] == 0) ++z;  // a filled page is one step
    }
    const std::size_t little = has_little ? count_wide(bytes, z - 1, false) : 0;
    std::size_t big_start = z;
    if (has_little && z >= done + 2 && bytes[z - 2] == 0) big_start = z - 2;
    const std::size_t big = count_wide(bytes, big_start, true);
    const bool use_big = big != little ? big > little : prefers_big(bytes, z, big_start, big);
    const std::size_t count = use_big ? big : little;
    if (count < kWideStretchMin) {
      at = z;
      continue;
    }
    const std::size_t start = use_big ? big_start : z - 1;
    done = start + 2 * count;
    joiner.add({start, done}, use_big ? Encoding::kUtf16Be : Encoding::kUtf16Le);
    at = done - 1;
  }
  joiner.flush();
}

}  // namespace nhi
