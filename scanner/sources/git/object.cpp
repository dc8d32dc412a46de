#include "scanner/sources/git/object.hpp"

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string_view word_of(GitType type) {
  switch (type) {
    case GitType::kCommit:
      return "commit";
    case GitType::kTree:
      return "tree";
    case GitType::kBlob:
      return "blob";
    case GitType::kTag:
      break;
  }
  return "tag";
}

}  // namespace

std::optional<GitId> GitId::parse(std::string_view hex) {
  GitId id;
  if (hex.size() < 2 * id.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const int high = digit_of(hex[2 * i]);
    const int low = digit_of(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return id;
}

GitId GitId::from_bytes(const char* raw) {
  GitId id;
  std::memcpy(id.bytes.data(), raw, id.bytes.size());
  return id;
}

std::string GitId::hex() const {
  return to_hex(Bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

bool is_empty_tree(const GitId& id) {
  static const GitId kEmpty = git_id(GitType::kTree, {});
  return id == kEmpty;
}

std::string git_object_head(GitType type, std::uint64_t size) {
  std::string head = std::string(word_of(type)) + " " + std::to_string(size);
  head.push_back('\0');
  return head;
}

GitId git_id(GitType type, Bytes content) {
  return {sha1({git_object_head(type, content.size()), content})};
}

}  // namespace nhi
