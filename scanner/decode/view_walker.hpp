// view_walker.hpp - from a view to all that is encoded in it. For this room.
#pragma once

#include "scanner/decode/allowance.hpp"
#include "scanner/decode/charset.hpp"
#include "scanner/decode/regions.hpp"
#include "scanner/decode/views.hpp"

namespace nhi {

// One a blob.
class ViewWalker {
 public:
  ViewWalker(Bytes blob, const DecodeLimits& limits, const ViewVisitor& visit);

  /// From the text view of the blob on.
  DecodeStats run();

  /// Of a text that is the blob itself, by part: may a child of `size` bytes be made? Counted when
  /// it may not.
  [[nodiscard]] bool admit(const View& parent, std::size_t size);
  /// Visits the child and all that is encoded in it.
  void descend(const View& parent, Encoding encoding, Decoded decoded);
  [[nodiscard]] const View& blob() const { return blob_; }
  [[nodiscard]] const DecodeStats& stats() const { return stats_; }
  [[nodiscard]] Allowance& allowance() { return allowance_; }
  [[nodiscard]] const DecodeLimits& limits() const { return limits_; }

 private:
  void enter(const View& view);
  void charset_children(const View& view);
  void wide_child(const View& view, const WideStretch& stretch);
  void region_children(const View& view, Encoding encoding,
                       void (*find)(Bytes bytes, const HitVisitor& visit));
  void based_children(const View& view);

  DecodeLimits limits_;
  const ViewVisitor& visit_;
  Allowance allowance_;
  View blob_;
  unsigned base_depth_ = 0;  // depth of the text view
  DecodeStats stats_;
};

}  // namespace nhi
