#include "scanner/sources/git/inflate.hpp"

#include <libdeflate.h>

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

std::uint32_t crc32_of(Bytes bytes) { return libdeflate_crc32(0, bytes.data(), bytes.size()); }

}  // namespace nhi
