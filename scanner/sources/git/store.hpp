// store.hpp - the object store of a repository: its own packs and loose objects, one by one.
//
// Each pack is checked before it is used, so that every damage has a name and nothing behind it is
// lost. All of it is read by us: libgit2 1.5 leaves a damaged pack out without a word, ends its
// listing at the first bad index, inflates the base of a delta anew for each object, and hangs on
// loose objects that are cut short.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/base/file.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/sources/git/object.hpp"
#include "scanner/sources/git/pack.hpp"

namespace nhi {

// Not thread-safe.
class GitStore {
 public:
  GitStore() = default;
  GitStore(const GitStore&) = delete;
  GitStore& operator=(const GitStore&) = delete;

  /// Opens `objects_dir` and the alternates that lie in `scope`. What is damaged or refused goes to
  /// problems().
  void open(const std::string& objects_dir, const std::string& scope,
            PackCheck check = PackCheck::kWhole);
  /// One pack is all there is, as in a bundle; `problems` are known of it.
  void open(std::shared_ptr<const PackFile> pack, const std::vector<Unread>& problems);
  /// Opens all of it anew: what is read afterwards is at least as new as what describe() told.
  void refresh();
  [[nodiscard]] const std::vector<Unread>& problems() const { return problems_; }

  /// The ids of all objects, sorted, each once. Damage goes to `unread`.
  [[nodiscard]] std::vector<GitId> list(std::vector<Unread>& unread);
  /// The packs that are sound, in the order in which an object is looked for.
  [[nodiscard]] std::vector<std::shared_ptr<const PackFile>> packs() const;
  /// The loose objects, sorted, each once. Damage goes to `unread`.
  [[nodiscard]] std::vector<GitId> loose(std::vector<Unread>& unread);
  [[nodiscard]] GitRead header(const GitId& id, GitHeader& header);
  /// Replaces `content`; at most kWholeBytesMax of it. A hash that is not the id is kCorrupt.
  [[nodiscard]] GitRead read(const GitId& id, GitType& type, std::string& content);
  /// A commit, tree or tag of at most kWholeBytesMax; anything else is kCorrupt.
  [[nodiscard]] GitRead read_typed(const GitId& id, GitType type, std::string& content);
  /// The same for trees, through a cache.
  [[nodiscard]] GitRead tree(const GitId& id, std::shared_ptr<const std::string>& content);
  /// The objects whose hex ids begin so, sorted, each once; the first few thousand.
  /// Shapes: 2 to 40 hex digits.
  [[nodiscard]] std::vector<GitId> beginning_with(std::string_view digits) const;
  /// Names and sizes of packs, names of loose objects: for the state stamp.
  void describe(std::vector<std::string>& lines);

 private:
  struct Pack {
    PackReader reader;
    std::string place;  // ".git/objects/pack/…", for messages
    std::uint64_t bytes = 0;
  };
  struct Folder {
    std::string path;
    std::string place;  // ".git/objects", or the path of an alternate
    FileHandle handle;
    std::set<std::string> packs;  // base names that were looked at
    std::int64_t packs_mtime_ns = 0;
  };

  void open_folder(const std::string& path, const std::string& place, const std::string& scope,
                   int depth);
  void open_alternates(const std::string& path, const std::string& place, const std::string& scope,
                       int depth);
  /// Looks for packs that came since (a repack under our feet). True if there are any.
  bool open_new_packs();
  bool open_packs(Folder& folder, std::vector<Unread>& problems);
  void list_loose(const Folder& folder, std::vector<GitId>& ids, std::vector<Unread>& unread);
  [[nodiscard]] static bool loose_is_file(const Folder& folder, const GitId& id);
  template <class Packed, class Loose>
  GitRead try_all(const GitId& id, Packed&& packed, Loose&& loose);

  std::string objects_dir_;
  std::string scope_;
  PackCheck check_ = PackCheck::kWhole;
  std::vector<Folder> folders_;
  std::vector<Pack> packs_;  // the one that served last stands first
  std::set<std::string> opened_;
  std::vector<Unread> problems_;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> trees_;
  std::size_t tree_bytes_ = 0;
};

}  // namespace nhi
