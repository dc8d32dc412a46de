// views.hpp - the same blob under other eyes: UTF-16 as UTF-8, entities resolved, base64 decoded.
//
// A view is bytes plus a map back to the bytes it was made from. Views nest (utf-16le > xml-entity
// > base64) up to a depth; each can say which bytes of the blob produced any of its ranges.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/offset_map.hpp"
#include "scanner/base/text_change.hpp"
#include "scanner/decode/decode_trace.hpp"

namespace nhi {

enum class Encoding : std::uint8_t {
  kNone,
  kUtf16Le,
  kUtf16Be,
  kUtf32Le,
  kUtf32Be,
  kXmlEntity,  // also HTML: named, decimal and hexadecimal references
  kCdata,
  kBase64,
  kHex,
  kPercent,
  kStringEscape,
};
[[nodiscard]] std::string_view to_string(Encoding encoding);  // "utf-16le", "xml-entity", …

// Immutable while it is being visited; valid only during the visit.
struct View {
  Bytes bytes;
  Encoding encoding = Encoding::kNone;  // the step that made it; kNone for the blob itself
  const View* parent = nullptr;         // null for the blob itself
  OffsetMap map;                        // bytes -> parent->bytes; unused for the blob itself
  unsigned depth = 0;                   // steps from the blob
  bool whole_text = false;              // the charset step over the whole blob, not a part of it

  /// The smallest range of the blob that produces `span`.
  [[nodiscard]] Span to_blob(Span span) const;
  /// The same, but only down to the text view (after character-set decoding): lines and columns
  /// are counted there.
  [[nodiscard]] Span to_text(Span span) const;
  /// True if the same bytes stand in the parent too (the step changed nothing in this range):
  /// whatever is found there was found in the parent.
  [[nodiscard]] bool stands_in_parent(Span span) const;
  /// Steps from the blob to this view, outermost first.
  [[nodiscard]] std::vector<Encoding> chain() const;
};

struct DecodeLimits {
  unsigned depth_max = kDecodeDepthMax;             // steps
  std::size_t expansion_max = kDecodeExpansionMax;  // decoded bytes over all views / blob bytes
  std::size_t view_bytes_min = 8;                   // shorter decodings are not worth a view
};

/// What was not decoded, for coverage.
struct DecodeStats {
  std::uint64_t views = 0;
  std::uint64_t decoded_bytes = 0;
  std::uint64_t dropped_by_depth = 0;  // encoded spans left alone
  std::uint64_t dropped_by_expansion = 0;
};

/// Called for each view, parents before children; return false to skip this view's children.
using ViewVisitor = std::function<bool(const View&)>;

/// Visits the blob's text view (the blob itself when it is no UTF-16/32) and every decoding of it.
/// Shapes: any bytes; a UTF-16/32 blob with or without byte-order mark is recognised by content.
/// Order:  deterministic: by encoding, then by position.
/// Errors: none; bytes that do not decode yield no view.
DecodeStats for_each_view(Bytes blob, const DecodeLimits& limits, const ViewVisitor& visit);

/// Called for each view, parents before children; says whether anything stands in it.
using NewViewVisitor = std::function<bool(const View&)>;

struct NewViews {
  bool plain = false;    // else the text has to be gone through by for_each_view
  bool as_kept = false;  // something stands in a part that was kept
  bool found = false;    // and in one that was visited
  bool alike = false;    // it stands in the same parts as in the old text, or in none of either
};

/// Visits what is encoded in a text and not known from an old one: parts that are decoded as they
/// were then are passed over. The text itself is not visited.
/// Shapes: `before` is the trace of the old text, empty for TextChange::all_new(). Not plain: the
///         text is in another character set, holds zero bytes, or more is encoded in it than the
///         limits allow; `after` is then of no use.
[[nodiscard]] NewViews for_each_new_view(Bytes text, const TextChange& change,
                                         const DecodeTrace& before, DecodeTrace& after,
                                         const DecodeLimits& limits, const NewViewVisitor& visit);

/// The character set of a blob by byte-order mark or by the pattern of zero bytes.
[[nodiscard]] Encoding detect_charset(Bytes blob);
/// Decodes UTF-16/32 to UTF-8 with its map; invalid units become U+FFFD. A BOM yields no bytes.
struct Decoded {
  std::string bytes;
  OffsetMap map;
};
[[nodiscard]] Decoded decode_charset(Bytes blob, Encoding charset);
/// Entities resolved and CDATA frames removed, over a whole text. For definitions and tests.
[[nodiscard]] Decoded decode_xml_text(Bytes text);

}  // namespace nhi
