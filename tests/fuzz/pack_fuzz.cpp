// A pack without an index, and what stands before it in a bundle. The checksum behind the pack is
// made right: what is behind it is the interesting part. The first byte chooses.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "scanner/base/hash.hpp"
#include "scanner/sources/git/bundle_head.hpp"
#include "scanner/sources/git/pack_indexer.hpp"

namespace {

using nhi::Bytes;

void require(bool condition) {
  if (!condition) std::abort();
}

void read_head(Bytes text) {
  const auto head = nhi::parse_bundle_head(text);
  if (!head) return;
  require(head->pack_at <= text.size() && text[head->pack_at - 1] == '\n');
  for (const nhi::GitRef& ref : head->refs.refs) require(!ref.name.empty());
}

void index_pack(std::string text) {
  const auto sum = nhi::sha1({text});
  text.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  nhi::FileHandle file(::memfd_create("pack", MFD_CLOEXEC));
  require(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  const auto pack =
      std::make_shared<nhi::PackFile>(std::move(file), text.size() + 20, nhi::PackIndex{});
  nhi::PackIndexer indexer(pack);
  std::uint64_t worked = 0;
  while (indexer.step(worked)) {
  }
  nhi::PackIndexed made = indexer.finish();
  require(made.end <= text.size());
  const std::uint64_t bytes = made.end + 20;
  auto index = nhi::PackIndex::parse(std::move(made.index), bytes, made.checksum);
  require(index.has_value());
  pack->complete(std::move(*index), bytes, std::move(made.gaps));
  // Whatever has a name is there, and what is read is what the name says. A stream that is longer
  // than it need be is damage to one who looks up single objects.
  nhi::PackReader reader(pack);
  std::string content;
  for (std::uint32_t i = 0; i < pack->index().size(); ++i) {
    nhi::GitType type{};
    const nhi::GitRead outcome = reader.read(i, nhi::kDeltaBaseBytesMax, type, content);
    require(outcome != nhi::GitRead::kMissing);
    const bool found = outcome == nhi::GitRead::kFound;
    require(!found || nhi::git_id(type, content) == pack->index().id(i));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 1) return 0;
  const Bytes rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    read_head(rest);
  } else {
    index_pack(std::string(rest));
  }
  return 0;
}
