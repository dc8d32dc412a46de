#include "scanner/sources/git/inflate.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <string>

#include "scanner/base/result.hpp"

namespace nhi {

void Inflater::Free::operator()(libdeflate_decompressor* one) const {
  libdeflate_free_decompressor(one);
}

Inflater::Inflater() : decompressor_(libdeflate_alloc_decompressor()) {
  NHI_ASSERT(decompressor_ != nullptr);
}

std::optional<std::size_t> Inflater::inflate(Bytes packed, char* out, std::size_t size) {
  std::size_t taken = 0;
  // Without a place for the length that came of it, any but `size` is an error.
  const auto result = libdeflate_zlib_decompress_ex(decompressor_.get(), packed.data(),
                                                    packed.size(), out, size, &taken, nullptr);
  if (result != LIBDEFLATE_SUCCESS) return std::nullopt;
  return taken;
}

struct PieceInflater::State {
  z_stream stream{};
  std::string out = std::string(kPieceBytes, '\0');
};

PieceInflater::PieceInflater() : state_(std::make_unique<State>()) {
  NHI_ASSERT(inflateInit(&state_->stream) == Z_OK);
}

PieceInflater::~PieceInflater() { inflateEnd(&state_->stream); }

PieceInflater::Outcome PieceInflater::feed(Bytes packed, std::size_t& taken,
                                           const std::function<bool(Bytes)>& visit) {
  // zlib counts in 32 bits, and does not write to what it reads.
  constexpr std::size_t kStepMax = 1U << 30U;
  z_stream& stream = state_->stream;
  std::string& out = state_->out;
  const std::size_t given = std::min(packed.size(), kStepMax);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(given);
  int code = Z_OK;
  // A full piece: more may come of what was taken in.
  do {
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    code = ::inflate(&stream, Z_NO_FLUSH);
    const Bytes made = Bytes(out).substr(0, out.size() - stream.avail_out);
    if (!made.empty() && !visit(made)) return Outcome::kDamaged;
  } while (code == Z_OK && stream.avail_out == 0);
  taken = given - stream.avail_in;
  if (code == Z_STREAM_END) return Outcome::kEnd;
  // Z_BUF_ERROR: it can go no further without more.
  const bool starved = code == Z_OK || code == Z_BUF_ERROR;
  return starved && stream.avail_in == 0 ? Outcome::kMore : Outcome::kDamaged;
}

std::uint32_t crc32_of(Bytes bytes, std::uint32_t before) {
  return libdeflate_crc32(before, bytes.data(), bytes.size());
}

}  // namespace nhi
