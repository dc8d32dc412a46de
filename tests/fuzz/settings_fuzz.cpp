// Settings of a structured file and what stands beside a secret in it. The first byte chooses the
// format, the second where the secret is.
#include <cstdlib>
#include <string_view>
#include <vector>

#include "scanner/base/line_index.hpp"
#include "scanner/identity/beside.hpp"
#include "scanner/identity/setting_tree.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const auto format = static_cast<nhi::Format>(data[0] % 6);
  const nhi::Bytes document(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::uint64_t at = document.size() * data[1] / 256;
  const std::vector<nhi::Span> wanted = {{at, at + 6}};
  const auto tree = nhi::read_settings(format, document, wanted);
  if (!tree) return 0;
  const nhi::LineIndex lines(document, {});
  // As in the examiner: from the secret to its setting, from there to its company.
  for (std::uint64_t start = 0; start < document.size() && start < 512; ++start) {
    const nhi::DocumentSetting* const found = tree->find({start, start + 6});
    if (found == nullptr) continue;
    require(found->value.start <= found->value.end && found->value.end <= document.size());
    const nhi::Beside beside = nhi::settings_beside(*tree, *found, lines, start % 2 == 0, wanted);
    for (const nhi::DocumentSetting* const other : {beside.account, beside.target}) {
      require(other == nullptr || other->container == found->container);
      require(other != found);
    }
    require((beside.account == nullptr) == beside.account_text.empty());
    for (const nhi::DocumentSetting& other : tree->of(found->container)) {
      require(!tree->apart(other.container, found->container));
    }
  }
  return 0;
}
