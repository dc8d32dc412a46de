#include "plugins/protocol/handshake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "plugins/protocol/words.hpp"

namespace nhi {
namespace {

constexpr Words<4> kFieldKinds = {"text", "number", "flag", "list"};
constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kListEntriesMax = 256;

Unexpected<Error> malformed(std::string what) {
  return fail(ErrorCode::kMalformed, std::move(what));
}

// Names go into file names, configuration and reports.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax && text.front() != '-' &&
         text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

Result<std::vector<std::string>> texts_of(const Json& json, std::string_view name) {
  const Json& list = member(json, name);
  std::vector<std::string> texts;
  if (list.is_null()) return texts;
  if (!list.is_array() || list.size() > kListEntriesMax) {
    return malformed(fmt::format("'{}' is no list of at most {}", name, kListEntriesMax));
  }
  for (const Json& entry : list) {
    if (!entry.is_string())
      return malformed(fmt::format("'{}' has an entry that is no text", name));
    texts.push_back(entry.get<std::string>());
  }
  return texts;
}

Result<std::vector<PluginField>> fields_of(const Json& json, std::string_view name) {
  const Json& list = member(json, name);
  std::vector<PluginField> fields;
  if (list.is_null()) return fields;
  if (!list.is_array() || list.size() > kListEntriesMax) {
    return malformed(fmt::format("'{}' is no list of at most {}", name, kListEntriesMax));
  }
  std::set<std::string> seen;
  for (const Json& entry : list) {
    const auto kind = value_of<FieldKind>(text_in(entry, "kind"), kFieldKinds);
    PluginField field{text_in(entry, "name"), kind.value_or(FieldKind::kText),
                      flag_in(entry, "required"), text_in(entry, "help")};
    if (!is_name(field.name))
      return malformed(fmt::format("'{}' has a field without a name", name));
    if (!kind) return malformed(fmt::format("field '{}' of '{}' has no kind", field.name, name));
    if (!seen.insert(field.name).second) {
      return malformed(fmt::format("field '{}' of '{}' comes twice", field.name, name));
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

Result<PluginType> type_of(const Json& json) {
  PluginType type;
  type.type = text_in(json, "type");
  if (!is_name(type.type)) return malformed("a type without a name");
  auto capability = capability_from(member(json, "capability"));
  if (!capability) return malformed(type.type + ": " + capability.error().what);
  type.capability = *std::move(capability);
  NHI_TRY(type.ref, fields_of(json, "ref"));
  NHI_TRY(type.config, fields_of(json, "config"));
  NHI_TRY(type.grants, texts_of(json, "grants"));
  if (type.ref.empty()) return malformed(type.type + ": no field of 'ref' names a target");
  return type;
}

// What a capability promises needs a method that does it.
Result<void> check_methods(const PluginDescription& it) {
  const auto need = [&](const PluginType& type, std::string_view method) -> Result<void> {
    if (it.has_method(method)) return {};
    return malformed(fmt::format("{}: its capability needs the method '{}'", type.type, method));
  };
  for (const PluginType& type : it.types) {
    const Capability& can = type.capability;
    NHI_CHECK_OK(need(type, "inspect"));
    NHI_CHECK_OK(need(type, "revoke"));
    if (can.automation == Automation::kFull) NHI_CHECK_OK(need(type, "create"));
    if (can.dead_probe != DeadProbe::kNone) NHI_CHECK_OK(need(type, "probe"));
    if (can.suspend) {
      NHI_CHECK_OK(need(type, "suspend"));
      NHI_CHECK_OK(need(type, "resume"));
    }
    if (can.listable) NHI_CHECK_OK(need(type, "list"));
  }
  return {};
}

bool is_of_kind(const Json& value, FieldKind kind) {
  switch (kind) {
    case FieldKind::kText:
      return value.is_string();
    case FieldKind::kNumber:
      return value.is_number_integer();
    case FieldKind::kFlag:
      return value.is_boolean();
    case FieldKind::kList:
      return value.is_array() && std::all_of(value.begin(), value.end(),
                                             [](const Json& entry) { return entry.is_string(); });
  }
  return false;
}

Json to_json(const std::vector<PluginField>& fields) {
  Json list = Json::array();
  for (const PluginField& field : fields) {
    list.push_back({{"name", field.name},
                    {"kind", to_string(field.kind)},
                    {"required", field.required},
                    {"help", field.help}});
  }
  return list;
}

}  // namespace

std::string to_string(const ProtocolVersion& version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

Result<ProtocolVersion> parse_protocol_version(std::string_view text) {
  ProtocolVersion version;
  const char* const end = text.data() + text.size();
  const auto [dot, major_error] = std::from_chars(text.data(), end, version.major);
  if (major_error == std::errc{} && dot != end && *dot == '.') {
    const auto [last, minor_error] = std::from_chars(dot + 1, end, version.minor);
    if (minor_error == std::errc{} && last == end) return version;
  }
  return malformed("a version of the protocol that is not like 1.0");
}

const std::vector<std::string>& rotator_methods() {
  static const std::vector<std::string> kMethods = {"inspect",      "create", "probe",
                                                    "suspend",      "resume", "revoke",
                                                    "end_sessions", "list",   "reconcile"};
  return kMethods;
}

std::string_view to_string(FieldKind kind) {
  return kFieldKinds.at(static_cast<std::size_t>(kind));
}

Result<void> check_fields(const Json& values, const std::vector<PluginField>& fields) {
  if (!values.is_object()) return malformed("not an object of fields");
  for (const PluginField& field : fields) {
    const Json& value = member(values, field.name);
    if (value.is_null()) {
      if (field.required) return fail(ErrorCode::kMalformed, "field is missing", field.name);
    } else if (!is_of_kind(value, field.kind)) {
      return fail(ErrorCode::kMalformed, fmt::format("field is no {}", to_string(field.kind)),
                  field.name);
    }
  }
  for (const auto& entry : values.items()) {
    const bool known = std::any_of(fields.begin(), fields.end(), [&](const PluginField& field) {
      return field.name == entry.key();
    });
    if (!known) return fail(ErrorCode::kMalformed, "field is unknown", entry.key());
  }
  return {};
}

bool PluginDescription::has_method(std::string_view method) const {
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

const PluginType* PluginDescription::type(std::string_view wanted) const {
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const PluginType& type) { return type.type == wanted; });
  return found == types.end() ? nullptr : &*found;
}

Json to_json(const PluginDescription& it) {
  Json types = Json::array();
  for (const PluginType& type : it.types) {
    types.push_back({{"type", type.type},
                     {"capability", to_json(type.capability)},
                     {"ref", to_json(type.ref)},
                     {"config", to_json(type.config)},
                     {"grants", type.grants}});
  }
  return {{"protocol", to_string(it.protocol)},
          {"plugin", {{"name", it.name}, {"version", it.version}, {"vendor", it.vendor}}},
          {"types", std::move(types)},
          {"methods", it.methods},
          {"needs", it.needs}};
}

Result<PluginDescription> description_from(const Json& json) {
  PluginDescription it;
  NHI_TRY(it.protocol, parse_protocol_version(text_in(json, "protocol")));
  if (it.protocol < kProtocolMin || it.protocol > kProtocolMax) {
    return malformed(fmt::format("it speaks version {} of the protocol, we {} to {}",
                                 to_string(it.protocol), to_string(kProtocolMin),
                                 to_string(kProtocolMax)));
  }
  const Json& plugin = member(json, "plugin");
  it.name = text_in(plugin, "name");
  it.version = text_in(plugin, "version");
  it.vendor = text_in(plugin, "vendor");
  if (!is_name(it.name) || !is_name(it.version)) return malformed("no name or no version");
  NHI_TRY(it.methods, texts_of(json, "methods"));
  NHI_TRY(it.needs, texts_of(json, "needs"));
  for (const std::string& method : it.methods) {
    const auto& known = rotator_methods();
    if (std::find(known.begin(), known.end(), method) == known.end()) {
      return malformed("'methods' names one that the protocol does not have");
    }
  }
  const Json& types = member(json, "types");
  if (!types.is_array() || types.empty() || types.size() > kListEntriesMax) {
    return malformed("'types' is no list, or empty");
  }
  for (const Json& entry : types) {
    NHI_TRY(PluginType type, type_of(entry));
    if (it.type(type.type) != nullptr) return malformed(type.type + " comes twice");
    it.types.push_back(std::move(type));
  }
  NHI_CHECK_OK(check_methods(it));
  return it;
}

}  // namespace nhi
