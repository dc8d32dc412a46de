// path.hpp - the path of the token at hand, written as reference material and reports write it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/grammar/token.hpp"

namespace nhi {

/// Names told apart among the children of one element; later new names are written without index.
inline constexpr std::size_t kPathNamesMax = 4096;

// XML: `/channel/destinationConnectors/connector[2]/properties/password`, attributes `/@class`; an
// index is written from the second sibling of one name on. JSON and YAML: `$.a.b[0]`. ini:
// `[section] key`. properties and env: `key`. pgpass: `entry[2] password`. Thread-compatible.
class PathTracker {
 public:
  explicit PathTracker(Format format) : format_(format) {}
  /// Feed every token in order; afterwards path() is the path of that token. For a kClose it is the
  /// path of what was closed.
  void on(const Token& token);
  [[nodiscard]] std::string_view path() const { return path_; }

 private:
  struct Level {
    std::size_t own = 0;  // length of path_ with this level
    Container container = Container::kElement;
    std::unordered_map<std::string, std::size_t> seen;
  };
  void append_child(const Token& token);
  Format format_;
  std::vector<Level> levels_;
  std::string path_;
};

}  // namespace nhi
