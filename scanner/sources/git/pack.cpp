#include "scanner/sources/git/pack.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "scanner/base/limits.hpp"
#include "scanner/sources/git/delta.hpp"
#include "scanner/sources/git/file_format.hpp"
#include "scanner/sources/git/overwrite.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::uint64_t kIndexBytesMax = std::uint64_t{2} << 30U;  // 70 million objects
constexpr std::uint64_t kPackEnds = 12 + 20;
constexpr std::uint64_t kRatioMax = 1032;  // DEFLATE cannot grow more than this
constexpr std::size_t kKnownBytesMax = 16 * kMiB;

// Those that are open, by what tells one file from another: workers share them.
using FileKey = std::tuple<dev_t, ino_t, std::int64_t, std::int64_t, off_t, PackCheck>;
struct OpenPacks {
  std::mutex lock;
  std::map<FileKey, std::weak_ptr<const PackFile>> by_file;  // guarded by lock
};
OpenPacks& open_packs() {
  static auto* const packs = new OpenPacks;
  return *packs;
}

std::optional<PackIndex> read_index(int folder, const std::string& name, int pack,
                                    std::uint64_t pack_bytes, PackCheck check) {
  const FileHandle file = open_quietly(folder, (name + ".idx").c_str(), O_RDONLY | O_NOFOLLOW);
  struct stat facts {};
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0) return std::nullopt;
  const auto bytes = static_cast<std::uint64_t>(facts.st_size);
  if (!S_ISREG(facts.st_mode) || bytes > kIndexBytesMax) return std::nullopt;
  std::string head;
  std::string end;
  std::string index;
  if (!read_range(pack, 0, 12, head) || !read_range(pack, pack_bytes - 20, pack_bytes, end) ||
      !read_range(file.get(), 0, bytes, index)) {
    return std::nullopt;
  }
  const std::uint32_t version = big_endian(head, 4);
  if (!head.starts_with("PACK") || (version != 2 && version != 3)) return std::nullopt;
  auto parsed =
      PackIndex::parse(std::move(index), pack_bytes, GitId::from_bytes(end.data()), check);
  if (!parsed || parsed->size() != big_endian(head, 8)) return std::nullopt;
  return parsed;
}

}  // namespace

bool read_range(int file, std::uint64_t from, std::uint64_t to, std::string& out) {
  const std::size_t size = to - from;
  overwrite(out, size, [&](char* at) {
    std::size_t have = 0;
    while (have < size) {
      const ssize_t got = ::pread(file, at + have, size - have, static_cast<off_t>(from + have));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      have += static_cast<std::size_t>(got);
    }
    return have;
  });
  return out.size() == size;
}

PackFile::PackFile(FileHandle file, std::uint64_t bytes, PackIndex index, std::uint64_t start)
    : file_(std::move(file)), start_(start), bytes_(bytes), index_(std::move(index)) {}

void PackFile::complete(PackIndex index, std::uint64_t bytes, std::vector<std::uint64_t> gaps) {
  index_ = std::move(index);
  bytes_ = bytes;
  gaps_ = std::move(gaps);
}

std::uint64_t PackFile::end_of(std::uint64_t at, std::uint64_t next) const {
  const auto gap = std::upper_bound(gaps_.begin(), gaps_.end(), at);
  return gap == gaps_.end() ? next : std::min(*gap, next);
}

std::shared_ptr<const PackFile> PackFile::open(int folder, const std::string& path,
                                               const std::string& name, std::uint64_t& bytes,
                                               PackCheck check) {
  FileHandle file = open_quietly(folder, (name + ".pack").c_str(), O_RDONLY | O_NOFOLLOW);
  struct stat facts {};
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0) return nullptr;
  bytes = static_cast<std::uint64_t>(facts.st_size);
  if (!S_ISREG(facts.st_mode) || bytes < kPackEnds) return nullptr;
  const FileKey key{facts.st_dev,          facts.st_ino,  facts.st_mtim.tv_sec,
                    facts.st_mtim.tv_nsec, facts.st_size, check};
  OpenPacks& packs = open_packs();
  {
    const std::lock_guard guard(packs.lock);
    if (const auto at = packs.by_file.find(key); at != packs.by_file.end()) {
      if (auto known = at->second.lock()) return known;
    }
  }
  // Without the lock: the disk may not answer, and others have packs on other disks.
  const std::string stem = path + "/" + name;
  std::array<std::shared_ptr<PageCacheGuard>, 2> pages{PageCacheGuard::of(stem + ".idx"),
                                                       PageCacheGuard::of(stem + ".pack")};
  auto index = read_index(folder, name, file.get(), bytes, check);
  if (!index) return nullptr;
  const auto made = std::make_shared<PackFile>(std::move(file), bytes, std::move(*index));
  made->pages_ = std::move(pages);
  const std::lock_guard guard(packs.lock);
  std::erase_if(packs.by_file, [](const auto& one) { return one.second.expired(); });
  packs.by_file[key] = made;
  return made;
}

bool PackFile::read(std::uint64_t from, std::uint64_t to, std::string& out) const {
  return from <= to && to <= bytes_ && read_range(file_.get(), start_ + from, start_ + to, out);
}

std::optional<PackEntry> parse_pack_entry(Bytes stored, std::uint64_t at) {
  std::size_t next = 0;
  bool cut = false;
  const auto take = [&]() -> std::uint64_t {
    if (next < stored.size()) return static_cast<unsigned char>(stored[next++]);
    cut = true;
    return 0;
  };
  PackEntry entry;
  std::uint64_t byte = take();
  const auto kind = static_cast<unsigned>(byte >> 4U & 7U);
  entry.size = byte & 15U;
  for (unsigned shift = 4; (byte & 0x80U) != 0 && shift < 60; shift += 7) {
    byte = take();
    entry.size |= (byte & 0x7FU) << shift;
  }
  if ((byte & 0x80U) != 0) return std::nullopt;
  if (kind >= 1 && kind <= 4) {
    entry.type = static_cast<GitType>(kind);
  } else if (kind == 6) {
    // Big-endian, seven bits a byte, and one more for each byte that follows.
    entry.form = PackEntry::Form::kDeltaAt;
    byte = take();
    std::uint64_t back = byte & 0x7FU;
    for (int more = 0; (byte & 0x80U) != 0 && more < 8; ++more) {
      byte = take();
      back = ((back + 1) << 7U) | (byte & 0x7FU);
    }
    if (back == 0 || back > at) return std::nullopt;
    entry.base_at = at - back;
  } else if (kind == 7 && stored.size() >= next + 20) {
    entry.form = PackEntry::Form::kDeltaOf;
    entry.base = GitId::from_bytes(stored.data() + next);
    next += 20;
  } else {
    return std::nullopt;
  }
  if (cut) return std::nullopt;
  entry.head = static_cast<std::uint32_t>(next);
  return entry;
}

bool PackReader::head_at(std::uint64_t at, PackEntry& entry) {
  if (at >= pack_->end()) return false;
  if (!pack_->read(at, std::min<std::uint64_t>(at + kPackHeadMax, pack_->end()), stored_)) {
    return false;
  }
  const auto parsed = parse_pack_entry(stored_, at);
  if (parsed) entry = *parsed;
  return parsed.has_value();
}

bool PackReader::fetch(std::uint64_t at, std::uint64_t end, PackEntry& entry) {
  // Of what is too large to be inflated its head is enough.
  constexpr std::uint64_t kMost = kPackHeadMax + stored_at_most(kDeltaBaseBytesMax);
  if (!pack_->read(at, std::min(end, at + kMost), stored_)) return false;
  const auto parsed = parse_pack_entry(stored_, at);
  if (!parsed || parsed->size > stored_.size() * kRatioMax) return false;
  entry = *parsed;
  return true;
}

bool PackReader::fetch(std::uint64_t at, PackEntry& entry) {
  if (!head_at(at, entry)) return false;
  const std::uint64_t left = pack_->end() - at;
  return fetch(at, at + std::min(left, stored_at_most(entry.size) + entry.head), entry);
}

bool PackReader::inflate(const PackEntry& entry, std::string& out) {
  std::optional<std::size_t> taken;
  overwrite(out, entry.size, [&](char* to) {
    taken = inflater_.inflate(Bytes(stored_).substr(entry.head), to, entry.size);
    return taken ? entry.size : 0;
  });
  if (taken) taken_ = entry.head + *taken;
  return taken.has_value();
}

std::uint32_t PackReader::crc_of_last() const { return crc32_of(Bytes(stored_).substr(0, taken_)); }

std::optional<std::uint64_t> PackReader::base_of(const PackEntry& entry) const {
  if (entry.form == PackEntry::Form::kDeltaAt) return entry.base_at;
  const auto found = pack_->index().find(entry.base);
  if (!found) return std::nullopt;
  return pack_->index().offset(*found);
}

GitRead PackReader::header(std::uint32_t entry, GitHeader& header) {
  std::uint64_t at = pack_->index().offset(entry);
  PackEntry found;
  if (!head_at(at, found)) return GitRead::kCorrupt;
  header.size = found.size;
  if (found.is_delta()) {
    if (found.size > kDeltaBaseBytesMax) return GitRead::kTooLarge;
    if (!fetch(at, found) || !inflate(found, delta_)) return GitRead::kCorrupt;
    const auto delta = DeltaReader::open(delta_);
    if (!delta) return GitRead::kCorrupt;
    header.size = delta->result_size();
  }
  for (std::size_t depth = 0; found.is_delta(); ++depth) {
    const auto base = base_of(found);
    if (!base || depth > kDeltaChainMax || !head_at(*base, found)) return GitRead::kCorrupt;
  }
  header.type = found.type;
  return GitRead::kFound;
}

GitRead PackReader::read(std::uint32_t entry, std::uint64_t most, GitType& type,
                         std::string& content) {
  return read_at(pack_->index().offset(entry), most, type, content);
}

GitRead PackReader::read_at(std::uint64_t at, std::uint64_t most, GitType& type,
                            std::string& content) {
  // Down to a base that is whole or known, then up again.
  std::vector<std::uint64_t> chain;
  const std::uint64_t wanted = at;
  PackEntry entry;
  while (true) {
    if (const auto known = known_.find(at); known != known_.end()) {
      type = known->second.type;
      content = known->second.content;
      break;
    }
    if (chain.size() > kDeltaChainMax || !head_at(at, entry)) return GitRead::kCorrupt;
    if (entry.size > kDeltaBaseBytesMax) return GitRead::kTooLarge;
    if (!entry.is_delta()) {
      if (!fetch(at, entry) || !inflate(entry, content)) return GitRead::kCorrupt;
      type = entry.type;
      if (!chain.empty()) remember(at, type, content);
      break;
    }
    chain.push_back(at);
    const auto base = base_of(entry);
    if (!base) return GitRead::kCorrupt;
    at = *base;
  }
  std::string result;
  for (; !chain.empty(); chain.pop_back()) {
    if (!fetch(chain.back(), entry) || !inflate(entry, delta_)) return GitRead::kCorrupt;
    const auto delta = DeltaReader::open(delta_);
    if (!delta) return GitRead::kCorrupt;
    if (delta->result_size() > kDeltaBaseBytesMax) return GitRead::kTooLarge;
    if (!apply_delta(content, delta_, result)) return GitRead::kCorrupt;
    content.swap(result);
  }
  if (content.size() > most) return GitRead::kTooLarge;
  remember(wanted, type, content);
  return GitRead::kFound;
}

void PackReader::remember(std::uint64_t at, GitType type, const std::string& content) {
  if (content.size() > kKnownBytesMax / 8) return;
  if (known_bytes_ + content.size() > kKnownBytesMax) {
    known_.clear();
    known_bytes_ = 0;
  }
  if (known_.try_emplace(at, Known{type, content}).second) known_bytes_ += content.size() + 128;
}

}  // namespace nhi
