// pack_kit.hpp - packs that tests make byte by byte: what git makes, and what it never would.
#pragma once

#include <fcntl.h>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scanner/base/hash.hpp"
#include "scanner/sources/git/pack.hpp"
#include "scanner/sources/paths.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {

inline std::string big_endian_bytes(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U),
          static_cast<char>(value >> 8U), static_cast<char>(value)};
}

inline std::string sha1_bytes(const std::string& bytes) {
  const auto sum = sha1({bytes});
  return {reinterpret_cast<const char*>(sum.data()), sum.size()};
}

// Deltas, written piece by piece.
class DeltaText {
 public:
  DeltaText(std::uint64_t base, std::uint64_t result) { add_size(base).add_size(result); }
  DeltaText& copy(std::uint32_t from, std::uint32_t size) {
    unsigned op = 0x80;
    std::string numbers;
    for (unsigned i = 0; i < 4; ++i) add_byte(from >> (8 * i), 1U << i, op, numbers);
    for (unsigned i = 0; i < 3 && size != 0x10000; ++i) {
      add_byte(size >> (8 * i), 0x10U << i, op, numbers);
    }
    text_ += static_cast<char>(op) + numbers;
    return *this;
  }
  DeltaText& insert(const std::string& bytes) {
    text_ += static_cast<char>(bytes.size()) + bytes;
    return *this;
  }
  DeltaText& raw(const std::string& bytes) {
    text_ += bytes;
    return *this;
  }
  operator std::string() const { return text_; }

 private:
  DeltaText& add_size(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) text_.push_back(static_cast<char>(value | 0x80U));
    text_.push_back(static_cast<char>(value));
    return *this;
  }
  static void add_byte(std::uint32_t value, unsigned bit, unsigned& op, std::string& numbers) {
    if ((value & 0xFFU) == 0) return;
    op |= bit;
    numbers.push_back(static_cast<char>(value));
  }
  std::string text_;
};

inline std::string deflated(const std::string& text) {
  std::string packed(::compressBound(text.size()), '\0');
  uLongf length = packed.size();
  ::compress(reinterpret_cast<Bytef*>(packed.data()), &length,
             reinterpret_cast<const Bytef*>(text.data()), text.size());
  packed.resize(length);
  return packed;
}

/// The pack that TestPack::write() called `name`.
inline std::shared_ptr<const PackFile> open_pack(const Sandbox& box, const std::string& repository,
                                                 const std::string& name) {
  const std::string path = box.path(repository + "/.git/objects/pack");
  const FileHandle folder = open_quietly(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY);
  std::uint64_t bytes = 0;
  return PackFile::open(folder.get(), path, "pack-" + name, bytes);
}

class TestPack {
 public:
  /// Each gives the number of the entry.
  std::size_t whole(GitType type, const std::string& content) {
    return add(static_cast<unsigned>(type), content, {}, git_id(type, content));
  }
  /// Of an entry that stands before it; `content`: what comes of it.
  std::size_t delta_at(std::size_t base, const std::string& delta, GitType type,
                       const std::string& content) {
    return add(6, delta, distance(text_.size() - entries_[base].at), git_id(type, content));
  }
  /// Of an object by name, which may stand anywhere or nowhere.
  std::size_t delta_of(const GitId& base, const std::string& delta, const GitId& id) {
    return add(7, delta, {reinterpret_cast<const char*>(base.bytes.data()), base.bytes.size()}, id);
  }
  [[nodiscard]] const GitId& id(std::size_t entry) const { return entries_[entry].id; }
  [[nodiscard]] std::uint64_t at(std::size_t entry) const { return entries_[entry].at; }

  /// All of it, with the right sum behind.
  [[nodiscard]] std::string text() const {
    const std::string pack = "PACK" + big_endian_bytes(2) +
                             big_endian_bytes(static_cast<std::uint32_t>(entries_.size())) +
                             text_.substr(12);
    return pack + sha1_bytes(pack);
  }
  /// Into objects/pack of `repository`, with an index whose sums are right.
  void write(const Sandbox& box, const std::string& repository, const std::string& name) const {
    const std::string pack = text();
    const std::string base = repository + "/.git/objects/pack/pack-" + name;
    box.write(base + ".pack", pack);
    box.write(base + ".idx", index_text(pack.substr(pack.size() - 20)));
  }

 private:
  struct Entry {
    GitId id;
    std::uint64_t at = 0;
    std::uint32_t crc = 0;
  };

  std::size_t add(unsigned kind, const std::string& data, const std::string& base,
                  const GitId& id) {
    std::string entry;
    std::uint64_t size = data.size();
    auto byte = static_cast<unsigned>(kind << 4U | (size & 15U));
    for (size >>= 4U; size != 0; size >>= 7U) {
      entry.push_back(static_cast<char>(byte | 0x80U));
      byte = static_cast<unsigned>(size & 0x7FU);
    }
    entry.push_back(static_cast<char>(byte));
    entry += base;
    entry += deflated(data);
    const auto crc =
        ::crc32(0, reinterpret_cast<const Bytef*>(entry.data()), static_cast<uInt>(entry.size()));
    entries_.push_back({id, text_.size(), static_cast<std::uint32_t>(crc)});
    text_ += entry;
    return entries_.size() - 1;
  }

  static std::string distance(std::uint64_t back) {
    std::string bytes(1, static_cast<char>(back & 0x7FU));
    while ((back >>= 7U) != 0) {
      --back;
      bytes.insert(bytes.begin(), static_cast<char>(0x80U | (back & 0x7FU)));
    }
    return bytes;
  }

  [[nodiscard]] std::string index_text(const std::string& pack_sum) const {
    std::vector<Entry> sorted = entries_;
    std::sort(sorted.begin(), sorted.end(),
              [](const Entry& a, const Entry& b) { return a.id < b.id; });
    std::string text("\377tOc\0\0\0\2", 8);
    for (unsigned first = 0; first < 256; ++first) {
      text += big_endian_bytes(static_cast<std::uint32_t>(
          std::count_if(sorted.begin(), sorted.end(),
                        [&](const Entry& entry) { return entry.id.bytes[0] <= first; })));
    }
    for (const Entry& entry : sorted) {
      text.append(reinterpret_cast<const char*>(entry.id.bytes.data()), entry.id.bytes.size());
    }
    for (const Entry& entry : sorted) text += big_endian_bytes(entry.crc);
    for (const Entry& entry : sorted)
      text += big_endian_bytes(static_cast<std::uint32_t>(entry.at));
    text += pack_sum;
    return text + sha1_bytes(text);
  }

  std::string text_ = std::string(12, '\0');
  std::vector<Entry> entries_;
};

}  // namespace nhi
