#include "rotators/engine/yaml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scanner/base/file.hpp"
#include "scanner/base/time_span.hpp"

namespace nhi {
namespace {

bool is_absent(const YAML::Node& node) { return !node || node.IsNull(); }

// Words that YAML writes without quotes are numbers and flags.
nlohmann::json scalar_json(const YAML::Node& node) {
  const auto text = node.as<std::string>("");
  if (node.Tag() == "!") return text;  // quoted
  if (text == "true" || text == "false") return text == "true";
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return number;
  return text;
}

}  // namespace

Result<void> YamlReader::read(const std::function<Result<void>(const YAML::Node&)>& body) const {
  NHI_TRY(const std::string text, read_small_file(path_, kRotationFileBytesMax));
  try {
    return body(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::kBadUse, "not valid YAML: " + error.msg,
                fmt::format("{}:{}:{}", path_, error.mark.line + 1, error.mark.column + 1));
  }
}

Unexpected<Error> YamlReader::wrong(const YAML::Node& at, std::string what,
                                    std::string hint) const {
  return fail(ErrorCode::kBadUse, std::move(what),
              fmt::format("{}:{}:{}", path_, at.Mark().line + 1, at.Mark().column + 1),
              std::move(hint));
}

Result<void> YamlReader::check_keys(const YAML::Node& node,
                                    std::initializer_list<std::string_view> known) const {
  if (!node.IsMap()) return wrong(node, "must be a mapping");
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>("");
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return wrong(entry.first, fmt::format("unknown key '{}'", key));
    }
  }
  return {};
}

Result<void> YamlReader::each(const YAML::Node& parent, const char* key,
                              const std::function<Result<void>(const YAML::Node&)>& item) const {
  const YAML::Node list = parent[key];
  if (is_absent(list)) return {};
  if (!list.IsSequence()) return wrong(list, fmt::format("'{}' is no list", key));
  for (const auto& entry : list) NHI_CHECK_OK(item(entry));
  return {};
}

Result<std::string> YamlReader::text(const YAML::Node& parent, const char* key,
                                     std::string otherwise) const {
  const YAML::Node node = parent[key];
  if (is_absent(node)) return otherwise;
  if (!node.IsScalar()) return wrong(node, fmt::format("'{}' is no text", key));
  return node.as<std::string>("");
}

Result<std::vector<std::string>> YamlReader::words(const YAML::Node& parent,
                                                   const char* key) const {
  std::vector<std::string> all;
  NHI_CHECK_OK(each(parent, key, [&](const YAML::Node& item) -> Result<void> {
    if (!item.IsScalar()) return wrong(item, fmt::format("'{}' is a list of texts", key));
    all.push_back(item.as<std::string>(""));
    return {};
  }));
  return all;
}

Result<std::int64_t> YamlReader::duration(const YAML::Node& parent, const char* key,
                                          std::int64_t otherwise) const {
  NHI_TRY(const std::string written, text(parent, key));
  if (written.empty()) return otherwise;
  if (written == "0s") return 0;  // a span is longer than that; a wait need not be
  auto span = parse_span(written);
  if (!span) return wrong(parent[key], span.error().what, span.error().hint);
  return *span;
}

Result<std::vector<Environment>> YamlReader::environments(const YAML::Node& parent) const {
  NHI_TRY(const std::vector<std::string> names, words(parent, "environments"));
  std::vector<Environment> all;
  for (const std::string& name : names) {
    const auto environment = parse_environment(name);
    if (!environment) {
      return wrong(parent["environments"], fmt::format("'{}' is no environment", name));
    }
    all.push_back(*environment);
  }
  return all;
}

Result<std::int64_t> YamlReader::number(const YAML::Node& parent, const char* key,
                                        std::int64_t otherwise, std::int64_t least,
                                        std::int64_t most) const {
  NHI_TRY(const std::string written, text(parent, key));
  if (written.empty()) return otherwise;
  std::int64_t number = 0;
  const char* const end = written.data() + written.size();
  const auto [after, error] = std::from_chars(written.data(), end, number);
  if (error != std::errc() || after != end || number < least || number > most) {
    return wrong(parent[key], fmt::format("'{}' is a number from {} to {}", key, least, most));
  }
  return number;
}

Result<Instant> YamlReader::instant(const YAML::Node& parent, const char* key) const {
  NHI_TRY(const std::string written, text(parent, key));
  auto instant = parse_instant(written);
  if (instant) return instant;
  const YAML::Node at = parent[key];
  return wrong(at ? at : parent, fmt::format("'{}' is no date", key),
               "such as 2026-12-19 or 2026-12-19T18:00:00Z");
}

Result<nlohmann::json> YamlReader::values(const YAML::Node& parent, const char* key) const {
  nlohmann::json made = nlohmann::json::object();
  const YAML::Node node = parent[key];
  if (is_absent(node)) return made;
  if (!node.IsMap()) return wrong(node, fmt::format("'{}' must be a mapping", key));
  for (const auto& entry : node) {
    const auto name = entry.first.as<std::string>("");
    if (entry.second.IsScalar()) {
      made[name] = scalar_json(entry.second);
    } else {
      NHI_TRY(made[name], words(node, name.c_str()));
    }
  }
  return made;
}

}  // namespace nhi
