// glob.hpp - path patterns of --exclude, estate files and owners.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nhi {

/// True if `path` (with `/` between its parts) matches `pattern` as a whole.
/// `*` is any run without `/`, `?` one byte but `/`, `[a-z]` and `[!a-z]` one byte of a class,
/// `**` any number of whole parts, `{a,b}` either. A pattern without `/` is tried on the last part.
/// Linear in practice: one backtrack point a star, so at most pattern * path steps.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view path);

// Thread-safe once made.
class GlobSet {
 public:
  void add(std::string pattern);
  /// The pattern that matches, or an empty view.
  [[nodiscard]] std::string_view match(std::string_view path) const;
  [[nodiscard]] bool empty() const { return patterns_.empty(); }

 private:
  std::vector<std::string> patterns_;
};

}  // namespace nhi
