// frames.hpp - a text of several lines inside a string literal, an attribute or an element: its
// first and its last line are lines too.
//
// `"DB_PASS=x\nDB_USER=y"` decodes to two lines, but the quotes would stand on them: no pattern
// that asks for a whole line would see the first or the last. So a line end is put between the
// frame and the text. Only frames whose text holds an encoded line end are touched, and the frame
// itself stays, so that patterns which ask for it still see it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/base/bytes.hpp"
#include "scanner/decode/regions.hpp"

namespace nhi {

enum class FrameKind : std::uint8_t {
  kLiteral,  // between two quotes of one kind
  kMarkup,   // an attribute's value or the text of an element
};

/// An opening further before the first sequence, or a closing further behind the last, is none.
inline constexpr std::size_t kFrameReachBytes = 8 * kKiB;
/// Sequences before the first line end that are held back to wait for it.
inline constexpr std::size_t kFrameHitsMax = 64;

// Fed with hits, ascending; hands them on, ascending, with those of the frames between. Every
// byte is looked at no more than twice.
class FrameFinder {
 public:
  FrameFinder(Bytes bytes, FrameKind kind, const HitVisitor& visit)
      : bytes_(bytes), kind_(kind), visit_(visit) {}
  void add(Hit hit);
  void finish();

 private:
  void pass_gap(std::size_t end);
  [[nodiscard]] std::optional<std::size_t> find_opening(std::size_t from, std::size_t end) const;
  [[nodiscard]] std::size_t find_closing(std::size_t from, std::size_t end) const;
  [[nodiscard]] bool holds_setting(std::size_t end) const;
  void hand_over();

  Bytes bytes_;
  FrameKind kind_;
  const HitVisitor& visit_;
  std::vector<Hit> held_;            // of the open frame, before its first line end
  std::optional<std::size_t> open_;  // where the frame's opening character stands
  bool framed_ = false;              // the line end behind it was handed over
  std::size_t at_ = 0;               // end of the last hit
};

// Takes the sequences of one encoding in a view, ascending; hands over the regions around them,
// with their frames where the encoding has such.
class FramedRegions {
 public:
  FramedRegions(const View& view, Encoding encoding, const RegionVisitor& visit);
  FramedRegions(const FramedRegions&) = delete;
  FramedRegions& operator=(const FramedRegions&) = delete;
  void add(const Hit& hit) {
    if (frames_) {
      frames_->add(hit);
    } else {
      builder_.add(hit);
    }
  }
  void finish();

 private:
  RegionBuilder builder_;
  const HitVisitor take_;
  std::optional<FrameFinder> frames_;
};

}  // namespace nhi
