#include "scanner/decode/views.hpp"

#include <algorithm>
#include <array>

#include "scanner/decode/regions.hpp"
#include "scanner/decode/sequences.hpp"
#include "scanner/decode/view_walker.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 11> kNames = {
    "",      "utf-16le", "utf-16be", "utf-32le", "utf-32be",     "xml-entity",
    "cdata", "base64",   "hex",      "percent",  "string-escape"};
static_assert(kNames.size() == static_cast<std::size_t>(Encoding::kStringEscape) + 1,
              "every encoding has a name");

bool is_text_view(const View& view) { return view.parent == nullptr || view.whole_text; }

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
  return ViewWalker(blob, limits, visit).run();
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
