#include "scanner/decode/byte_rows.hpp"

#include "scanner/base/processor.hpp"
#include "scanner/base/result.hpp"
#include "scanner/decode/byte_looks.hpp"

namespace nhi {
namespace {

static_assert(kRowLookMax == looks::kLook);

template <DigitKind kKind>
Span find_row_plainly(Bytes bytes, std::size_t at, std::size_t least) {
  return looks::find_row(bytes, at, least, looks::look<kKind>);
}

#ifdef __x86_64__

template <DigitKind kKind>
[[gnu::target("avx2,bmi")]] Span find_row_wide(Bytes bytes, std::size_t at, std::size_t least) {
  return looks::find_row(bytes, at, least, looks::look_wide<kKind>);
}

template <DigitKind kKind>
Span find_row_of(Bytes bytes, std::size_t at, std::size_t least) {
  return best_instructions() >= Instructions::kWide ? find_row_wide<kKind>(bytes, at, least)
                                                    : find_row_plainly<kKind>(bytes, at, least);
}

#else

template <DigitKind kKind>
Span find_row_of(Bytes bytes, std::size_t at, std::size_t least) {
  return find_row_plainly<kKind>(bytes, at, least);
}

#endif

}  // namespace

Span next_row(Bytes bytes, std::size_t from, std::size_t least, DigitKind kind) {
  NHI_ASSERT(least >= 1 && least <= looks::kLook && from <= bytes.size());
  return kind == DigitKind::kHex ? find_row_of<DigitKind::kHex>(bytes, from, least)
                                 : find_row_of<DigitKind::kBase64>(bytes, from, least);
}

}  // namespace nhi
