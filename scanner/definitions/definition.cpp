// The readers of this room, tried in order: each decides by content whether the text is its own.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/definitions/engines/mirth.hpp"
#include "scanner/definitions/site.hpp"

namespace nhi {
namespace {

struct Reader {
  std::string_view name;
  std::optional<Definition> (*read)(Bytes text, std::string_view path);
};
constexpr std::array<Reader, 4> kReaders = {{
    {"mirth.xml", definitions::read_mirth_xml},
    {"mirth.properties", definitions::read_mirth_properties},
    {"mirth.configuration-map", definitions::read_mirth_map},
    {"mirth.script", definitions::read_mirth_script},
}};

// What the readers put into Owner::format; read_definition() holds them to it.
constexpr auto kFormats = std::to_array<std::string_view>(
    {"mirth.alert", "mirth.channel", "mirth.channel-group", "mirth.code-template",
     "mirth.code-template-library", "mirth.configuration-map", "mirth.global-scripts", "mirth.list",
     "mirth.partial", "mirth.properties", "mirth.script", "mirth.server-configuration"});

bool is_known_format(std::string_view format) {
  return std::find(kFormats.begin(), kFormats.end(), format) != kFormats.end();
}

// Ascending, and one site a place: a constant read by two ways is one credential.
void put_in_order(Definition& definition) {
  std::stable_sort(definition.sites.begin(), definition.sites.end(),
                   [](const Site& a, const Site& b) { return a.secret_span < b.secret_span; });
  const auto same = [](const Site& a, const Site& b) {
    return a.secret_span == b.secret_span && !a.secret_span.empty();
  };
  definition.sites.erase(std::unique(definition.sites.begin(), definition.sites.end(), same),
                         definition.sites.end());
  std::stable_sort(definition.scopes.begin(), definition.scopes.end(),
                   [](const Scope& a, const Scope& b) {
                     if (a.span.start != b.span.start) return a.span.start < b.span.start;
                     return a.span.end > b.span.end;
                   });
}

}  // namespace

std::optional<Definition> read_definition(Bytes text, std::string_view path) {
  if (text.empty() || text.size() > kDefinitionBytesMax) return std::nullopt;
  for (const Reader& reader : kReaders) {
    if (auto definition = reader.read(text, path)) {
      put_in_order(*definition);
      // A format that the list lacks would make its findings look gone the next night.
      for (const Site& site : definition->sites) NHI_ASSERT(is_known_format(site.owner.format));
      return definition;
    }
  }
  return std::nullopt;
}

bool is_settings_definition_name(std::string_view path) {
  return definitions::is_mirth_settings_name(path);
}
bool is_definition_name(std::string_view path) { return definitions::is_mirth_text_name(path); }

bool begins_definition(Bytes head) { return definitions::is_mirth_xml(head); }

std::vector<std::string_view> format_names() { return {kFormats.begin(), kFormats.end()}; }

std::vector<std::string_view> reader_names() {
  std::vector<std::string_view> names(std::size(kReaders));
  std::transform(std::begin(kReaders), std::end(kReaders), names.begin(),
                 [](const Reader& reader) { return reader.name; });
  return names;
}

}  // namespace nhi
