// grants.hpp - what a rotator is allowed beyond the nothing that it starts with.
// Source: docs/plugin-protocol.md, section 6.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scanner/base/result.hpp"

namespace nhi {

struct Grants {
  bool net = false;
  std::vector<std::uint16_t> ports;  // TCP; empty with net: all
  bool exec = false;
  std::vector<std::string> read;   // files and folders, absolute
  std::vector<std::string> write;  // the same, read as well
  friend bool operator==(const Grants&, const Grants&) = default;
};

/// From "net", "net:443", "exec", "fs:read:/path", "fs:write:/path". Errors: kBadUse that names the
/// word.
[[nodiscard]] Result<Grants> parse_grants(const std::vector<std::string>& words);

/// The words of `needs` that `allowed` does not cover: a rotator that lacks one cannot work. Among
/// needs "fs:read" and "fs:write" stand without a path: any will do.
[[nodiscard]] std::vector<std::string> not_covered(const std::vector<std::string>& needs,
                                                   const Grants& allowed);

}  // namespace nhi
