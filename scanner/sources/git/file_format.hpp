// file_format.hpp - what git's binary files have in common. Source: gitformat-pack(5),
// gitformat-index(5).
#pragma once

#include <cstdint>
#include <cstring>

#include "scanner/base/bytes.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {

/// Of a SHA-1 id, and of the checksum that ends each of these files.
inline constexpr std::size_t kGitHashBytes = 20;

/// The number of `count` bytes at `at`, which are there; at most four.
[[nodiscard]] constexpr std::uint32_t big_endian(Bytes bytes, std::size_t at = 0,
                                                 std::size_t count = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

/// Shapes: at least kGitHashBytes.
[[nodiscard]] inline bool ends_with_its_checksum(Bytes file) {
  const std::size_t end = file.size() - kGitHashBytes;
  const auto sum = sha1({file.substr(0, end)});
  return std::memcmp(sum.data(), file.data() + end, kGitHashBytes) == 0;
}

}  // namespace nhi
