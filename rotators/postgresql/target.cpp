#include "rotators/postgresql/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace nhi {
namespace {

constexpr std::array<std::string_view, 4> kTlsWords = {"disable", "require", "verify-ca",
                                                       "verify-full"};
constexpr std::int64_t kIterationsMin = 4096;  // RFC 7677, section 4
// Each login pays for them at the client.
constexpr std::int64_t kIterationsMax = 1'000'000;
constexpr std::int64_t kPortMax = 65'535;
constexpr std::size_t kStandbysMax = 16;

Unexpected<PluginError> wrong(std::string_view field, std::string_view what) {
  return refuse(PluginErrorCode::kInvalidConfig, fmt::format("{}: {}", field, what),
                {{"field", std::string(field)}});
}

// What is wrong with the name of a role or a database; empty if nothing is.
std::string_view fault_of_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kPgNameBytesMax) return "is over 63 bytes: PostgreSQL would cut it";
  if (name.find('\0') != std::string_view::npos) return "has a NUL";
  return {};
}

// libpq takes a comma for a second host, and quotes hosts in messages that we read.
bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:%/").find(c) != std::string_view::npos;
  });
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Answer<void> check(const PgTarget& target) {
  if (!is_host(target.primary.host)) return wrong("host", "is no name, address or folder");
  if (const auto fault = fault_of_name(target.role); !fault.empty()) return wrong("role", fault);
  for (const std::string& database : {target.database, target.admin_database}) {
    if (const auto fault = fault_of_name(database); !fault.empty()) {
      return wrong("database", fault);
    }
  }
  if (const auto fault = fault_of_name(target.admin); !fault.empty()) return wrong("admin", fault);
  // Its own password is in use while it is changed, and a revoke would lock it out.
  if (target.role == target.admin) return wrong("role", "is the admin account itself");
  if (!target.tls.empty() &&
      std::find(kTlsWords.begin(), kTlsWords.end(), target.tls) == kTlsWords.end()) {
    return wrong("tls", "is none of disable, require, verify-ca, verify-full");
  }
  if (!target.ca.empty() && (target.ca.front() != '/' || target.ca.find('\0') != std::string::npos))
    return wrong("ca", "is no absolute path");
  return {};
}

}  // namespace

std::string PgNode::label() const {
  const bool address = host.find(':') != std::string::npos;
  return address ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Answer<PgNode> parse_node(const std::string& text, std::uint16_t otherwise) {
  PgNode node{text, otherwise};
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.rfind(':');
  const bool bracketed = text.starts_with('[') && bracket != std::string::npos;
  // More than one colon without brackets is an address of IPv6.
  const bool has_port =
      colon != std::string::npos && (bracketed ? colon == bracket + 1 : text.find(':') == colon);
  if (has_port) {
    const char* const end = text.data() + text.size();
    const auto [last, failure] = std::from_chars(text.data() + colon + 1, end, node.port);
    if (failure != std::errc{} || last != end || node.port == 0) {
      return wrong("standbys", "has an entry whose port is none");
    }
    node.host = text.substr(0, colon);
  }
  if (bracketed) node.host = text.substr(1, bracket - 1);
  if (!is_host(node.host)) return wrong("standbys", "has an entry that is no host:port");
  return node;
}

Answer<PgTarget> target_of(const RotatorCall& call) {
  const Json& ref = call.ref();
  const Json& config = call.config();
  const auto text_or = [](const Json& object, std::string_view name, std::string_view otherwise) {
    std::string text = text_in(object, name);
    return text.empty() ? std::string(otherwise) : text;
  };
  const std::int64_t port = number_in(ref, "port", 5432);
  if (port < 1 || port > kPortMax) return wrong("port", "is not within 1 and 65535");
  PgTarget target;
  target.primary = {text_in(ref, "host"), static_cast<std::uint16_t>(port)};
  target.role = text_in(ref, "role");
  target.database = text_or(ref, "database", text_or(config, "database", "postgres"));
  target.admin = text_in(config, "admin");
  target.admin_database = text_or(config, "database", target.database);
  target.tls = text_in(config, "tls");
  target.ca = text_in(config, "ca");
  if (const auto checked = check(target); !checked) {
    return Unexpected<PluginError>(checked.error());
  }
  if (!member(config, "iterations").is_null()) {
    const std::int64_t count = number_in(config, "iterations");
    if (count < kIterationsMin || count > kIterationsMax) {
      return wrong("iterations", "is not within 4096 and 1000000");
    }
    target.iterations = static_cast<std::uint32_t>(count);
  }
  const Json& standbys = member(config, "standbys");
  if (standbys.size() > kStandbysMax) return wrong("standbys", "has more than 16 entries");
  for (const Json& entry : standbys) {
    if (!entry.is_string()) return wrong("standbys", "has an entry that is no text");
    auto node = parse_node(entry.get<std::string>(), target.primary.port);
    if (!node) return Unexpected<PluginError>(node.error());
    target.standbys.push_back(*std::move(node));
  }
  return target;
}

std::string tls_of(const PgTarget& target, const PgNode& node) {
  if (node.is_socket()) return "disable";
  if (!target.tls.empty()) return target.tls;
  return is_loopback(node.host) ? "disable" : "verify-full";
}

std::vector<PluginField> ref_fields() {
  return {{"host", FieldKind::kText, true, "name, address, or the folder of a socket"},
          {"port", FieldKind::kNumber, false, "5432 if absent"},
          {"database", FieldKind::kText, false, "where the role logs in; that of config if absent"},
          {"role", FieldKind::kText, true, "the login role, as it is stored; at most 63 bytes"}};
}

std::vector<PluginField> config_fields() {
  return {{"admin", FieldKind::kText, true, "the account whose password is given as auth"},
          {"database", FieldKind::kText, false, "where it logs in; that of the target if absent"},
          {"tls", FieldKind::kText, false,
           "disable, require, verify-ca or verify-full; if absent disable on the loopback and "
           "verify-full elsewhere"},
          {"ca", FieldKind::kText, false,
           "file with the certificates to trust; grant fs:read of it. The system's if absent"},
          {"standbys", FieldKind::kList, false, "host:port of servers that must agree"},
          {"iterations", FieldKind::kNumber, false, "of SCRAM, from 4096, which is the default"}};
}

}  // namespace nhi
