// absence.hpp - is a place that gave nothing tonight gone, or was it only not looked at?
//
// Error (1) that we must never make is "clean" where something was not read. So a known place is
// proven absent only if the nearest folder above it was listed to its end tonight, nothing on the
// way to it was refused or left out, and that folder is not an empty one that may be a mount point
// without its mount.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "scanner/inventory/inventory.hpp"

namespace nhi {

// Not thread-safe: fed by the walking thread, asked after it ended. It holds only places above
// known findings, so a tree of a million files costs nothing.
class AbsenceTracker {
 public:
  /// A place in the printed name space: root and path joined.
  void know(const Inventory::KnownPlace& place);

  void folder_listed(std::string_view root, std::string_view path, std::string_view disk_path);
  void refused(std::string_view root, std::string_view path);
  /// Nothing at or below `root` is proven absent tonight.
  void distrusted(std::string_view root) { distrusted_.emplace(root); }

  /// Shapes: a unit that was given to know().
  [[nodiscard]] Absence judge(const Inventory::KnownPlace& place) const;

 private:
  std::unordered_set<std::string> watched_;              // known places and all folders above
  std::unordered_map<std::string, std::string> listed_;  // folder -> place on disk
  std::unordered_set<std::string> refused_;
  std::unordered_set<std::string> distrusted_;
};

/// "dev:ino" of the folder that holds `disk_path`, for unit stamps; empty if it cannot be told.
[[nodiscard]] std::string folder_mark(const std::string& folder_on_disk);
/// The folder mark inside a unit stamp made by file_stamp().
[[nodiscard]] std::string_view folder_mark_of_stamp(std::string_view stamp);

}  // namespace nhi
