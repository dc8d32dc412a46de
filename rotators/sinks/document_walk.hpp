// document_walk.hpp - scalars of a document with their paths and ordinals; not for other rooms.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "rotators/sinks/value_place.hpp"
#include "scanner/grammar/path.hpp"

namespace nhi::sinks {

[[nodiscard]] inline bool is_scalar(const Token& token) {
  return token.kind == TokenKind::kValue || token.kind == TokenKind::kAttribute;
}

// Tells for each scalar of a document, in order, which of the wanted places it is. Looks at the
// text of a path only where its length is one that is wanted: linear, whatever the paths.
class WantedPlaces {
 public:
  explicit WantedPlaces(const std::vector<ValueRef>& places);
  /// The indexes into `places` of those that are this scalar.
  [[nodiscard]] std::vector<std::size_t> at(std::string_view path);

 private:
  struct Path {
    std::size_t seen = 0;
    std::unordered_map<std::size_t, std::vector<std::size_t>> by_ordinal;
  };
  std::unordered_set<std::size_t> lengths_;
  std::unordered_map<std::string, Path> paths_;
};

/// Visits every scalar with its path; `places` as WantedPlaces says.
using PlaceVisitor = std::function<Result<void>(const Token&, const std::vector<std::size_t>&)>;
[[nodiscard]] Result<void> visit_places(Format format, Bytes text,
                                        const std::vector<ValueRef>& wanted,
                                        const PlaceVisitor& visit);

/// The text inside all of the encoding's steps. Errors: as unwrapped.
[[nodiscard]] Result<SecretText> unwrapped_all(const std::vector<std::string>& steps, Bytes text);
/// True if a login pair may stand there: only behind base64.
[[nodiscard]] bool pairs_behind(const std::vector<std::string>& steps);

}  // namespace nhi::sinks
