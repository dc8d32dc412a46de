#include "scanner/base/secret_forms.hpp"

#include <algorithm>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kLineBytesMin = 16;
constexpr char kHexLower[] = "0123456789abcdef";
constexpr char kHexUpper[] = "0123456789ABCDEF";

std::string percent_encoded(std::string_view text, const char* digits) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      (out += '%') += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

std::string escaped(std::string_view text, std::string_view from, const std::string_view* to) {
  std::string out;
  for (const char c : text) {
    const std::size_t which = from.find(c);
    if (which == std::string_view::npos) {
      out += c;
    } else {
      out += to[which];
    }
  }
  return out;
}

constexpr std::string_view kXmlEntities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
constexpr std::string_view kXmlFewEntities[] = {"&amp;", "&lt;", "&gt;"};
constexpr std::string_view kJsonEscapes[] = {"\\\\", "\\\"", "\\n", "\\r", "\\t"};

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

void take_base64(std::string_view value, const FormTaker& take) {
  std::string base64 = to_base64(value);
  take(base64, "base64");
  while (!base64.empty() && base64.back() == '=') base64.pop_back();
  take(base64, "base64");
  std::replace(base64.begin(), base64.end(), '+', '-');
  std::replace(base64.begin(), base64.end(), '/', '_');
  take(std::move(base64), "base64url");
}

// Frames such as "-----BEGIN" are no secret.
void take_lines(std::string_view value, const FormTaker& take) {
  if (value.find('\n') == std::string_view::npos) return;
  for (std::size_t start = 0; start < value.size();) {
    const std::size_t end = std::min(value.find('\n', start), value.size());
    std::string_view line = value.substr(start, end - start);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.size() >= kLineBytesMin && !line.starts_with("-----")) take(std::string(line), "line");
    start = end + 1;
  }
}

}  // namespace

void each_written_form(std::string_view value, const FormTaker& take) {
  take(std::string(value), "plain");
  take(percent_encoded(value, kHexUpper), "percent");
  take(percent_encoded(value, kHexLower), "percent");
  take(escaped(value, "&<>\"'", kXmlEntities), "xml");
  take(escaped(value, "&<>", kXmlFewEntities), "xml");
  take(escaped(value, "\\\"\n\r\t", kJsonEscapes), "json");
  take(to_hex(value), "hex");
  take(upper(to_hex(value)), "hex");
  take_base64(value, take);
  take_lines(value, take);
}

}  // namespace nhi
