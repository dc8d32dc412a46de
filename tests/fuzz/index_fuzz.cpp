// git's index, whose checksum is made right: what is behind it is the interesting part.
#include <cstdlib>
#include <string>

#include "scanner/base/hash.hpp"
#include "scanner/sources/git/index_file.hpp"
#include "scanner/sources/git/tree_diff.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

std::size_t blobs_below(const nhi::TreeFolder& folder) {
  std::size_t count = 0;
  std::vector<const nhi::TreeFolder*> waiting{&folder};
  while (!waiting.empty()) {
    const nhi::TreeFolder* const at = waiting.back();
    waiting.pop_back();
    for (const nhi::TreeName& name : at->names) {
      require(!name.name.empty() && name.name.find('/') == std::string_view::npos);
      if (name.folder == nullptr) ++count;
      if (name.folder != nullptr) waiting.push_back(name.folder);
    }
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  const auto sum = nhi::sha1({text});
  text.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  const auto index = nhi::GitIndex::parse(text);
  if (!index) return 0;
  std::string before;
  std::size_t kept = 0;
  for (const auto& entry : index->entries()) {
    const std::string path(index->path(entry));
    require(!path.empty() && path.size() <= nhi::kIndexPathBytesMax && path >= before);
    before = path;
    kept += entry.stage == 0 && !entry.intent_to_add ? 1 : 0;
  }
  const nhi::IndexTree tree(*index);
  require(blobs_below(tree.root()) == kept);
  return 0;
}
