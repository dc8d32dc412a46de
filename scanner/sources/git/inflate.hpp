// inflate.hpp - zlib streams whose length is known, through libdeflate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "scanner/base/bytes.hpp"

struct libdeflate_decompressor;

namespace nhi {

// Not thread-safe.
class Inflater {
 public:
  Inflater();
  /// Fills [out, out + size) from the stream that `packed` begins with, and gives the stream's
  /// length. Nothing if it is damaged (its Adler-32 is compared) or of another length.
  [[nodiscard]] std::optional<std::size_t> inflate(Bytes packed, char* out, std::size_t size);

 private:
  struct Free {
    void operator()(libdeflate_decompressor* one) const;
  };
  std::unique_ptr<libdeflate_decompressor, Free> decompressor_;
};

[[nodiscard]] std::uint32_t crc32_of(Bytes bytes);

}  // namespace nhi
