#include "rotators/engine/key_place.hpp"

#include <string>

#include "scanner/base/secret_buffer.hpp"

namespace nhi {
namespace {

constexpr Bytes kBegin = "-----BEGIN ";
constexpr Bytes kEnd = "-----END ";
constexpr Bytes kLabelEnd = "PRIVATE KEY-----";
constexpr std::size_t kLabelBytesMax = 40;  // "OPENSSH PRIVATE KEY-----" and the like

struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;  // behind the last dash
};

// Behind "…PRIVATE KEY-----" if that is what the line of a mark at `at` says; npos if not.
std::size_t behind_label(Bytes document, std::size_t at) {
  const Bytes line = document.substr(at, kLabelBytesMax);
  const std::size_t found = line.find(kLabelEnd);
  if (found == Bytes::npos || line.substr(0, found).find('\n') != Bytes::npos) return Bytes::npos;
  return at + found + kLabelEnd.size();
}

std::vector<Block> blocks_of(Bytes document) {
  std::vector<Block> blocks;
  for (std::size_t at = 0; (at = document.find(kBegin, at)) != Bytes::npos;) {
    const std::size_t begin = at;
    at += kBegin.size();
    const bool starts_line = begin == 0 || document[begin - 1] == '\n';
    if (!starts_line || behind_label(document, at) == Bytes::npos) continue;
    const std::size_t last = document.find(kEnd, at);
    if (last == Bytes::npos) break;
    const std::size_t end = behind_label(document, last + kEnd.size());
    if (end == Bytes::npos) continue;
    blocks.push_back({begin, end});
    at = end;
  }
  return blocks;
}

SecretText with_lf(Bytes block) {
  SecretBuffer text(block.size());
  for (const char c : block) {
    if (c != '\r') text.add(c);
  }
  return text.secret();
}

PlannedValue name_of(std::size_t ordinal) { return {"private key", ordinal, {}, {}}; }

}  // namespace

std::vector<PlannedValue> locate_keys(Bytes document, const IsValue& is_value) {
  std::vector<PlannedValue> found;
  const std::vector<Block> blocks = blocks_of(document);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Block& block = blocks[i];
    const SecretText key = with_lf(document.substr(block.begin, block.end - block.begin));
    if (is_value(key.reveal())) found.push_back(name_of(i));
  }
  return found;
}

Result<SecretText> key_at(Bytes document, const PlannedValue& place) {
  const std::vector<Block> blocks = blocks_of(document);
  if (place.ordinal >= blocks.size()) return fail(ErrorCode::kNotFound, "no such private key");
  const Block& block = blocks[static_cast<std::size_t>(place.ordinal)];
  return with_lf(document.substr(block.begin, block.end - block.begin));
}

Result<SecretText> with_keys(Bytes document, const std::vector<PlannedValue>& places,
                             const PlaceEdit& edit) {
  const std::vector<Block> blocks = blocks_of(document);
  SecretBuffer made(document.size() + edit.becomes->size());
  std::size_t copied = 0;
  for (const PlannedValue& place : places) {
    if (place.ordinal >= blocks.size()) return fail(ErrorCode::kNotFound, "no such private key");
    const Block& block = blocks[static_cast<std::size_t>(place.ordinal)];
    const Bytes there = document.substr(block.begin, block.end - block.begin);
    if (with_lf(there).reveal() != edit.is->reveal()) {
      return fail(ErrorCode::kConflict, "another private key stands there");
    }
    made.add(document.substr(copied, block.begin - copied));
    const bool crlf = there.find("\r\n") != Bytes::npos;
    for (const char c : edit.becomes->reveal()) {
      if (c == '\n' && crlf) made.add('\r');
      made.add(c);
    }
    copied = block.end;
  }
  return made.add(document.substr(copied)).secret();
}

std::string bound_to_key(Bytes document) {
  if (document.find("-----BEGIN CERTIFICATE-----") == Bytes::npos) return {};
  return "a certificate stands beside the key, which has to be issued for the new one";
}

}  // namespace nhi
