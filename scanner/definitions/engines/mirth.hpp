// mirth.hpp - the readers of Mirth Connect, NextGen Connect, Open Integration Engine, BridgeLink.
//
// All share one serialised model (XStream XML); 1.x and 2.x write the same things as
// `<property name="…">`. Source: reference/interface-engines.md section 2.
#pragma once

#include <optional>
#include <string_view>

#include "scanner/definitions/site.hpp"

namespace nhi::definitions {

/// Channels, groups, libraries, server backups, alerts, global scripts, configuration maps.
[[nodiscard]] std::optional<Definition> read_mirth_xml(Bytes text, std::string_view path);
/// Whether a text that begins so is one of those.
[[nodiscard]] bool is_mirth_xml(Bytes head);
/// conf/mirth.properties, by its keys.
[[nodiscard]] std::optional<Definition> read_mirth_properties(Bytes text, std::string_view path);
/// A configuration map as text or JSON, known by its name only.
[[nodiscard]] std::optional<Definition> read_mirth_map(Bytes text, std::string_view path);
/// A script that a tool pulled out of its channel.
[[nodiscard]] std::optional<Definition> read_mirth_script(Bytes text, std::string_view path);
/// Whether one of the first two goes by the name; or any of these three.
[[nodiscard]] bool is_mirth_settings_name(std::string_view path);
[[nodiscard]] bool is_mirth_text_name(std::string_view path);

}  // namespace nhi::definitions
