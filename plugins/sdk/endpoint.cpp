#include "plugins/sdk/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace nhi {
namespace {

constexpr std::array<std::string_view, 4> kTlsWords = {"disable", "require", "verify-ca",
                                                       "verify-full"};
constexpr std::int64_t kPortMax = 65'535;
constexpr std::size_t kHostBytesMax = 255;
constexpr std::size_t kNodesMax = 16;

// No more than names, addresses and paths need: some libraries take a comma or a space for a second
// host, and quote hosts in messages that we read.
bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= kHostBytesMax &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view(".-_:%/").find(c) != std::string_view::npos;
         });
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

std::string Endpoint::label() const {
  const bool address = host.find(':') != std::string::npos;
  return address ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string TlsChoice::mode_for(const Endpoint& node) const {
  if (node.is_socket()) return "disable";
  if (!mode.empty()) return mode;
  return is_loopback(node.host) ? "disable" : "verify-full";
}

Unexpected<PluginError> wrong_field(std::string_view field, std::string_view what) {
  return refuse(PluginErrorCode::kInvalidConfig, fmt::format("{}: {}", field, what),
                {{"field", std::string(field)}});
}

Answer<Endpoint> target_endpoint(const RotatorCall& call, std::uint16_t usual_port) {
  const std::int64_t port = number_in(call.ref(), "port", usual_port);
  if (port < 1 || port > kPortMax) return wrong_field("port", "is not within 1 and 65535");
  Endpoint endpoint{text_in(call.ref(), "host"), static_cast<std::uint16_t>(port)};
  if (!is_host(endpoint.host)) return wrong_field("host", "is no name, address or path");
  return endpoint;
}

Answer<Endpoint> parse_endpoint(std::string_view field, const std::string& text,
                                std::uint16_t otherwise) {
  Endpoint node{text, otherwise};
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
      return wrong_field(field, "has an entry whose port is none");
    }
    node.host = text.substr(0, colon);
  }
  if (bracketed) node.host = text.substr(1, bracket - 1);
  if (!is_host(node.host)) return wrong_field(field, "has an entry that is no host:port");
  return node;
}

Answer<std::vector<Endpoint>> further_nodes(const RotatorCall& call, std::string_view field,
                                            std::uint16_t otherwise) {
  const Json& entries = member(call.config(), field);
  if (entries.size() > kNodesMax) return wrong_field(field, "has more than 16 entries");
  std::vector<Endpoint> nodes;
  for (const Json& entry : entries) {
    if (!entry.is_string()) return wrong_field(field, "has an entry that is no text");
    NHI_TRY(Endpoint node, parse_endpoint(field, entry.get<std::string>(), otherwise));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Answer<TlsChoice> tls_choice(const RotatorCall& call) {
  TlsChoice tls{text_in(call.config(), "tls"), text_in(call.config(), "ca")};
  if (!tls.mode.empty() &&
      std::find(kTlsWords.begin(), kTlsWords.end(), tls.mode) == kTlsWords.end()) {
    return wrong_field("tls", "is none of disable, require, verify-ca, verify-full");
  }
  if (!tls.ca.empty() && (tls.ca.front() != '/' || tls.ca.find('\0') != std::string::npos)) {
    return wrong_field("ca", "is no absolute path");
  }
  return tls;
}

std::vector<PluginField> tls_fields() {
  return {{"tls", FieldKind::kText, false,
           "disable, require, verify-ca or verify-full; if absent disable on the loopback and "
           "verify-full elsewhere"},
          {"ca", FieldKind::kText, false,
           "file with the certificates to trust; grant fs:read of it. The system's if absent"}};
}

}  // namespace nhi
