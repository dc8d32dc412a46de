// expected_hosts.hpp - the hosts that an estate says must report: a host that is silent looks
// clean.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scanner/base/result.hpp"

namespace YAML {
class Node;
}

namespace nhi {

/// A bundle younger than this is tonight's: a night's collection and its import lie closer
/// together, those of two nights further apart.
inline constexpr std::int64_t kBundleAgeMaxSeconds = 20 * 3600;

struct ExpectedHost {
  std::string name;
  std::int64_t max_age = kBundleAgeMaxSeconds;  // of its bundle, seconds
};

/// A list of names, or of {name, max_age}. Errors: kBadUse naming file, line and column.
[[nodiscard]] Result<std::vector<ExpectedHost>> read_hosts(const std::string& file,
                                                           const YAML::Node& node);

}  // namespace nhi
