#include "rotators/engine/registration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "plugins/host/grants.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr const char* kCallShim = "call";
constexpr std::size_t kRotationFileBytesMax = std::size_t{1} << 20;

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  Result<std::vector<PluginPin>> read(const YAML::Node& root) const {
    std::vector<PluginPin> pins;
    if (root.IsNull()) return pins;
    if (!root.IsMap()) return fail(ErrorCode::kBadUse, "must be a mapping", path_);
    const YAML::Node list = root["rotators"];
    if (!list || list.IsNull()) return pins;
    if (!list.IsSequence()) return wrong(list, "'rotators' is no list");
    for (const auto& entry : list) {
      NHI_TRY(PluginPin pin, pin_of(entry));
      const bool twice = std::any_of(
          pins.begin(), pins.end(), [&](const PluginPin& other) { return other.name == pin.name; });
      if (twice) return wrong(entry, fmt::format("rotator '{}' comes twice", pin.name));
      pins.push_back(std::move(pin));
    }
    return pins;
  }

 private:
  Unexpected<Error> wrong(const YAML::Node& at, std::string what) const {
    return fail(ErrorCode::kBadUse, std::move(what),
                fmt::format("{}:{}:{}", path_, at.Mark().line + 1, at.Mark().column + 1));
  }
  Result<void> check_keys(const YAML::Node& node,
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
  Result<PinnedFile> file_of(const YAML::Node& node) const {
    PinnedFile file;
    file.path = node["program"].as<std::string>("");
    if (file.path.empty() || file.path[0] != '/') {
      return wrong(node, "'program' is no absolute path");
    }
    const auto digest = from_hex(node["sha256"].as<std::string>(""));
    if (!digest || digest->size() != file.sha256.size()) {
      return wrong(node, "'sha256' is not 64 hexadecimal digits");
    }
    std::copy(digest->begin(), digest->end(), file.sha256.begin());
    return file;
  }
  Result<std::vector<std::string>> words_of(const YAML::Node& parent, const char* key) const {
    std::vector<std::string> words;
    const YAML::Node node = parent[key];
    if (!node || node.IsNull()) return words;
    if (!node.IsSequence()) return wrong(node, fmt::format("'{}' is no list", key));
    for (const auto& item : node) words.push_back(item.as<std::string>(""));
    return words;
  }
  Result<void> read_shim(const YAML::Node& entry, PluginPin& pin) const {
    const YAML::Node shim = entry["shim"];
    if (!shim || shim.IsNull()) return {};
    if (shim.as<std::string>("") != kCallShim) return wrong(shim, "'shim' can be 'call' only");
    if (!pin.interpreter) return wrong(shim, "'shim' is for scripts: name their interpreter");
    NHI_TRY(pin.shim, own_shim());
    return {};
  }
  Result<PluginPin> pin_of(const YAML::Node& entry) const {
    NHI_CHECK_OK(check_keys(entry, {"name", "program", "sha256", "interpreter", "shim", "allow"}));
    PluginPin pin;
    pin.name = entry["name"].as<std::string>("");
    if (pin.name.empty()) return wrong(entry, "a rotator without a name");
    NHI_TRY(pin.program, file_of(entry));
    if (const YAML::Node interpreter = entry["interpreter"]; interpreter) {
      NHI_CHECK_OK(check_keys(interpreter, {"program", "sha256", "arguments"}));
      NHI_TRY(pin.interpreter, file_of(interpreter));
      NHI_TRY(pin.arguments, words_of(interpreter, "arguments"));
    }
    NHI_CHECK_OK(read_shim(entry, pin));
    NHI_TRY(const std::vector<std::string> allow, words_of(entry, "allow"));
    auto grants = parse_grants(allow);
    if (!grants) {
      return wrong(entry["allow"], grants.error().message() + "; " + grants.error().hint);
    }
    pin.grants = *std::move(grants);
    return pin;
  }

  std::string path_;
};

std::string quoted(const std::string& text) {
  YAML::Emitter out;
  out << YAML::DoubleQuoted << text;
  return out.c_str();
}

std::string list_of(const std::vector<std::string>& words) {
  std::vector<std::string> entries;
  std::transform(words.begin(), words.end(), std::back_inserter(entries), quoted);
  return fmt::format("[{}]", fmt::join(entries, ", "));
}

}  // namespace

Result<std::vector<PluginPin>> read_registrations(const std::string& path) {
  NHI_TRY(const std::string text, read_small_file(path, kRotationFileBytesMax));
  try {
    return Reader(path).read(YAML::Load(text));
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::kBadUse, "not valid YAML: " + error.msg,
                fmt::format("{}:{}:{}", path, error.mark.line + 1, error.mark.column + 1));
  }
}

std::string registration_text(const PluginPin& pin, const std::vector<std::string>& allow) {
  std::string text =
      fmt::format("rotators:\n  - name: {}\n    program: {}\n    sha256: {}\n", quoted(pin.name),
                  quoted(pin.program.path), to_hex(pin.program.sha256));
  if (pin.interpreter) {
    text += fmt::format("    interpreter: {{program: {}, sha256: {}, arguments: {}}}\n",
                        quoted(pin.interpreter->path), to_hex(pin.interpreter->sha256),
                        list_of(pin.arguments));
  }
  if (!pin.shim.empty()) text += fmt::format("    shim: {}\n", kCallShim);
  return text + fmt::format("    allow: {}\n", list_of(allow));
}

}  // namespace nhi
