#include "rotators/redis/target.hpp"

#include <algorithm>

namespace nhi {
namespace {

constexpr std::uint16_t kUsualPort = 6379;
constexpr std::size_t kNameBytesMax = 1024;  // before a login Redis reads at most 16 KiB

// Source: ACLStringHasSpaces() of Redis, which has isspace() in the locale "C".
bool is_separator(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }

// What is wrong with the name of a user; empty if nothing is.
std::string_view fault_of_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kNameBytesMax) return "is over 1024 bytes";
  if (std::any_of(name.begin(), name.end(), is_separator)) return "has white space or a NUL";
  return {};
}

}  // namespace

Answer<RedisTarget> target_of(const RotatorCall& call) {
  RedisTarget target;
  NHI_TRY(Endpoint node, target_endpoint(call, kUsualPort));
  NHI_TRY(target.nodes, further_nodes(call, "nodes", node.port));
  target.nodes.insert(target.nodes.begin(), std::move(node));
  NHI_TRY(target.tls, tls_choice(call));
  target.user = text_in(call.ref(), "user");
  target.admin = text_in(call.config(), "admin");
  if (const auto fault = fault_of_name(target.user); !fault.empty()) {
    return wrong_field("user", fault);
  }
  if (const auto fault = fault_of_name(target.admin); !fault.empty()) {
    return wrong_field("admin", fault);
  }
  // Its own password is in use while it is changed, and a revoke would lock it out.
  if (target.user == target.admin) return wrong_field("user", "is the admin user itself");
  return target;
}

std::vector<PluginField> ref_fields() {
  return {{"host", FieldKind::kText, true, "name, address, or the path of a socket"},
          {"port", FieldKind::kNumber, false, "6379 if absent"},
          {"user", FieldKind::kText, true, "of the access control list, as it is stored"}};
}

std::vector<PluginField> config_fields() {
  std::vector<PluginField> fields = {
      {"admin", FieldKind::kText, true, "the user whose password is given as auth"},
      {"nodes", FieldKind::kList, false,
       "host:port of replicas and further nodes: users are each server's own, so all of them are "
       "changed and have to agree"}};
  for (PluginField& field : tls_fields()) fields.push_back(std::move(field));
  return fields;
}

}  // namespace nhi
