// Records, heads and keys out of a journal that a stranger wrote: any bytes are read or refused,
// and what is read is written the same way again.
#include <cstddef>
#include <cstdint>

#include "rotators/journal/record.hpp"
#include "rotators/journal/signing_key.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nhi::Bytes text(reinterpret_cast<const char*>(data), size);
  if (const auto record = nhi::AuditRecord::from_json(text)) {
    NHI_ASSERT(record->to_json() == text);
  }
  if (const auto fields = nhi::AuditFields::from_json(text)) {
    NHI_ASSERT(fields->to_json() == text);
  }
  if (const auto head = nhi::parse_head(text)) {
    NHI_ASSERT(nhi::parse_head(nhi::to_text(*head)) == head);
  }
  if (const auto key = nhi::AuditPublicKey::from_pem(text, "fuzz.pem")) {
    NHI_ASSERT(!key->verifies(text, text));
  }
  return 0;
}
