#include "scanner/definitions/settings.hpp"

#include <map>
#include <utility>

#include "scanner/definitions/names.hpp"

namespace nhi::definitions {
namespace {

// Stem -> index of the setting, for one role.
using Index = std::map<std::string, std::size_t, std::less<>>;

// The exact stem, then ever shorter ones: `pas.db.ro` finds `pas.db`.
const std::size_t* find_stem(const Index& index, std::string_view stem) {
  while (true) {
    if (const auto found = index.find(stem); found != index.end()) return &found->second;
    const std::size_t dot = stem.rfind('.');
    if (dot == std::string_view::npos) return nullptr;
    stem = stem.substr(0, dot);
  }
}

}  // namespace

std::vector<SettingSite> sites_of_settings(Bytes document, const std::vector<Setting>& settings) {
  Index accounts;
  Index targets;
  Index ports;
  std::vector<NameParts> parts;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    parts.push_back(name_parts(settings[i].key));
    if (settings[i].value.empty()) continue;
    if (parts[i].role == NameRole::kAccount) accounts.emplace(parts[i].stem, i);
    if (parts[i].role == NameRole::kTarget) targets.emplace(parts[i].stem, i);
    if (parts[i].role == NameRole::kPort) ports.emplace(parts[i].stem, i);
  }
  std::vector<SettingSite> sites;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const Setting& setting = settings[i];
    if (parts[i].role != NameRole::kSecret) {
      if (auto site = site_of_connection(document, setting.value, setting.path)) {
        sites.push_back({std::move(*site), i});
      }
      continue;
    }
    Draft draft;
    draft.path = setting.path;
    draft.secret = &setting.value;
    if (const std::size_t* account = find_stem(accounts, parts[i].stem)) {
      draft.account = &settings[*account].value;
    }
    if (const std::size_t* target = find_stem(targets, parts[i].stem)) {
      const std::string& place = settings[*target].value.text();
      draft.place = &settings[*target].value;
      draft.target = target_of(place);
      const auto connection = parse_connection(place);
      if (connection) draft.provider = provider_of(connection->scheme);
      const std::size_t* port = find_stem(ports, parts[i].stem);
      if (!connection && port != nullptr && place.find(':') == std::string::npos) {
        draft.target += ":" + settings[*port].value.text();
      }
    }
    sites.push_back({make_site(document, draft), i});
  }
  return sites;
}

}  // namespace nhi::definitions
