// uuid.hpp - UUIDs as text: 8-4-4-4-12 hexadecimal digits (RFC 9562 section 4).
#pragma once

#include <optional>

#include "scanner/base/bytes.hpp"

namespace nhi {

[[nodiscard]] bool is_uuid(Bytes value);

/// The UUID whose first dash stands at `dash`, if nothing of its alphabet touches it.
[[nodiscard]] std::optional<Span> uuid_around(Bytes view, std::size_t dash);

/// False for UUIDs that somebody wrote by hand (`00001111-2222-…`, all zeros) and for those that
/// stand in a standard or a manual.
[[nodiscard]] bool is_random_uuid(Bytes uuid);

/// What stands further from a place than so many bytes makes and breaks no UUID there.
inline constexpr std::size_t kUuidReach = 37;
/// Whether one stands anywhere in `view` that is_random_uuid().
[[nodiscard]] bool holds_random_uuid(Bytes view);

}  // namespace nhi
