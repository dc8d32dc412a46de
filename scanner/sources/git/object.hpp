// object.hpp - names and kinds of what git stores.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// The SHA-1 name of an object. Large repositories have a million: 20 bytes, not a string of 40.
struct GitId {
  std::array<std::uint8_t, 20> bytes{};

  [[nodiscard]] static std::optional<GitId> parse(std::string_view hex);  // first 40 characters
  [[nodiscard]] static GitId from_bytes(const char* raw);                 // 20 of them
  [[nodiscard]] std::string hex() const;
  operator std::string() const { return hex(); }  // what every report calls it
  [[nodiscard]] std::uint64_t hash() const {
    std::uint64_t value = 0;  // already evenly spread
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  friend auto operator<=>(const GitId&, const GitId&) = default;
};

/// As packs number them. Source: gitformat-pack(5).
enum class GitType : std::uint8_t { kCommit = 1, kTree = 2, kBlob = 3, kTag = 4 };

struct GitHeader {
  GitType type{};
  std::uint64_t size = 0;
};

enum class GitRead : std::uint8_t { kFound, kMissing, kCorrupt, kTooLarge };

/// git knows the empty tree by heart: it need not be stored.
[[nodiscard]] bool is_empty_tree(const GitId& id);

/// What git puts before the content of an object to give it its name: "blob 12" and a zero.
[[nodiscard]] std::string git_object_head(GitType type, std::uint64_t size);

/// The name of an object of this kind and content.
[[nodiscard]] GitId git_id(GitType type, Bytes content);

}  // namespace nhi
