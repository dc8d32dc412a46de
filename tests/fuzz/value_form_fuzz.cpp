// The judgement of a configured value: its spans lie in the value, and it never fails.
#include <cstddef>
#include <cstdint>

#include "scanner/base/result.hpp"
#include "scanner/base/value_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nhi::Bytes value(reinterpret_cast<const char*>(data), size);
  const nhi::ValueForm form = nhi::classify_value(value);
  NHI_ASSERT(form.literal.start <= form.literal.end && form.literal.end <= size);
  (void)nhi::dummy_reason(value);
  (void)nhi::is_published_default(value);
  return 0;
}
