// mirth_connector.hpp - one connector's fields become its sites; used by mirth_xml.cpp only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/definitions/draft.hpp"

namespace nhi::definitions {

/// One value below `properties`.
struct ConnectorField {
  std::string name;  // path below `properties`: "username", "schemeProperties/keyFile"
  std::string key;   // of a map entry ("Authorization"), else empty
  Text key_text;     // the key with its place
  Text value;
  std::string path;  // element path in the document
};

struct ConnectorFacts {
  std::string class_name;  // "DatabaseReceiverProperties", or made from the transport name
  std::string transport;
  std::vector<ConnectorField> fields;
};

/// Sites without owner. A connector that is switched off is marked by the caller.
[[nodiscard]] std::vector<Site> sites_of_connector(Bytes document, const ConnectorFacts& facts);

}  // namespace nhi::definitions
