// forward_reader.hpp - the bytes of a pack from front to back, a piece at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "scanner/base/limits.hpp"
#include "scanner/sources/git/pack.hpp"

namespace nhi {

// Not thread-safe. `pack` must outlive it.
class ForwardReader {
 public:
  explicit ForwardReader(const PackFile& pack) : pack_(pack) {}

  /// At least `wanted` bytes of what stands at `at`, fewer only where the pack ends; empty if it
  /// cannot be read. Until the next call.
  [[nodiscard]] Bytes at(std::uint64_t at, std::uint64_t wanted) {
    const std::uint64_t end = pack_.end();
    const std::uint64_t to = at + std::min(wanted, end - std::min(at, end));
    if (at < from_ || to > from_ + piece_.size()) {
      from_ = at;
      const std::uint64_t piece = std::max(wanted, kPieceBytes);
      if (!pack_.read(at, at + std::min(piece, end - std::min(at, end)), piece_)) piece_.clear();
    }
    if (to > from_ + piece_.size()) return {};
    return Bytes(piece_).substr(static_cast<std::size_t>(at - from_));
  }

 private:
  static constexpr std::uint64_t kPieceBytes = kMiB;

  const PackFile& pack_;
  std::uint64_t from_ = 0;
  std::string piece_;
};

}  // namespace nhi
