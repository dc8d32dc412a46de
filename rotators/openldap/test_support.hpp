// test_support.hpp - requests for an entry, and what a server says, for tests.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/sdk/test_call.hpp"
#include "rotators/openldap/connection.hpp"
#include "rotators/openldap/target.hpp"

namespace nhi {

inline Json params_of(Json ref, Json config = Json::object()) {
  ref["host"] = ref.value("host", "127.0.0.1");
  ref["dn"] = ref.value("dn", "cn=app,dc=test");
  config["admin"] = config.value("admin", "cn=rotator,dc=test");
  return {{"ctx", Json::object()},
          {"target", {{"type", "openldap.entry"}, {"ref", std::move(ref)}}},
          {"config", std::move(config)},
          {"id", {{"dn", "cn=app,dc=test"}}},
          {"kind", "old"}};
}

/// A target on the loopback at this port.
inline LdapTarget target_at(int port, const Json& config = Json::object()) {
  return *target_of(FakeCall("inspect", params_of({{"port", port}}, config)));
}

// BER of a tag and what it holds, below 128 bytes.
inline std::string ber(unsigned char tag, const std::string& body) {
  std::string text(1, static_cast<char>(tag));
  text += static_cast<char>(body.size());
  return text + body;
}
/// An answer of an LDAP server to its client's `number`-th request; `tag` 0x61: to a bind.
inline std::string answer_of(int number, unsigned char tag, int code,
                             const std::string& said = "") {
  return ber(0x30, ber(0x02, std::string(1, static_cast<char>(number))) +
                       ber(tag, ber(0x0a, std::string(1, static_cast<char>(code))) + ber(0x04, "") +
                                    ber(0x04, said)));
}
inline std::string bind_answer(int code, const std::string& said = "") {
  return answer_of(1, 0x61, code, said);
}

inline LdapEntry entry_of(
    const std::string& dn,
    std::vector<std::pair<std::string, std::vector<std::string>>> attributes) {
  LdapEntry entry;
  entry.dn = dn;
  for (auto& [name, values] : attributes) {
    LdapAttribute& attribute = entry.attributes.emplace_back();
    attribute.name = name;
    for (const std::string& value : values) attribute.values.emplace_back(std::string_view(value));
  }
  return entry;
}

}  // namespace nhi
