// What a git store holds: an index, the head of an entry, a delta, two trees of which one is a
// delta of the other, a commit. The first byte chooses; the second cuts the rest in two.
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "scanner/base/hash.hpp"
#include "scanner/sources/git/delta.hpp"
#include "scanner/sources/git/pack.hpp"
#include "scanner/sources/git/tree_changes.hpp"

namespace {

using nhi::Bytes;

constexpr std::uint64_t kPackBytes = 1 << 20;
constexpr std::uint64_t kResultMax = 1 << 20;

void require(bool condition) {
  if (!condition) std::abort();
}

// Of one that is not checked as a whole nothing is promised but that looking up ends.
void look_up(std::string text) {
  const auto index =
      nhi::PackIndex::parse(std::move(text), kPackBytes, nhi::GitId{}, nhi::PackCheck::kLookups);
  if (!index || index->size() == 0) return;
  for (const std::uint32_t entry : {0U, index->size() / 2, index->size() - 1}) {
    const auto found = index->find(index->id(entry));
    require(!found || index->id(*found) == index->id(entry));
    if (found) static_cast<void>(index->offset(*found));
  }
}

void read_index(Bytes tables) {
  // The sums are made right: what is behind them is the interesting part.
  std::string text(tables);
  text.append(20, '\0');
  const auto sum = nhi::sha1({text});
  text.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  look_up(text);
  const auto index = nhi::PackIndex::parse(text, kPackBytes, nhi::GitId{});
  if (!index) return;
  for (std::uint32_t entry = 0; entry < index->size(); ++entry) {
    require(index->offset(entry) < kPackBytes);
    const auto found = index->find(index->id(entry));
    require(found && index->id(*found) == index->id(entry));
    static_cast<void>(index->crc(entry));
  }
}

void read_entry(Bytes stored) {
  const auto entry = nhi::parse_pack_entry(stored, kPackBytes);
  if (!entry) return;
  require(entry->head >= 1 && entry->head <= stored.size() && entry->head <= nhi::kPackHeadMax);
  require(entry->form != nhi::PackEntry::Form::kDeltaAt || entry->base_at < kPackBytes);
}

class Numbers : public nhi::TreeNumbers {
 public:
  [[nodiscard]] std::uint32_t tree(const nhi::GitId& id) const override { return id.bytes[0]; }
  [[nodiscard]] std::uint32_t wanted(const nhi::GitId& id) const override {
    return nhi::kWantedKey + id.bytes[0];
  }
  [[nodiscard]] bool has(const nhi::GitId&) const override { return true; }
  [[nodiscard]] bool asks_for(std::string_view) const override { return true; }
};

using Held = std::map<std::tuple<std::uint32_t, std::uint32_t>, int>;  // key and name

void apply(const nhi::TreeChanges& changes, std::uint32_t node, Held& held) {
  for (const auto& change : changes.added) {
    if (change.node == node) ++held[{change.key, change.name}];
  }
  for (const auto& change : changes.removed) {
    if (change.node == node) --held[{change.key, change.name}];
  }
}

// One piece of a base may be taken over twice: then an entry is added where it was there already,
// and what is held is right as a set.
void compare_trees(Bytes base, Bytes delta, Bytes result) {
  const Numbers numbers;
  nhi::TreeReader reader(numbers);
  reader.take(0, 0, base, {}, {});
  reader.take(1, 1, result, base, delta);
  reader.take(2, 0, result, {}, {});
  Held whole;
  apply(reader.changes(), 2, whole);
  Held by_delta;
  apply(reader.changes(), 0, by_delta);
  apply(reader.changes(), 1, by_delta);
  for (const auto& [entry, count] : whole) require(count <= 0 || by_delta[entry] > 0);
  for (const auto& [entry, count] : by_delta) require(count <= 0 || whole[entry] > 0);
}

void apply_and_compare(Bytes base, Bytes delta) {
  const auto reader = nhi::DeltaReader::open(delta);
  if (!reader || reader->result_size() > kResultMax) return;
  std::string result;
  if (!nhi::apply_delta(base, delta, result)) return;
  require(result.size() == reader->result_size());
  compare_trees(base, delta, result);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const Bytes rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = rest.size() * data[1] / 256;
  switch (data[0] % 4) {
    case 0:
      read_index(rest);
      break;
    case 1:
      read_entry(rest);
      break;
    case 2:
      apply_and_compare(rest.substr(0, cut), rest.substr(cut));
      break;
    default:
      static_cast<void>(nhi::parse_commit(rest));
  }
  return 0;
}
