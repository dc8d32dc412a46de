#include "scanner/sweep/closed_blobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

namespace nhi {
namespace {

constexpr std::size_t kIdShown = 12;  // characters of it, enough to ask git for the blob

// What lies at one path, or of one kind.
struct Versions {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  Instant newest;
  std::string id;  // of the newest
};

void add_version(Versions& at, const GitObject& blob, Instant newest) {
  ++at.count;
  at.bytes += blob.size;
  const std::string id = blob.id;
  if (at.count > 1 && std::tie(newest, id) <= std::tie(at.newest, at.id)) return;
  at.newest = newest;
  at.id = id;
}

}  // namespace

void ClosedBlobs::append(ClosedBlobs other) {
  std::move(other.blobs_.begin(), other.blobs_.end(), std::back_inserter(blobs_));
}

std::vector<GitObject> ClosedBlobs::named() {
  std::sort(blobs_.begin(), blobs_.end(),
            [](const Blob& a, const Blob& b) { return a.object.id < b.object.id; });
  std::vector<GitObject> out;
  for (std::size_t i = 0; i < blobs_.size() && i < kClosedBlobsNamed; ++i) {
    out.push_back(blobs_[i].object);
  }
  return out;
}

void ClosedBlobs::report(const std::string& root, const GitPlaces& places,
                         Coverage& coverage) const {
  std::map<std::pair<std::string, std::string_view>, Versions> by_place;
  std::map<std::string_view, Versions> others;
  for (std::size_t i = 0; i < blobs_.size(); ++i) {
    const auto& [object, kind] = blobs_[i];
    const auto stood = places.find(object.id);
    if (i >= kClosedBlobsNamed) {
      add_version(others[kind], object, {});
    } else if (stood == places.end() || stood->second.empty()) {
      add_version(by_place[{object.id, kind}], object, {});
    } else {
      // A blob with several places stands at the newest, as a finding of it would.
      const GitPlace& place = *std::max_element(
          stood->second.begin(), stood->second.end(), [](const GitPlace& a, const GitPlace& b) {
            return std::tie(a.facts.in_head, a.facts.last_seen, b.path) <
                   std::tie(b.facts.in_head, b.facts.last_seen, a.path);
          });
      const std::string path = place.facts.reachable ? place.path : std::string(object.id);
      add_version(by_place[{path, kind}], object, place.facts.last_seen);
    }
  }
  for (const auto& [place, versions] : by_place) {
    std::string reason = fmt::format("{}{}: git blob {}", kClosedReason, place.second,
                                     versions.id.substr(0, kIdShown));
    if (versions.count > 1) reason += fmt::format(" and {} more", versions.count - 1);
    coverage.add_unread({root, place.first, std::move(reason), versions.bytes});
  }
  for (const auto& [kind, versions] : others) {
    coverage.add_unread(
        {root, ".git", fmt::format("{}{}: {} more git blobs", kClosedReason, kind, versions.count),
         versions.bytes});
  }
}

}  // namespace nhi
