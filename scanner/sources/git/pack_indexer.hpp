// pack_indexer.hpp - makes the index of a pack that came without one, as git index-pack does: the
// names of objects are in no pack, they come of what is stored.
//
// First the pack is scanned from front to back (pack_scanner.hpp). Then the deltas are applied,
// depth first from each object that is stored whole. A delta may name its base instead of pointing
// at it; that one is found once the base has its name. What is held is small, as in PackWalk: a
// node is let go of before the last tree below it is entered, and over kHeldBytesMax the oldest is
// given up and made again when it is needed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scanner/sources/git/large_objects.hpp"
#include "scanner/sources/git/pack.hpp"
#include "scanner/sources/git/pack_scanner.hpp"

namespace nhi {

/// 40 bytes of memory each; the kernel's whole history has half as many. Over it: damage.
inline constexpr std::uint32_t kIndexedObjectsMax = 20'000'000;

/// What was made, and what has no name and is not in the index for that reason.
struct PackIndexed {
  std::string index;                // version 2, byte for byte as git writes it
  GitId checksum;                   // that the index gives to the pack
  std::uint64_t end = 0;            // of the last sound entry
  std::vector<std::uint64_t> gaps;  // as PackFile::complete() asks for them
  std::vector<GitId> missing;       // bases of deltas that are not in the pack: sorted, each once
  std::uint64_t damaged_bytes = 0;  // of the pack, that are not what they should be
  bool damaged = false;
  bool too_large = false;   // deltas above kDeltaBaseBytesMax, or of such a base
  bool too_costly = false;  // deltas that would have to be applied again and again
};

// Not thread-safe.
class PackIndexer {
 public:
  static constexpr std::size_t kHeldBytesMax = std::size_t{16} << 20U;
  /// About so many bytes of objects are gone through by one step.
  static constexpr std::uint64_t kStepBytes = std::uint64_t{4} << 20U;
  /// What is made again may be so many times what was made, or kMadeAgainFree: more is the work
  /// of somebody who wants to waste our time.
  static constexpr std::uint64_t kMadeAgainMax = 16;
  static constexpr std::uint64_t kMadeAgainFree = std::uint64_t{4} << 30U;

  /// PackFile::end() of `pack` is the end of the file.
  explicit PackIndexer(std::shared_ptr<const PackFile> pack);

  /// Goes on for a while; `worked` gets the bytes that were gone through. False once all is done.
  [[nodiscard]] bool step(std::uint64_t& worked);
  /// Once, when step() said false.
  [[nodiscard]] PackIndexed finish();

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Entry {
    std::uint64_t at = 0;
    GitId id;
    std::uint32_t crc = 0;
    std::uint32_t base = kNone;  // the entry that it is a delta of, once that is known
    std::uint8_t type = 0;       // of GitType; 0: it has no name
  };
  // A delta that names its base.
  struct Named {
    GitId base;
    std::uint32_t entry = 0;
    friend auto operator<=>(const Named&, const Named&) = default;
  };
  // A node whose deltas are being applied.
  struct Level {
    std::uint32_t node = 0;
    std::uint32_t depth = 0;
    bool given_up = false;                    // the content is to be made again
    std::span<const std::uint32_t> children;  // that are left
    std::span<const Named> named;             // the same of deltas that name this one
    std::string content;
  };

  [[nodiscard]] bool scan_next();
  [[nodiscard]] std::uint32_t entry_at(std::uint64_t at) const;
  void link();
  [[nodiscard]] bool resolve_next();
  void enter_child();
  [[nodiscard]] Level level_of(std::uint32_t node, std::uint32_t depth) const;
  [[nodiscard]] std::uint32_t first_child(Level& level) const;
  [[nodiscard]] std::uint64_t end_of(std::uint32_t node) const;
  [[nodiscard]] bool may_hold(std::uint64_t bytes);
  [[nodiscard]] GitRead make_whole(std::uint32_t node, std::string& content);
  [[nodiscard]] GitRead make_delta(Bytes base, std::uint32_t node, std::string& content);
  [[nodiscard]] bool make_again();
  void hold(Level level);
  void pop();
  void note(std::uint32_t node, GitRead outcome);
  void note_damage(std::uint64_t bytes);
  void tell_missing(const std::vector<std::uint32_t>& order);
  [[nodiscard]] std::string index_text(const std::vector<std::uint32_t>& order) const;

  std::shared_ptr<const PackFile> pack_;
  PackScanner scanner_;
  bool scanned_ = false;
  std::vector<Entry> entries_;         // in the order of the pack
  std::vector<Named> named_;           // sorted
  std::vector<std::uint32_t> starts_;  // in children_, by entry
  std::vector<std::uint32_t> children_;

  PackReader reader_;
  std::uint32_t next_root_ = 0;
  std::vector<Level> levels_;
  std::string delta_;
  std::string spare_;  // a buffer that was used before
  std::size_t held_bytes_ = 0;
  std::uint64_t worked_ = 0;
  std::uint64_t made_ = 0;        // bytes of objects, once each
  std::uint64_t made_again_ = 0;  // and again
  PackIndexed out_;
  LargeObjectTurn alone_;
};

}  // namespace nhi
