#include "scanner/grammar/scan.hpp"

#include "scanner/base/line_index.hpp"

namespace nhi::grammar {
namespace {

std::string place(Bytes document, std::size_t offset) {
  const Bytes before = document.substr(0, offset);
  std::size_t line = 1;
  for (const char c : before) line += c == '\n' ? 1 : 0;
  const std::size_t newline = before.rfind('\n');
  const std::size_t start = newline == Bytes::npos ? 0 : newline + 1;
  const std::uint64_t column = count_code_points(before.substr(start)) + 1;
  return std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

Error malformed(Bytes document, std::size_t offset, std::string_view what) {
  return {ErrorCode::kMalformed, std::string(what), place(document, offset), {}};
}

Error too_large(Bytes document, std::size_t offset, std::string_view what) {
  return {ErrorCode::kTooLarge, std::string(what), place(document, offset), {}};
}

std::size_t bom_bytes(Bytes document) { return document.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0; }

void append_copy(Scalar& scalar, Bytes document, std::size_t start, std::size_t end) {
  if (end <= start) return;
  scalar.text.append(document.substr(start, end - start));
  scalar.map.copy(start, end - start);
}

void append_replaced(Scalar& scalar, std::size_t start, std::size_t end, std::string_view text) {
  if (text.empty()) return;
  scalar.text.append(text);
  scalar.map.replace({start, end}, text.size());
}

std::string utf8_of(std::uint32_t code_point) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = 0xFFFD;
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  std::string out;
  if (code_point < 0x80) {
    out.push_back(byte(code_point));
  } else if (code_point < 0x800) {
    out.push_back(byte(0xC0 | (code_point >> 6)));
    out.push_back(byte(0x80 | (code_point & 0x3F)));
  } else if (code_point < 0x10000) {
    out.push_back(byte(0xE0 | (code_point >> 12)));
    out.push_back(byte(0x80 | ((code_point >> 6) & 0x3F)));
    out.push_back(byte(0x80 | (code_point & 0x3F)));
  } else {
    out.push_back(byte(0xF0 | (code_point >> 18)));
    out.push_back(byte(0x80 | ((code_point >> 12) & 0x3F)));
    out.push_back(byte(0x80 | ((code_point >> 6) & 0x3F)));
    out.push_back(byte(0x80 | (code_point & 0x3F)));
  }
  return out;
}

bool read_hex(Bytes document, std::size_t at, std::size_t digits, std::uint32_t& value) {
  if (at + digits > document.size()) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = document[at + i];
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9')
      digit = static_cast<std::uint32_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<std::uint32_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<std::uint32_t>(c - 'A' + 10);
    else
      return false;
    value = value * 16 + digit;
  }
  return true;
}

std::size_t read_u_escape(Bytes document, std::size_t at, std::string& text) {
  std::uint32_t high = 0;
  if (at + 1 >= document.size() || document[at + 1] != 'u') return 0;
  if (!read_hex(document, at + 2, 4, high)) return 0;
  std::uint32_t low = 0;
  if (high >= 0xD800 && high <= 0xDBFF && document.substr(at + 6, 2) == "\\u" &&
      read_hex(document, at + 8, 4, low) && low >= 0xDC00 && low <= 0xDFFF) {
    text = utf8_of(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    return 12;
  }
  text = utf8_of(high);
  return 6;
}

}  // namespace nhi::grammar
