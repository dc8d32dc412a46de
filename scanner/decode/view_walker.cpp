#include "scanner/decode/view_walker.hpp"

#include <algorithm>

#include "scanner/base/result.hpp"
#include "scanner/decode/based.hpp"
#include "scanner/decode/frames.hpp"
#include "scanner/decode/marks.hpp"
#include "scanner/decode/sequences.hpp"

namespace nhi {
namespace {

// Whatever a caller asks for: the walk is recursive in steps.
constexpr unsigned kDepthMost = 16;

// False for what stands in the parent too, edges included: it was decoded there.
bool is_fresh(const View& view, Span span) {
  if (view.parent == nullptr) return true;
  const Span wider{span.start > 0 ? span.start - 1 : 0,
                   std::min<std::uint64_t>(span.end + 1, view.bytes.size())};
  return !view.map.is_copy(wider);
}

}  // namespace

ViewWalker::ViewWalker(Bytes blob, const DecodeLimits& limits, const ViewVisitor& visit)
    : limits_(limits), visit_(visit), allowance_(blob.size(), limits.expansion_max) {
  limits_.depth_max = std::min(limits_.depth_max, kDepthMost);
  blob_.bytes = blob;
}

DecodeStats ViewWalker::run() {
  const Encoding charset = detect_charset(blob_.bytes);
  if (charset == Encoding::kNone) {
    enter(blob_);
    return stats_;
  }
  base_depth_ = 1;
  Decoded decoded = decode_charset(blob_.bytes, charset);
  View text;
  text.bytes = decoded.bytes;
  text.encoding = charset;
  text.parent = &blob_;
  text.map = std::move(decoded.map);
  text.depth = 1;
  text.whole_text = true;
  stats_.decoded_bytes += decoded.bytes.size();
  enter(text);
  return stats_;
}

void ViewWalker::enter(const View& view) {
  ++stats_.views;
  if (!visit_(view)) return;
  const Marks marks = marks_in(view.bytes);
  if (marks.zero) charset_children(view);
  if (marks.ampersand) region_children(view, Encoding::kXmlEntity, find_entities);
  if (marks.less) region_children(view, Encoding::kCdata, find_cdata_frames);
  based_children(view);
  if (marks.percent) region_children(view, Encoding::kPercent, find_percent);
  if (marks.backslash) region_children(view, Encoding::kStringEscape, find_escapes);
}

bool ViewWalker::admit(const View& parent, std::size_t size) {
  if (size < std::max<std::size_t>(limits_.view_bytes_min, 1)) return false;
  if (parent.depth >= limits_.depth_max) {
    ++stats_.dropped_by_depth;
    return false;
  }
  if (!allowance_.take(parent.depth + 1 - base_depth_, size)) {
    ++stats_.dropped_by_expansion;
    return false;
  }
  return true;
}

void ViewWalker::descend(const View& parent, Encoding encoding, Decoded decoded) {
  View child;
  child.bytes = decoded.bytes;
  child.encoding = encoding;
  child.parent = &parent;
  child.map = std::move(decoded.map);
  child.depth = parent.depth + 1;
  stats_.decoded_bytes += decoded.bytes.size();
  enter(child);
}

void ViewWalker::charset_children(const View& view) {
  if (is_charset(view.encoding) || view.bytes.find('\0') == Bytes::npos) return;
  const Span all{0, view.bytes.size()};
  if (!is_fresh(view, all)) return;
  if (view.parent != nullptr) {
    const Encoding charset = detect_charset(view.bytes);
    if (charset != Encoding::kNone) {
      wide_child(view, {all, charset});
      return;
    }
  }
  find_wide_stretches(view.bytes, [&](const WideStretch& stretch) {
    if (is_fresh(view, stretch.span)) wide_child(view, stretch);
  });
}

void ViewWalker::wide_child(const View& view, const WideStretch& stretch) {
  // The least the stretch can give; what it gives more is bounded by three bytes for two.
  if (!admit(view, static_cast<std::size_t>(stretch.span.size()) / 2)) return;
  descend(view, stretch.encoding,
          decode_charset_at(slice(view.bytes, stretch.span), stretch.encoding, stretch.span.start));
}

void ViewWalker::region_children(const View& view, Encoding encoding,
                                 void (*find)(Bytes bytes, const HitVisitor& visit)) {
  const RegionVisitor visit = [&](Span region, const std::vector<Hit>& hits) {
    if (!admit(view, decoded_size(region, hits))) return;
    descend(view, encoding, decode_region(view.bytes, region, hits));
  };
  FramedRegions regions(view, encoding, visit);
  find(view.bytes, [&](const Hit& hit) { regions.add(hit); });
  regions.finish();
}

void ViewWalker::based_children(const View& view) {
  find_based(view.bytes, limits_.view_bytes_min, [&](const EncodedText& text) {
    if (!is_fresh(view, text.hull()) || !admit(view, text.decoded_size)) return;
    descend(view, text.encoding, decode_based(view.bytes, text));
  });
}

}  // namespace nhi
