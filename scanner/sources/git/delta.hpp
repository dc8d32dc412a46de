// delta.hpp - one object told as pieces of another and bytes of its own.
//
// Source: gitformat-pack(5), "Deltified representation". Bytes come from strangers: every piece is
// checked against the base and the size that the delta promises.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// A piece of the result: `size` bytes from `from` on, of the base or of the delta itself.
struct DeltaPiece {
  bool of_base = false;
  std::uint64_t from = 0;
  std::uint64_t size = 0;
};

class DeltaReader {
 public:
  /// Nothing if not even the sizes can be read.
  [[nodiscard]] static std::optional<DeltaReader> open(Bytes delta);
  [[nodiscard]] std::uint64_t base_size() const { return base_size_; }
  [[nodiscard]] std::uint64_t result_size() const { return result_size_; }
  /// False at the end, and at damage.
  [[nodiscard]] bool next(DeltaPiece& piece);
  /// Behind the last piece: was everything as it should be?
  [[nodiscard]] bool sound() const { return sound_ && rest_.empty() && made_ == result_size_; }

 private:
  Bytes delta_;
  Bytes rest_;
  std::uint64_t base_size_ = 0;
  std::uint64_t result_size_ = 0;
  std::uint64_t made_ = 0;
  bool sound_ = true;
};

/// Replaces `result`. False if the delta is damaged or of another base. Allocates
/// DeltaReader::result_size(): the caller has looked whether that is too much.
[[nodiscard]] bool apply_delta(Bytes base, Bytes delta, std::string& result);

}  // namespace nhi
