// closed_blobs.hpp - the closed containers of one history, by the places where they stood.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/sources/git/git.hpp"

namespace nhi {

/// So many blobs of a history are named by their places, those with the smallest ids; of the others
/// there is one line a kind. Fewer than an inventory keeps for one unit (kUnitUnreadMax).
inline constexpr std::size_t kClosedBlobsNamed = 900;

// Not thread-safe.
class ClosedBlobs {
 public:
  /// `kind` is one of container_kinds().
  void add(const GitObject& blob, std::string_view kind) { blobs_.push_back({blob, kind}); }
  void append(ClosedBlobs other);

  /// The blobs whose places report() asks for. Call once all are here.
  [[nodiscard]] std::vector<GitObject> named();
  /// One unread line a path and kind, however many versions lie there; a blob that nothing leads
  /// to stands under its id. `places` is what GitRepository::attribute() says of named().
  void report(const std::string& root, const GitPlaces& places, Coverage& coverage) const;

 private:
  struct Blob {
    GitObject object;
    std::string_view kind;
  };
  std::vector<Blob> blobs_;
};

}  // namespace nhi
