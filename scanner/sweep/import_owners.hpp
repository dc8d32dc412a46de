// import_owners.hpp - who owns the places of many bundles, by what each host said.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "scanner/bundle/bundle.hpp"
#include "scanner/inventory/inventory.hpp"

namespace nhi {

// Holds digests of places and each owner once: some 50 bytes a place.
class ImportOwners {
 public:
  void add(const UnitKey& unit, const PlaceOwner& place);
  /// None for a place that no bundle spoke of; an owner without a name where nobody owns it.
  /// `place.path` is the finding's, not the unit's.
  [[nodiscard]] std::optional<FindingOwner> owner_of(const UnitKey& place) const;

 private:
  using PlaceDigest = std::array<std::uint64_t, 2>;
  struct FirstWord {
    std::size_t operator()(const PlaceDigest& digest) const { return digest[0]; }
  };
  static PlaceDigest digest_of(const UnitKey& place);

  std::map<std::pair<std::string, std::string>, std::uint32_t> numbers_;  // name, source
  std::vector<FindingOwner> owners_;
  std::unordered_map<PlaceDigest, std::uint32_t, FirstWord> places_;
};

}  // namespace nhi
