#include "scanner/identity/identity_key.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "scanner/base/value_form.hpp"
#include "scanner/grammar/token.hpp"

namespace nhi {
namespace {

struct Provider {
  std::string_view scheme;
  std::string_view name;
  std::string_view port;
};
// Schemes as they occur in URLs, JDBC URLs and engine fields; IANA service names for the ports.
constexpr auto kProviders = std::to_array<Provider>({
    {"jdbc:sqlserver", "mssql", "1433"},
    {"jdbc:jtds:sqlserver", "mssql", "1433"},
    {"mssql", "mssql", "1433"},
    {"sqlserver", "mssql", "1433"},
    {"jdbc:postgresql", "postgresql", "5432"},
    {"postgresql", "postgresql", "5432"},
    {"postgres", "postgresql", "5432"},
    {"jdbc:mysql", "mysql", "3306"},
    {"mysql", "mysql", "3306"},
    {"jdbc:mariadb", "mysql", "3306"},
    {"mariadb", "mysql", "3306"},
    {"jdbc:oracle:thin", "oracle", "1521"},
    {"jdbc:oracle:oci", "oracle", "1521"},
    {"oracle", "oracle", "1521"},
    {"jdbc:iris", "iris", "1972"},
    {"jdbc:cache", "iris", "1972"},
    {"iris", "iris", "1972"},
    {"jdbc:db2", "db2", "50000"},
    {"db2", "db2", "50000"},
    {"mongodb", "mongodb", "27017"},
    {"mongodb+srv", "mongodb", "27017"},
    {"redis", "redis", "6379"},
    {"rediss", "redis", "6379"},
    {"amqp", "amqp", "5672"},
    {"amqps", "amqp", "5671"},
    {"jms", "jms", ""},
    {"tcp", "jms", "61616"},
    {"sftp", "sftp", "22"},
    {"ssh", "sftp", "22"},
    {"ftp", "ftp", "21"},
    {"ftps", "ftp", "990"},
    {"smb", "smb", "445"},
    {"smtp", "smtp", "25"},
    {"smtps", "smtp", "465"},
    {"imap", "imap", "143"},
    {"imaps", "imap", "993"},
    {"ldap", "ldap", "389"},
    {"ldaps", "ldap", "636"},
    {"http", "http", "80"},
    {"https", "http", "443"},
    {"webdav", "http", "80"},
    {"dicom", "dicom", "104"},
});

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

const Provider* find_provider(std::string_view scheme) {
  const auto hit = std::find_if(kProviders.begin(), kProviders.end(),
                                [&](const Provider& p) { return p.scheme == scheme; });
  return hit == kProviders.end() ? nullptr : &*hit;
}

struct Place {
  std::string scheme;
  std::string host;
  std::string port;
  std::string instance;
};

bool is_host_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

// `host`, `host:port`, `host\instance`, or a scheme word before them ("sftp server01:22").
Place bare_place(std::string_view target) {
  Place place;
  const std::size_t space = target.find(' ');
  if (space != std::string_view::npos && find_provider(lower(target.substr(0, space)))) {
    place.scheme = lower(target.substr(0, space));
    target.remove_prefix(space + 1);
  }
  std::size_t end = 0;
  while (end < target.size() && is_host_byte(target[end])) ++end;
  place.host = lower(target.substr(0, end));
  std::string_view rest = target.substr(end);
  if (rest.starts_with('\\')) {
    std::size_t stop = 1;
    while (stop < rest.size() && is_host_byte(rest[stop])) ++stop;
    place.instance = lower(rest.substr(1, stop - 1));
    rest.remove_prefix(stop);
  }
  if (rest.starts_with(':') || rest.starts_with(',')) {
    std::size_t stop = 1;
    while (stop < rest.size() && std::isdigit(static_cast<unsigned char>(rest[stop]))) ++stop;
    place.port = std::string(rest.substr(1, stop - 1));
  }
  return place;
}

Place place_of(std::string_view target) {
  if (const auto parts = parse_connection(target); parts && !parts->host.empty()) {
    return {parts->scheme, lower(parts->host), parts->port, lower(parts->instance)};
  }
  return bare_place(target);
}

bool domain_style(std::string_view provider) {
  return provider == "smb" || provider == "mssql" || provider == "smtp" || provider == "ldap" ||
         provider == "windows";
}

std::string canonical_account(std::string_view provider, std::string_view account) {
  const std::size_t slash = account.find('\\');
  if (slash != std::string_view::npos && slash > 0 && slash + 1 < account.size()) {
    return lower(account.substr(slash + 1)) + "@" + lower(account.substr(0, slash));
  }
  if (domain_style(provider) && account.find('@') != std::string_view::npos) return lower(account);
  return std::string(account);
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_name_part(std::string_view text) {
  return text.size() >= 2 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalpha(c) != 0 || c == '-' || c == '\'';
         });
}

// Words that service accounts carry; one of them outweighs the shape of a name.
constexpr auto kServiceWords = std::to_array<std::string_view>({"svc",
                                                                "service",
                                                                "app",
                                                                "api",
                                                                "bot",
                                                                "system",
                                                                "sys",
                                                                "admin",
                                                                "batch",
                                                                "job",
                                                                "robot",
                                                                "integration",
                                                                "interface",
                                                                "mirth",
                                                                "prod",
                                                                "test",
                                                                "live",
                                                                "backup",
                                                                "sql",
                                                                "noreply",
                                                                "no-reply",
                                                                "support",
                                                                "info",
                                                                "helpdesk",
                                                                "team",
                                                                "mail",
                                                                "smtp",
                                                                "iam",
                                                                "gserviceaccount"});

}  // namespace

std::string identity_key(std::string_view provider, std::string_view target,
                         std::string_view account) {
  if (account.empty() || classify_value(account).form != Form::kPlaintext) return {};
  Place place = place_of(target);
  const Provider* known = find_provider(place.scheme);
  if (known == nullptr || (!provider.empty() && known->name != provider)) {
    const Provider* named = find_provider(lower(provider));
    if (named != nullptr) known = named;
  }
  std::string name(provider);
  if (name.empty()) name = known != nullptr ? std::string(known->name) : "?";
  if (name == "?" && !place.scheme.empty()) name = place.scheme;
  while (place.host.ends_with('.')) place.host.pop_back();
  std::string key = name + ":" + (place.host.empty() ? "?" : place.host);
  if (!place.port.empty()) {
    key += ":" + place.port;
  } else if (place.instance.empty() && known != nullptr && !known->port.empty() &&
             !place.host.empty()) {
    key += ":" + std::string(known->port);
  }
  if (!place.instance.empty()) key += "/" + place.instance;
  return key + "/" + canonical_account(name, account);
}

Principal principal_of_account(std::string_view account, Principal fallback) {
  if (account.size() == 12 && all_digits(account)) return Principal::kHuman;
  const std::string name = lower(account.substr(0, account.find('@')));
  for (const std::string_view word : kServiceWords) {
    const std::size_t at = name.find(word);
    if (at == std::string::npos) continue;
    const bool starts = at == 0 || std::isalpha(static_cast<unsigned char>(name[at - 1])) == 0;
    const std::size_t end = at + word.size();
    const bool ends =
        end == name.size() || std::isalpha(static_cast<unsigned char>(name[end])) == 0;
    if (starts && ends) return fallback;
  }
  const std::size_t dot = name.find('.');
  if (dot != std::string::npos && name.find('.', dot + 1) == std::string::npos) {
    std::string_view second = std::string_view(name).substr(dot + 1);
    while (!second.empty() && std::isdigit(static_cast<unsigned char>(second.back()))) {
      second.remove_suffix(1);  // jane.smith12@nhs.net
    }
    const std::string_view first = std::string_view(name).substr(0, dot);
    if (is_name_part(second) && (is_name_part(first) || first.size() == 1)) {
      return Principal::kHuman;
    }
  }
  return fallback;
}

}  // namespace nhi
