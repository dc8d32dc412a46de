// One tokenizer, chosen when this file is compiled: NHI_FUZZ_FORMAT is an enumerator of Format.
// Whatever the document: spans lie in it, values map back into it, open and close are balanced as
// far as the reader got, and an early stop stops.
#include <cstddef>
#include <cstdint>

#include "scanner/base/limits.hpp"
#include "scanner/base/result.hpp"
#include "scanner/grammar/token.hpp"

namespace {

using nhi::Bytes;
using nhi::Span;
using nhi::TokenKind;

void check_value(const nhi::Scalar& value, Bytes document) {
  NHI_ASSERT(value.raw.start <= value.raw.end && value.raw.end <= document.size());
  NHI_ASSERT(value.map.view_length() == value.text.size());
  if (value.text.empty()) return;
  const Span back = value.to_document({0, value.text.size()});
  NHI_ASSERT(back.start <= back.end && back.end <= document.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes document(reinterpret_cast<const char*>(data), size);
  std::size_t tokens = 0;
  std::int64_t open = 0;
  const auto whole =
      nhi::tokenize(nhi::Format::NHI_FUZZ_FORMAT, document, [&](const nhi::Token& token) {
        ++tokens;
        NHI_ASSERT(token.span.start <= token.span.end && token.span.end <= document.size());
        NHI_ASSERT(token.depth <= nhi::kGrammarDepthMax);
        if (token.kind == TokenKind::kOpen) ++open;
        if (token.kind == TokenKind::kClose) --open;
        NHI_ASSERT(open >= 0);
        if (token.kind == TokenKind::kValue || token.kind == TokenKind::kAttribute) {
          check_value(token.value, document);
        }
        return true;
      });
  if (!whole.has_value()) NHI_ASSERT(!whole.error().what.empty());
  if (tokens > 1) {
    std::size_t seen = 0;
    (void)nhi::tokenize(nhi::Format::NHI_FUZZ_FORMAT, document,
                        [&](const nhi::Token&) { return ++seen < tokens / 2 + 1; });
    NHI_ASSERT(seen == tokens / 2 + 1);
  }
  return 0;
}
