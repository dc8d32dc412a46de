#include "scanner/sources/git_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/sources/map_faults.hpp"
#include "scanner/sources/name_list.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr int kAlternatesDepthMax = 5;  // git's own limit
constexpr std::size_t kAlternatesBytesMax = 64 * kKiB;
// git knows it by heart and need not store it.
constexpr std::string_view kEmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
constexpr std::size_t kTreeCacheBytes = 16 * kMiB;
// libgit2 maps 1 GiB at a time and keeps 8 GiB mapped; touched pages count as our memory.
constexpr std::size_t kMapWindowBytes = 16 * kMiB;
constexpr std::size_t kMappedBytesMax = 128 * kMiB;
// Each page that cannot be had is a map of its own, and a process has 65,530. Then the pack is let
// go, and what is asked of it is missing.
constexpr unsigned kFaultsMax = 1'000;

void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
                            GIT_CONFIG_LEVEL_PROGRAMDATA}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, kMapWindowBytes);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, kMappedBytesMax);
  });
}

git_oid oid_of(const GitId& id) {
  git_oid oid;
  static_assert(sizeof oid.id == sizeof id.bytes);
  std::memcpy(oid.id, id.bytes.data(), id.bytes.size());
  return oid;
}

int collect_id(const git_oid* oid, void* payload) {
  GitId id;
  std::memcpy(id.bytes.data(), oid->id, id.bytes.size());
  static_cast<std::vector<GitId>*>(payload)->push_back(id);
  return 0;
}

std::optional<GitType> type_of(git_object_t type) {
  if (type < GIT_OBJECT_COMMIT || type > GIT_OBJECT_TAG) return std::nullopt;
  return static_cast<GitType>(type);
}

bool read_at(int file, void* at, std::size_t bytes, std::uint64_t offset) {
  return ::pread(file, at, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
}

std::uint32_t big_endian(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) << 24U | static_cast<std::uint32_t>(at[1]) << 16U |
         static_cast<std::uint32_t>(at[2]) << 8U | at[3];
}

// True if pack and index are regular files that belong together and are whole: the index repeats
// the checksum at the pack's end and counts its objects. Source: gitformat-pack(5).
bool is_sound_pack(int folder, const std::string& base, std::uint64_t& bytes) {
  const FileHandle pack = open_quietly(folder, (base + ".pack").c_str(), O_RDONLY);
  const FileHandle index = open_quietly(folder, (base + ".idx").c_str(), O_RDONLY);
  struct stat pack_facts {};
  struct stat index_facts {};
  if (!pack.is_open() || ::fstat(pack.get(), &pack_facts) != 0) return false;
  bytes = static_cast<std::uint64_t>(pack_facts.st_size);
  if (!index.is_open() || ::fstat(index.get(), &index_facts) != 0) return false;
  if (!S_ISREG(pack_facts.st_mode) || !S_ISREG(index_facts.st_mode)) return false;
  const auto index_bytes = static_cast<std::uint64_t>(index_facts.st_size);
  if (bytes < 12 + 20 || index_bytes < 256 * 4 + 40) return false;
  std::array<std::uint8_t, 12> head{};
  std::array<std::uint8_t, 8> index_head{};
  std::array<std::uint8_t, 4> count{};
  std::array<std::uint8_t, 20> end{};
  std::array<std::uint8_t, 20> named_end{};
  if (!read_at(pack.get(), head.data(), head.size(), 0) ||
      !read_at(pack.get(), end.data(), end.size(), bytes - 20) ||
      !read_at(index.get(), index_head.data(), index_head.size(), 0) ||
      !read_at(index.get(), named_end.data(), named_end.size(), index_bytes - 40)) {
    return false;
  }
  const bool second = std::memcmp(index_head.data(), "\377tOc", 4) == 0;
  if (!read_at(index.get(), count.data(), 4, (second ? 8U : 0U) + 255U * 4U)) return false;
  const std::uint32_t version = big_endian(head.data() + 4);
  return std::memcmp(head.data(), "PACK", 4) == 0 && (version == 2 || version == 3) &&
         big_endian(head.data() + 8) == big_endian(count.data()) && end == named_end;
}

std::string loose_name(const GitId& id) {
  const std::string hex = id.hex();
  return hex.substr(0, 2) + "/" + hex.substr(2);
}

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

FileHandle open_folder_in(int folder, const char* name) {
  return open_quietly(folder, name, O_RDONLY | O_DIRECTORY);
}

}  // namespace

void GitStore::open(const std::string& objects_dir, const std::string& scope) {
  prepare_library();
  open_folder(objects_dir, ".git/objects", scope, kAlternatesDepthMax);
}

void GitStore::open_folder(const std::string& path, const std::string& place,
                           const std::string& scope, int depth) {
  const auto real = real_path(path);
  if (!real) {
    const bool gone = errno == ENOENT && !folders_.empty();
    problems_.push_back(
        {{}, place, gone ? "alternates-missing" : std::string(unread_reason(errno)), 0});
    return;
  }
  if (!is_inside(scope, *real)) {
    const bool own = folders_.empty();
    problems_.push_back({{},
                         own ? place : ".git/objects/info/alternates",
                         own ? "objects-outside" : "alternates-outside",
                         0});
    return;
  }
  if (!opened_.insert(*real).second) return;
  Folder folder;
  folder.path = *real;
  folder.place = place;
  folder.handle = open_folder_in(AT_FDCWD, real->c_str());
  if (!folder.handle.is_open()) {
    problems_.push_back({{}, place, std::string(unread_reason(errno)), 0});
    return;
  }
  folder.loose.reset(new_loose_backend(*real));
  open_packs(folder, problems_);
  folders_.push_back(std::move(folder));
  if (depth > 0) open_alternates(*real, place, scope, depth);
}

// Each line is a path, absolute or relative to the objects folder. Source: gitrepository-layout(5).
void GitStore::open_alternates(const std::string& path, const std::string& place,
                               const std::string& scope, int depth) {
  const std::string file = path + "/info/alternates";
  struct stat facts {};
  if (::lstat(file.c_str(), &facts) != 0) return;
  const auto text = read_foreign_file(AT_FDCWD, file.c_str(), kAlternatesBytesMax);
  if (!text) {
    problems_.push_back({{}, place + "/info/alternates", "io-error", 0});
    return;
  }
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.size() > 1 && line.front() == '"' && line.back() == '"') {
      line = line.substr(1, line.size() - 2);
    }
    if (line.empty() || line.front() == '#') continue;
    const std::string target = lexical_path(path, line);
    if (!is_inside(scope, target)) {
      problems_.push_back({{}, place + "/info/alternates", "alternates-outside", 0});
      continue;
    }
    open_folder(target, place + "/info/alternates", scope, depth - 1);
  }
}

bool GitStore::open_packs(Folder& folder, std::vector<Unread>& problems) {
  const FileHandle pack_folder = open_folder_in(folder.handle.get(), "pack");
  if (!pack_folder.is_open()) {
    if (errno != ENOENT) {
      problems.push_back({{}, folder.place + "/pack", std::string(unread_reason(errno)), 0});
    }
    return false;
  }
  // Asked again for every object that is missing, of which a partial clone has many.
  struct stat facts {};
  if (::fstat(pack_folder.get(), &facts) == 0) {
    const std::int64_t mtime_ns = facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec;
    if (std::exchange(folder.packs_mtime_ns, mtime_ns) == mtime_ns) return false;
  }
  NameList names;
  if (const int error = names.list(pack_folder.get()); error != 0) {
    problems.push_back({{}, folder.place + "/pack", std::string(unread_reason(error)), 0});
  }
  bool any = false;
  while (const auto entry = names.next()) {
    const std::string_view name(entry->name);
    const bool is_pack = name.ends_with(".pack");
    if (!is_pack && !name.ends_with(".idx")) continue;
    std::string base(name.substr(0, name.rfind('.')));
    if (!folder.packs.insert(base).second) continue;
    Pack pack;
    pack.place = folder.place + "/pack/" + base +
                 (is_pack || names.contains(base + ".pack") ? ".pack" : ".idx");
    const std::string stem = folder.path + "/pack/" + base;
    const std::string index = stem + ".idx";
    pack.pages = {PageCacheGuard::of(index), PageCacheGuard::of(stem + ".pack")};
    git_odb_backend* backend = nullptr;
    const MapFaults faults;
    if (!is_sound_pack(pack_folder.get(), base, pack.bytes) ||
        git_odb_backend_one_pack(&backend, index.c_str()) != 0 || faults.count() != 0) {
      if (backend != nullptr) backend->free(backend);
      problems.push_back({{}, pack.place, "corrupt-pack", pack.bytes});
      continue;
    }
    pack.backend.reset(backend);
    packs_.push_back(std::move(pack));
    any = true;
  }
  return any;
}

bool GitStore::open_new_packs() {
  bool any = false;
  std::vector<Unread> ignored;  // half-written ones come and go while git works
  for (Folder& folder : folders_) any = open_packs(folder, ignored) || any;
  return any;
}

bool GitStore::loose_is_file(const Folder& folder, const GitId& id) {
  struct stat facts {};
  return ::fstatat(folder.handle.get(), loose_name(id).c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISREG(facts.st_mode);
}

void GitStore::list_loose(const Folder& folder, std::vector<GitId>& ids,
                          std::vector<Unread>& unread) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int first = 0; first < 256; ++first) {
    const std::string part{kDigits[static_cast<std::size_t>(first / 16)],
                           kDigits[static_cast<std::size_t>(first % 16)]};
    const FileHandle handle = open_folder_in(folder.handle.get(), part.c_str());
    if (!handle.is_open()) {
      if (errno != ENOENT) {
        unread.push_back({{}, folder.place + "/" + part, std::string(unread_reason(errno)), 0});
      }
      continue;
    }
    NameList names;
    if (const int error = names.list(handle.get()); error != 0) {
      unread.push_back({{}, folder.place + "/" + part, std::string(unread_reason(error)), 0});
    }
    while (const auto entry = names.next()) {
      const std::string_view name(entry->name);
      if (name.size() != 38 || !is_hex(name)) continue;
      const auto id = GitId::parse(part + std::string(name));
      if (loose_is_file(folder, *id)) {
        ids.push_back(*id);
      } else {
        unread.push_back({{}, ".git/objects/" + id->hex(), "corrupt-object", 0});
      }
    }
  }
}

std::vector<GitId> GitStore::list(std::vector<Unread>& unread) {
  std::vector<GitId> ids;
  for (Pack& pack : packs_) {
    const MapFaults faults;
    if (pack.backend->foreach (pack.backend.get(), collect_id, &ids) != 0 || faults.count() != 0) {
      unread.push_back({{}, pack.place, "corrupt-pack", pack.bytes});
    }
  }
  for (const Folder& folder : folders_) list_loose(folder, ids, unread);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  ids.shrink_to_fit();
  return ids;
}

template <class Try>
GitRead GitStore::try_packs(const git_oid& oid, Try& attempt) {
  GitRead outcome = GitRead::kMissing;
  for (std::size_t i = 0; i < packs_.size(); ++i) {
    git_odb_backend* backend = packs_[i].backend.get();
    const MapFaults faults;
    const bool has = backend->exists(backend, &oid) != 0;
    const bool read = has && attempt(backend, oid);
    packs_[i].faults += faults.count();
    if (read && faults.count() == 0) {
      if (i != 0) std::swap(packs_[0], packs_[i]);
      return GitRead::kFound;
    }
    if (has || faults.count() != 0) outcome = GitRead::kCorrupt;
    if (packs_[i].faults > kFaultsMax) packs_.erase(packs_.begin() + static_cast<long>(i--));
  }
  return outcome;
}

// Asks every place that has the object until one gives it: a damaged copy does not hide a good one.
template <class Try>
GitRead GitStore::try_all(const GitId& id, Try&& attempt) {
  const git_oid oid = oid_of(id);
  GitRead outcome = GitRead::kMissing;
  for (int round = 0; round < 2; ++round) {
    const GitRead packed = try_packs(oid, attempt);
    if (packed == GitRead::kFound) return packed;
    if (packed == GitRead::kCorrupt) outcome = packed;
    for (const Folder& folder : folders_) {
      if (folder.loose == nullptr || !loose_is_file(folder, id)) continue;
      if (attempt(folder.loose.get(), oid)) return GitRead::kFound;
      outcome = GitRead::kCorrupt;
    }
    if (round == 0 && !open_new_packs()) break;
  }
  return outcome;
}

GitRead GitStore::header(const GitId& id, GitHeader& header) {
  return try_all(id, [&](git_odb_backend* backend, const git_oid& oid) {
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (backend->read_header(&size, &type, backend, &oid) != 0 || !type_of(type)) return false;
    header = {*type_of(type), size};
    return true;
  });
}

GitRead GitStore::read(const GitId& id, GitType& type, std::string& content, bool verify) {
  return try_all(id, [&](git_odb_backend* backend, const git_oid& oid) {
    void* data = nullptr;
    std::size_t size = 0;
    git_object_t kind = GIT_OBJECT_INVALID;
    if (backend->read(&data, &size, &kind, backend, &oid) != 0) return false;
    const bool known = type_of(kind).has_value();
    bool sound = known;
    if (sound && verify) {
      git_oid actual;
      sound = git_odb_hash(&actual, data, size, kind) == 0 && git_oid_equal(&actual, &oid) != 0;
    }
    if (sound) {
      type = *type_of(kind);
      content.assign(static_cast<const char*>(data), size);
    }
    git_odb_backend_data_free(backend, data);
    return sound;
  });
}

GitRead GitStore::read_typed(const GitId& id, GitType type, std::string& content) {
  GitHeader head;
  const GitRead looked = header(id, head);
  if (looked == GitRead::kMissing && type == GitType::kTree && id == GitId::parse(kEmptyTree)) {
    content.clear();
    return GitRead::kFound;
  }
  if (looked != GitRead::kFound) return looked;
  if (head.type != type || head.size > kWholeBytesMax) return GitRead::kCorrupt;
  GitType actual{};
  return read(id, actual, content, true);
}

GitRead GitStore::tree(const GitId& id, std::shared_ptr<const std::string>& content) {
  std::string key(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  if (const auto known = trees_.find(key); known != trees_.end()) {
    content = known->second;
    return GitRead::kFound;
  }
  auto fresh = std::make_shared<std::string>();
  const GitRead outcome = read_typed(id, GitType::kTree, *fresh);
  if (outcome != GitRead::kFound) return outcome;
  if (tree_bytes_ > kTreeCacheBytes) {
    trees_.clear();
    tree_bytes_ = 0;
  }
  tree_bytes_ += fresh->size() + 128;
  content = fresh;
  trees_.emplace(std::move(key), std::move(fresh));
  return GitRead::kFound;
}

void GitStore::describe(std::vector<std::string>& lines) {
  std::vector<Unread> ignored;
  for (Folder& folder : folders_) {
    std::vector<GitId> loose;
    list_loose(folder, loose, ignored);
    for (const GitId& id : loose) lines.push_back(id.hex());
    const FileHandle packs = open_folder_in(folder.handle.get(), "pack");
    NameList names;
    if (!packs.is_open() || names.list(packs.get()) != 0) continue;
    while (const auto entry = names.next()) {
      struct stat facts {};
      if (::fstatat(packs.get(), entry->name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
      lines.push_back(folder.place + "/" + entry->name + ":" + std::to_string(facts.st_size));
    }
  }
}

}  // namespace nhi
