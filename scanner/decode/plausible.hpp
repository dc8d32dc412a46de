// plausible.hpp - do decoded bytes look like something a person or a program wrote?
//
// Every word of eleven letters is valid base64, and every hash is valid hexadecimal. A decoding
// becomes a view only if text stands in it somewhere (16 bytes of ASCII text in a row are chance
// once in eight million random bytes), or if it starts like a known container.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// Bytes of ASCII text in a row that are no accident.
inline constexpr std::size_t kPlausibleTextMin = 16;
/// The same for text with UTF-8 characters in it, which chance makes more easily.
inline constexpr std::size_t kPlausibleUtf8Min = 24;
/// Characters of UTF-16 or UTF-32 in a row that are no accident.
inline constexpr std::size_t kPlausibleWideMin = 8;

/// A container has at least so many bytes, and begins with one of few.
inline constexpr std::size_t kContainerBytesMin = 32;
[[nodiscard]] constexpr bool may_start_container(unsigned char first) {
  return first == 'P' || first == 0x1F || first == 0xFE || first == '7' || first == 0x30;
}

/// Text but for a few bytes, and long enough for that to be no accident.
[[nodiscard]] constexpr bool is_mostly_text(std::uint64_t ascii, std::uint64_t size) {
  return size >= 24 && ascii * 100 >= size * 85;
}

/// Larger texts are decoded and gauged so many bytes at a time; a multiple of three.
inline constexpr std::size_t kGaugeBlockBytes = 3072;

// Fed block by block, cut anywhere; keeps nothing but counters and the first bytes.
class TextGauge {
 public:
  void feed(Bytes block);
  [[nodiscard]] bool plausible() const;

 private:
  void feed_text();
  void feed_other(unsigned char byte);
  void break_run();
  [[nodiscard]] bool is_container() const;

  std::array<unsigned char, 8> head_{};
  std::uint64_t total_ = 0;
  std::uint64_t ascii_ = 0;
  std::uint64_t ascii_run_ = 0;
  std::uint64_t ascii_longest_ = 0;
  std::uint64_t run_ = 0;  // UTF-8 allowed
  std::uint64_t run_longest_ = 0;
  unsigned continuation_ = 0;  // bytes of a UTF-8 character still to come
  std::uint64_t zeros_ = 0;    // since the last text byte
  std::uint64_t gap_ = 0;      // zeros between the characters of the current wide row
  std::uint64_t wide_ = 0;
  std::uint64_t wide_longest_ = 0;
};

/// What a gauge fed with all of it says. Most bytes that are no text are known at one look.
[[nodiscard]] bool is_plausible(Bytes all);

}  // namespace nhi
