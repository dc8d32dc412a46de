// pack_scanner.hpp - a pack that brings no index, from front to back: where each entry begins and
// ends, and the names of the objects that are stored whole.
//
// Only the stream of an entry says where it ends, so everything is inflated. The first entry that
// is damaged ends it: nobody knows where the next one begins.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "scanner/base/hash.hpp"
#include "scanner/sources/git/forward_reader.hpp"
#include "scanner/sources/git/inflate.hpp"
#include "scanner/sources/git/pack.hpp"

namespace nhi {

/// One entry of a pack, whose data is sound.
struct ScannedEntry {
  std::uint64_t at = 0;
  std::uint64_t end = 0;
  PackEntry head;
  std::uint32_t crc = 0;  // as an index has it
  GitId id;               // of an object that is stored whole
};

// Not thread-safe.
class PackScanner {
 public:
  /// PackFile::end() of `pack` is the end of the file: whether a checksum stands there is not
  /// known yet.
  explicit PackScanner(std::shared_ptr<const PackFile> pack);

  /// How many entries there should be. An entry takes nine bytes, so this may be a lie.
  [[nodiscard]] std::uint32_t claimed() const { return claimed_; }
  /// False at the end.
  [[nodiscard]] bool next(ScannedEntry& entry);

  // Once next() said false:
  /// Where the last sound entry ends.
  [[nodiscard]] std::uint64_t end() const { return at_; }
  /// Everything is there: as many entries as there should be, and the right checksum behind them.
  [[nodiscard]] bool whole() const { return whole_; }
  /// Of all up to end().
  [[nodiscard]] const GitId& checksum() const { return checksum_; }

 private:
  [[nodiscard]] bool scan(ScannedEntry& entry);
  [[nodiscard]] bool inflate_at_once(ScannedEntry& entry);
  [[nodiscard]] bool inflate_in_pieces(ScannedEntry& entry);
  void finish();

  std::shared_ptr<const PackFile> pack_;
  ForwardReader reader_;
  Inflater inflater_;
  std::string content_;
  Sha1 sum_;
  std::uint64_t at_ = 0;
  std::uint64_t found_ = 0;
  std::uint32_t claimed_ = 0;
  bool sound_ = false;
  bool finished_ = false;
  bool whole_ = false;
  GitId checksum_;
};

}  // namespace nhi
