// handshake.hpp - what a rotator tells of itself in `initialize`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/protocol/capability.hpp"
#include "plugins/protocol/message.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// "1.0". Peers of one major version understand each other.
struct ProtocolVersion {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  friend auto operator<=>(const ProtocolVersion&, const ProtocolVersion&) = default;
};
inline constexpr ProtocolVersion kProtocolMin{1, 0};
inline constexpr ProtocolVersion kProtocolMax{1, 0};
[[nodiscard]] std::string to_string(const ProtocolVersion& version);
/// Errors: kMalformed.
[[nodiscard]] Result<ProtocolVersion> parse_protocol_version(std::string_view text);

/// All methods but `initialize`, in the order of the page.
[[nodiscard]] const std::vector<std::string>& rotator_methods();

enum class FieldKind : std::uint8_t { kText, kNumber, kFlag, kList };

/// One member of `target.ref` or of `config`.
struct PluginField {
  std::string name;
  FieldKind kind = FieldKind::kText;
  bool required = false;
  std::string help;
  friend bool operator==(const PluginField&, const PluginField&) = default;
};
[[nodiscard]] std::string_view to_string(FieldKind kind);

/// The first thing that is wrong with `values`: a field that is missing, of another kind, or
/// unknown. Errors: kMalformed with the field's name as subject.
[[nodiscard]] Result<void> check_fields(const Json& values, const std::vector<PluginField>& fields);

struct PluginType {
  std::string type;  // "postgresql.role"
  Capability capability;
  std::vector<PluginField> ref;
  std::vector<PluginField> config;
  std::vector<std::string> grants;  // the least rights of `auth`, for people
};

struct PluginDescription {
  ProtocolVersion protocol;
  std::string name;
  std::string version;
  std::string vendor;
  std::vector<PluginType> types;
  std::vector<std::string> methods;
  std::vector<std::string> needs;  // "net", "fs:read:/etc/ssh"

  [[nodiscard]] bool has_method(std::string_view method) const;
  [[nodiscard]] const PluginType* type(std::string_view name) const;
};

[[nodiscard]] Json to_json(const PluginDescription& description);
/// Errors: kMalformed that names what is missing or contradicts; a version outside of what we
/// speak.
[[nodiscard]] Result<PluginDescription> description_from(const Json& json);

}  // namespace nhi
