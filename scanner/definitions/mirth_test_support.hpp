// mirth_test_support.hpp - small Mirth documents written for the tests of this room.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/definitions/site.hpp"

namespace nhi::test {

// Made here so that no value that looks live stands in the tree.
inline std::string fake(int number) {
  return std::string("Qz") + "7w" + std::string("Lm") + "9" + std::to_string(1000 + number);
}

inline std::string connector(std::string_view kind, std::string_view transport,
                             std::string_view name, std::string_view properties,
                             std::string_view rest = "<enabled>true</enabled>") {
  return "<connector version=\"4.5.0\"><metaDataId>1</metaDataId><name>" + std::string(name) +
         "</name><properties class=\"com.mirth.connect.connectors." + std::string(kind) +
         "\" version=\"4.5.0\">" + std::string(properties) + "</properties><transportName>" +
         std::string(transport) + "</transportName>" + std::string(rest) + "</connector>\n";
}

inline std::string source(std::string_view kind, std::string_view transport,
                          std::string_view properties, std::string_view rest = "") {
  return "<sourceConnector version=\"4.5.0\"><metaDataId>0</metaDataId><name>sourceConnector"
         "</name><properties class=\"com.mirth.connect.connectors." +
         std::string(kind) + "\">" + std::string(properties) + "</properties>" + std::string(rest) +
         "<transportName>" + std::string(transport) +
         "</transportName><enabled>true</enabled>"
         "</sourceConnector>\n";
}

inline std::string channel(std::string_view source_part, std::string_view connectors,
                           std::string_view rest = "", std::string_view name = "ADT to PAS") {
  return "<channel version=\"4.5.0\">\n<id>11aa</id>\n<name>" + std::string(name) +
         "</name>\n<revision>3</revision>\n" + std::string(source_part) +
         "<destinationConnectors>\n" + std::string(connectors) + "</destinationConnectors>\n" +
         std::string(rest) + "</channel>\n";
}

inline std::string enabled_since_3_5(std::string_view enabled) {
  return "<exportData><metadata><enabled>" + std::string(enabled) +
         "</enabled><lastModified><time>1599610297762</time></lastModified></metadata>"
         "</exportData>\n";
}

inline Definition read(std::string_view document, std::string_view path = "x.xml") {
  auto definition = read_definition(document, path);
  return definition ? std::move(*definition) : Definition{};
}

/// Sites that hold a secret.
inline std::vector<const Site*> credentials(const Definition& definition) {
  std::vector<const Site*> out;
  for (const Site& site : definition.sites) {
    if (holds_secret(site.form)) out.push_back(&site);
  }
  return out;
}

inline std::string text_at(std::string_view document, Span span) {
  return std::string(slice(document, span));
}

}  // namespace nhi::test
