// git_objects.cpp - lists an object store, and names what is damaged or missing in it.
//
// libgit2 leaves a pack out without a word if it does not open, and ends a listing at the first
// damaged index. So each pack is listed by itself, and what trees, commits, tags and refs name is
// looked up in the list: one binary search for each link, whatever the store's size.

#include <git2/sys/odb_backend.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "scanner/sources/git_handles.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMissingListedMax = 10'000;
constexpr std::uint64_t kLinksBytesMax = 256 * 1024 * 1024;  // a tree or commit read for its links
constexpr std::size_t kShallowBytesMax = 16 * 1024 * 1024;
// Git knows this one by heart and need not store it.
constexpr const char* kEmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
constexpr std::size_t kHexSize = GIT_OID_HEXSZ;

bool less(const git_oid& a, const git_oid& b) { return git_oid_cmp(&a, &b) < 0; }
bool equal(const git_oid& a, const git_oid& b) { return git_oid_equal(&a, &b) != 0; }

// Sorted ids with a table over the first two bytes, so that a search starts near its end.
class IdTable {
 public:
  explicit IdTable(std::vector<git_oid> ids) : ids_(std::move(ids)) {
    std::sort(ids_.begin(), ids_.end(), less);
    ids_.erase(std::unique(ids_.begin(), ids_.end(), equal), ids_.end());
    for (const git_oid& id : ids_) ++starts_[bucket(id) + 1];
    for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  }
  [[nodiscard]] const std::vector<git_oid>& ids() const { return ids_; }
  [[nodiscard]] bool contains(const git_oid& id) const {
    const std::size_t at = bucket(id);
    return std::binary_search(ids_.begin() + static_cast<std::ptrdiff_t>(starts_[at]),
                              ids_.begin() + static_cast<std::ptrdiff_t>(starts_[at + 1]), id,
                              less);
  }

 private:
  static std::size_t bucket(const git_oid& id) {
    return static_cast<std::size_t>(id.id[0]) << 8 | id.id[1];
  }
  std::vector<git_oid> ids_;
  std::vector<std::size_t> starts_ = std::vector<std::size_t>(65537);
};

int collect_id(const git_oid* id, void* payload) {
  static_cast<std::vector<git_oid>*>(payload)->push_back(*id);
  return 0;
}

// A pack ends with a checksum that its index repeats; libgit2 opens no pack where they differ.
bool ends_as_indexed(const fs::path& pack, const fs::path& index) {
  std::array<char, GIT_OID_RAWSZ> in_pack{};
  std::array<char, GIT_OID_RAWSZ> in_index{};
  std::ifstream pack_file(pack, std::ios::binary);
  std::ifstream index_file(index, std::ios::binary);
  pack_file.seekg(-GIT_OID_RAWSZ, std::ios::end);
  index_file.seekg(-2 * GIT_OID_RAWSZ, std::ios::end);
  pack_file.read(in_pack.data(), in_pack.size());
  index_file.read(in_index.data(), in_index.size());
  return pack_file && index_file && in_pack == in_index;
}

bool list_backend(git_odb_backend* backend, std::vector<git_oid>& ids) {
  const std::size_t before = ids.size();
  const bool whole = backend->foreach (backend, collect_id, &ids) == 0;
  if (!whole) ids.resize(before);
  backend->free(backend);
  return whole;
}

class Lister {
 public:
  Lister(GitRepository::State& state, std::vector<Unread>& unread)
      : state_(state), unread_(unread) {}

  std::vector<GitObject> run() {
    std::vector<git_oid> found;
    for (const std::string& store : state_.stores) {
      list_loose(store, found);
      list_packs(fs::path(store) / "pack", found);
    }
    const IdTable table(std::move(found));
    ids_ = &table;
    read_shallow();
    std::vector<GitObject> objects;
    objects.reserve(table.ids().size());
    for (const git_oid& id : table.ids()) list_one(id, objects);
    check_refs();
    name_missing();
    return objects;
  }

 private:
  void note(const std::string& path, const char* reason, std::uint64_t bytes = 0) {
    unread_.push_back({"", ".git/" + path, reason, bytes});
  }

  void list_loose(const std::string& store, std::vector<git_oid>& found) {
    git_odb_backend* backend = new_loose_backend(store);
    if (backend == nullptr || !list_backend(backend, found)) {
      note("objects", "object-folder-unreadable");
    }
  }

  void list_packs(const fs::path& folder, std::vector<git_oid>& found) {
    std::error_code failed;
    fs::directory_iterator at(folder, failed);
    if (failed == std::errc::no_such_file_or_directory) return;
    for (const fs::directory_iterator end; !failed && at != end; at.increment(failed)) {
      const fs::path pack = at->path();
      if (pack.extension() != ".pack") continue;
      fs::path index = pack;
      index.replace_extension(".idx");
      git_odb_backend* one = nullptr;
      if (!ends_as_indexed(pack, index) || git_odb_backend_one_pack(&one, index.c_str()) != 0 ||
          !list_backend(one, found)) {
        std::error_code ignored;
        const std::uintmax_t bytes = fs::file_size(pack, ignored);
        note("objects/pack/" + pack.filename().string(), "corrupt-pack", ignored ? 0 : bytes);
      }
    }
    if (failed) note("objects/pack", "object-folder-unreadable");
  }

  void read_shallow() {
    std::ifstream file(std::string(git_repository_commondir(state_.repository.get())) + "shallow");
    std::size_t bytes = 0;
    for (std::string line; std::getline(file, line) && (bytes += line.size()) < kShallowBytesMax;) {
      git_oid id;
      if (git_oid_fromstr(&id, line.c_str()) == 0) shallow_.push_back(id);
    }
    std::sort(shallow_.begin(), shallow_.end(), less);
  }

  void list_one(const git_oid& id, std::vector<GitObject>& objects) {
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, state_.odb.get(), &id) != 0) {
      return note("objects/" + hex_of(id), "corrupt-object");
    }
    if (type != GIT_OBJECT_BLOB && !follow(id, type, size)) return;
    GitObjectKind kind = GitObjectKind::kBlob;
    if (type == GIT_OBJECT_COMMIT) kind = GitObjectKind::kCommitMessage;
    if (type == GIT_OBJECT_TAG) kind = GitObjectKind::kTagMessage;
    if (type != GIT_OBJECT_TREE) objects.push_back({hex_of(id), kind, size});
  }

  // False if the object itself could not be read; then it is named and not listed.
  bool follow(const git_oid& id, git_object_t type, std::size_t size) {
    if (size > kLinksBytesMax) {
      note("objects/" + hex_of(id), "git-object-too-large", size);
      return false;
    }
    git_odb_object* read = nullptr;
    if (git_odb_read(&read, state_.odb.get(), &id) != 0) {
      note("objects/" + hex_of(id), "corrupt-object", size);
      return false;
    }
    const OdbObjectPtr owner(read);
    const std::string_view content(static_cast<const char*>(git_odb_object_data(read)),
                                   git_odb_object_size(read));
    if (type == GIT_OBJECT_TREE) {
      if (!follow_tree(content)) note("objects/" + hex_of(id), "corrupt-object", size);
    } else {
      follow_head_lines(id, content);
    }
    return true;
  }

  bool follow_tree(std::string_view content) {
    while (!content.empty()) {
      const std::size_t zero = content.find('\0');
      if (zero == std::string_view::npos || content.size() - zero - 1 < GIT_OID_RAWSZ) return false;
      git_oid id;
      git_oid_fromraw(&id, reinterpret_cast<const unsigned char*>(content.data()) + zero + 1);
      // A submodule's commit is kept elsewhere.
      if (!content.starts_with("160000 ")) follow_link(id);
      content.remove_prefix(zero + 1 + GIT_OID_RAWSZ);
    }
    return true;
  }

  // "tree ID", "parent ID" and "object ID" stand before the first empty line.
  void follow_head_lines(const git_oid& self, std::string_view content) {
    while (!content.empty() && content[0] != '\n') {
      const std::string_view line = content.substr(0, content.find('\n'));
      for (const std::string_view word : {"tree ", "parent ", "object "}) {
        git_oid id;
        if (!line.starts_with(word) || line.size() != word.size() + kHexSize ||
            git_oid_fromstrn(&id, line.data() + word.size(), kHexSize) != 0) {
          continue;
        }
        if (word[0] == 'p' && !ids_->contains(id) &&
            std::binary_search(shallow_.begin(), shallow_.end(), self, less)) {
          cut_ = true;
        } else {
          follow_link(id);
        }
      }
      content.remove_prefix(std::min(line.size() + 1, content.size()));
    }
  }

  void follow_link(const git_oid& id) {
    if (ids_->contains(id) || git_oid_streq(&id, kEmptyTree) == 0) return;
    missing_.push_back(id);
    // The same object may be missed by very many: duplicates must not pile up.
    if (missing_.size() < compact_at_) return;
    drop_duplicates();
    compact_at_ = std::max(compact_at_, 2 * missing_.size());
  }

  void drop_duplicates() {
    std::sort(missing_.begin(), missing_.end(), less);
    missing_.erase(std::unique(missing_.begin(), missing_.end(), equal), missing_.end());
  }

  void check_refs() {
    git_strarray names{};
    if (git_reference_list(&names, state_.repository.get()) != 0) {
      return note("refs", "refs-unreadable");
    }
    for (std::size_t i = 0; i < names.count; ++i) {
      git_oid id;
      const int code = git_reference_name_to_id(&id, state_.repository.get(), names.strings[i]);
      if (code == 0) follow_link(id);
      // A symbolic ref to a branch that does not exist yet is no damage.
      if (code != 0 && code != GIT_ENOTFOUND) note(names.strings[i], "corrupt-ref");
    }
    git_strarray_dispose(&names);
  }

  void name_missing() {
    drop_duplicates();
    if (cut_) note("shallow", "shallow-history");
    for (std::size_t i = 0; i < missing_.size(); ++i) {
      if (i == kMissingListedMax) return note("objects", "more-missing-objects");
      note("objects/" + hex_of(missing_[i]), "missing-object");
    }
  }

  GitRepository::State& state_;
  std::vector<Unread>& unread_;
  const IdTable* ids_ = nullptr;
  std::vector<git_oid> shallow_;
  std::vector<git_oid> missing_;
  std::size_t compact_at_ = 100'000;
  bool cut_ = false;
};

}  // namespace

std::vector<GitObject> list_objects(GitRepository::State& state, std::vector<Unread>& unread) {
  return Lister(state, unread).run();
}

}  // namespace nhi
