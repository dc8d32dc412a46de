// registration.hpp - which rotators an administrator lets us start: `rotators` in rotation.yaml.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/host/pin.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// Source: docs/plugin-protocol.md, section 6. Errors: kBadUse that names line and column.
[[nodiscard]] Result<std::vector<PluginPin>> read_registrations(const std::string& path);

/// The lines that register this rotator.
[[nodiscard]] std::string registration_text(const PluginPin& pin,
                                            const std::vector<std::string>& allow);

}  // namespace nhi
