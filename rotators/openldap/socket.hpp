// socket.hpp - a stream to a server, connected within its time: libldap connects without looking at
// a cancel.
#pragma once

#include <chrono>

#include "plugins/sdk/endpoint.hpp"
#include "rotators/openldap/refusal.hpp"

namespace nhi {

/// A descriptor that does not block; the caller's to close.
[[nodiscard]] Expected<int, LdapFailure> connected_socket(
    const Endpoint& node, std::chrono::steady_clock::time_point until, const RotatorCall& call);

}  // namespace nhi
