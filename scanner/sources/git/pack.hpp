// pack.hpp - one pack and its index, and the objects in it.
//
// Read with pread(2), not mapped: a page that the disk or the server cannot give is an error with a
// name instead of a signal, and what is touched does not count as our memory. Source:
// gitformat-pack(5).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/base/file.hpp"
#include "scanner/sources/git/inflate.hpp"
#include "scanner/sources/git/pack_index.hpp"
#include "scanner/sources/page_cache.hpp"

namespace nhi {

/// A delta's base may be larger than any object that is looked at; larger ones still are
/// kTooLarge, with all that is made of them.
inline constexpr std::uint64_t kDeltaBaseBytesMax = std::uint64_t{128} << 20U;
/// Deltas on deltas; git makes 50, and 4,095 where it is told to. Over it: kCorrupt.
inline constexpr std::size_t kDeltaChainMax = 20'000;
/// A zlib stream of so many bytes is at most this long. Source: zlib's compressBound().
[[nodiscard]] constexpr std::uint64_t stored_at_most(std::uint64_t size) {
  return size + size / 1000 + 64;
}

// Immutable, so shared by all workers.
class PackFile {
 public:
  /// `folder`: descriptor of objects/pack, whose path is `path`; `name`: without ".pack". Null
  /// unless both halves are regular files that belong together and are whole. `bytes` gets the
  /// pack's size, if it has one. One that is open already is given again.
  [[nodiscard]] static std::shared_ptr<const PackFile> open(int folder, const std::string& path,
                                                            const std::string& name,
                                                            std::uint64_t& bytes,
                                                            PackCheck check = PackCheck::kWhole);
  /// One that begins at `start` of a file, as in a bundle: all other places count from there.
  PackFile(FileHandle file, std::uint64_t bytes, PackIndex index, std::uint64_t start = 0);
  /// Of a pack that came without an index, once pack_indexer.hpp made one. `gaps`: where entries
  /// begin that are not in it, sorted.
  void complete(PackIndex index, std::uint64_t bytes, std::vector<std::uint64_t> gaps);
  /// Keeps the guard of its file.
  void leave_pages(std::shared_ptr<PageCacheGuard> guard) { pages_[0] = std::move(guard); }

  [[nodiscard]] const PackIndex& index() const { return index_; }
  /// Where the last entry ends.
  [[nodiscard]] std::uint64_t end() const { return bytes_ - 20; }
  /// Where the entry at `at` ends; `next` is where the next one of the index begins.
  [[nodiscard]] std::uint64_t end_of(std::uint64_t at, std::uint64_t next) const;
  /// Replaces `out` with [from, to) of the pack. False if it cannot be had.
  [[nodiscard]] bool read(std::uint64_t from, std::uint64_t to, std::string& out) const;

 private:
  std::array<std::shared_ptr<PageCacheGuard>, 2> pages_;
  FileHandle file_;
  std::uint64_t start_;
  std::uint64_t bytes_;
  PackIndex index_;
  std::vector<std::uint64_t> gaps_;
};

/// Replaces `out` with [from, to) of an open file. False if it cannot be had.
[[nodiscard]] bool read_range(int file, std::uint64_t from, std::uint64_t to, std::string& out);

/// What stands before an entry's data.
struct PackEntry {
  enum class Form : std::uint8_t { kWhole, kDeltaAt, kDeltaOf };  // of a place, of a name
  Form form{};
  GitType type{};             // of a whole one
  std::uint64_t size = 0;     // of the object, or of the delta
  std::uint32_t head = 0;     // bytes before the data
  std::uint64_t base_at = 0;  // kDeltaAt: where the base's entry begins
  GitId base;                 // kDeltaOf
  [[nodiscard]] bool is_delta() const { return form != Form::kWhole; }
};
/// Longer than any head: 10 bytes of size, 20 of a name.
inline constexpr std::size_t kPackHeadMax = 32;

/// `stored` begins with the entry that stands at `at`.
[[nodiscard]] std::optional<PackEntry> parse_pack_entry(Bytes stored, std::uint64_t at);

// Reads objects of one pack, whole. Not thread-safe.
class PackReader {
 public:
  explicit PackReader(std::shared_ptr<const PackFile> pack) : pack_(std::move(pack)) {}
  [[nodiscard]] const PackFile& pack() const { return *pack_; }
  [[nodiscard]] std::shared_ptr<const PackFile> shared_pack() const { return pack_; }

  /// Fetches the entry that stands at [at, end), and says what it is. False if damaged.
  [[nodiscard]] bool fetch(std::uint64_t at, std::uint64_t end, PackEntry& entry);
  /// The same where nobody knows the end.
  [[nodiscard]] bool fetch(std::uint64_t at, PackEntry& entry);
  /// The data of the entry that was fetched last. False if damaged.
  [[nodiscard]] bool inflate(const PackEntry& entry, std::string& out);
  /// CRC-32 of the entry that was inflated last.
  [[nodiscard]] std::uint32_t crc_of_last() const;

  [[nodiscard]] GitRead header(std::uint32_t entry, GitHeader& header);
  /// Replaces `content`; at most `most` bytes of it.
  [[nodiscard]] GitRead read(std::uint32_t entry, std::uint64_t most, GitType& type,
                             std::string& content);
  /// The same of the entry at `at`.
  [[nodiscard]] GitRead read_at(std::uint64_t at, std::uint64_t most, GitType& type,
                                std::string& content);

 private:
  struct Known {
    GitType type{};
    std::string content;
  };
  [[nodiscard]] bool head_at(std::uint64_t at, PackEntry& entry);
  [[nodiscard]] std::optional<std::uint64_t> base_of(const PackEntry& entry) const;
  void remember(std::uint64_t at, GitType type, const std::string& content);

  std::shared_ptr<const PackFile> pack_;
  Inflater inflater_;
  std::string stored_;
  std::size_t taken_ = 0;  // bytes of stored_ that the last entry takes
  std::string delta_;
  std::unordered_map<std::uint64_t, Known> known_;  // bases, by place
  std::size_t known_bytes_ = 0;
};

}  // namespace nhi
