#include "rotators/postgresql/target.hpp"

#include <string_view>

namespace nhi {
namespace {

constexpr std::int64_t kIterationsMin = 4096;  // RFC 7677, section 4
// Each login pays for them at the client.
constexpr std::int64_t kIterationsMax = 1'000'000;
constexpr std::uint16_t kUsualPort = 5432;

// What is wrong with the name of a role or a database; empty if nothing is.
std::string_view fault_of_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kPgNameBytesMax) return "is over 63 bytes: PostgreSQL would cut it";
  if (name.find('\0') != std::string_view::npos) return "has a NUL";
  return {};
}

Answer<void> check(const PgTarget& target) {
  if (const auto fault = fault_of_name(target.role); !fault.empty())
    return wrong_field("role", fault);
  for (const std::string& database : {target.database, target.admin_database}) {
    if (const auto fault = fault_of_name(database); !fault.empty()) {
      return wrong_field("database", fault);
    }
  }
  if (const auto fault = fault_of_name(target.admin); !fault.empty())
    return wrong_field("admin", fault);
  // Its own password is in use while it is changed, and a revoke would lock it out.
  if (target.role == target.admin) return wrong_field("role", "is the admin account itself");
  return {};
}

}  // namespace

Answer<PgTarget> target_of(const RotatorCall& call) {
  const Json& ref = call.ref();
  const Json& config = call.config();
  const auto text_or = [](const Json& object, std::string_view name, std::string_view otherwise) {
    std::string text = text_in(object, name);
    return text.empty() ? std::string(otherwise) : text;
  };
  PgTarget target;
  NHI_TRY(target.primary, target_endpoint(call, kUsualPort));
  target.role = text_in(ref, "role");
  target.database = text_or(ref, "database", text_or(config, "database", "postgres"));
  target.admin = text_in(config, "admin");
  target.admin_database = text_or(config, "database", target.database);
  NHI_TRY(target.tls, tls_choice(call));
  NHI_CHECK_OK(check(target));
  if (!member(config, "iterations").is_null()) {
    const std::int64_t count = number_in(config, "iterations");
    if (count < kIterationsMin || count > kIterationsMax) {
      return wrong_field("iterations", "is not within 4096 and 1000000");
    }
    target.iterations = static_cast<std::uint32_t>(count);
  }
  NHI_TRY(target.standbys, further_nodes(call, "standbys", target.primary.port));
  return target;
}

std::vector<PluginField> ref_fields() {
  return {{"host", FieldKind::kText, true, "name, address, or the folder of a socket"},
          {"port", FieldKind::kNumber, false, "5432 if absent"},
          {"database", FieldKind::kText, false, "where the role logs in; that of config if absent"},
          {"role", FieldKind::kText, true, "the login role, as it is stored; at most 63 bytes"}};
}

std::vector<PluginField> config_fields() {
  std::vector<PluginField> fields = {
      {"admin", FieldKind::kText, true, "the account whose password is given as auth"},
      {"database", FieldKind::kText, false, "where it logs in; that of the target if absent"},
      {"standbys", FieldKind::kList, false, "host:port of servers that must agree"},
      {"iterations", FieldKind::kNumber, false, "of SCRAM, from 4096, which is the default"}};
  for (PluginField& field : tls_fields()) fields.push_back(std::move(field));
  return fields;
}

}  // namespace nhi
