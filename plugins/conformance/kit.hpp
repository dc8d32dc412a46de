// kit.hpp - all groups, one after the other, and what people and programs are told of them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugins/conformance/check_result.hpp"
#include "plugins/conformance/trial.hpp"
#include "plugins/host/session.hpp"

namespace nhi {

struct KitReport {
  std::vector<CheckResult> results;
  [[nodiscard]] std::size_t count(CheckVerdict verdict) const;
  [[nodiscard]] bool passed() const { return count(CheckVerdict::kFailed) == 0; }
};

/// Tries the rotator; without a trial its handshake only. `progress`: called with each group before
/// it is tried; may be empty. Errors: those of Bed::create().
[[nodiscard]] Result<KitReport> run_kit(const PluginPin& pin, const SessionOptions& options,
                                        std::optional<Trial> trial,
                                        const std::function<void(CheckGroup)>& progress);

/// A line a group, then each thing that failed with what to do, then what was not tried.
[[nodiscard]] std::string to_text(const KitReport& report);
[[nodiscard]] Json to_json(const KitReport& report);

}  // namespace nhi
