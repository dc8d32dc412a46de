// bytes.hpp - bytes of strangers and half-open ranges in them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nhi {

/// Raw bytes in any encoding; not text. A view: the owner is said where it is handed over.
using Bytes = std::string_view;

/// A half-open range [start, end) of byte offsets.
struct Span {
  std::uint64_t start = 0;
  std::uint64_t end = 0;

  [[nodiscard]] constexpr std::uint64_t size() const { return end - start; }
  [[nodiscard]] constexpr bool empty() const { return end <= start; }
  [[nodiscard]] constexpr bool contains(Span other) const {
    return start <= other.start && other.end <= end;
  }
  [[nodiscard]] constexpr bool overlaps(Span other) const {
    return start < other.end && other.start < end;
  }
  friend constexpr auto operator<=>(const Span&, const Span&) = default;
};

/// The bytes of `span`; a span that leaves `bytes` is cut at its end.
[[nodiscard]] constexpr Bytes slice(Bytes bytes, Span span) {
  if (span.start >= bytes.size() || span.empty()) return {};
  return bytes.substr(static_cast<std::size_t>(span.start), static_cast<std::size_t>(span.size()));
}

/// The span of `part` in `whole`; `part` must be a view into `whole`.
[[nodiscard]] inline Span span_of(Bytes whole, Bytes part) {
  const auto start = static_cast<std::uint64_t>(part.data() - whole.data());
  return {start, start + part.size()};
}

}  // namespace nhi
