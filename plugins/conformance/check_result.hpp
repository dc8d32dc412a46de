// check_result.hpp - what the kit found, a line for each thing that it tried.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nhi {

/// The groups of docs/conformance.md, in their order.
enum class CheckGroup : std::uint8_t {
  kHandshake,
  kSecrets,
  kKilled,
  kRepeats,
  kLostReplies,
  kRevoking,
  kProbing,
  kSlots,
  kCancelling,
  kAuthority,
  kHostileNames,
  kDryRun,
  kCount
};
[[nodiscard]] std::string_view to_string(CheckGroup group);

enum class CheckVerdict : std::uint8_t {
  kPassed,
  kFailed,
  kNotTried,  // the trial gives no means, or the type has no such thing
};
[[nodiscard]] std::string_view to_string(CheckVerdict verdict);

struct CheckResult {
  CheckGroup group = CheckGroup::kHandshake;
  std::string name;  // "create, its reply lost after 7 pieces"
  CheckVerdict verdict = CheckVerdict::kPassed;
  std::string what;    // what it did instead, or why it was not tried; no secrets
  std::string advice;  // what to change; empty unless it failed
};

}  // namespace nhi
