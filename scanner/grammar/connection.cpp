// URLs, JDBC URLs and key=value connection strings, by the rules of their vendors.
#include "scanner/grammar/connection.hpp"

#include <algorithm>
#include <array>

namespace nhi {
namespace {

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string lower(Bytes text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Bytes trim(Bytes text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_number(Bytes text) {
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return !text.empty();
}

// "User ID", "user_id" and "UserId" are one key.
std::string fold_key(Bytes key) {
  std::string out;
  for (const char c : key) {
    if (c != ' ' && c != '_' && c != '-' && c != '\t') out.push_back(c);
  }
  return lower(out);
}

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  for (const std::string_view candidate : words) {
    if (word == candidate) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 11> kSecretKeys = {
    "password",     "pwd",           "passwd",          "pass",
    "passphrase",   "accountkey",    "sharedaccesskey", "sharedaccesssignature",
    "clientsecret", "proxypassword", "passcode"};
constexpr std::array<std::string_view, 11> kAccountKeys = {
    "user",     "userid",   "uid",         "username",
    "login",    "usr",      "accountname", "sharedaccesskeyname",
    "clientid", "userinfo", "logonid"};
constexpr std::array<std::string_view, 15> kHostKeys = {
    "server",   "datasource",     "host",       "hostname", "address",
    "addr",     "networkaddress", "servername", "endpoint", "dataserver",
    "hostaddr", "blobendpoint",   "hostport",   "srvr",     "url"};
constexpr std::array<std::string_view, 7> kDatabaseKeys = {
    "database", "initialcatalog", "databasename", "dbname", "db", "servicename", "entitypath"};
// Proof that a text with one pair only is a connection string at all.
constexpr std::array<std::string_view, 8> kOtherKeys = {"provider",
                                                        "driver",
                                                        "dsn",
                                                        "integratedsecurity",
                                                        "trustedconnection",
                                                        "persistsecurityinfo",
                                                        "port",
                                                        "defaultendpointsprotocol"};

// Hosts are lower case; a placeholder keeps its letters, so that it can still be resolved.
std::string host_name(Bytes text) {
  return text.find('{') == Bytes::npos ? lower(text) : std::string(text);
}

// ---- user-info and authority ---------------------------------------------------------------

// Host and port of `text`: `h`, `h:1`, `[::1]:1`, `h1:1,h2:2` (the first counts), `h\instance,1`.
void read_host_port(Bytes text, ConnectionParts& parts) {
  text = trim(text);
  if (text.starts_with("[")) {
    const std::size_t end = text.find(']');
    if (end == Bytes::npos) return;
    parts.host = host_name(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    if (text.starts_with(":")) text.remove_prefix(1);
    text = text.substr(0, text.find(','));
    if (is_number(text)) parts.port = text;
    return;
  }
  const std::size_t comma = text.find(',');
  // SQL Server writes `host,port`; others list hosts.
  const Bytes behind = comma == Bytes::npos ? Bytes() : trim(text.substr(comma + 1));
  text = trim(text.substr(0, comma));
  if (is_number(behind)) parts.port = behind;
  const std::size_t slash = text.find('\\');
  if (slash != Bytes::npos) {
    Bytes instance = text.substr(slash + 1);
    const std::size_t colon = instance.find(':');
    if (colon != Bytes::npos && is_number(instance.substr(colon + 1))) {
      parts.port = instance.substr(colon + 1);
    }
    parts.instance = instance.substr(0, colon);
    text = text.substr(0, slash);
  }
  const std::size_t colon = text.rfind(':');
  // A port may be a placeholder such as `${PORT}`, whose own colon is not a separator.
  if (colon != Bytes::npos && text.find('}', colon) == Bytes::npos) {
    parts.port = text.substr(colon + 1);
    text = text.substr(0, colon);
  } else if (colon != Bytes::npos && text.substr(colon + 1).starts_with("$")) {
    parts.port = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  parts.host = host_name(text);
}

// `user:secret` in front of the last `@` of the authority; returns the authority behind it.
Bytes take_user_info(Bytes whole, Bytes authority, char between, ConnectionParts& parts) {
  const std::size_t at = authority.rfind('@');
  if (at == Bytes::npos) return authority;
  const Bytes info = authority.substr(0, at);
  const std::size_t split = info.find(between);
  parts.account = span_of(whole, info.substr(0, split));
  if (split != Bytes::npos) parts.secret = span_of(whole, info.substr(split + 1));
  return authority.substr(at + 1);
}

// ---- parameters ------------------------------------------------------------------------------

// Parameters looked at; more than any driver knows, and an end for texts made to waste time.
constexpr std::size_t kPairsMax = 200;

struct Pair {
  std::string key;  // folded
  Bytes value;      // without quotes
};

// The next `key=value` of `rest`, which is cut behind it. Values may be quoted ('', "", {}), with
// the closing mark doubled to stand for itself. False at the end.
bool next_pair(Bytes& rest, std::string_view separators, Pair& pair) {
  while (!rest.empty() &&
         (is_space(rest.front()) || separators.find(rest.front()) != std::string_view::npos)) {
    rest.remove_prefix(1);
  }
  if (rest.empty()) return false;
  const std::size_t stop = std::min(rest.find_first_of(separators), rest.size());
  const std::size_t equals = rest.substr(0, stop).find('=');
  if (equals == Bytes::npos) {  // a word without a value
    pair = {fold_key(trim(rest.substr(0, stop))), {}};
    rest.remove_prefix(stop);
    return true;
  }
  pair.key = fold_key(trim(rest.substr(0, equals)));
  rest.remove_prefix(equals + 1);
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
  const char quote = rest.empty() ? ' ' : rest.front();
  const char closing = quote == '{' ? '}' : quote;
  if (quote == '\'' || quote == '"' || quote == '{') {
    std::size_t end = rest.find(closing, 1);
    while (end != Bytes::npos && rest.substr(end + 1, 1) == Bytes(&closing, 1)) {
      end = rest.find(closing, end + 2);
    }
    // `{{X}}` and `{x}y` are no quoting: only white space may stand before the separator.
    const Bytes after = end == Bytes::npos ? Bytes("x") : rest.substr(end + 1);
    const std::size_t blank = std::min(after.find_first_not_of(" \t\r\n"), after.size());
    const bool closes = blank == after.size() ||
                        separators.find(after[blank]) != std::string_view::npos ||
                        (blank > 0 && separators.find(' ') != std::string_view::npos);
    if (end != Bytes::npos && closes && !rest.starts_with("{{")) {
      pair.value = rest.substr(1, end - 1);
      rest.remove_prefix(end + 1);
      return true;
    }
  }
  const std::size_t end = std::min(rest.find_first_of(separators), rest.size());
  pair.value = trim(rest.substr(0, end));
  rest.remove_prefix(end);
  return true;
}

void take_pair(Bytes whole, const Pair& pair, ConnectionParts& parts) {
  if (pair.value.empty()) return;
  if (one_of(pair.key, kSecretKeys)) {
    if (parts.secret.empty()) parts.secret = span_of(whole, pair.value);
  } else if (one_of(pair.key, kAccountKeys)) {
    if (parts.account.empty()) parts.account = span_of(whole, pair.value);
  }
}

void take_parameters(Bytes whole, Bytes text, std::string_view separators, ConnectionParts& parts) {
  Pair pair;
  for (std::size_t i = 0; i < kPairsMax && next_pair(text, separators, pair); ++i) {
    take_pair(whole, pair, parts);
    if (pair.value.empty()) continue;
    if (parts.database.empty() && one_of(pair.key, kDatabaseKeys)) parts.database = pair.value;
    if (parts.host.empty() && one_of(pair.key, kHostKeys)) read_host_port(pair.value, parts);
    if (parts.port.empty() && (pair.key == "port" || pair.key == "portnumber")) {
      parts.port = pair.value;
    }
    if (parts.instance.empty() && (pair.key == "instance" || pair.key == "instancename")) {
      parts.instance = pair.value;
    }
  }
}

// ---- JDBC ------------------------------------------------------------------------------------

// `(DESCRIPTION=(ADDRESS=(HOST=h)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=s)))`: the first of each.
std::string described(Bytes text, std::string_view key) {
  const std::string folded = lower(text);
  std::size_t at = 0;
  while ((at = folded.find(key, at)) != std::string::npos) {
    std::size_t value = at + key.size();
    while (value < text.size() && is_space(text[value])) ++value;
    const bool starts = at > 0 && (text[at - 1] == '(' || is_space(text[at - 1]));
    if (starts && value < text.size() && text[value] == '=') {
      return std::string(trim(text.substr(value + 1, text.find(')', value) - value - 1)));
    }
    at += key.size();
  }
  return {};
}

// Behind `jdbc:oracle:thin:` (or oci): `user/pw@//host:1521/service`, `@host:1521:SID`,
// `@tcps://host:port/service`, `@(DESCRIPTION=…)`, `@alias`.
void read_oracle(Bytes whole, Bytes rest, ConnectionParts& parts) {
  const std::size_t description = rest.find("@(");
  std::size_t at = description;
  if (at == Bytes::npos) at = rest.substr(0, rest.find('?')).rfind('@');
  if (at == Bytes::npos) {
    at = rest.rfind('@');
    if (at == Bytes::npos) return;
  }
  const Bytes login = rest.substr(0, at);
  const std::size_t slash = login.find('/');
  parts.account = span_of(whole, login.substr(0, slash));
  if (slash != Bytes::npos) {
    Bytes secret = login.substr(slash + 1);
    if (secret.size() > 1 && secret.front() == '"' && secret.back() == '"') {
      secret = secret.substr(1, secret.size() - 2);
    }
    parts.secret = span_of(whole, secret);
  }
  Bytes place = rest.substr(at + 1);
  if (place.starts_with("(")) {
    parts.host = lower(described(place, "host"));
    parts.port = described(place, "port");
    parts.database = described(place, "service_name");
    if (parts.database.empty()) parts.database = described(place, "sid");
    return;
  }
  const std::size_t scheme = place.find("//");
  const bool slashes = scheme != Bytes::npos && scheme < 8;
  if (slashes) place.remove_prefix(scheme + 2);
  place = place.substr(0, place.find('?'));
  const std::size_t service = place.find('/');
  Bytes authority = place.substr(0, service);
  if (service != Bytes::npos) parts.database = place.substr(service + 1);
  // The old form puts the SID behind a second colon.
  const std::size_t first = authority.find(':');
  const std::size_t second = first == Bytes::npos ? first : authority.find(':', first + 1);
  if (second != Bytes::npos && authority.front() != '[') {
    parts.database = authority.substr(second + 1);
    authority = authority.substr(0, second);
  } else if (!slashes && first == Bytes::npos && service == Bytes::npos) {
    parts.database = authority;  // an alias of tnsnames.ora
    return;
  }
  read_host_port(authority, parts);
}

// `//authority/database` and what follows; `marks` begin the parameters.
void read_jdbc_url(Bytes whole, Bytes rest, std::string_view marks, std::string_view separators,
                   ConnectionParts& parts) {
  // User-info may hold a mark: the authority ends at the first `/` only if an `@` stands before it.
  const std::size_t slash = rest.find('/');
  const Bytes before = rest.substr(0, slash);
  std::size_t authority_end = before.find_first_of(marks);
  if (before.find('@') != Bytes::npos && before.find('=') == Bytes::npos) authority_end = slash;
  authority_end = std::min({authority_end, slash, rest.size()});
  const Bytes authority = rest.substr(0, authority_end);
  Bytes tail = rest.substr(authority_end);
  read_host_port(take_user_info(whole, authority, ':', parts), parts);
  if (tail.starts_with("/")) {
    const std::size_t end = std::min(tail.find_first_of(marks), tail.size());
    parts.database = tail.substr(1, end - 1);
    tail.remove_prefix(end);
  }
  if (!tail.empty()) take_parameters(whole, tail.substr(1), separators, parts);
}

// What stands between `jdbc:` and the place: `postgresql`, `jtds:sqlserver`, `h2:tcp`, …
Bytes jdbc_subprotocol(Bytes rest) {
  const std::size_t slashes = rest.find("//");
  const std::size_t colon = rest.find(':');
  if (slashes == Bytes::npos || slashes == 0) return rest.substr(0, colon);
  const Bytes head = rest.substr(0, slashes - 1);
  for (const char c : head) {
    if (!is_alnum(c) && c != ':' && c != '-' && c != '+') return rest.substr(0, colon);
  }
  return rest[slashes - 1] == ':' ? head : rest.substr(0, colon);
}

// `jdbc:derby:path;create=true`, `jdbc:sqlite:file.db?x`, `jdbc:h2:mem:x;USER=sa`.
void read_jdbc_path(Bytes whole, Bytes rest, ConnectionParts& parts) {
  const std::size_t end = std::min(rest.find_first_of(";?"), rest.size());
  const Bytes place = rest.substr(0, end);
  parts.database = place;
  if (parts.scheme.ends_with(":tds")) {  // jdbc:sybase:Tds:host:port/database
    const std::size_t slash = place.find('/');
    parts.database = slash == Bytes::npos ? Bytes() : place.substr(slash + 1);
    read_host_port(place.substr(0, slash), parts);
  }
  if (end < rest.size()) take_parameters(whole, rest.substr(end + 1), ";&", parts);
}

ConnectionParts read_jdbc(Bytes whole, Bytes text) {
  ConnectionParts parts;
  Bytes rest = text.substr(5);
  const Bytes sub = jdbc_subprotocol(rest);
  std::string name = lower(sub);
  rest.remove_prefix(std::min(rest.size(), sub.size() + 1));
  if (name == "oracle") {
    const std::size_t colon = rest.find(':');
    if (colon != Bytes::npos) rest.remove_prefix(colon + 1);
    parts.scheme = "jdbc:oracle";
    read_oracle(whole, rest, parts);
    return parts;
  }
  if (name.starts_with("oracle:")) {
    parts.scheme = "jdbc:oracle";
    read_oracle(whole, text.substr(text.find(':', 12) + 1), parts);
    return parts;
  }
  parts.scheme = "jdbc:" + name;
  if (!rest.starts_with("//")) {
    if (name == "sybase" && lower(rest.substr(0, 4)) == "tds:") {
      parts.scheme = "jdbc:sybase:tds";
      rest.remove_prefix(4);
    }
    read_jdbc_path(whole, rest, parts);
    return parts;
  }
  rest.remove_prefix(2);
  const bool semicolons = name.find("sqlserver") != std::string::npos || name == "derby" ||
                          name.starts_with("h2") || name.starts_with("hsqldb") || name == "as400" ||
                          name == "derby:net";
  if (semicolons) {
    read_jdbc_url(whole, rest, ";", ";", parts);
  } else if (name == "db2" || name.starts_with("informix")) {
    // `//host:50000/DB:user=u;password=p;`
    const std::size_t slash = rest.find('/');
    const std::size_t colon = slash == Bytes::npos ? slash : rest.find_first_of(":;?", slash);
    read_jdbc_url(whole, rest.substr(0, colon), "?", "&", parts);
    if (colon != Bytes::npos) take_parameters(whole, rest.substr(colon + 1), ";", parts);
  } else if (name == "iris" || name == "cache") {
    read_jdbc_url(whole, rest, "?;", "&;", parts);
    // Behind the namespace may stand a log file: `/NS/log.txt:true`.
    parts.database = parts.database.substr(0, parts.database.find_first_of("/:"));
  } else {
    read_jdbc_url(whole, rest, "?;", "&;", parts);
    parts.percent_encoded = true;
  }
  return parts;
}

// ---- URLs ------------------------------------------------------------------------------------

std::size_t scheme_length(Bytes text) {
  std::size_t i = 0;
  while (
      i < text.size() && i < 64 &&
      (is_alnum(text[i]) || text[i] == '+' || text[i] == '-' || text[i] == '.' || text[i] == ':')) {
    if (text.substr(i, 3) == "://") return i;
    ++i;
  }
  return 0;
}

ConnectionParts read_url(Bytes whole, Bytes text, std::size_t scheme) {
  ConnectionParts parts;
  parts.scheme = lower(text.substr(0, scheme));
  parts.percent_encoded = true;
  Bytes rest = text.substr(scheme + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::size_t end = slash;
  const std::size_t at = rest.substr(0, slash).rfind('@');
  const std::size_t mark = rest.find_first_of("?#", at == Bytes::npos ? 0 : at);
  // Without a path, `?mail=a@b` is a parameter, not user-info.
  if (at != Bytes::npos && rest.substr(0, at).find('?') != Bytes::npos &&
      rest.substr(0, at).find('=') != Bytes::npos) {
    end = std::min(slash, rest.find('?'));
  } else if (mark != Bytes::npos) {
    end = std::min(slash, mark);
  }
  read_host_port(take_user_info(whole, rest.substr(0, end), ':', parts), parts);
  rest.remove_prefix(end);
  const std::size_t query = std::min(rest.find_first_of("?#"), rest.size());
  if (rest.starts_with("/")) parts.database = rest.substr(1, query - 1);
  rest.remove_prefix(query);
  if (!rest.empty()) {
    Bytes parameters = rest.substr(1);
    Pair pair;
    for (std::size_t i = 0; i < kPairsMax && next_pair(parameters, "&;#", pair); ++i) {
      take_pair(whole, pair, parts);
    }
  }
  return parts;
}

// ---- key=value -------------------------------------------------------------------------------

std::optional<ConnectionParts> read_pairs(Bytes whole, Bytes text, std::string_view separators) {
  ConnectionParts parts;
  std::size_t known = 0;
  bool proof = false;
  Bytes rest = text;
  Pair pair;
  std::size_t pairs = 0;
  while (next_pair(rest, separators, pair)) {
    if (++pairs > kPairsMax) return std::nullopt;
    const bool login = one_of(pair.key, kSecretKeys) || one_of(pair.key, kAccountKeys);
    const bool place = one_of(pair.key, kHostKeys) || one_of(pair.key, kDatabaseKeys);
    if (pairs == 1 && !login && !place && !one_of(pair.key, kOtherKeys)) {
      // A text that begins with something else is program code or prose.
      for (const char c : pair.key) {
        if (!is_alnum(c)) return std::nullopt;
      }
    }
    if (login || place || one_of(pair.key, kOtherKeys)) ++known;
    proof = proof || place || one_of(pair.key, kOtherKeys);
    if (pair.value.empty()) continue;
    take_pair(whole, pair, parts);
    if (parts.port.empty() && pair.key == "port") parts.port = pair.value;
    if (parts.database.empty() && one_of(pair.key, kDatabaseKeys)) parts.database = pair.value;
    if (!parts.host.empty() || !one_of(pair.key, kHostKeys)) continue;
    Bytes host = pair.value;
    if (const std::size_t scheme = scheme_length(host); scheme > 0) {
      const ConnectionParts url = read_url(host, host, scheme);
      parts.host = url.host;
      parts.port = url.port;
      continue;
    }
    for (const std::string_view net : {std::string_view("tcp:"), std::string_view("np:"),
                                       std::string_view("lpc:"), std::string_view("admin:")}) {
      if (lower(host.substr(0, net.size())) == net) host.remove_prefix(net.size());
    }
    // Oracle's `host:1521/service` as a data source.
    const std::size_t slash = host.find('/');
    if (slash != Bytes::npos && slash > 0 && host.find('\\') == Bytes::npos) {
      if (parts.database.empty()) parts.database = host.substr(slash + 1);
      host = host.substr(0, slash);
    }
    read_host_port(host, parts);
  }
  if (known < 2 || !proof) return std::nullopt;
  return parts;
}

}  // namespace

std::optional<ConnectionParts> parse_connection(Bytes text) {
  const Bytes whole = text;
  text = trim(text);
  if (lower(text.substr(0, 5)) == "jdbc:") return read_jdbc(whole, text);
  if (const std::size_t scheme = scheme_length(text); scheme > 0) {
    return read_url(whole, text, scheme);
  }
  if (text.find('=') == Bytes::npos) return std::nullopt;
  if (text.find(';') != Bytes::npos) return read_pairs(whole, text, ";");
  return read_pairs(whole, text, " \t\r\n");
}

std::string connection_target(const ConnectionParts& parts) {
  std::string target = parts.scheme;
  if (!parts.host.empty()) {
    if (!target.empty()) target += "://";
    const bool v6 = parts.host.find(':') != std::string::npos;
    target += v6 ? "[" + parts.host + "]" : parts.host;
    if (!parts.instance.empty()) target += "\\" + parts.instance;
    if (!parts.port.empty()) target += ":" + parts.port;
    if (!parts.database.empty()) target += "/" + parts.database;
  } else if (!parts.database.empty()) {
    if (!target.empty()) target += ":";
    target += parts.database;
  }
  return target;
}

}  // namespace nhi
