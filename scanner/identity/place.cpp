#include "scanner/identity/place.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace nhi {
namespace {

std::string lower_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  std::string name(path);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

template <std::size_t N>
bool ends_with_any(std::string_view name, const std::array<std::string_view, N>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

template <std::size_t N>
bool contains_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

constexpr auto kDocumentEndings =
    std::to_array<std::string_view>({".md", ".markdown", ".rst", ".adoc", ".asciidoc", ".txt",
                                     ".html", ".htm", ".pdf", ".doc", ".docx", ".odt", ".tex"});
constexpr auto kHostEndings =
    std::to_array<std::string_view>({".reg", ".pol", ".admx", ".adml", ".msi", ".iss", ".rdp"});
constexpr auto kNetworkEndings =
    std::to_array<std::string_view>({".acl", ".pac", ".dst", ".zone", ".rules"});
// Names that say proxy, firewall, name service or allow-list.
constexpr auto kNetworkWords = std::to_array<std::string_view>(
    {"squid", "haproxy", "allowlist", "whitelist", "allow-list", "white-list", "firewall",
     "iptables", "nftables", "dnsmasq", "named.conf", "proxy.pac", "wpad", "zscaler", "bluecoat",
     "unbound.conf", "resolv.conf"});
// Inventories of software and registries of workstations.
constexpr auto kHostWords = std::to_array<std::string_view>(
    {"gpo", "registry", "osquery", "file-inventory", "software-inventory", "installed-programs",
     "sccm", "intune", "unattend", "hosts.inventory"});

}  // namespace

PlaceKind place_of_file(std::string_view path, Bytes text, std::string_view definition_format) {
  if (!definition_format.empty()) return PlaceKind::kEngine;
  const std::string name = lower_name(path);
  if (name == "hosts" || ends_with_any(name, kNetworkEndings) ||
      contains_any(name, kNetworkWords)) {
    return PlaceKind::kNetwork;
  }
  if (ends_with_any(name, kHostEndings) || contains_any(name, kHostWords)) {
    return PlaceKind::kHost;
  }
  const Bytes head = text.substr(0, 256);
  if (head.find("Windows Registry Editor") != Bytes::npos || head.starts_with("REGEDIT4")) {
    return PlaceKind::kHost;
  }
  if (ends_with_any(name, kDocumentEndings) || name.starts_with("readme") ||
      name.starts_with("changelog")) {
    return PlaceKind::kDocument;
  }
  return name.empty() ? PlaceKind::kUnknown : PlaceKind::kApplication;
}

Level indicator_confidence(const Rule& rule, PlaceKind place) {
  const Level cap = place == PlaceKind::kDocument                               ? Level::kLow
                    : place == PlaceKind::kHost || place == PlaceKind::kNetwork ? Level::kMedium
                                                                                : Level::kHigh;
  // Settings of the agent itself are host facts: there they say what they say.
  const std::string& kind = rule.indicator.empty() ? rule.id : rule.indicator;
  if (place == PlaceKind::kHost && kind.starts_with("cis1.agent.")) return rule.confidence;
  return std::min(rule.confidence, cap);
}

std::string indicator_subclass(const IndicatorFacts& indicator, std::string_view path,
                               Environment environment) {
  const bool outside =
      indicator.place == PlaceKind::kNetwork || indicator.place == PlaceKind::kHost;
  if (indicator.kind == "cis1.host.gas" && outside && indicator.subclass.empty()) {
    return "workstation-allowlist";
  }
  const bool path_to_live = indicator.text.find("auth-ptl") != std::string::npos ||
                            indicator.text.find("ptl.nhsd-esa") != std::string::npos;
  if (indicator.kind == "cis2.issuer" && path_to_live) {
    const std::string name = lower_name(path);
    const bool production =
        environment == Environment::kLive || name.find("production") != std::string::npos ||
        name.find(".prod.") != std::string::npos || name.find("-prod.") != std::string::npos;
    if (production) return "ptl-in-production";
  }
  return indicator.subclass;
}

}  // namespace nhi
