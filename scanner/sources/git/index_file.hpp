// index_file.hpp - git's index: what stands in it is what the next commit will hold.
//
// Versions 2, 3 and 4. Source: gitformat-index(5). Its checksum is compared unless git was told to
// leave it out (index.skipHash); what was written may still come from a stranger.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.hpp"
#include "scanner/sources/git/object.hpp"

namespace nhi {

/// A larger file, or more names than that in it, is kTooLarge. Linux has 13 MB, 90,000 files.
inline constexpr std::uint64_t kIndexFileBytesMax = std::uint64_t{1} << 30U;
/// A longer path is damage: no system could check it out.
inline constexpr std::size_t kIndexPathBytesMax = 16 * 1024;

// Immutable.
class GitIndex {
 public:
  enum class Kind : std::uint8_t { kFile, kLink, kSubmodule, kFolder };
  struct Entry {
    GitId id;
    std::uint32_t mode = 0;  // as trees write it, 0100644
    std::uint32_t path_bytes = 0;
    std::uint64_t path_at = 0;
    std::uint8_t stage = 0;      // 1 to 3: base, ours, theirs of a conflict
    bool intent_to_add = false;  // the path alone is staged (`git add -N`)
    [[nodiscard]] Kind kind() const;
  };

  /// Errors: kMalformed "corrupt-index", "split-index" or "unknown-index" (a version or a needed
  ///         extension that is not known); kTooLarge "index-too-large".
  [[nodiscard]] static Result<GitIndex> parse(Bytes file);

  /// By path, then stage; no two are the same. Paths are relative, without empty parts; that of a
  /// folder, of which a sparse index names the tree alone, ends with a slash.
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] std::string_view path(const Entry& entry) const {
    return std::string_view(paths_).substr(entry.path_at, entry.path_bytes);
  }

 private:
  class Reader;
  std::vector<Entry> entries_;
  std::string paths_;  // one after the other
};

}  // namespace nhi
