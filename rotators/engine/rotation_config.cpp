#include "rotators/engine/rotation_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "rotators/engine/yaml_reader.hpp"
#include "scanner/base/glob.hpp"
#include "scanner/base/own_file.hpp"

namespace nhi {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::int64_t kDaySeconds = 86400;
constexpr std::size_t kValueBytesMax = 65536;

bool any_matches(const std::vector<std::string>& globs, const std::string& text) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return glob_match(glob, text); });
}

// Keys of identities have slashes that mean nothing to a glob: `*` is to reach over them.
bool identity_matches(const std::string& glob, std::string identity) {
  const auto flat = [](std::string text) {
    std::replace(text.begin(), text.end(), '/', '\x1f');
    return text;
  };
  return glob_match(flat(glob), flat(std::move(identity)));
}

class Reader {
 public:
  explicit Reader(const std::string& path) : yaml_(path) { config_.path = path; }

  Result<RotationConfig> read() {
    const auto whole = [&](const YAML::Node& root) -> Result<void> {
      if (root.IsNull()) return {};
      NHI_CHECK_OK(yaml_.check_keys(root, {"rotators", "providers", "sinks", "windows", "freezes",
                                           "times", "policy", "approvers"}));
      NHI_CHECK_OK(each(root, "providers", &Reader::provider));
      NHI_CHECK_OK(each(root, "sinks", &Reader::sink));
      NHI_CHECK_OK(each(root, "windows", &Reader::window));
      NHI_CHECK_OK(each(root, "freezes", &Reader::freeze));
      if (const YAML::Node times = root["times"]; times && !times.IsNull()) {
        NHI_CHECK_OK(read_times(times));
      }
      if (const YAML::Node policy = root["policy"]; policy && !policy.IsNull()) {
        NHI_CHECK_OK(read_policy(policy));
      }
      NHI_TRY(config_.approvers, yaml_.text(root, "approvers"));
      if (!config_.approvers.empty()) {
        const auto folder = std::filesystem::path(config_.path).parent_path();
        config_.approvers = (folder / config_.approvers).lexically_normal().string();
      }
      return {};
    };
    NHI_CHECK_OK(yaml_.read(whole));
    return std::move(config_);
  }

 private:
  Result<void> each(const YAML::Node& root, const char* key,
                    Result<void> (Reader::*member)(const YAML::Node&)) {
    return yaml_.each(root, key, [&](const YAML::Node& entry) { return (this->*member)(entry); });
  }
  Result<SecretReference> reference_of(const YAML::Node& parent) const {
    SecretReference reference;
    const YAML::Node node = parent["auth"];
    if (!node || node.IsNull()) return reference;
    NHI_CHECK_OK(yaml_.check_keys(node, {"file", "credential"}));
    NHI_TRY(reference.file, yaml_.text(node, "file"));
    NHI_TRY(reference.credential, yaml_.text(node, "credential"));
    if (reference.file.empty() == reference.credential.empty()) {
      return yaml_.wrong(node, "'auth' names a file or a credential");
    }
    const bool absolute = reference.file.empty() || reference.file[0] == '/';
    const bool plain = reference.credential.find('/') == std::string::npos;
    if (!absolute) return yaml_.wrong(node, "'file' is no absolute path");
    if (!plain) return yaml_.wrong(node, "'credential' is a name, not a path");
    return reference;
  }
  Result<void> provider(const YAML::Node& entry) {
    NHI_CHECK_OK(yaml_.check_keys(entry, {"name", "rotator", "type", "identities", "ref", "account",
                                          "config", "auth", "twins", "clients"}));
    Provider made;
    NHI_TRY(made.name, yaml_.text(entry, "name"));
    NHI_TRY(made.rotator, yaml_.text(entry, "rotator"));
    NHI_TRY(made.type, yaml_.text(entry, "type"));
    NHI_TRY(made.identities, yaml_.words(entry, "identities"));
    NHI_TRY(made.ref, yaml_.values(entry, "ref"));
    NHI_TRY(made.account_field, yaml_.text(entry, "account"));
    NHI_TRY(made.config, yaml_.values(entry, "config"));
    NHI_TRY(made.auth, reference_of(entry));
    NHI_TRY(made.clients, yaml_.words(entry, "clients"));
    for (const auto& [what, is_empty] :
         {std::pair("name", made.name.empty()), std::pair("rotator", made.rotator.empty()),
          std::pair("type", made.type.empty()), std::pair("identities", made.identities.empty())}) {
      if (is_empty) return yaml_.wrong(entry, fmt::format("a provider without '{}'", what));
    }
    const auto take_twins = [&](const YAML::Node& twins) -> Result<void> {
      std::vector<std::string> accounts;
      for (const auto& account : twins) accounts.push_back(account.as<std::string>(""));
      if (accounts.size() != 2 || accounts[0].empty() || accounts[0] == accounts[1]) {
        return yaml_.wrong(twins, "twins are two accounts, such as [app_a, app_b]");
      }
      made.twins.push_back(std::move(accounts));
      return {};
    };
    NHI_CHECK_OK(yaml_.each(entry, "twins", take_twins));
    if (provider_named(config_, made.name) != nullptr) {
      return yaml_.wrong(entry, fmt::format("provider '{}' comes twice", made.name));
    }
    config_.providers.push_back(std::move(made));
    return {};
  }
  Result<std::vector<std::string>> program_of(const YAML::Node& entry, const char* key) const {
    NHI_TRY(std::vector<std::string> words, yaml_.words(entry, key));
    if (!words.empty() && (words[0].empty() || words[0][0] != '/')) {
      return yaml_.wrong(entry[key], fmt::format("'{}' begins with no absolute path", key));
    }
    return words;
  }
  Result<void> sink(const YAML::Node& entry) {
    NHI_CHECK_OK(yaml_.check_keys(entry, {"paths", "as", "ref", "reload", "probe"}));
    SinkRule made;
    NHI_TRY(made.paths, yaml_.words(entry, "paths"));
    NHI_TRY(const std::string kind, yaml_.text(entry, "as"));
    NHI_TRY(made.ref, yaml_.text(entry, "ref"));
    NHI_TRY(made.reload, program_of(entry, "reload"));
    NHI_TRY(made.probe, program_of(entry, "probe"));
    if (made.paths.empty()) return yaml_.wrong(entry, "a sink without 'paths'");
    constexpr std::array<std::string_view, 4> kKinds = {"", "file", "git", "guided"};
    const auto* const found = std::find(kKinds.begin(), kKinds.end(), kind);
    if (found == kKinds.end()) return yaml_.wrong(entry["as"], "'as' is file, git or guided");
    made.kind = static_cast<SinkKind>(found - kKinds.begin());
    config_.sinks.push_back(std::move(made));
    return {};
  }
  Result<int> minute_of(const YAML::Node& entry, const char* key, int otherwise) const {
    NHI_TRY(const std::string text, yaml_.text(entry, key));
    if (text.empty()) return otherwise;
    int hour = -1;
    int minute = -1;
    char rest = 0;
    const bool read = std::sscanf(text.c_str(), "%2d:%2d%c", &hour, &minute, &rest) == 2;
    const bool valid = hour >= 0 && minute >= 0 && minute < 60 && hour * 60 + minute <= 24 * 60;
    if (read && valid) return hour * 60 + minute;
    return yaml_.wrong(entry[key], fmt::format("'{}' is no time of the day", key),
                       "in quotes, such as \"22:00\", UTC");
  }
  Result<void> window(const YAML::Node& entry) {
    NHI_CHECK_OK(yaml_.check_keys(entry, {"systems", "environments", "days", "from", "to"}));
    Window made;
    NHI_TRY(made.systems, yaml_.words(entry, "systems"));
    NHI_TRY(made.environments, yaml_.environments(entry));
    NHI_TRY(const std::vector<std::string> days, yaml_.words(entry, "days"));
    if (days.empty()) made.days.fill(true);
    for (const std::string& day : days) {
      const auto* const found = std::find(kDays.begin(), kDays.end(), day);
      if (found == kDays.end()) {
        return yaml_.wrong(entry["days"], fmt::format("'{}' is no day", day), "mon, tue, … sun");
      }
      made.days.at(static_cast<std::size_t>(found - kDays.begin())) = true;
    }
    NHI_TRY(made.from, minute_of(entry, "from", 0));
    NHI_TRY(made.to, minute_of(entry, "to", 24 * 60));
    config_.windows.push_back(std::move(made));
    return {};
  }
  Result<void> freeze(const YAML::Node& entry) {
    NHI_CHECK_OK(yaml_.check_keys(entry, {"from", "to", "systems", "reason"}));
    Freeze made;
    NHI_TRY(made.from, yaml_.instant(entry, "from"));
    NHI_TRY(made.to, yaml_.instant(entry, "to"));
    NHI_TRY(made.systems, yaml_.words(entry, "systems"));
    NHI_TRY(made.reason, yaml_.text(entry, "reason"));
    if (made.to <= made.from) return yaml_.wrong(entry, "it ends before it begins");
    if (made.reason.empty()) return yaml_.wrong(entry, "a freeze without a 'reason'");
    config_.freezes.push_back(std::move(made));
    return {};
  }
  Result<void> read_times(const YAML::Node& times) {
    if (!times.IsMap()) return yaml_.wrong(times, "'times' must be a mapping");
    for (const auto& entry : times) {
      const auto name = entry.first.as<std::string>("");
      const auto environment = parse_environment(name);
      if (!environment && name != "default") {
        return yaml_.wrong(entry.first, fmt::format("'{}' is no environment", name),
                           "default, live, integration, training or development");
      }
      NHI_CHECK_OK(yaml_.check_keys(entry.second, {"overlap", "soak"}));
      Times made;
      NHI_TRY(made.overlap, yaml_.duration(entry.second, "overlap", made.overlap));
      NHI_TRY(made.soak, yaml_.duration(entry.second, "soak", made.soak));
      config_.times[environment.value_or(Environment::kUnknown)] = made;
    }
    return {};
  }
  Result<Needed> needed_of(const YAML::Node& parent, const char* key, Needed otherwise) const {
    NHI_TRY(const std::string word, yaml_.text(parent, key));
    if (word.empty()) return otherwise;
    if (word == "never") return Needed::kNever;
    if (word == "live") return Needed::kLive;
    if (word == "always") return Needed::kAlways;
    return yaml_.wrong(parent[key], fmt::format("'{}' is never, live or always", key));
  }
  Result<void> read_policy(const YAML::Node& node) {
    constexpr std::int64_t kConcurrentMax = 64;
    constexpr std::int64_t kProbesMax = 20;
    NHI_CHECK_OK(
        yaml_.check_keys(node, {"plan_valid", "sweep_max_age", "exposed_overlap", "concurrent",
                                "old_probes", "ticket", "clinical_safety", "four_eyes"}));
    RotationPolicy& policy = config_.policy;
    NHI_TRY(policy.plan_valid, yaml_.duration(node, "plan_valid", policy.plan_valid));
    NHI_TRY(policy.sweep_max_age, yaml_.duration(node, "sweep_max_age", policy.sweep_max_age));
    NHI_TRY(policy.exposed_overlap,
            yaml_.duration(node, "exposed_overlap", policy.exposed_overlap));
    NHI_TRY(policy.concurrent,
            yaml_.number(node, "concurrent", policy.concurrent, 1, kConcurrentMax));
    NHI_TRY(policy.old_probes, yaml_.number(node, "old_probes", policy.old_probes, 0, kProbesMax));
    NHI_TRY(policy.ticket, needed_of(node, "ticket", policy.ticket));
    NHI_TRY(policy.clinical, needed_of(node, "clinical_safety", policy.clinical));
    NHI_TRY(policy.four_eyes, needed_of(node, "four_eyes", policy.four_eyes));
    return {};
  }

  YamlReader yaml_;
  RotationConfig config_;
};

bool applies(const Window& window, const std::string& system, Environment environment) {
  const bool here = window.environments.empty() ||
                    std::find(window.environments.begin(), window.environments.end(),
                              environment) != window.environments.end();
  return here && (window.systems.empty() || any_matches(window.systems, system));
}

bool is_open(const Window& window, Instant now) {
  const std::int64_t day = now.seconds / kDaySeconds;
  const int minute = static_cast<int>((now.seconds - day * kDaySeconds) / 60);
  // 1970-01-01 was a Thursday.
  const auto begins = [&](std::int64_t of) {
    return window.days.at(static_cast<std::size_t>((of + 3) % 7));
  };
  if (window.from < window.to) {
    return begins(day) && minute >= window.from && minute < window.to;
  }
  return (begins(day) && minute >= window.from) || (begins(day - 1) && minute < window.to);
}

const Freeze* freeze_at(const RotationConfig& config, const std::string& system, Instant now) {
  const auto found =
      std::find_if(config.freezes.begin(), config.freezes.end(), [&](const Freeze& freeze) {
        return freeze.from <= now && now < freeze.to &&
               (freeze.systems.empty() || any_matches(freeze.systems, system));
      });
  return found == config.freezes.end() ? nullptr : &*found;
}

}  // namespace

Result<SecretText> value_of(const SecretReference& reference) {
  std::string path = reference.file;
  if (path.empty()) {
    const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr) {
      return fail(ErrorCode::kBadUse, "no service manager brought credentials",
                  reference.credential, "LoadCredential= in the unit brings them");
    }
    path = fmt::format("{}/{}", folder, reference.credential);
  }
  NHI_TRY(std::string text, read_key_file(path, "credential of a rotator", kValueBytesMax));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  SecretText value{std::string_view(text)};
  wipe(text);
  return value;
}

Result<RotationConfig> read_rotation_config(const std::string& path) {
  auto config = Reader(path).read();
  if (config || config.error().code != ErrorCode::kNotFound) return config;
  return fail(ErrorCode::kBadUse, "nobody has said yet how to rotate anything: no such file", path,
              "docs/rotation.md shows a rotation.yaml; --rotation names another file");
}

Result<const Provider*> provider_of(const RotationConfig& config, const std::string& identity) {
  const Provider* found = nullptr;
  for (const Provider& provider : config.providers) {
    const bool serves =
        std::any_of(provider.identities.begin(), provider.identities.end(),
                    [&](const std::string& glob) { return identity_matches(glob, identity); });
    if (!serves) continue;
    if (found != nullptr) {
      return fail(ErrorCode::kBadUse,
                  fmt::format("providers '{}' and '{}' both serve it", found->name, provider.name),
                  identity, "make `identities` of one of them narrower in " + config.path);
    }
    found = &provider;
  }
  return found;
}

const Provider* provider_named(const RotationConfig& config, const std::string& name) {
  const auto found = std::find_if(config.providers.begin(), config.providers.end(),
                                  [&](const Provider& one) { return one.name == name; });
  return found == config.providers.end() ? nullptr : &*found;
}

bool is_expected(const Provider* provider, const std::string& client) {
  return provider != nullptr && any_matches(provider->clients, client);
}

const SinkRule* sink_rule_of(const RotationConfig& config, const std::string& path) {
  const auto found =
      std::find_if(config.sinks.begin(), config.sinks.end(),
                   [&](const SinkRule& rule) { return any_matches(rule.paths, path); });
  return found == config.sinks.end() ? nullptr : &*found;
}

Times times_of(const RotationConfig& config, Environment environment) {
  for (const Environment wanted : {environment, Environment::kUnknown}) {
    const auto found = config.times.find(wanted);
    if (found != config.times.end()) return found->second;
  }
  return {};
}

// What is not known to be anything else is treated as live.
bool is_needed(Needed needed, Environment environment) {
  const bool live = environment == Environment::kLive || environment == Environment::kUnknown;
  return needed == Needed::kAlways || (needed == Needed::kLive && live);
}

std::optional<Closed> closed_at(const RotationConfig& config, const std::string& system,
                                Environment environment, Instant now) {
  constexpr std::int64_t kAheadMinutes = 31 * 24 * 60;
  const auto why_not = [&](Instant at) -> std::string {
    if (const Freeze* const freeze = freeze_at(config, system, at)) {
      return fmt::format("changes are frozen until {}: {}", to_iso8601(freeze->to), freeze->reason);
    }
    bool any = false;
    for (const Window& window : config.windows) {
      if (!applies(window, system, environment)) continue;
      if (is_open(window, at)) return {};
      any = true;
    }
    return any ? "it is outside of the windows for changes" : std::string();
  };
  Closed closed{why_not(now), std::nullopt};
  if (closed.why.empty()) return std::nullopt;
  for (std::int64_t minute = 1; minute <= kAheadMinutes; ++minute) {
    const Instant at{(now.seconds / 60 + minute) * 60};
    if (!why_not(at).empty()) continue;
    closed.opens = at;
    break;
  }
  return closed;
}

}  // namespace nhi
