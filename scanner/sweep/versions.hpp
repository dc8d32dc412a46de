// versions.hpp - the blobs of a history, each looked over as far as it differs from the one that it
// is stored as a change of.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/identity/examiner.hpp"
#include "scanner/sources/git/git.hpp"

namespace nhi {

// One a walk. Fed with what the walk shows, in its order.
class Versions {
 public:
  /// Over this many bytes of traces the oldest is let go of: what is a change of its blob is then
  /// looked over whole.
  static constexpr std::size_t kTraceBytesMax = std::size_t{8} << 20U;

  /// Larger blobs are examined whole: a trace may be many times as large as its text.
  static constexpr std::size_t kTracedBytesMax = std::size_t{2} << 20U;

  struct Seen {
    bool holds = false;  // a finding, or may: it is examined once more where it stood
    /// Of what holds something: those of one number hold the same at the same path, by
    /// LookedOver::alike.
    std::uint32_t alike = 0;
    bool more_in_tests = false;  // as in LookedOver
    Coverage coverage;
  };
  [[nodiscard]] Seen look_at(Examiner& examiner, const GitFound& found, const Provenance& place,
                             const PlaceContext& context);

 private:
  struct Version {
    std::uint32_t node = 0;
    bool holds = false;          // a finding, or may
    bool counts = false;         // its coverage says something
    bool may_be_script = false;  // at a path of its name, a definition: its mark stands in it
    std::uint32_t alike = 0;
    std::optional<bool> ignores;  // a word in it asks to ignore a line; none: nobody has looked
    BlobTrace trace;
  };
  [[nodiscard]] const Version* above(const GitFound& found) const;
  [[nodiscard]] static bool holds_too(const Version& old, Version& version, Bytes content,
                                      const TextChange& change);
  void hold(std::size_t depth, Version version);

  std::vector<Version> versions_;  // by depth
  std::size_t held_bytes_ = 0;
  std::uint32_t numbers_ = 0;  // of Seen::alike that were given
};

}  // namespace nhi
