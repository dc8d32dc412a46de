// map_faults.hpp - lets who reads a file through a map live when the file cannot be read there.
#pragma once

namespace nhi {

// While one lives, a page of a map that this thread cannot have (the file was cut, its disk or its
// server fails: SIGBUS) reads as zeros and is counted. What was read meanwhile is then not to be
// believed. Zeros stay in the map for all who read it later: that must be told from what it says.
// Scopes do not nest. Elsewhere SIGBUS kills as ever.
class MapFaults {
 public:
  MapFaults();
  MapFaults(const MapFaults&) = delete;
  MapFaults& operator=(const MapFaults&) = delete;
  ~MapFaults();
  /// Pages since the beginning.
  [[nodiscard]] unsigned count() const;
};

}  // namespace nhi
