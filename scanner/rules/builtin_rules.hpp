// builtin_rules.hpp - where the build puts the rules of rules/*.yaml.
#pragma once

#include "scanner/base/bytes.hpp"

namespace nhi {

/// The bytes of encode_rules(), made by embed_rules when the program is built.
[[nodiscard]] Bytes builtin_rules_bytes();

}  // namespace nhi
