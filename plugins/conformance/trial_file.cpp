#include "plugins/conformance/trial_file.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/host/command.hpp"
#include "plugins/protocol/limits.hpp"
#include "scanner/base/file.hpp"
#include "scanner/base/own_file.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

constexpr std::size_t kTrialBytesMax = std::size_t{1} << 20;
constexpr std::chrono::seconds kCommandTimeout{60};
constexpr std::size_t kShownErrorBytes = 500;
constexpr std::string_view kKeys[] = {"type",   "ref",   "config", "auth",  "endpoint",
                                      "reset",  "dump",  "stop",   "start", "lock",
                                      "forbid", "allow", "logs"};

using Words = std::vector<std::string>;

class Reader {
 public:
  Reader(std::string path, const YAML::Node& root)
      : path_(std::move(path)), folder_(std::filesystem::path(path_).parent_path()), root_(root) {}

  Result<Trial> read() {
    if (!root_.IsMap()) return fail(ErrorCode::kBadUse, "a trial is a mapping", path_);
    for (const auto& entry : root_) {
      const auto key = entry.first.as<std::string>("");
      if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys)) {
        return wrong(entry.first, "unknown key '" + key + "'");
      }
    }
    Trial trial;
    trial.type = root_["type"].as<std::string>("");
    if (trial.type.empty()) return wrong(root_, "'type' is missing");
    NHI_TRY(trial.ref, json_of(root_["ref"]));
    NHI_TRY(trial.config, json_of(root_["config"]));
    NHI_TRY(trial.auth, auth());
    trial.host_field = text_under("endpoint", "host");
    trial.port_field = text_under("endpoint", "port");
    for (const auto& log : root_["logs"]) trial.logs.push_back(file(log.as<std::string>("")));
    NHI_CHECK_OK(commands(trial));
    return trial;
  }

 private:
  Unexpected<Error> wrong(const YAML::Node& at, const std::string& what) const {
    return fail(ErrorCode::kBadUse, what,
                fmt::format("{}:{}:{}", path_, at.Mark().line + 1, at.Mark().column + 1));
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return std::filesystem::path(name).is_absolute() ? name : (folder_ / name).string();
  }
  std::string text_under(const char* key, const char* name) const {
    const YAML::Node node = root_[key];
    return node && node.IsMap() ? node[name].as<std::string>("") : std::string();
  }

  // Quoted scalars are texts; the others numbers and flags where they look like them.
  static Json scalar_of(const YAML::Node& node) {
    std::int64_t number = 0;
    bool flag = false;
    if (node.Tag() != "!" && YAML::convert<std::int64_t>::decode(node, number)) return number;
    if (node.Tag() != "!" && YAML::convert<bool>::decode(node, flag)) return flag;
    return node.Scalar();
  }
  Result<Json> json_of(const YAML::Node& node) const {
    Json json = Json::object();
    if (!node || node.IsNull()) return json;
    if (!node.IsMap()) return wrong(node, "must be a mapping");
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>("");
      if (entry.second.IsScalar()) {
        json[key] = scalar_of(entry.second);
      } else if (entry.second.IsSequence()) {
        json[key] = Json::array();
        for (const auto& item : entry.second) json[key].push_back(item.as<std::string>(""));
      } else {
        return wrong(entry.second, "must be a scalar or a list");
      }
    }
    return json;
  }
  Result<SecretText> auth() const {
    const YAML::Node node = root_["auth"];
    if (!node || node.IsNull()) return SecretText();
    const std::string name = text_under("auth", "file");
    if (name.empty()) return wrong(node, "'auth' names a file: {file: PATH}");
    NHI_TRY(std::string text, read_key_file(file(name), "authority", kSecretBytesMax));
    if (!text.empty() && text.back() == '\n') text.pop_back();
    SecretText value{std::string_view(text)};
    wipe(text);
    return value;
  }

  Result<Words> command(const char* key) const {
    const YAML::Node node = root_[key];
    Words words;
    if (!node || node.IsNull()) return words;
    if (!node.IsSequence() || node.size() == 0) {
      return wrong(node, fmt::format("'{}' is a list: a program and its arguments", key));
    }
    for (const auto& item : node) words.push_back(item.as<std::string>(""));
    words[0] = file(words[0]);
    return words;
  }
  static Result<std::string> run(const Words& words, const SecretText& input) {
    NHI_TRY(const CommandResult ran, run_command(words, input, kCommandTimeout));
    if (ran.status == 0) return ran.output;
    return fail(ErrorCode::kIo,
                fmt::format("a command of the trial ended with {}: {}", ran.status,
                            shown(std::string_view(ran.errors).substr(0, kShownErrorBytes))),
                words[0]);
  }
  Result<void> commands(Trial& trial) const {
    NHI_TRY(const Words reset, command("reset"));
    NHI_TRY(const Words dump, command("dump"));
    if (reset.empty() || dump.empty()) return wrong(root_, "'reset' and 'dump' are required");
    trial.reset = [reset](const SecretText& value) -> Result<void> {
      NHI_TRY(const std::string ignored, run(reset, value));
      static_cast<void>(ignored);
      return {};
    };
    trial.dump = [dump] { return run(dump, SecretText()); };
    const std::pair<const char*, TrialAct*> acts[] = {{"stop", &trial.stop},
                                                      {"start", &trial.start},
                                                      {"lock", &trial.lock},
                                                      {"forbid", &trial.forbid},
                                                      {"allow", &trial.allow}};
    for (const auto& [key, act] : acts) {
      NHI_TRY(const Words words, command(key));
      if (words.empty()) continue;
      *act = [words = words]() -> Result<void> {
        NHI_TRY(const std::string ignored, run(words, SecretText()));
        static_cast<void>(ignored);
        return {};
      };
    }
    return {};
  }

  std::string path_;
  std::filesystem::path folder_;
  YAML::Node root_;
};

}  // namespace

Result<Trial> read_trial(const std::string& path) {
  NHI_TRY(const std::string text, read_small_file(path, kTrialBytesMax));
  try {
    return Reader(path, YAML::Load(text)).read();
  } catch (const YAML::Exception& error) {
    return fail(ErrorCode::kBadUse, "not valid YAML: " + error.msg,
                fmt::format("{}:{}:{}", path, error.mark.line + 1, error.mark.column + 1));
  }
}

}  // namespace nhi
