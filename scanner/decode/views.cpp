#include "scanner/decode/views.hpp"

#include <algorithm>
#include <array>

#include "scanner/base/result.hpp"
#include "scanner/decode/based.hpp"
#include "scanner/decode/charset.hpp"
#include "scanner/decode/frames.hpp"
#include "scanner/decode/marks.hpp"
#include "scanner/decode/regions.hpp"
#include "scanner/decode/sequences.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 11> kNames = {
    "",      "utf-16le", "utf-16be", "utf-32le", "utf-32be",     "xml-entity",
    "cdata", "base64",   "hex",      "percent",  "string-escape"};
static_assert(kNames.size() == static_cast<std::size_t>(Encoding::kStringEscape) + 1,
              "every encoding has a name");

// Whatever a caller asks for: the walk is recursive in steps.
constexpr unsigned kDepthMost = 16;
// Small blobs may yield as much as one of this size: context lines weigh more there.
constexpr std::size_t kSmallBlobBytes = 4 * kKiB;

bool is_text_view(const View& view) { return view.parent == nullptr || view.whole_text; }

// How many decoded bytes may still come. The first step has a half of all that no deeper step can
// take: a file full of every kind of escape must not spend it all on combinations. Of the other
// half the third and later steps have three quarters.
class Allowance {
 public:
  Allowance(std::size_t blob_bytes, std::size_t factor) {
    const std::size_t base = std::max(blob_bytes, kSmallBlobBytes);
    total_ = base > SIZE_MAX / std::max<std::size_t>(factor, 1) ? SIZE_MAX : base * factor;
  }
  /// `step` counts from 1, the charset of the blob left out.
  bool take(unsigned step, std::size_t bytes) {
    const std::size_t half = total_ / 2;
    if (step <= 1) return add(first_, bytes, half);
    if (bytes > half - std::min(half, deeper_)) return false;
    if (step >= 3 && !add(deepest_, bytes, half / 4 * 3)) return false;
    return add(deeper_, bytes, half);
  }

 private:
  static bool add(std::size_t& used, std::size_t bytes, std::size_t limit) {
    if (bytes > limit - std::min(limit, used)) return false;
    used += bytes;
    return true;
  }
  std::size_t total_ = 0;
  std::size_t first_ = 0;
  std::size_t deeper_ = 0;
  std::size_t deepest_ = 0;
};

class Walker {
 public:
  Walker(Bytes blob, const DecodeLimits& limits, const ViewVisitor& visit)
      : limits_(limits), visit_(visit), allowance_(blob.size(), limits.expansion_max) {
    limits_.depth_max = std::min(limits_.depth_max, kDepthMost);
    blob_.bytes = blob;
  }

  DecodeStats run() {
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

 private:
  void enter(const View& view) {
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

  // May a child of `size` bytes be made? Counts it when not.
  bool admit(const View& parent, std::size_t size) {
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

  void descend(const View& parent, Encoding encoding, Decoded decoded) {
    View child;
    child.bytes = decoded.bytes;
    child.encoding = encoding;
    child.parent = &parent;
    child.map = std::move(decoded.map);
    child.depth = parent.depth + 1;
    stats_.decoded_bytes += decoded.bytes.size();
    enter(child);
  }

  // False for what stands in the parent too, edges included: it was decoded there.
  static bool is_fresh(const View& view, Span span) {
    if (view.parent == nullptr) return true;
    const Span wider{span.start > 0 ? span.start - 1 : 0,
                     std::min<std::uint64_t>(span.end + 1, view.bytes.size())};
    return !view.map.is_copy(wider);
  }

  void charset_children(const View& view) {
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

  void wide_child(const View& view, const WideStretch& stretch) {
    // The least the stretch can give; what it gives more is bounded by three bytes for two.
    if (!admit(view, static_cast<std::size_t>(stretch.span.size()) / 2)) return;
    descend(
        view, stretch.encoding,
        decode_charset_at(slice(view.bytes, stretch.span), stretch.encoding, stretch.span.start));
  }

  template <class Find>
  void region_children(const View& view, Encoding encoding, Find find) {
    const RegionVisitor visit = [&](Span region, const std::vector<Hit>& hits) {
      if (!admit(view, decoded_size(region, hits))) return;
      descend(view, encoding, decode_region(view.bytes, region, hits));
    };
    RegionBuilder builder(view, visit);
    const HitVisitor take = [&](const Hit& hit) { builder.add(hit); };
    if (encoding == Encoding::kXmlEntity || encoding == Encoding::kStringEscape) {
      const FrameKind kind =
          encoding == Encoding::kXmlEntity ? FrameKind::kMarkup : FrameKind::kLiteral;
      FrameFinder frames(view.bytes, kind, take);
      find(view.bytes, [&](const Hit& hit) { frames.add(hit); });
      frames.finish();
    } else {
      find(view.bytes, take);
    }
    builder.finish();
  }

  void based_children(const View& view) {
    find_based(view.bytes, limits_.view_bytes_min, [&](const EncodedText& text) {
      if (!is_fresh(view, text.hull()) || !admit(view, text.decoded_size)) return;
      descend(view, text.encoding, decode_based(view.bytes, text));
    });
  }

  DecodeLimits limits_;
  const ViewVisitor& visit_;
  Allowance allowance_;
  View blob_;
  unsigned base_depth_ = 0;  // depth of the text view
  DecodeStats stats_;
};

}  // namespace

std::string_view to_string(Encoding encoding) { return kNames[static_cast<std::size_t>(encoding)]; }

Span View::to_blob(Span span) const {
  for (const View* view = this; view->parent != nullptr; view = view->parent) {
    span = view->map.to_source(span);
  }
  return span;
}

Span View::to_text(Span span) const {
  for (const View* view = this; !is_text_view(*view); view = view->parent) {
    span = view->map.to_source(span);
  }
  return span;
}

bool View::stands_in_parent(Span span) const { return parent != nullptr && map.is_copy(span); }

std::vector<Encoding> View::chain() const {
  std::vector<Encoding> steps;
  for (const View* view = this; view->parent != nullptr; view = view->parent) {
    steps.push_back(view->encoding);
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

DecodeStats for_each_view(Bytes blob, const DecodeLimits& limits, const ViewVisitor& visit) {
  return Walker(blob, limits, visit).run();
}

Decoded decode_xml_text(Bytes text) {
  std::vector<Hit> hits;
  std::size_t at = 0;
  const auto resolve_until = [&](std::size_t end) {
    find_entities(slice(text, {at, end}), [&](Hit hit) {
      hit.span.start += at;
      hit.span.end += at;
      hits.push_back(hit);
    });
  };
  bool inside = false;
  find_cdata_frames(text, [&](const Hit& frame) {
    if (!inside) resolve_until(static_cast<std::size_t>(frame.span.start));
    hits.push_back(frame);
    at = static_cast<std::size_t>(frame.span.end);
    inside = !inside;
  });
  if (!inside) resolve_until(text.size());
  return decode_region(text, {0, text.size()}, hits);
}

}  // namespace nhi
