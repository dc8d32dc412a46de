// Any bytes: every view maps back into the blob, the limits hold, and two walks are equal.
#include <cstddef>
#include <cstdint>

#include "scanner/base/result.hpp"
#include "scanner/decode/views.hpp"

namespace {

using nhi::Bytes;
using nhi::Span;

void check_map(const nhi::View& view, Bytes blob) {
  if (view.parent == nullptr) return;
  NHI_ASSERT(view.map.view_length() == view.bytes.size());
  const std::size_t step = view.bytes.size() / 64 + 1;
  Span last{};
  for (std::size_t at = 0; at < view.bytes.size(); at += step) {
    const Span span{at, at + 1};
    const Span source = view.map.to_source(span);
    NHI_ASSERT(source.end <= view.parent->bytes.size() && source.start >= last.start);
    NHI_ASSERT(view.to_blob(span).end <= blob.size());
    (void)view.to_text(span);
    if (view.stands_in_parent(span)) {
      NHI_ASSERT(nhi::slice(view.parent->bytes, source) == nhi::slice(view.bytes, span));
    }
    last = source;
  }
  NHI_ASSERT(view.to_blob({0, view.bytes.size()}).end <= blob.size());
}

struct Sum {
  std::uint64_t views = 0;
  std::uint64_t bytes = 0;
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
};

Sum walk(Bytes blob, const nhi::DecodeLimits& limits, bool check) {
  Sum sum;
  const auto stats = nhi::for_each_view(blob, limits, [&](const nhi::View& view) {
    ++sum.views;
    if (view.parent != nullptr) sum.bytes += view.bytes.size();
    NHI_ASSERT(view.depth <= limits.depth_max + 1 && view.chain().size() == view.depth);
    for (const char byte : view.bytes) {
      sum.hash = (sum.hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
    }
    if (check) check_map(view, blob);
    return true;
  });
  NHI_ASSERT(stats.views == sum.views && stats.decoded_bytes == sum.bytes);
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes blob(reinterpret_cast<const char*>(data), size);
  const nhi::DecodeLimits limits;
  const Sum first = walk(blob, limits, true);
  const Sum second = walk(blob, limits, false);
  NHI_ASSERT(first.views == second.views && first.hash == second.hash);
  // The text view of a wide file is at most three bytes for two; small blobs count as 4 KiB.
  const std::size_t base = size > 4096 ? size : 4096;
  NHI_ASSERT(first.bytes <= limits.expansion_max * base * 3 / 2 + 2 * size + 3);
  const nhi::Decoded xml = nhi::decode_xml_text(blob);
  NHI_ASSERT(xml.map.view_length() == xml.bytes.size() && xml.bytes.size() <= size);
  for (int i = static_cast<int>(nhi::Encoding::kUtf16Le);
       i <= static_cast<int>(nhi::Encoding::kUtf32Be); ++i) {
    const nhi::Decoded wide = nhi::decode_charset(blob, static_cast<nhi::Encoding>(i));
    NHI_ASSERT(wide.map.view_length() == wide.bytes.size());
  }
  return 0;
}
