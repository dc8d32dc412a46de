// The text files of a Mirth server: mirth.properties, configuration maps, scripts on their own.
#include <algorithm>
#include <map>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/definitions/engines/mirth.hpp"
#include "scanner/definitions/names.hpp"
#include "scanner/definitions/script.hpp"
#include "scanner/definitions/settings.hpp"
#include "scanner/grammar/path.hpp"

namespace nhi::definitions {
namespace {

constexpr std::size_t kSettingsMax = 100'000;
constexpr std::size_t kPropertiesBytesMax = 8 * kMiB;  // a settings file; larger is something else

std::string file_name(std::string_view path) {
  std::string name(path.substr(path.find_last_of("/\\!") + 1));
  std::transform(name.begin(), name.end(), name.begin(), chars::lower);
  return name;
}

std::vector<Setting> read_properties(Bytes text) {
  std::vector<Setting> settings;
  (void)tokenize_properties(text, [&](const Token& token) {
    settings.push_back({std::string(token.name), Text(token.value), std::string(token.name)});
    return settings.size() < kSettingsMax;
  });
  return settings;
}

using Index = std::map<std::string, const Setting*, std::less<>>;

Index index_of(const std::vector<Setting>& settings) {
  Index index;
  for (const Setting& setting : settings) index.emplace(setting.key, &setting);
  return index;
}

const Setting* find(const Index& index, std::string_view key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : found->second;
}

// database.password goes with database.url and database.username; keystore.* with keystore.path.
Draft draft_of(const Index& settings, const Setting& secret) {
  Draft draft;
  draft.path = secret.path;
  draft.secret = &secret.value;
  const std::string group = secret.key.substr(0, secret.key.find('.'));
  const bool keystore = group == "keystore" || group == "truststore";
  if (keystore) {
    draft.provider = "keystore";
    if (const Setting* place = find(settings, group + ".path")) {
      draft.target = target_of(place->value.text());
      draft.place = &place->value;
    }
    return draft;
  }
  // The read-only pool falls back to the main one for what it does not say.
  for (const std::string& owner : {group, std::string("database")}) {
    const bool fallback = owner != group;
    if (fallback && !group.starts_with("database")) break;
    const Setting* account = find(settings, owner + ".username");
    if (draft.account == nullptr && account != nullptr) draft.account = &account->value;
    const Setting* place = find(settings, owner + ".url");
    if (draft.place == nullptr && place != nullptr) {
      draft.place = &place->value;
      draft.target = target_of(place->value.text());
      if (const auto parts = parse_connection(place->value.text())) {
        draft.provider = provider_of(parts->scheme);
      }
    }
  }
  return draft;
}

bool is_policy(std::string_view key) { return key.starts_with("password."); }

bool is_properties_name(const std::string& name) {
  return name.find("mirth.properties") != std::string::npos;
}

bool is_map_name(const std::string& name) {
  if (name == "configuration.properties") return true;
  return name.starts_with("configuration") && name.find("map") != std::string::npos &&
         (name.ends_with(".txt") || name.ends_with(".properties") || name.ends_with(".json"));
}

bool is_script_name(const std::string& name) { return name.ends_with(".js"); }

Definition finish(Definition definition) {
  std::stable_sort(definition.sites.begin(), definition.sites.end(),
                   [](const Site& a, const Site& b) { return a.secret_span < b.secret_span; });
  return definition;
}

}  // namespace

bool is_mirth_settings_name(std::string_view path) {
  const std::string name = file_name(path);
  return is_properties_name(name) || is_map_name(name);
}
bool is_mirth_text_name(std::string_view path) {
  return is_mirth_settings_name(path) || is_script_name(file_name(path));
}

std::optional<Definition> read_mirth_properties(Bytes text, std::string_view path) {
  if (text.size() > kPropertiesBytesMax) return std::nullopt;
  const bool named = is_properties_name(file_name(path));
  if (!named && !chars::holds(text, kDefinitionMark)) return std::nullopt;
  if (!chars::holds(text, "database")) return std::nullopt;
  const std::vector<Setting> settings = read_properties(text);
  const Index index = index_of(settings);
  const bool keystore = find(index, kDefinitionMark) != nullptr;
  const bool port = find(index, "http.port") != nullptr || find(index, "https.port");
  const bool database = find(index, "database.url") != nullptr || find(index, "database");
  if (named ? !database : !(keystore && port && database)) return std::nullopt;
  Definition definition;
  definition.format = "mirth.properties";
  Owner owner;
  owner.format = definition.format;
  owner.component = {"mirth.properties"};
  for (const Setting& setting : settings) {
    if (is_policy(setting.key)) continue;
    std::optional<Site> site;
    if (is_secret_name(setting.key)) {
      site = make_site(text, draft_of(index, setting));
    } else {
      site = site_of_connection(text, setting.value, setting.path);
    }
    if (!site) continue;
    site->owner = owner;
    definition.sites.push_back(std::move(*site));
  }
  definition.scopes.push_back({{0, text.size()}, owner, {}});
  return finish(std::move(definition));
}

namespace {

std::vector<Setting> read_json_map(Bytes text) {
  std::vector<Setting> settings;
  PathTracker path(Format::kJson);
  std::string key;
  (void)tokenize_json(text, [&](const Token& token) {
    path.on(token);
    // {"key": "value"} or {"key": {"value": "…", "comment": "…"}}
    if (token.kind == TokenKind::kOpen && token.depth == 1) key = token.name;
    if (token.kind != TokenKind::kValue) return true;
    const bool flat = token.depth == 1;
    if (!flat && (token.depth != 2 || token.name != "value")) return true;
    settings.push_back(
        {flat ? std::string(token.name) : key, Text(token.value), std::string(path.path())});
    return settings.size() < kSettingsMax;
  });
  return settings;
}

}  // namespace

std::optional<Definition> read_mirth_map(Bytes text, std::string_view path) {
  const std::string name = file_name(path);
  if (!is_map_name(name) || text.size() > kPropertiesBytesMax) return std::nullopt;
  const Bytes start = chars::trim(text.substr(0, 4096));
  if (start.starts_with("<")) return std::nullopt;
  const bool json = start.starts_with("{");
  const std::vector<Setting> settings = json ? read_json_map(text) : read_properties(text);
  if (settings.empty()) return std::nullopt;
  Definition definition;
  definition.format = "mirth.configuration-map";
  for (SettingSite& one : sites_of_settings(text, settings)) {
    if (one.site.form == Form::kNone) continue;
    one.site.owner.format = definition.format;
    one.site.owner.component = {"configuration map", settings[one.setting].key};
    definition.sites.push_back(std::move(one.site));
  }
  Owner owner;
  owner.format = definition.format;
  owner.component = {"configuration map"};
  definition.scopes.push_back({{0, text.size()}, std::move(owner), {}});
  return finish(std::move(definition));
}

std::optional<Definition> read_mirth_script(Bytes text, std::string_view path) {
  if (!is_script_name(file_name(path)) || text.size() > kPropertiesBytesMax) return std::nullopt;
  if (!chars::holds(text, kScriptMark)) return std::nullopt;
  Definition definition;
  definition.format = "mirth.script";
  Owner owner;
  owner.format = definition.format;
  // Tools write <channel>/<connector>/<step>.js: the folder is as near as the file comes to it.
  const std::size_t name = path.find_last_of("/\\");
  const std::string_view folder = name == std::string_view::npos ? "" : path.substr(0, name);
  const std::string_view parent = folder.substr(folder.find_last_of("/\\") + 1);
  if (!parent.empty()) owner.component.emplace_back(parent);
  owner.component.emplace_back(path.substr(name + 1));
  ScriptSet scripts(text);
  Script script;
  script.source.text = std::string(text);
  script.source.map = OffsetMap::identity(text.size());
  script.source.raw = {0, text.size()};
  scripts.add(std::move(script));
  for (ScriptSite& one : scripts.read()) {
    one.site.owner = owner;
    definition.sites.push_back(std::move(one.site));
  }
  definition.scopes.push_back({{0, text.size()}, std::move(owner), "Script"});
  return finish(std::move(definition));
}

}  // namespace nhi::definitions
