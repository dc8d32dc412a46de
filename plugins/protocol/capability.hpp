// capability.hpp - what a type of credential can and cannot do. Plans that it contradicts are
// refused, so that a rotator's author decides here whether a rotation is safe.
// Source: docs/plugin-protocol.md, section 5.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/protocol/message.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

enum class SecretOrigin : std::uint8_t { kClient, kServer, kKeypair };
enum class SlotPolicy : std::uint8_t { kError, kEvictsOldest, kEvictsPrevious };
enum class CreateReplay : std::uint8_t { kIdempotent, kConflict, kDuplicates, kDestructive };
enum class DeadProbe : std::uint8_t { kSafe, kLockoutRisk, kMetadataOnly, kNone };
enum class Authority : std::uint8_t { kSeparateAdmin, kSelf };
enum class Automation : std::uint8_t { kFull, kRevokeOnly, kGuided };

inline constexpr std::uint32_t kManySlots = UINT32_MAX;

struct Capability {
  SecretOrigin secret_origin = SecretOrigin::kClient;
  std::uint32_t slots = 1;  // values that can be valid at a time; kManySlots
  SlotPolicy slot_policy = SlotPolicy::kError;
  CreateReplay create_replay = CreateReplay::kIdempotent;
  std::string marker;  // the field that carries the run's marker; empty if none does
  bool listable = false;
  bool recoverable = false;
  bool suspend = false;
  bool twins = false;
  std::vector<std::string> derived;  // of sessions, tokens, tickets, caches, replicas
  std::int64_t converge_ms = 0;
  DeadProbe dead_probe = DeadProbe::kNone;
  Authority authority = Authority::kSeparateAdmin;
  Automation automation = Automation::kFull;

  friend bool operator==(const Capability&, const Capability&) = default;
};

[[nodiscard]] Json to_json(const Capability& capability);
/// Errors: kMalformed that names the member which is missing, unknown or contradicts another: a
/// silent default could make a dangerous plan look safe.
[[nodiscard]] Result<Capability> capability_from(const Json& json);

}  // namespace nhi
