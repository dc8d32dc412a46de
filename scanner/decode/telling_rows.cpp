#include "scanner/decode/telling_rows.hpp"

#include <algorithm>

#include "scanner/base/result.hpp"
#include "scanner/decode/based_rows.hpp"
#include "scanner/decode/byte_looks.hpp"
#include "scanner/decode/byte_rows.hpp"
#include "scanner/decode/decoded_bits.hpp"
#include "scanner/decode/hex.hpp"
#include "scanner/decode/plausible.hpp"

namespace nhi {
namespace {

#ifdef __x86_64__

// 64 bytes to load from, wherever the view ends.
class Window {
 public:
  Window(Bytes bytes, std::size_t at) {
    if (at + looks::kLook <= bytes.size()) {
      data_ = bytes.data() + at;
      return;
    }
    rest_.fill(0);
    std::memcpy(rest_.data(), bytes.data() + at, bytes.size() - at);
    data_ = rest_.data();
  }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  [[nodiscard]] const char* data() const { return data_; }

 private:
  std::array<char, looks::kLook> rest_;
  const char* data_;
};

// The rows of at least `least` set bits, one after the other. (Not a visitor: a lambda does not
// have the instructions of the function that it stands in.)
class BitRows {
 public:
  [[gnu::always_inline]] BitRows(std::uint64_t mask, std::size_t least)
      : mask_(mask), starts_(looks::row_starts(mask, least)) {}
  [[nodiscard]] [[gnu::always_inline]] bool any() const { return starts_ != 0; }
  [[nodiscard]] [[gnu::always_inline]] Span take() {
    const auto first = static_cast<std::size_t>(std::countr_zero(starts_));
    const std::size_t past = first + static_cast<std::size_t>(std::countr_one(mask_ >> first));
    starts_ &= ~lowest_bits(past);
    return {first, past};
  }

 private:
  std::uint64_t mask_;
  std::uint64_t starts_;
};

template <class Looks>
[[gnu::always_inline]] inline bool may_hold_hex(Bytes bytes, Span row, std::uint64_t digits) {
  for (BitRows rows(digits, kHexDigitsMin); rows.any();) {
    const Span part = rows.take();
    if (part.size() % 2 != 0) continue;
    const Window window(bytes, static_cast<std::size_t>(row.start + part.start));
    if (may_be_plausible(Looks::decoded_hex(window.data()), part.size() / 2)) return true;
  }
  return false;
}

template <class Looks>
[[gnu::always_inline]] inline bool may_decode(Bytes bytes, Span row) {
  const Window window(bytes, static_cast<std::size_t>(row.start));
  const auto size = static_cast<std::size_t>(row.size());
  return may_be_plausible(Looks::decoded(window.data(), size), base64_size(size));
}

// The parts between any of the separators.
template <class Looks>
[[gnu::always_inline]] inline bool may_hold_part(Bytes bytes, Span row, std::uint64_t separators,
                                                 std::size_t least) {
  const auto size = static_cast<std::size_t>(row.size());
  for (BitRows rows(~separators & lowest_bits(size), least); rows.any();) {
    const Span part = rows.take();
    if (part.size() == size) continue;
    if (may_decode<Looks>(bytes, {row.start + part.start, row.start + part.end})) return true;
  }
  return false;
}

// `signs` are those from the start of the row on.
template <class Looks>
[[gnu::always_inline]] inline bool tells(Bytes bytes, Span row, std::size_t least,
                                         const RowSigns& signs) {
  const auto size = static_cast<std::size_t>(row.size());
  if (size > looks::kLook) return true;
  // Without the letter of an escape it may be too short, and still begin a wrapped text.
  if (size >= least && may_decode<Looks>(bytes, row)) return true;
  const std::uint64_t all = lowest_bits(size);
  const std::uint64_t url = signs.url & all;
  const std::uint64_t slash = signs.slash & all;
  const std::uint64_t plus = signs.plus & all;
  if (size > least && (url | slash | plus) != 0) {
    if (url != 0 && may_hold_part<Looks>(bytes, row, url, least)) return true;
    if (slash != 0 && may_hold_part<Looks>(bytes, row, slash, least)) return true;
    if (plus != 0 && url != 0 && may_hold_part<Looks>(bytes, row, slash | plus, least)) return true;
  }
  if (size >= kHexDigitsMin && may_hold_hex<Looks>(bytes, row, signs.hex & all)) return true;
  return size >= kWrappedLineMin && !row_on_next_line(bytes, row.end).empty();
}

// As looks::find_row, with what one look has shown kept for all of its rows.
template <class Looks>
[[gnu::always_inline]] inline Span next_row_by(Bytes bytes, std::size_t at, std::size_t least) {
  while (at + least <= bytes.size()) {
    const std::uint64_t mask = looks::look_at(bytes, at, Looks::digits);
    // What is at the end of this look may be the beginning of a row.
    std::size_t next = at + looks::kLook - static_cast<std::size_t>(std::countl_one(mask));
    BitRows rows(mask, least);
    RowSigns seen;
    if (rows.any()) seen = Looks::signs(Window(bytes, at).data());
    while (rows.any()) {
      const Span found = rows.take();
      Span row{after_escape(bytes, at + found.start), at + found.end};
      RowSigns signs;
      if (found.end >= looks::kLook) {
        row.end = looks::row_end(bytes, at + looks::kLook, Looks::digits);
        next = static_cast<std::size_t>(row.end);
        signs = Looks::signs(Window(bytes, static_cast<std::size_t>(row.start)).data());
      } else {
        signs = seen.from(static_cast<std::size_t>(row.start) - at);
      }
      if (tells<Looks>(bytes, row, least, signs)) return {at + found.start, row.end};
    }
    at = next;
  }
  return {};
}

[[NHI_WIDE]] Span next_row_wide(Bytes bytes, std::size_t at, std::size_t least) {
  return next_row_by<WideLooks>(bytes, at, least);
}
[[NHI_WIDEST]] Span next_row_widest(Bytes bytes, std::size_t at, std::size_t least) {
  return next_row_by<WidestLooks>(bytes, at, least);
}

#endif

}  // namespace

Span next_telling_row(Bytes bytes, std::size_t from, std::size_t least, Instructions most) {
  NHI_ASSERT(least >= 1 && least <= kRowLookMax && from <= bytes.size());
#ifdef __x86_64__
  if (most == Instructions::kWidest) return next_row_widest(bytes, from, least);
  if (most == Instructions::kWide) return next_row_wide(bytes, from, least);
#endif
  // Whoever asks looks at each of them.
  return next_row(bytes, from, least, DigitKind::kBase64);
}

}  // namespace nhi
