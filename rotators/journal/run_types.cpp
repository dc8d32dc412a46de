#include "rotators/journal/run_types.hpp"

#include <algorithm>
#include <array>

namespace nhi {
namespace {

constexpr std::array<std::string_view, 5> kModes = {"scheduled", "exposed", "emergency",
                                                    "revoke_only", "adopt"};
constexpr std::array<std::string_view, 19> kStates = {
    "planned",      "approved",    "preflight",      "creating", "created",
    "distributing", "distributed", "verifying_new",  "overlap",  "suspending",
    "soaking",      "revoking",    "verifying_dead", "done",     "rolling_back",
    "rolled_back",  "needs_human", "aborted",        "rejected"};
constexpr std::array<std::string_view, 6> kSteps = {"intended",  "done",    "failed",
                                                    "ambiguous", "waiting", "undone"};

template <class Enum, std::size_t N>
std::optional<Enum> value_of(std::string_view text, const std::array<std::string_view, N>& words) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

}  // namespace

std::string_view to_string(RunMode mode) { return kModes.at(static_cast<std::size_t>(mode)); }
std::string_view to_string(RunState state) { return kStates.at(static_cast<std::size_t>(state)); }
std::string_view to_string(StepState state) { return kSteps.at(static_cast<std::size_t>(state)); }

std::optional<RunMode> parse_run_mode(std::string_view text) {
  return value_of<RunMode>(text, kModes);
}
std::optional<RunState> parse_run_state(std::string_view text) {
  return value_of<RunState>(text, kStates);
}
std::optional<StepState> parse_step_state(std::string_view text) {
  return value_of<StepState>(text, kSteps);
}

bool is_over(RunState state) {
  return state == RunState::kDone || state == RunState::kRolledBack ||
         state == RunState::kAborted || state == RunState::kRejected;
}

bool is_under_way(RunState state) {
  return !is_over(state) && state != RunState::kPlanned && state != RunState::kApproved;
}

}  // namespace nhi
