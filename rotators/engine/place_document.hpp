// place_document.hpp - the documents that places are: how values are found in them and changed, by
// the name that a plan gives to their format.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rotators/engine/place_io.hpp"
#include "scanner/base/bytes.hpp"
#include "scanner/base/result.hpp"
#include "scanner/base/secret_text.hpp"

namespace nhi {

struct DocumentValue {
  PlannedValue secret;
  std::optional<PlannedValue> account;
};

/// "properties", "xml", …; kKeyFormat for a file that is a private key; none for what nobody here
/// writes.
[[nodiscard]] std::optional<std::string> document_format(const std::string& path, Bytes document);
/// Errors: kMalformed for a format that nobody here writes, and for a document that is not of it.
[[nodiscard]] Result<std::vector<DocumentValue>> values_in(Bytes document,
                                                           const std::string& format,
                                                           const PlaceHint& hint,
                                                           const IsValue& is_value);
/// Errors: kNotFound; as values_in().
[[nodiscard]] Result<SecretText> value_in(Bytes document, const std::string& format,
                                          const PlannedValue& at);
/// With all of the place's values and accounts changed. Errors: kConflict if something else stands
/// there; kBadUse if the value cannot stand there; as values_in().
[[nodiscard]] Result<SecretText> changed_document(Bytes document, const PlannedPlace& place,
                                                  const PlaceEdit& edit);

}  // namespace nhi
