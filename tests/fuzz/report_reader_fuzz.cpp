// One finding out of a report that a stranger wrote: any bytes are read or refused.
#include <cstddef>
#include <cstdint>

#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/report/report_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nhi::Bytes text(reinterpret_cast<const char*>(data), size);
  const auto read = nhi::read_reported_finding(text, "fuzz.json", "f_");
  if (read) {
    NHI_ASSERT(read->id.starts_with("f_"));
  } else {
    NHI_ASSERT(!read.error().what.empty());
  }
  return 0;
}
