#include "scanner/sources/git/pack_index.hpp"

#include <cstring>
#include <utility>

#include "scanner/sources/git/file_format.hpp"

namespace nhi {
namespace {

constexpr std::size_t kFanoutBytes = 256 * 4;
constexpr std::size_t kChecksums = 2 * kGitHashBytes;  // of the pack, of the index
constexpr std::uint64_t kPackHead = 12;
constexpr std::uint32_t kLargeOffset = 0x80000000U;

}  // namespace

std::uint32_t PackIndex::number_at(std::size_t at) const { return big_endian(bytes_, at); }

std::uint32_t PackIndex::fanout(std::size_t first) const {
  return number_at(fanout_at_ + 4 * first);
}

std::optional<PackIndex> PackIndex::parse(std::string bytes, std::uint64_t pack_bytes,
                                          const GitId& pack_checksum, PackCheck check) {
  PackIndex index;
  index.second_ = bytes.starts_with(std::string_view("\377tOc\0\0\0\2", 8));
  index.fanout_at_ = index.second_ ? 8 : 0;
  const std::size_t head = index.fanout_at_ + kFanoutBytes;
  if (bytes.size() < head + kChecksums || bytes.starts_with("\377tOc") != index.second_) {
    return std::nullopt;
  }
  index.bytes_ = std::move(bytes);
  index.size_ = index.fanout(255);
  const std::size_t count = index.size_;
  const std::size_t tables = index.bytes_.size() - head - kChecksums;
  const std::size_t step = kGitHashBytes + (index.second_ ? 8 : 4);
  if (tables / step < count) return std::nullopt;
  const std::size_t rest = tables - count * step;
  if (index.second_) {
    index.ids_at_ = head;
    index.crcs_at_ = head + count * kGitHashBytes;
    index.offsets_at_ = index.crcs_at_ + count * 4;
    index.large_at_ = index.offsets_at_ + count * 4;
    index.large_count_ = rest / 8;
    if (rest % 8 != 0 || index.large_count_ > count) return std::nullopt;
  } else {
    index.ids_at_ = head + 4;
    index.id_step_ = step;
    index.offsets_at_ = head;
    if (rest != 0) return std::nullopt;
  }
  const char* const sums = index.bytes_.data() + index.bytes_.size() - kChecksums;
  if (GitId::from_bytes(sums) != pack_checksum || !index.fanout_is_sound()) return std::nullopt;
  if (check == PackCheck::kLookups) return index;
  if (!index.is_sound(pack_bytes) || !ends_with_its_checksum(index.bytes_)) return std::nullopt;
  return index;
}

bool PackIndex::fanout_is_sound() const {
  for (unsigned first = 1; first < 256; ++first) {
    if (fanout(first) < fanout(first - 1)) return false;
  }
  return true;
}

// Ids are in order and where the fan-out says, and entries begin within the pack.
bool PackIndex::is_sound(std::uint64_t pack_bytes) const {
  std::uint32_t entry = 0;
  for (unsigned first = 0; first < 256; ++first) {
    const std::uint32_t end = fanout(first);
    for (; entry < end; ++entry) {
      const char* const raw = bytes_.data() + ids_at_ + std::size_t{entry} * id_step_;
      if (static_cast<unsigned char>(*raw) != first) return false;
      if (entry != 0 && std::memcmp(raw - id_step_, raw, kGitHashBytes) > 0) return false;
      const std::uint64_t at = offset(entry);
      if (at < kPackHead || at >= pack_bytes - kGitHashBytes) return false;
    }
  }
  return entry == size_;
}

std::uint32_t PackIndex::lower_bound(const GitId& id) const {
  std::uint32_t low = id.bytes[0] == 0 ? 0 : fanout(id.bytes[0] - 1U);
  std::uint32_t high = fanout(id.bytes[0]);
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const int order = std::memcmp(bytes_.data() + ids_at_ + std::size_t{middle} * id_step_,
                                  id.bytes.data(), kGitHashBytes);
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::optional<std::uint32_t> PackIndex::find(const GitId& wanted) const {
  const std::uint32_t entry = lower_bound(wanted);
  if (entry == size_ || id(entry) != wanted) return std::nullopt;
  return entry;
}

std::uint64_t PackIndex::offset(std::uint32_t entry) const {
  const std::uint32_t small =
      number_at(offsets_at_ + std::size_t{entry} * (second_ ? std::size_t{4} : id_step_));
  if (!second_ || small < kLargeOffset) return small;
  const std::size_t large = small - kLargeOffset;
  if (large >= large_count_) return UINT64_MAX;  // is_sound() refuses it
  const std::size_t at = large_at_ + 8 * large;
  return static_cast<std::uint64_t>(number_at(at)) << 32U | number_at(at + 4);
}

std::optional<std::uint32_t> PackIndex::crc(std::uint32_t entry) const {
  if (!second_) return std::nullopt;
  return number_at(crcs_at_ + std::size_t{entry} * 4);
}

}  // namespace nhi
