#include "scanner/sources/git/index_file.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "scanner/sources/git/file_format.hpp"

namespace nhi {
namespace {

constexpr std::size_t kHeadBytes = 12;
constexpr std::size_t kModeAt = 24;
constexpr std::size_t kIdAt = 40;
constexpr std::size_t kFlagsAt = 60;
constexpr std::size_t kStatBytes = 62;  // of an entry, before its path
constexpr unsigned kExtendedFlag = 0x4000;
constexpr unsigned kLengthMask = 0x0FFF;
constexpr unsigned kIntentToAddFlag = 0x2000;  // of the second flags
constexpr std::uint32_t kTypeMask = 0170000;

Unexpected<Error> corrupt() { return fail(ErrorCode::kMalformed, "corrupt-index"); }

bool has_its_checksum(Bytes file) {
  const Bytes stored = file.substr(file.size() - kGitHashBytes);
  return stored.find_first_not_of('\0') == Bytes::npos || ends_with_its_checksum(file);
}

// No system has files of any other name, and a tree cannot be made of them.
bool is_sound_path(std::string_view path) {
  return path.size() <= kIndexPathBytesMax && path.front() != '/' &&
         path.find("//") == std::string_view::npos;
}

}  // namespace

GitIndex::Kind GitIndex::Entry::kind() const {
  switch (mode & kTypeMask) {
    case 0040000:
      return Kind::kFolder;
    case 0120000:
      return Kind::kLink;
    case 0160000:
      return Kind::kSubmodule;
    default:
      return Kind::kFile;
  }
}

// Takes one entry after the other off the front of `rest_`.
class GitIndex::Reader {
 public:
  Reader(Bytes rest, std::uint32_t version, GitIndex& index)
      : rest_(rest), version_(version), index_(index) {}

  [[nodiscard]] Result<void> take(std::uint32_t count) {
    // No entry is shorter than its facts and a path of one byte.
    if (count > rest_.size() / (kStatBytes + 1)) return corrupt();
    index_.entries_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!take_entry()) return corrupt();
      if (index_.paths_.size() > kIndexFileBytesMax) {
        return fail(ErrorCode::kTooLarge, "index-too-large");
      }
    }
    return {};
  }

  // "signature size data", until nothing is left. A small first letter: it cannot be left out.
  [[nodiscard]] Result<void> check_extensions() {
    bool sparse = false;
    while (!rest_.empty()) {
      if (rest_.size() < 8) return corrupt();
      const Bytes name = rest_.substr(0, 4);
      const std::size_t size = big_endian(rest_, 4, 4);
      if (rest_.size() - 8 < size) return corrupt();
      rest_.remove_prefix(8 + size);
      if (name == "link") return fail(ErrorCode::kMalformed, "split-index");
      sparse = sparse || name == "sdir";
      const bool optional = name.front() >= 'A' && name.front() <= 'Z';
      if (!optional && name != "sdir") return fail(ErrorCode::kMalformed, "unknown-index");
    }
    if (nameless_) return corrupt();
    if (sparse) return {};
    const auto& entries = index_.entries_;
    const bool folder = std::any_of(entries.begin(), entries.end(), [](const Entry& entry) {
      return entry.kind() == Kind::kFolder;
    });
    if (folder) return corrupt();
    return {};
  }

 private:
  bool take_entry() {
    if (rest_.size() < kStatBytes) return false;
    Entry entry;
    entry.mode = big_endian(rest_, kModeAt, 4);
    entry.id = GitId::from_bytes(rest_.data() + kIdAt);
    const std::uint32_t flags = big_endian(rest_, kFlagsAt, 2);
    entry.stage = static_cast<std::uint8_t>(flags >> 12U & 3U);
    std::size_t head = kStatBytes;
    if ((flags & kExtendedFlag) != 0) {
      if (version_ < 3 || rest_.size() < head + 2) return false;
      entry.intent_to_add = (big_endian(rest_, head, 2) & kIntentToAddFlag) != 0;
      head += 2;
    }
    Bytes path;
    std::size_t taken = 0;
    if (!(version_ == 4 ? shortened_path(head, path, taken) : whole_path(head, path, taken))) {
      return false;
    }
    const std::size_t length = flags & kLengthMask;
    if (std::min<std::size_t>(path.size(), kLengthMask) != length) return false;
    if (!add(entry, path)) return false;
    rest_.remove_prefix(taken);
    return true;
  }

  // Ends with one to eight zeros, so that the entry's length is a multiple of eight.
  bool whole_path(std::size_t head, Bytes& path, std::size_t& taken) const {
    const std::size_t end = rest_.find('\0', head);
    if (end == Bytes::npos) return false;
    path = rest_.substr(head, end - head);
    taken = (end / 8 + 1) * 8;
    return taken <= rest_.size();
  }

  // How many bytes of the path before are left off, and what comes in their place.
  bool shortened_path(std::size_t head, Bytes& path, std::size_t& taken) {
    std::size_t at = head;
    std::uint64_t off = 0;
    while (true) {
      if (at >= rest_.size() || off > kIndexPathBytesMax) return false;
      const auto byte = static_cast<unsigned char>(rest_[at++]);
      off = off << 7U | (byte & 0x7FU);
      if ((byte & 0x80U) == 0) break;
      ++off;
    }
    const std::size_t end = rest_.find('\0', at);
    if (end == Bytes::npos || off > before_.size()) return false;
    before_.resize(before_.size() - off);
    before_.append(rest_.substr(at, end - at));
    path = before_;
    taken = end + 1;
    return true;
  }

  bool add(Entry entry, Bytes path) {
    const bool folder = entry.kind() == Kind::kFolder;
    if (path.empty()) {  // of a split index: it stands for one of the other part
      nameless_ = true;
      return true;
    }
    if (!is_sound_path(path) || path.ends_with('/') != folder) return false;
    if (!index_.entries_.empty()) {
      const Entry& last = index_.entries_.back();
      const int order = index_.path(last).compare(path);
      if (order > 0 || (order == 0 && last.stage >= entry.stage)) return false;
    }
    entry.path_at = index_.paths_.size();
    entry.path_bytes = static_cast<std::uint32_t>(path.size());
    index_.paths_.append(path);
    index_.entries_.push_back(entry);
    return true;
  }

  Bytes rest_;
  std::uint32_t version_;
  GitIndex& index_;
  bool nameless_ = false;
  std::string before_;  // the path that was taken last
};

Result<GitIndex> GitIndex::parse(Bytes file) {
  if (file.size() > kIndexFileBytesMax) return fail(ErrorCode::kTooLarge, "index-too-large");
  if (file.size() < kHeadBytes + kGitHashBytes || !file.starts_with("DIRC")) return corrupt();
  const std::uint32_t version = big_endian(file, 4, 4);
  if (version < 2 || version > 4) return fail(ErrorCode::kMalformed, "unknown-index");
  if (!has_its_checksum(file)) return corrupt();
  GitIndex index;
  Reader reader(file.substr(kHeadBytes, file.size() - kHeadBytes - kGitHashBytes), version, index);
  NHI_CHECK_OK(reader.take(big_endian(file, 8, 4)));
  NHI_CHECK_OK(reader.check_extensions());
  return index;
}

}  // namespace nhi
