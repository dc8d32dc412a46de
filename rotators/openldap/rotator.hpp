// rotator.hpp - the type `openldap.entry`: the values of userPassword of an entry at OpenLDAP.
// What it does and what it cannot: docs/rotators/openldap.md.
#pragma once

#include <memory>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

[[nodiscard]] std::unique_ptr<Rotator> make_openldap_rotator();

}  // namespace nhi
