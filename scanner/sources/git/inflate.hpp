// inflate.hpp - zlib streams: those whose length is known through libdeflate, in one go; those that
// are too large for that through zlib, piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

// One zlib stream that comes in pieces. Not thread-safe.
class PieceInflater {
 public:
  enum class Outcome : std::uint8_t { kMore, kEnd, kDamaged };

  PieceInflater();
  ~PieceInflater();
  PieceInflater(const PieceInflater&) = delete;
  PieceInflater& operator=(const PieceInflater&) = delete;

  /// Goes on with `packed`, and gives what comes of it, in pieces of kPieceBytes at most, to
  /// `visit`, until that says no (then kDamaged). `taken`: bytes of it that belong to the stream.
  [[nodiscard]] Outcome feed(Bytes packed, std::size_t& taken,
                             const std::function<bool(Bytes)>& visit);
  static constexpr std::size_t kPieceBytes = std::size_t{64} << 10U;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// CRC-32 of what `before` is of and `bytes` behind it.
[[nodiscard]] std::uint32_t crc32_of(Bytes bytes, std::uint32_t before = 0);

}  // namespace nhi
