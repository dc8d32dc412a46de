#include "rotators/engine/registration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "plugins/host/grants.hpp"
#include "rotators/engine/yaml_reader.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr const char* kCallShim = "call";

class Reader {
 public:
  explicit Reader(const std::string& path) : yaml_(path) {}

  Result<std::vector<PluginPin>> read() const {
    std::vector<PluginPin> pins;
    const auto whole = [&](const YAML::Node& root) -> Result<void> {
      if (root.IsNull()) return {};
      if (!root.IsMap()) return yaml_.wrong(root, "must be a mapping");
      return yaml_.each(root, "rotators", [&](const YAML::Node& entry) -> Result<void> {
        NHI_TRY(PluginPin pin, pin_of(entry));
        const bool twice = std::any_of(pins.begin(), pins.end(), [&](const PluginPin& other) {
          return other.name == pin.name;
        });
        if (twice) return yaml_.wrong(entry, fmt::format("rotator '{}' comes twice", pin.name));
        pins.push_back(std::move(pin));
        return {};
      });
    };
    NHI_CHECK_OK(yaml_.read(whole));
    return pins;
  }

 private:
  Result<PinnedFile> file_of(const YAML::Node& node) const {
    PinnedFile file;
    NHI_TRY(file.path, yaml_.text(node, "program"));
    if (file.path.empty() || file.path[0] != '/') {
      return yaml_.wrong(node, "'program' is no absolute path");
    }
    NHI_TRY(const std::string hash, yaml_.text(node, "sha256"));
    const auto digest = from_hex(hash);
    if (!digest || digest->size() != file.sha256.size()) {
      return yaml_.wrong(node, "'sha256' is not 64 hexadecimal digits");
    }
    std::copy(digest->begin(), digest->end(), file.sha256.begin());
    return file;
  }
  Result<void> read_shim(const YAML::Node& entry, PluginPin& pin) const {
    NHI_TRY(const std::string shim, yaml_.text(entry, "shim"));
    if (shim.empty()) return {};
    if (shim != kCallShim) return yaml_.wrong(entry["shim"], "'shim' can be 'call' only");
    if (!pin.interpreter) {
      return yaml_.wrong(entry["shim"], "'shim' is for scripts: name their interpreter");
    }
    NHI_TRY(pin.shim, own_shim());
    return {};
  }
  Result<PluginPin> pin_of(const YAML::Node& entry) const {
    NHI_CHECK_OK(
        yaml_.check_keys(entry, {"name", "program", "sha256", "interpreter", "shim", "allow"}));
    PluginPin pin;
    NHI_TRY(pin.name, yaml_.text(entry, "name"));
    if (pin.name.empty()) return yaml_.wrong(entry, "a rotator without a name");
    NHI_TRY(pin.program, file_of(entry));
    if (const YAML::Node interpreter = entry["interpreter"]; interpreter) {
      NHI_CHECK_OK(yaml_.check_keys(interpreter, {"program", "sha256", "arguments"}));
      NHI_TRY(pin.interpreter, file_of(interpreter));
      NHI_TRY(pin.arguments, yaml_.words(interpreter, "arguments"));
    }
    NHI_CHECK_OK(read_shim(entry, pin));
    NHI_TRY(const std::vector<std::string> allow, yaml_.words(entry, "allow"));
    auto grants = parse_grants(allow);
    if (!grants) {
      return yaml_.wrong(entry["allow"], grants.error().message() + "; " + grants.error().hint);
    }
    pin.grants = *std::move(grants);
    return pin;
  }

  YamlReader yaml_;
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
  return Reader(path).read();
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
