// endpoint.hpp - where servers listen and how they prove themselves, as the fields `host`, `port`,
// `tls`, `ca` and lists of further nodes say it in every type that has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/sdk/rotator.hpp"

namespace nhi {

inline constexpr const char* kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

struct Endpoint {
  std::string host;  // a name, an address, or the path of a socket, which begins with '/'
  std::uint16_t port = 0;
  [[nodiscard]] std::string label() const;  // "db1:5432", "[::1]:5432"
  [[nodiscard]] bool is_socket() const { return host.starts_with('/'); }
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct TlsChoice {
  std::string mode;  // disable, require, verify-ca, verify-full; empty: by the host
  std::string ca;    // empty: the system's

  /// What holds for one node. A socket has no TLS. What does not leave the machine goes without
  /// unless told otherwise; everything else proves who it is.
  [[nodiscard]] std::string mode_for(const Endpoint& node) const;
};

// Errors of all: kInvalidConfig with the field.

/// `return wrong_field("port", "is not within 1 and 65535");`
[[nodiscard]] Unexpected<PluginError> wrong_field(std::string_view field, std::string_view what);
/// `host` and `port` of the target.
[[nodiscard]] Answer<Endpoint> target_endpoint(const RotatorCall& call, std::uint16_t usual_port);
/// "db2:5433", "[::1]:5433", "db2" (the port is `otherwise`).
[[nodiscard]] Answer<Endpoint> parse_endpoint(std::string_view field, const std::string& text,
                                              std::uint16_t otherwise);
/// A list of those in `config`, at most 16.
[[nodiscard]] Answer<std::vector<Endpoint>> further_nodes(const RotatorCall& call,
                                                          std::string_view field,
                                                          std::uint16_t otherwise);
/// `tls` and `ca` of `config`.
[[nodiscard]] Answer<TlsChoice> tls_choice(const RotatorCall& call);

/// Those two, for `initialize`.
[[nodiscard]] std::vector<PluginField> tls_fields();

}  // namespace nhi
