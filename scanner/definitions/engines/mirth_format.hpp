// mirth_format.hpp - what kind of Mirth export a document is; used by mirth_xml.cpp only.
#pragma once

#include <string>
#include <string_view>

#include "scanner/base/bytes.hpp"

namespace nhi::definitions {

/// "mirth.channel", "mirth.server-configuration", …; empty if it is none. Looks at the root, its
/// children and grandchildren among the first few hundred tokens.
[[nodiscard]] std::string_view mirth_format(Bytes text);

/// "com.mirth.connect.plugins.javascriptstep.JavaScriptStep" and "channel" alike: the last part,
/// first letter small.
[[nodiscard]] std::string mirth_name(std::string_view element);

/// Deploy, Undeploy, Preprocessor, Postprocessor, Shutdown.
[[nodiscard]] bool is_global_script(std::string_view key);

}  // namespace nhi::definitions
