// checks.hpp - the groups of the kit. Each tries a rotator and notes what it found.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/conformance/bed.hpp"
#include "plugins/conformance/check_result.hpp"

namespace nhi {

// Collects results. Thread-compatible.
class Checks {
 public:
  explicit Checks(CheckGroup group) : group_(group) {}
  /// Passed if `good`. `what`: what it did instead; `advice`: what to change.
  void expect(bool good, std::string name, std::string what, std::string_view advice);
  void not_tried(std::string name, std::string why);
  /// The trial itself does not work: said once as a failure, since nothing was proven.
  void broken(std::string name, const Error& error);
  [[nodiscard]] std::vector<CheckResult> take() { return std::move(results_); }

 private:
  CheckGroup group_;
  std::vector<CheckResult> results_;
};

/// Without a trial only this can be checked.
[[nodiscard]] std::vector<CheckResult> check_handshake(const PluginPin& pin,
                                                       const SessionOptions& options);
// Of checks_repeats.cpp
[[nodiscard]] std::vector<CheckResult> check_repeats(Bed& bed);
[[nodiscard]] std::vector<CheckResult> check_dry_run(Bed& bed);
[[nodiscard]] std::vector<CheckResult> check_revoking(Bed& bed);
// Of checks_faults.cpp
[[nodiscard]] std::vector<CheckResult> check_killed(Bed& bed);
[[nodiscard]] std::vector<CheckResult> check_lost_replies(Bed& bed);
[[nodiscard]] std::vector<CheckResult> check_cancelling(Bed& bed);
[[nodiscard]] std::vector<CheckResult> check_authority(Bed& bed);
// Of checks_values.cpp
[[nodiscard]] std::vector<CheckResult> check_probing(Bed& bed);
[[nodiscard]] std::vector<CheckResult> check_slots(Bed& bed);
[[nodiscard]] std::vector<CheckResult> check_hostile_names(Bed& bed);
/// Last: it looks for the values of all others.
[[nodiscard]] std::vector<CheckResult> check_secrets(Bed& bed);

}  // namespace nhi
