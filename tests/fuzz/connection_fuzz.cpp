// URLs and connection strings: the spans of account and secret lie in the text.
#include <cstddef>
#include <cstdint>

#include "scanner/base/result.hpp"
#include "scanner/grammar/token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nhi::Bytes text(reinterpret_cast<const char*>(data), size);
  const auto parts = nhi::parse_connection(text);
  if (!parts.has_value()) return 0;
  NHI_ASSERT(parts->account.start <= parts->account.end && parts->account.end <= size);
  NHI_ASSERT(parts->secret.start <= parts->secret.end && parts->secret.end <= size);
  return 0;
}
