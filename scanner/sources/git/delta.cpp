#include "scanner/sources/git/delta.hpp"

#include <cstring>

#include "scanner/sources/git/overwrite.hpp"

namespace nhi {
namespace {

constexpr unsigned kVarintBitsMax = 56;

// Seven bits a byte, the lowest first; the highest bit says that more follow.
bool take_size(Bytes& rest, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; !rest.empty() && shift <= kVarintBitsMax; shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) return true;
  }
  return false;
}

// The bytes that `mask` says are there, the lowest first; the others are zero.
bool take_number(Bytes& rest, unsigned mask, unsigned bytes, std::uint64_t& value) {
  value = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    if ((mask >> i & 1U) == 0) continue;
    if (rest.empty()) return false;
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest.front())) << (8 * i);
    rest.remove_prefix(1);
  }
  return true;
}

}  // namespace

std::optional<DeltaReader> DeltaReader::open(Bytes delta) {
  DeltaReader reader;
  reader.delta_ = reader.rest_ = delta;
  if (!take_size(reader.rest_, reader.base_size_)) return std::nullopt;
  if (!take_size(reader.rest_, reader.result_size_)) return std::nullopt;
  return reader;
}

bool DeltaReader::next(DeltaPiece& piece) {
  if (!sound_ || rest_.empty()) return false;
  const auto op = static_cast<unsigned char>(rest_.front());
  rest_.remove_prefix(1);
  piece.of_base = (op & 0x80U) != 0;
  if (piece.of_base) {
    sound_ = take_number(rest_, op, 4, piece.from) && take_number(rest_, op >> 4U, 3, piece.size);
    if (piece.size == 0) piece.size = 0x10000;
    sound_ = sound_ && piece.from <= base_size_ && piece.size <= base_size_ - piece.from;
  } else {
    piece.from = static_cast<std::uint64_t>(rest_.data() - delta_.data());
    piece.size = op;
    sound_ = op != 0 && op <= rest_.size();  // zero is kept for what is not invented yet
    if (sound_) rest_.remove_prefix(op);
  }
  sound_ = sound_ && piece.size <= result_size_ - made_;
  if (sound_) made_ += piece.size;
  return sound_;
}

bool apply_delta(Bytes base, Bytes delta, std::string& result) {
  auto reader = DeltaReader::open(delta);
  if (!reader || reader->base_size() != base.size()) return false;
  // Without filling it first.
  overwrite(result, reader->result_size(), [&](char* out) {
    DeltaPiece piece;
    std::size_t at = 0;
    while (reader->next(piece)) {
      std::memcpy(out + at, (piece.of_base ? base : delta).data() + piece.from, piece.size);
      at += piece.size;
    }
    return at;
  });
  return reader->sound();
}

}  // namespace nhi
