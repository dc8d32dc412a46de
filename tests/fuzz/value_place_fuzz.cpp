// A document and a value: wherever a place is found, it reads as what was looked for; what is
// written there reads as what was wanted, and can be taken back. Input: format, length of the
// value, the value, the document.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "rotators/sinks/value_place.hpp"

namespace {

using nhi::Bytes;
using nhi::Format;
using nhi::SecretText;

constexpr std::array<Format, 7> kFormats = {Format::kXml,        Format::kJson, Format::kYaml,
                                            Format::kProperties, Format::kIni,  Format::kEnv,
                                            Format::kPgpass};
constexpr std::size_t kPlacesTried = 4;

void check_edit(Bytes document, Format format, const nhi::ValueRef& place, Bytes becomes) {
  const auto is = nhi::value_at(document, format, place);
  NHI_ASSERT(is.has_value());
  nhi::ValueEdit edit{place, is->clone(), SecretText(becomes), false};
  const auto result = nhi::rewritten(document, format, {&edit, 1});
  if (!result) return;
  const auto now = nhi::value_at(result->bytes.reveal(), format, place);
  NHI_ASSERT(now.has_value() && now->reveal() == becomes);
  nhi::ValueEdit undo{place, SecretText(becomes), is->clone(), true};
  const auto back = nhi::rewritten(result->bytes.reveal(), format, {&undo, 1});
  if (!back) return;
  const auto again = nhi::value_at(back->bytes.reveal(), format, place);
  NHI_ASSERT(again.has_value() && again->reveal() == is->reveal());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Format format = kFormats[data[0] % kFormats.size()];
  const Bytes rest = Bytes(reinterpret_cast<const char*>(data), size).substr(2);
  const Bytes becomes = rest.substr(0, data[1]);
  const Bytes document = rest.substr(becomes.size());
  const nhi::PlaceHints hints{"svc", {}};
  const auto found = nhi::locate(document, format, hints, [](Bytes value) {
    return value.size() >= 3 && value.size() % 2 == 1;
  });
  if (!found) return 0;
  for (std::size_t i = 0; i < std::min(found->size(), kPlacesTried); ++i) {
    const nhi::FoundValue& one = (*found)[i];
    NHI_ASSERT(one.span.start <= one.span.end && one.span.end <= document.size());
    check_edit(document, format, one.secret, becomes);
    if (one.account) check_edit(document, format, *one.account, becomes);
  }
  return 0;
}
