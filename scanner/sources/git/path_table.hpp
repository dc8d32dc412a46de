// path_table.hpp - paths as numbers: each is a name in a folder, and is kept once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scanner/sources/flat_table.hpp"
#include "scanner/sources/git/tree_changes.hpp"

namespace nhi {

// Reading is safe from all threads.
class PathTable {
 public:
  /// The folder of what lies at the top.
  static constexpr std::uint32_t kTop = UINT32_MAX;

  /// `name` is a number of the NameTable.
  std::uint32_t number(std::uint32_t folder, std::uint32_t name);
  /// A new folder or file at the top, which may have slashes in its name.
  std::uint32_t add_text(std::string text);
  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  [[nodiscard]] std::string path(std::uint32_t number, const NameTable& names) const;

 private:
  static constexpr std::uint32_t kText = UINT32_MAX - 1;  // in place of a folder
  struct Part {
    std::uint32_t folder = kTop;
    std::uint32_t name = 0;  // of kText a place in texts_
    [[nodiscard]] std::uint64_t hash() const { return spread(std::uint64_t{folder} << 32U | name); }
    friend bool operator==(const Part&, const Part&) = default;
  };

  std::vector<Part> parts_;
  FlatTable<Part, std::uint32_t> numbers_;
  std::vector<std::string> texts_;
};

}  // namespace nhi
