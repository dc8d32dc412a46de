// rotator.hpp - the type `mariadb.account`: the passwords of an account of MariaDB.
// What it does and what it cannot: docs/rotators/mariadb.md.
#pragma once

#include <memory>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

[[nodiscard]] std::unique_ptr<Rotator> make_mariadb_rotator();

}  // namespace nhi
