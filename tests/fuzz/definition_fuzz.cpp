// Structured readers. The first byte chooses the file name, for some readers look at it.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scanner/base/result.hpp"
#include "scanner/definitions/site.hpp"

namespace {

constexpr std::array<std::string_view, 12> kPaths = {
    "channel.xml", "mirth.properties", "web.config",     "settings.json",
    "app.yaml",    "unit.service",     ".env",           "export.reg",
    "odbc.ini",    "tnsnames.ora",     "production.cls", "noname"};

void check(nhi::Span span, std::size_t size) {
  NHI_ASSERT(span.start <= span.end && span.end <= size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const nhi::Bytes text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto definition = nhi::read_definition(text, kPaths[data[0] % kPaths.size()]);
  if (!definition.has_value()) return 0;
  NHI_ASSERT(!definition->format.empty());
  for (const nhi::Site& site : definition->sites) {
    check(site.secret_span, text.size());
    check(site.account_span, text.size());
    check(site.target_span, text.size());
    NHI_ASSERT(nhi::holds_secret(site.form) || site.secret.empty());
  }
  for (const nhi::Scope& scope : definition->scopes) check(scope.span, text.size());
  return 0;
}
