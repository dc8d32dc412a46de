// git_store.hpp - the object store of a repository: its own packs and loose objects, one by one.
//
// libgit2's pack backend leaves a damaged pack out without a word, and its listing ends at the
// first bad index. Here each pack is a backend of its own, checked before it is used, so that every
// damage has a name and nothing behind it is lost.
#pragma once

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/base/file.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/sources/git.hpp"
#include "scanner/sources/page_cache.hpp"

namespace nhi {

enum class GitType : std::uint8_t { kCommit = 1, kTree = 2, kBlob = 3, kTag = 4 };

struct GitHeader {
  GitType type{};
  std::uint64_t size = 0;
};

enum class GitRead : std::uint8_t { kFound, kMissing, kCorrupt };

/// A reader of the loose objects under `folder`, to be freed by its own `free`; null if libgit2
/// refuses it.
[[nodiscard]] git_odb_backend* new_loose_backend(const std::string& folder);

// Not thread-safe.
class GitStore {
 public:
  GitStore() = default;
  GitStore(const GitStore&) = delete;
  GitStore& operator=(const GitStore&) = delete;

  /// Opens `objects_dir` and the alternates that lie in `scope`. What is damaged or refused goes to
  /// problems().
  void open(const std::string& objects_dir, const std::string& scope);
  [[nodiscard]] const std::vector<Unread>& problems() const { return problems_; }

  /// The ids of all objects, sorted, each once. Damage goes to `unread`.
  [[nodiscard]] std::vector<GitId> list(std::vector<Unread>& unread);
  [[nodiscard]] GitRead header(const GitId& id, GitHeader& header);
  /// Replaces `content`. With `verify` the hash is computed: a wrong one is kCorrupt.
  [[nodiscard]] GitRead read(const GitId& id, GitType& type, std::string& content, bool verify);
  /// A commit, tree or tag of at most kWholeBytesMax; anything else is kCorrupt.
  [[nodiscard]] GitRead read_typed(const GitId& id, GitType type, std::string& content);
  /// The same for trees, through a cache.
  [[nodiscard]] GitRead tree(const GitId& id, std::shared_ptr<const std::string>& content);
  /// Names and sizes of packs, names of loose objects: for the state stamp.
  void describe(std::vector<std::string>& lines);

 private:
  struct FreeBackend {
    void operator()(git_odb_backend* backend) const { backend->free(backend); }
  };
  struct Pack {
    std::array<std::shared_ptr<PageCacheGuard>, 2> pages;  // outlive the maps of the backend
    std::unique_ptr<git_odb_backend, FreeBackend> backend;
    std::string place;  // ".git/objects/pack/…", for messages
    std::uint64_t bytes = 0;
    unsigned faults = 0;  // pages that could not be had
  };
  struct Folder {
    std::string path;
    std::string place;  // ".git/objects", or the path of an alternate
    FileHandle handle;
    std::unique_ptr<git_odb_backend, FreeBackend> loose;
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
  template <class Try>
  GitRead try_packs(const git_oid& oid, Try& attempt);
  template <class Try>
  GitRead try_all(const GitId& id, Try&& attempt);

  std::vector<Folder> folders_;
  std::vector<Pack> packs_;  // the one that served last stands first
  std::set<std::string> opened_;
  std::vector<Unread> problems_;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> trees_;
  std::size_t tree_bytes_ = 0;
};

}  // namespace nhi
