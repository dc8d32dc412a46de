#include "rotators/sinks/document_text.hpp"

#include <algorithm>

#include "rotators/sinks/utf8_walk.hpp"
#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/base/secret_buffer.hpp"
#include "scanner/decode/views.hpp"

namespace nhi::sinks {
namespace {

void add_unit(SecretBuffer& out, std::uint32_t unit, bool little) {
  const auto high = static_cast<char>(static_cast<unsigned char>(unit >> 8U));
  const auto low = static_cast<char>(static_cast<unsigned char>(unit & 0xFFU));
  out.add(little ? low : high).add(little ? high : low);
}

// What an XML declaration calls its encoding, folded; empty if it says nothing.
std::string declared_encoding(Bytes text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!text.starts_with("<?xml")) return {};
  const Bytes declaration = text.substr(0, std::min<std::size_t>(text.find("?>"), 512));
  const std::size_t at = declaration.find("encoding");
  if (at == Bytes::npos) return {};
  const std::size_t quote = declaration.find_first_of("\"'", at);
  if (quote == Bytes::npos) return {};
  const std::size_t end = declaration.find(declaration[quote], quote + 1);
  if (end == Bytes::npos) return {};
  return chars::folded(declaration.substr(quote + 1, end - quote - 1));
}

}  // namespace

Result<DocumentText> DocumentText::of(Bytes stored) {
  if (stored.size() > kWholeBytesMax) return fail(ErrorCode::kTooLarge, "document is too large");
  DocumentText document;
  document.stored_ = stored;
  const bool little = stored.starts_with("\xFF\xFE");
  if (!little && !stored.starts_with("\xFE\xFF")) {
    if (stored.find('\0') != Bytes::npos) {
      return fail(ErrorCode::kMalformed, "document holds zero bytes");
    }
    document.charset_ = is_utf8(stored) ? Charset::kUtf8 : Charset::kOther;
    document.ascii_ = std::none_of(stored.begin(), stored.end(), chars::is_high);
    return document;
  }
  document.charset_ = little ? Charset::kUtf16Le : Charset::kUtf16Be;
  Decoded decoded = decode_charset(stored, little ? Encoding::kUtf16Le : Encoding::kUtf16Be);
  document.decoded_ = SecretText(decoded.bytes);
  wipe(decoded.bytes);
  document.map_ = std::move(decoded.map);
  if (document.decoded_.reveal().find('\0') != Bytes::npos) {
    return fail(ErrorCode::kMalformed, "document holds zero bytes");
  }
  NHI_TRY(const SecretText again, document.stored(document.decoded_.reveal()));
  if (again.reveal() != stored) {
    return fail(ErrorCode::kMalformed, "document is not sound UTF-16");
  }
  return document;
}

Span DocumentText::to_stored(Span in_text) const {
  return wide() && !in_text.empty() ? map_.to_source(in_text) : in_text;
}

Result<SecretText> DocumentText::stored(Bytes text) const {
  if (!wide()) {
    if (!takes_any_bytes() && !is_utf8(text)) {
      return fail(ErrorCode::kMalformed, "text is not UTF-8, and the document is");
    }
    return SecretText(text);
  }
  const bool little = charset_ == Charset::kUtf16Le;
  SecretBuffer out(text.size() * 2 + 2);
  add_unit(out, 0xFEFF, little);
  while (!text.empty()) {
    const CodePoint next = take_code_point(text);
    if (!next.valid) return fail(ErrorCode::kMalformed, "text is not UTF-8");
    if (next.code < 0x10000) {
      add_unit(out, next.code, little);
    } else {
      const std::uint32_t rest = next.code - 0x10000;
      add_unit(out, 0xD800 + (rest >> 10U), little);
      add_unit(out, 0xDC00 + (rest & 0x3FFU), little);
    }
  }
  return out.secret();
}

bool DocumentText::ascii_only(Format format) const {
  if (charset_ == Charset::kOther) return true;
  if (format != Format::kXml || wide()) return false;
  const std::string declared = declared_encoding(text());
  return !declared.empty() && declared != "utf-8" && declared != "utf8";
}

}  // namespace nhi::sinks
