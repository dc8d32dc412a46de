// absence.hpp - is a place that gave nothing tonight gone, or was it only not looked at?
//
// Error (1) that we must never make is "clean" where something was not read. So a known place is
// proven absent only if the nearest folder above it was listed to its end tonight, nothing on the
// way to it was refused or left out, and that folder is not an empty one that may be a mount point
// without its mount.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "scanner/bundle/bundle.hpp"
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

  // The same out of a bundle: places in the printed name space. Another host's folders cannot be
  // looked at, so what is empty is said.
  void was_listed(std::string place);
  void was_empty(std::string place, std::string mark);
  void was_refused(std::string place);

  /// Shapes: a unit that was given to know().
  [[nodiscard]] Absence judge(const Inventory::KnownPlace& place) const;

 private:
  std::unordered_set<std::string> watched_;  // known places and all folders above
  struct Listed {
    std::string disk;  // empty: another host's
    bool empty = false;
    std::string mark;  // of a folder of another host that is empty
  };
  static bool is_empty(const Listed& folder);
  static std::string mark_of(const Listed& folder);

  std::unordered_map<std::string, Listed> listed_;
  std::unordered_set<std::string> refused_;
  std::unordered_set<std::string> distrusted_;
};

// What a bundle says about absence: whoever merges it knows other places than this host does. It
// holds the tops of trees that were listed to their end, so a tree of a million files costs little.
class AbsenceRecorder {
 public:
  void folder_listed(std::string_view root, std::string_view path, const std::string& disk_path);
  void refused(std::string_view root, std::string_view path);
  void distrusted(std::string_view root) { evidence_.distrusted.emplace_back(root); }
  /// Sorted. Over kAbsencePlacesMax of one kind `targets` are distrusted: nothing is proven absent.
  [[nodiscard]] AbsenceEvidence take(const std::vector<std::string>& targets);

 private:
  AbsenceEvidence evidence_;
  std::set<std::string> tops_;  // listed folders whose own folder is not listed (yet)
  bool too_many_ = false;
};

/// "dev:ino" of the folder that holds `disk_path`, for unit stamps; empty if it cannot be told.
[[nodiscard]] std::string folder_mark(const std::string& folder_on_disk);
/// The folder mark inside a unit stamp made by file_stamp().
[[nodiscard]] std::string_view folder_mark_of_stamp(std::string_view stamp);

}  // namespace nhi
