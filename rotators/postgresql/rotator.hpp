// rotator.hpp - the type `postgresql.role`: the password of a login role.
// What it does and what it cannot: docs/rotators/postgresql.md.
#pragma once

#include <memory>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

[[nodiscard]] std::unique_ptr<Rotator> make_postgresql_rotator();

}  // namespace nhi
