// key_place.hpp - a file that is a private key, as a place: `id_ed25519`, `server.key`. The value
// is the block from its BEGIN to its END, with LF line ends.
#pragma once

#include <string_view>
#include <vector>

#include "rotators/engine/place_io.hpp"
#include "rotators/engine/plan.hpp"
#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

/// What a plan calls the format of such a file.
inline constexpr std::string_view kKeyFormat = "pem";

/// Places whose key `is_value` knows. A block that does not begin a line is none of ours: it stands
/// in another document.
[[nodiscard]] std::vector<PlannedValue> locate_keys(Bytes document, const IsValue& is_value);
/// Errors: kNotFound.
[[nodiscard]] Result<SecretText> key_at(Bytes document, const PlannedValue& place);
/// The document with the edit's key at each of `places`, in the line ends of the block that was
/// there. Errors: kConflict if another key stands there; kNotFound.
[[nodiscard]] Result<SecretText> with_keys(Bytes document, const std::vector<PlannedValue>& places,
                                           const PlaceEdit& edit);
/// Why a key of this file cannot change alone; empty if it can.
[[nodiscard]] std::string bound_to_key(Bytes document);

}  // namespace nhi
