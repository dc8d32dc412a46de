#include "scanner/sweep/import_owners.hpp"

#include "scanner/base/hash.hpp"

namespace nhi {

ImportOwners::PlaceDigest ImportOwners::digest_of(const UnitKey& place) {
  FieldBytes fields;
  fields.add(place.target).add(place.root).add(place.path);
  const Digest digest = sha256(fields.bytes());
  PlaceDigest out{};
  static_assert(sizeof out <= sizeof digest);
  std::memcpy(out.data(), digest.data(), sizeof out);
  return out;
}

void ImportOwners::add(const UnitKey& unit, const PlaceOwner& place) {
  const auto [number, fresh] = numbers_.emplace(std::pair(place.owner.name, place.owner.source),
                                                static_cast<std::uint32_t>(owners_.size()));
  if (fresh) owners_.push_back(place.owner);
  places_[digest_of({unit.target, unit.root, place.path})] = number->second;
}

std::optional<FindingOwner> ImportOwners::owner_of(const UnitKey& place) const {
  const auto at = places_.find(digest_of(place));
  if (at == places_.end()) return std::nullopt;
  return owners_[at->second];
}

}  // namespace nhi
