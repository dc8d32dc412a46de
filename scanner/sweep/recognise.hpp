// recognise.hpp - what a file says about the folder it stands in: an engine, an application.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nhi {

enum class FoundKind : std::uint8_t { kEngineInstallation, kEngineExports, kApplication };
struct FoundPlace {
  FoundKind kind{};
  std::string path;
  std::string what;  // "Apache Tomcat"
};

/// What the file at `path` (absolute) tells by its name and, for an engine that keeps its data
/// elsewhere, by its settings. Reads at most 64 KiB; what cannot be read tells nothing.
[[nodiscard]] std::vector<FoundPlace> recognised(const std::string& path);

/// Whether the head of this file is what a reader of engine exports knows. Follows no link.
[[nodiscard]] bool is_engine_definition(const std::string& path);

/// "2026-11-25" or "run-000123": a folder that the next export will not use.
[[nodiscard]] bool looks_like_a_run(std::string_view name);

}  // namespace nhi
