// pack_index.hpp - the .idx beside a pack: which object begins where.
//
// Versions 1 and 2. Source: gitformat-pack(5). Its own checksum is compared, so that what it says
// is what was written; what was written may still come from a stranger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scanner/sources/git/object.hpp"

namespace nhi {

/// How much of an index is checked when it is opened. What it says to one who looks single objects
/// up is checked by their hashes: a wrong one is damage, and one left out is missing.
enum class PackCheck : std::uint8_t { kWhole, kLookups };

// Immutable. Entries are counted in the order of their ids.
class PackIndex {
 public:
  /// Nothing if it is damaged, or not of a pack of `pack_bytes` that ends with `pack_checksum`.
  [[nodiscard]] static std::optional<PackIndex> parse(std::string bytes, std::uint64_t pack_bytes,
                                                      const GitId& pack_checksum,
                                                      PackCheck check = PackCheck::kWhole);
  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] GitId id(std::uint32_t entry) const {
    return GitId::from_bytes(bytes_.data() + ids_at_ + std::size_t{entry} * id_step_);
  }
  [[nodiscard]] std::optional<std::uint32_t> find(const GitId& id) const;
  /// The first entry whose id is not less; size() if there is none.
  [[nodiscard]] std::uint32_t lower_bound(const GitId& id) const;
  /// Of the entry's first byte in the pack.
  [[nodiscard]] std::uint64_t offset(std::uint32_t entry) const;
  /// CRC-32 of the entry as it is stored; version 1 has none.
  [[nodiscard]] std::optional<std::uint32_t> crc(std::uint32_t entry) const;

 private:
  [[nodiscard]] bool fanout_is_sound() const;
  [[nodiscard]] bool is_sound(std::uint64_t pack_bytes) const;
  [[nodiscard]] std::uint32_t number_at(std::size_t at) const;
  [[nodiscard]] std::uint32_t fanout(std::size_t first) const;

  std::string bytes_;
  std::uint32_t size_ = 0;
  bool second_ = false;  // version 2
  std::size_t fanout_at_ = 0;
  std::size_t ids_at_ = 0;
  std::size_t id_step_ = 20;
  std::size_t crcs_at_ = 0;
  std::size_t offsets_at_ = 0;
  std::size_t large_at_ = 0;
  std::size_t large_count_ = 0;
};

}  // namespace nhi
