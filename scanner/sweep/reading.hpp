// reading.hpp - examines one file or stream, segment by segment.
//
// A file that is one segment is examined where it is read. The segments of a larger one are handed
// to other workers while the next is read, as far as the memory budget admits; the last of them to
// end finishes the unit. Their findings come in the order of the file, with the places they would
// have if one worker had gone through all of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "scanner/base/line_index.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/identity/examiner.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sweep/run_state.hpp"

namespace nhi {

/// Reserved of the memory budget for a byte that is examined: a buffer, its decodings one at a
/// time, and what is found in it.
inline constexpr std::uint64_t kReservedPerByte = 3;

// One a file, on the worker that reads it; what it hands over outlives it. `state` and `context`
// must outlive the run.
class Reading {
 public:
  /// Findings below `least` may be left out. `entry`, which outlives it, is the file that is read;
  /// null for a stream.
  Reading(SweepState& state, const PlaceContext& context, unsigned worker, Provenance place,
          Level least, const FileEntry* entry = nullptr);
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  /// Takes the next segment; its bytes need not live longer than the call.
  void operator()(const FileReader::Segment& segment);
  /// Whether anything was read.
  [[nodiscard]] bool touched() const { return bytes_ > 0; }
  /// What was read becomes a unit, once all of it is examined; `failed` is what ended the reading
  /// early. A bundle or pack of git is held for what is in it instead (SweepState::hold()). Call
  /// once, last.
  void finish(UnitResult unit, const std::string& id_root, const Error* failed, std::uint64_t size);

 private:
  class Parts;

  void examine_here(const FileReader::Segment& segment, std::size_t part, bool whole,
                    bool wants_end);
  [[nodiscard]] bool hand_over(const FileReader::Segment& segment, std::size_t part);
  void look_for_container(const FileReader::Segment& segment);
  [[nodiscard]] bool will_be_opened() const;
  void examine_head(const FileReader::Segment& segment, std::size_t part);

  SweepState& state_;
  const PlaceContext& context_;
  unsigned worker_;
  Level least_;
  const FileEntry* entry_;
  std::shared_ptr<Parts> parts_;
  Position base_;
  std::uint64_t bytes_ = 0;
  std::size_t count_ = 0;  // of segments so far
  bool in_segments_ = false;
  std::string_view container_;  // its kind, if it is one that stays closed
  std::string start_;           // of the file, for what ends in a container
};

}  // namespace nhi
