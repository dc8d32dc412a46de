#include "scanner/sweep/recognise.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "scanner/base/limits.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/grammar/token.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sources/mounts.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::size_t kHeadBytes = 64 * kKiB;
constexpr std::string_view kMirthSettings = "/conf/mirth.properties";
constexpr std::string_view kMirth = "Mirth Connect, Open Integration Engine or BridgeLink";

// A file whose end of path says what the folder `up` levels above it is.
struct Mark {
  std::string_view end;
  int up;
  FoundKind kind;
  std::string_view what;
};
constexpr auto kMarks = std::to_array<Mark>({
    {kMirthSettings, 2, FoundKind::kEngineInstallation, kMirth},
    {"/etc/org.apache.karaf.shell.cfg", 2, FoundKind::kEngineInstallation,
     "Apache Karaf (Camel, Fuse, ServiceMix)"},
    {"/conf/nifi.properties", 2, FoundKind::kEngineInstallation, "Apache NiFi"},
    {"/flows_cred.json", 1, FoundKind::kEngineInstallation, "Node-RED"},
    {"/iris.cpf", 1, FoundKind::kEngineInstallation, "InterSystems IRIS"},
    {"/cache.cpf", 1, FoundKind::kEngineInstallation, "InterSystems Cache or Ensemble"},
    {"/conf/server.xml", 2, FoundKind::kApplication, "Apache Tomcat"},
    {"/standalone/configuration/standalone.xml", 3, FoundKind::kApplication, "WildFly or JBoss"},
    {"/domain/configuration/domain.xml", 3, FoundKind::kApplication, "WildFly or JBoss"},
    {"/bin/setDomainEnv.sh", 2, FoundKind::kApplication, "Oracle WebLogic"},
    {"/application.properties", 1, FoundKind::kApplication, "application configuration"},
    {"/application.yml", 1, FoundKind::kApplication, "application configuration"},
    {"/application.yaml", 1, FoundKind::kApplication, "application configuration"},
    {"/appsettings.json", 1, FoundKind::kApplication, "application configuration"},
    {"/web.config", 1, FoundKind::kApplication, "application configuration"},
    {"/wp-config.php", 1, FoundKind::kApplication, "application configuration"},
    {"/docker-compose.yml", 1, FoundKind::kApplication, "a compose file"},
    {"/docker-compose.yaml", 1, FoundKind::kApplication, "a compose file"},
    {"/compose.yaml", 1, FoundKind::kApplication, "a compose file"},
    {"/.env", 1, FoundKind::kApplication, "an environment file"},
});

std::string head_here(const std::string& path) {
  const FileHandle file = open_deep(path, O_RDONLY | O_NOFOLLOW);
  if (!file.is_open()) return {};
  std::string head(kHeadBytes, '\0');
  const ssize_t got = ::pread(file.get(), head.data(), head.size(), 0);
  head.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return head;
}

std::string head_of(const std::string& path) {
  const CallsPtr calls = MountWatch::of_process().at(path);
  return ask(calls, [path] { return head_here(path); }).value_or("");
}

// Never asks a server that may not answer.
bool is_local_folder(const std::string& path) {
  struct stat facts {};
  return MountTable::load().kind_at(path) == FileSystemKind::kLocal &&
         ::lstat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

// Where the engine keeps its key store, its configuration map and its database, if that is outside
// of the folder that its installer wrote.
std::optional<std::string> data_folder(const std::string& settings, const std::string& home) {
  const std::string head = head_of(settings);
  std::string value;
  // The last one counts, as for the engine; what came before a fault is real.
  static_cast<void>(tokenize_properties(head, [&](const Token& token) {
    if (token.kind == TokenKind::kValue && token.name == "dir.appdata") value = token.value.text;
    return true;
  }));
  if (!value.starts_with('/')) return std::nullopt;
  std::string folder = lexical_path("/", value);
  if (is_inside(home, folder) || is_inside(folder, home)) return std::nullopt;
  return is_local_folder(folder) ? std::optional(std::move(folder)) : std::nullopt;
}

}  // namespace

std::vector<FoundPlace> recognised(const std::string& path) {
  std::vector<FoundPlace> found;
  for (const Mark& mark : kMarks) {
    if (!path.ends_with(mark.end)) continue;
    found.push_back({mark.kind, folder_above(path, mark.up), std::string(mark.what)});
  }
  if (path.ends_with(kMirthSettings)) {
    if (auto folder = data_folder(path, found.front().path)) {
      found.push_back({FoundKind::kEngineInstallation, std::move(*folder),
                       "data of " + std::string(kMirth) + ", " + found.front().path});
    }
  }
  return found;
}

bool is_engine_definition(const std::string& path) {
  const std::string head = head_of(path);
  return !head.empty() && read_definition(head, path).has_value();
}

// "2026-11-25" or "run-000123": a folder that the next export will not use.
bool looks_like_a_run(std::string_view name) {
  return std::count_if(name.begin(), name.end(),
                       [](unsigned char c) { return std::isdigit(c) != 0; }) >= 6;
}

}  // namespace nhi
