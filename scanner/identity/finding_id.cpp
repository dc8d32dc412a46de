#include "scanner/identity/finding_id.hpp"

#include <map>

#include "scanner/base/hash.hpp"
#include "scanner/identity/value.hpp"

namespace nhi {
namespace {

// What a finding is one of, wherever it stands.
void add_value(const Finding& finding, const std::string& fingerprint, FieldBytes& fields) {
  if (finding.indicator) {
    fields.add(finding.indicator->kind).add(finding.indicator->text);
  } else if (!fingerprint.empty()) {
    fields.add(fingerprint);
  } else {
    // A place without a value: what it is a place for.
    fields.add("site").add(finding.rule).add(finding.identity);
    for (const std::string& part :
         finding.site ? finding.site->component : std::vector<std::string>{}) {
      fields.add(part);
    }
  }
}

// What tells a finding from all others of its root but its equals.
FieldBytes id_fields(const Finding& finding, std::string_view id_root,
                     const std::string& fingerprint) {
  FieldBytes fields;
  fields.add(id_root).add(finding.place.path.value_or("")).add(finding.place.member);
  add_value(finding, fingerprint, fields);
  return fields;
}

std::string id_of(FieldBytes fields, std::uint64_t ordinal, const FingerprintKey& key) {
  fields.add(std::to_string(ordinal));
  return keyed_id(key, "f_", fields.bytes());
}

}  // namespace

std::string finding_id(const Finding& finding, const FingerprintKey& key,
                       std::string_view id_root) {
  return id_of(id_fields(finding, id_root, finding.fingerprint), finding.ordinal, key);
}

std::string value_key(const Finding& finding) {
  FieldBytes fields;
  add_value(finding, finding.fingerprint, fields);
  return std::string(fields.bytes());
}

std::string former_finding_id(const Finding& finding, const FingerprintKey& former,
                              std::string_view id_root) {
  return id_of(id_fields(finding, id_root, finding.former.fingerprint), finding.ordinal, former);
}

void seal(std::vector<Finding>& findings, const FingerprintKey& key, std::string_view id_root) {
  std::map<std::string, std::uint64_t> seen;
  for (Finding& finding : findings) {
    FieldBytes fields = id_fields(finding, id_root, finding.fingerprint);
    finding.ordinal = seen[fields.bytes()]++;
    finding.id = id_of(std::move(fields), finding.ordinal, key);
    if (!key.former) continue;
    // Values that are equal under one key are equal under the other: so are the ordinals.
    finding.former.id = former_finding_id(finding, *key.former, id_root);
  }
}

}  // namespace nhi
