#include "scanner/match/coded_value.hpp"

#include <algorithm>
#include <array>

#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 3> kFillers = {"", "x-oauth-basic", "X"};

// Bytes of the UTF-8 sequence at the front of `text`; 0 if there is none. Overlong forms pass: the
// question is whether somebody typed this, not whether it is safe to decode.
std::size_t sequence_bytes(Bytes text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80) return 0;
  }
  return length;
}

bool is_printable(Bytes text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x20 || first == 0x7f ? 0 : sequence_bytes(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Four characters hold three bytes: those that hold any bit of the decoded bytes [from, to).
Span code_of(std::size_t from, std::size_t to) { return {from * 4 / 3, (to * 4 + 2) / 3}; }

CodedValue split_at_colon(Bytes text, std::size_t colon) {
  const Bytes user = text.substr(0, colon);
  const Bytes password = text.substr(colon + 1);
  CodedValue value;
  if (std::find(kFillers.begin(), kFillers.end(), password) != kFillers.end()) {
    value.secret = SecretText(user);
    value.secret_code = code_of(0, colon);
    return value;
  }
  value.secret = SecretText(password);
  value.secret_code = code_of(colon + 1, text.size());
  value.user = std::string(user);
  value.user_code = code_of(0, colon);
  return value;
}

}  // namespace

std::optional<CodedValue> read_coded_value(Structure structure, Bytes coded) {
  if (structure != Structure::kBase64 && structure != Structure::kBasicCredentials) return {};
  auto text = from_base64(coded);
  if (!text || text->empty()) return {};
  std::optional<CodedValue> value;
  const std::size_t colon = text->find(':');
  if (!is_printable(*text)) {
    value = {};
  } else if (structure == Structure::kBase64) {
    value.emplace();
    value->secret = SecretText(*text);
    value->secret_code = code_of(0, text->size());
  } else if (colon != std::string::npos) {
    value = split_at_colon(*text, colon);
    if (value->secret.empty()) value.reset();
  }
  wipe(*text);
  return value;
}

}  // namespace nhi
