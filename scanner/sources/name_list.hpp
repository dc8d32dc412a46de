// name_list.hpp - the names of one folder, sorted by bytes, in as little memory as may be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nhi {

// One string holds all names, one vector of 32-bit offsets their order: a folder of a million files
// with names of 16 bytes costs 22 MB, half of what pointers to strings would.
class NameList {
 public:
  struct Entry {
    const char* name = nullptr;  // zero at its end; lives as long as the list
    unsigned char type = 0;      // DT_ of dirent, DT_UNKNOWN on some file systems
  };

  /// Reads all names of a folder that was just opened. Returns 0, or the errno that ended it early
  /// (EOVERFLOW over 4 GiB of names); the names read until then are there.
  [[nodiscard]] int list(int folder);
  /// The next name, in order.
  [[nodiscard]] std::optional<Entry> next();
  [[nodiscard]] bool contains(std::string_view name) const;
  /// Puts one name behind all others. Before the first next() only.
  void move_to_end(std::string_view name);
  /// Gives up on the names that are left.
  void abandon();
  /// True if the listing reached the folder's end and nothing was abandoned.
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] std::size_t size() const { return starts_.size(); }

 private:
  [[nodiscard]] int read_all(int folder);
  bool add(std::string_view name, unsigned char type);
  [[nodiscard]] std::string_view name_at(std::uint32_t start) const;
  [[nodiscard]] std::size_t position_of(std::string_view name) const;

  std::string bytes_;  // each: type, name, zero
  std::vector<std::uint32_t> starts_;
  std::size_t next_ = 0;
  bool complete_ = false;
};

}  // namespace nhi
