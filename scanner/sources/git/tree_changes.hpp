// tree_changes.hpp - what trees hold, told as what differs between a tree and the one it is a delta
// of: each entry of a history is looked at about once, however many trees repeat it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/sources/flat_table.hpp"
#include "scanner/sources/git/delta.hpp"
#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/object.hpp"

namespace nhi {

// Texts as numbers.
class NameTable {
 public:
  std::uint32_t number(std::string_view name);
  [[nodiscard]] std::string_view name(std::uint32_t number) const { return names_[number]; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

 private:
  std::deque<std::string> names_;  // which do not move
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

/// Keys: a tree's number; kWantedKey plus the place of a wanted blob; kMissingKey plus the place of
/// an object that is named and not there.
inline constexpr std::uint32_t kWantedKey = 0x8000'0000U;
inline constexpr std::uint32_t kMissingKey = 0xC000'0000U;
inline constexpr std::uint32_t kNoKey = UINT32_MAX;

struct TreeChanges {
  /// The tree `node` has an entry that the one it is a delta of has not, or has lost one.
  struct Change {
    std::uint32_t node = 0;
    std::uint32_t key = 0;
    std::uint32_t name = 0;
    friend auto operator<=>(const Change&, const Change&) = default;
  };
  std::vector<Change> added;
  std::vector<Change> removed;
  std::vector<std::uint32_t> fresh;  // nodes that take over nothing
  std::vector<GitId> missing;        // each once; in `missing_numbers` too
  FlatTable<GitId, std::uint32_t> missing_numbers;
  std::vector<GitId> corrupt;  // trees that end within an entry
  std::vector<GitId> named;    // blobs that are asked for by name, and not wanted
  NameTable names;

  [[nodiscard]] std::uint32_t missing_key(const GitId& id);
  /// Names and missing objects are numbered anew.
  void append(TreeChanges other);
};

/// Answers what TreeReader asks of the repository.
class TreeNumbers {
 public:
  virtual ~TreeNumbers() = default;
  /// kNoKey if there is no such tree.
  [[nodiscard]] virtual std::uint32_t tree(const GitId& id) const = 0;
  /// kNoKey if it is not wanted.
  [[nodiscard]] virtual std::uint32_t wanted(const GitId& id) const = 0;
  [[nodiscard]] virtual bool has(const GitId& id) const = 0;
  [[nodiscard]] virtual bool asks_for(std::string_view name) const = 0;
};

// Takes the trees of one walk, as it goes down and up again. Not thread-safe.
class TreeReader {
 public:
  explicit TreeReader(const TreeNumbers& numbers) : numbers_(numbers), recent_(1U << 14U) {}
  /// `depth`: of the walk. With a `delta` the tree comes of the one that was taken last at the
  /// depth above, whose content is `base`.
  void take(std::uint32_t node, std::size_t depth, Bytes content, Bytes base, Bytes delta);
  [[nodiscard]] TreeChanges& changes() { return changes_; }

 private:
  [[nodiscard]] bool read_entries(std::uint32_t node, Bytes content, std::uint64_t from,
                                  std::uint64_t to, std::vector<std::uint32_t>& starts);
  [[nodiscard]] bool compare(std::uint32_t node, Bytes content,
                             const std::vector<std::uint32_t>& base_starts, Bytes base,
                             const DeltaReader& delta, std::vector<std::uint32_t>& starts);
  [[nodiscard]] std::uint32_t key_of(const TreeEntry& entry);
  void note(std::uint32_t node, const TreeEntry& entry, std::vector<TreeChanges::Change>& to);
  [[nodiscard]] bool is_there(const GitId& id);

  const TreeNumbers& numbers_;
  TreeChanges changes_;
  // By depth: where the entries of the tree taken last begin, and where the last one ends.
  std::vector<std::vector<std::uint32_t>> levels_;
  std::vector<char> kept_;     // entries of the base
  std::vector<GitId> recent_;  // that were there
};

}  // namespace nhi
