// grants.hpp - the smallest permission that lets this user read a place, as a command to run.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace nhi {

// Collects places that could not be read; places that one grant opens share a line.
class ReadGrants {
 public:
  /// `user`: the name to grant to. A place is a path on disk.
  explicit ReadGrants(std::string user) : user_(std::move(user)) {}
  void add(const std::string& place);
  /// Commands with the number of places that each opens, sorted by path.
  [[nodiscard]] std::map<std::string, std::uint64_t> commands() const;

 private:
  struct Want {
    std::uint64_t pass = 0;   // places behind a folder that may not be passed through
    std::uint64_t list = 0;   // the folder itself may not be listed
    std::uint64_t files = 0;  // files in it that may not be read
    std::string one_file;
  };
  std::string user_;
  std::map<std::string, Want> wanted_;  // by folder
};

/// In single quotes, for a shell.
[[nodiscard]] std::string shell_quoted(const std::string& text);

}  // namespace nhi
