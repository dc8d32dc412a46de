#include "scanner/sources/git/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/sources/git/loose.hpp"
#include "scanner/sources/name_list.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr int kAlternatesDepthMax = 5;  // git's own limit
constexpr std::size_t kAlternatesBytesMax = 64 * kKiB;
constexpr std::size_t kTreeCacheBytes = 16 * kMiB;

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What git writes to before it has its name: left behind, it holds objects that no index names.
// Source: tmp-objdir.c, index-pack.c and object-file.c of git 2.39.
void note_unfinished(int folder, std::string_view name, const std::string& place,
                     std::vector<Unread>& unread) {
  constexpr auto kPrefixes =
      std::to_array<std::string_view>({"tmp_pack_", "tmp_obj_", "tmp_objdir-", "incoming-"});
  if (std::none_of(kPrefixes.begin(), kPrefixes.end(),
                   [&](std::string_view prefix) { return name.starts_with(prefix); })) {
    return;
  }
  struct stat facts {};
  if (::fstatat(folder, std::string(name).c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return;
  const auto bytes = S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
  unread.push_back({{}, place + "/" + std::string(name), "unfinished-pack", bytes});
}

FileHandle open_folder_in(int folder, const char* name) {
  return open_quietly(folder, name, O_RDONLY | O_DIRECTORY);
}

}  // namespace

void GitStore::open(const std::string& objects_dir, const std::string& scope, PackCheck check) {
  objects_dir_ = objects_dir;
  scope_ = scope;
  check_ = check;
  open_folder(objects_dir, ".git/objects", scope, kAlternatesDepthMax);
}

void GitStore::open(std::shared_ptr<const PackFile> pack, const std::vector<Unread>& problems) {
  packs_.push_back({PackReader(std::move(pack)), ".git", 0});
  problems_ = problems;
}

void GitStore::refresh() {
  if (objects_dir_.empty()) return;  // what was opened is all there is
  // Packs that are still there are not read again: they stay open until the new list has them.
  const std::vector<Pack> before = std::exchange(packs_, {});
  folders_.clear();
  opened_.clear();
  problems_.clear();
  open_folder(objects_dir_, ".git/objects", scope_, kAlternatesDepthMax);
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
  open_packs(folder, problems_);
  NameList names;
  if (const int error = names.list(folder.handle.get()); error != 0) {
    problems_.push_back({{}, place, std::string(unread_reason(error)), 0});
  }
  while (const auto entry = names.next()) {
    note_unfinished(folder.handle.get(), entry->name, place, problems_);
  }
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
    note_unfinished(pack_folder.get(), name, folder.place + "/pack", problems);
    const bool is_pack = name.ends_with(".pack");
    if (!is_pack && !name.ends_with(".idx")) continue;
    std::string base(name.substr(0, name.rfind('.')));
    if (!folder.packs.insert(base).second) continue;
    const std::string place = folder.place + "/pack/" + base +
                              (is_pack || names.contains(base + ".pack") ? ".pack" : ".idx");
    std::uint64_t bytes = 0;
    auto pack = PackFile::open(pack_folder.get(), folder.path + "/pack", base, bytes, check_);
    if (pack == nullptr) {
      problems.push_back({{}, place, "corrupt-pack", bytes});
      continue;
    }
    packs_.push_back({PackReader(std::move(pack)), place, bytes});
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
      note_unfinished(handle.get(), name, folder.place + "/" + part, unread);
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

std::vector<std::shared_ptr<const PackFile>> GitStore::packs() const {
  std::vector<std::shared_ptr<const PackFile>> files;
  for (const Pack& pack : packs_) files.push_back(pack.reader.shared_pack());
  return files;
}

std::vector<GitId> GitStore::loose(std::vector<Unread>& unread) {
  std::vector<GitId> ids;
  for (const Folder& folder : folders_) list_loose(folder, ids, unread);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<GitId> GitStore::list(std::vector<Unread>& unread) {
  std::vector<GitId> ids = loose(unread);
  for (const Pack& pack : packs_) {
    const PackIndex& index = pack.reader.pack().index();
    for (std::uint32_t i = 0; i < index.size(); ++i) ids.push_back(index.id(i));
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  ids.shrink_to_fit();
  return ids;
}

// Asks every place that has the object until one gives it: a damaged copy does not hide a good one.
template <class Packed, class Loose>
GitRead GitStore::try_all(const GitId& id, Packed&& packed, Loose&& loose) {
  GitRead outcome = GitRead::kMissing;
  const auto take = [&](GitRead one) {
    if (one != GitRead::kMissing) outcome = one;
    return one == GitRead::kFound;
  };
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < packs_.size(); ++i) {
      const auto entry = packs_[i].reader.pack().index().find(id);
      if (!entry || !take(packed(packs_[i].reader, *entry))) continue;
      if (i != 0) std::swap(packs_[0], packs_[i]);
      return outcome;
    }
    for (const Folder& folder : folders_) {
      if (take(loose(folder.handle.get()))) return outcome;
    }
    if (round == 0 && !open_new_packs()) break;
  }
  return outcome;
}

GitRead GitStore::header(const GitId& id, GitHeader& header) {
  return try_all(
      id, [&](PackReader& pack, std::uint32_t entry) { return pack.header(entry, header); },
      [&](int folder) { return read_loose_header(folder, id, header); });
}

GitRead GitStore::read(const GitId& id, GitType& type, std::string& content) {
  const auto verified = [&](GitRead outcome) {
    const bool other = outcome == GitRead::kFound && git_id(type, content) != id;
    return other ? GitRead::kCorrupt : outcome;
  };
  return try_all(
      id,
      [&](PackReader& pack, std::uint32_t entry) {
        return verified(pack.read(entry, kWholeBytesMax, type, content));
      },
      [&](int folder) { return verified(read_loose(folder, id, kWholeBytesMax, type, content)); });
}

GitRead GitStore::read_typed(const GitId& id, GitType type, std::string& content) {
  GitType actual{};
  const GitRead outcome = read(id, actual, content);
  if (outcome == GitRead::kMissing && type == GitType::kTree && is_empty_tree(id)) {
    content.clear();
    return GitRead::kFound;
  }
  if (outcome == GitRead::kTooLarge) return GitRead::kCorrupt;
  return outcome == GitRead::kFound && actual != type ? GitRead::kCorrupt : outcome;
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

std::vector<GitId> GitStore::beginning_with(std::string_view digits) const {
  constexpr std::size_t kMost = 4096;
  std::string hex(digits);
  std::transform(hex.begin(), hex.end(), hex.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto least = GitId::parse(hex + std::string(40 - hex.size(), '0'));
  std::vector<GitId> ids;
  if (!least) return ids;
  const auto take = [&](const GitId& id) {
    if (!id.hex().starts_with(hex) || ids.size() >= kMost) return false;
    ids.push_back(id);
    return true;
  };
  for (const Pack& pack : packs_) {
    const PackIndex& index = pack.reader.pack().index();
    std::uint32_t entry = index.lower_bound(*least);
    while (entry < index.size() && take(index.id(entry))) ++entry;
  }
  for (const Folder& folder : folders_) {
    const std::string part = least->hex().substr(0, 2);
    const FileHandle handle = open_folder_in(folder.handle.get(), part.c_str());
    NameList names;
    if (!handle.is_open() || names.list(handle.get()) != 0) continue;
    while (const auto entry = names.next()) {
      const std::string name = part + entry->name;
      const auto id = name.size() == 40 ? GitId::parse(name) : std::nullopt;
      if (id) static_cast<void>(take(*id));
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

void GitStore::describe(std::vector<std::string>& lines) {
  std::vector<Unread> unread;  // what is so tonight must not be told tomorrow if it is not
  for (Folder& folder : folders_) {
    std::vector<GitId> loose;
    list_loose(folder, loose, unread);
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
  for (const Unread& place : unread) lines.push_back(place.path + " " + place.reason);
}

}  // namespace nhi
