// Rows of digits: what is passed over at one look is what every row, looked at, does not show.
// The first byte is the least size of a text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <tuple>
#include <vector>

#include "scanner/decode/based.hpp"

namespace {

using Seen = std::tuple<nhi::Encoding, std::uint64_t, std::uint64_t, std::size_t>;

void put_in_order(std::vector<Seen>& seen) {
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t least = data[0] % 32;
  const nhi::Bytes bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<Seen> chosen;
  std::vector<Seen> all;
  const auto into = [&](std::vector<Seen>& seen) {
    return [&seen, bytes](const nhi::EncodedText& text) {
      const nhi::Span hull = text.hull();
      if (hull.end > bytes.size()) std::abort();
      if (nhi::decode_based(bytes, text).bytes.size() != text.decoded_size) std::abort();
      seen.emplace_back(text.encoding, hull.start, hull.end, text.lines.size());
    };
  };
  nhi::find_based(bytes, least, into(chosen));
  nhi::find_base64(bytes, least, into(all));
  nhi::find_hex(bytes, least, into(all));
  put_in_order(chosen);
  put_in_order(all);
  if (chosen != all) std::abort();
  return 0;
}
