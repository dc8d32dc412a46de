#include "scanner/definitions/engines/mirth_connector.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "scanner/base/chars.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/definitions/names.hpp"

namespace nhi::definitions {
namespace {

enum class Kind : std::uint8_t {
  kDatabase,
  kFile,
  kHttpSender,
  kListener,
  kWebService,
  kSmtp,
  kJms,
  kDicomSender,
  kDicomListener,
  kDocument,
  kOther,
};

struct KindName {
  std::string_view part;  // of the class or of the transport name, lower case without blanks
  Kind kind;
};
// Class names of 3.x and 4.x, then transport names of 1.x and 2.x.
constexpr KindName kKinds[] = {{"databasereceiver", Kind::kDatabase},
                               {"databasedispatcher", Kind::kDatabase},
                               {"filereceiver", Kind::kFile},
                               {"filedispatcher", Kind::kFile},
                               {"httpdispatcher", Kind::kHttpSender},
                               {"httpreceiver", Kind::kListener},
                               {"webservicedispatcher", Kind::kWebService},
                               {"webservicereceiver", Kind::kListener},
                               {"smtpdispatcher", Kind::kSmtp},
                               {"jmsreceiver", Kind::kJms},
                               {"jmsdispatcher", Kind::kJms},
                               {"dicomdispatcher", Kind::kDicomSender},
                               {"dicomreceiver", Kind::kDicomListener},
                               {"documentdispatcher", Kind::kDocument},
                               {"databasereader", Kind::kDatabase},
                               {"databasewriter", Kind::kDatabase},
                               {"filereader", Kind::kFile},
                               {"filewriter", Kind::kFile},
                               {"ftpreader", Kind::kFile},
                               {"ftpwriter", Kind::kFile},
                               {"httpsender", Kind::kHttpSender},
                               {"httpssender", Kind::kHttpSender},
                               {"httplistener", Kind::kListener},
                               {"webservicesender", Kind::kWebService},
                               {"soapsender", Kind::kWebService},
                               {"webservicelistener", Kind::kListener},
                               {"soaplistener", Kind::kListener},
                               {"smtpsender", Kind::kSmtp},
                               {"emailsender", Kind::kSmtp},
                               {"emailwriter", Kind::kSmtp},
                               {"jmsreader", Kind::kJms},
                               {"jmswriter", Kind::kJms},
                               {"jmslistener", Kind::kJms},
                               {"jmssender", Kind::kJms},
                               {"dicomsender", Kind::kDicomSender},
                               {"dicomlistener", Kind::kDicomListener},
                               {"documentwriter", Kind::kDocument}};

std::string folded(Bytes text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '_') out.push_back(chars::lower(c));
  }
  return out;
}

Kind kind_of(const ConnectorFacts& facts) {
  for (const std::string& name : {folded(facts.class_name), folded(facts.transport)}) {
    for (const KindName& one : kKinds) {
      if (name.find(one.part) != std::string::npos) return one.kind;
    }
  }
  return Kind::kOther;
}

class ConnectorReader {
 public:
  ConnectorReader(Bytes document, const ConnectorFacts& facts);
  std::vector<Site> run();

 private:
  // Field names are folded: 1.x wrote `URL` and `FTPAnonymous`, 3.x writes `url` and `anonymous`.
  const ConnectorField* find(std::string_view name) const;
  const ConnectorField* find_any(std::initializer_list<std::string_view> names) const;
  std::string text(std::string_view name) const;
  bool flag(std::string_view name, bool otherwise) const;
  bool scheme_flag(std::string_view name, bool otherwise) const;
  const std::string& name_of(const ConnectorField& field) const {
    return names_[static_cast<std::size_t>(&field - facts_.fields.data())];
  }
  void login(const ConnectorField* secret, const ConnectorField* account, Draft draft);
  void keep(Site site, const ConnectorField* field);

  void database();
  void file();
  bool file_default(const std::string& scheme) const;
  std::string file_target(const std::string& scheme) const;
  void ftp_commands(const std::string& target);
  void http_sender();
  void web_service();
  void listener();
  std::string listener_target() const;
  void smtp();
  void jms();
  void dicom(bool sender);
  void keystore(std::string_view secret, std::string_view store, const std::string& target);
  void document();
  void headers(const std::string& target);
  void url_login(const ConnectorField* field);
  void others(const Draft& draft);

  Bytes document_;
  const ConnectorFacts& facts_;
  std::vector<std::string> names_;                                     // folded, of each field
  std::map<std::string, const ConnectorField*, std::less<>> by_name_;  // without a key; the first
  std::set<const ConnectorField*> used_;
  std::vector<Site> sites_;
};

ConnectorReader::ConnectorReader(Bytes document, const ConnectorFacts& facts)
    : document_(document), facts_(facts) {
  for (const ConnectorField& field : facts.fields) {
    names_.push_back(folded(field.name));
    if (field.key.empty()) by_name_.emplace(names_.back(), &field);
  }
}

const ConnectorField* ConnectorReader::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const ConnectorField* ConnectorReader::find_any(
    std::initializer_list<std::string_view> names) const {
  const ConnectorField* empty = nullptr;
  for (const std::string_view name : names) {
    const ConnectorField* field = find(name);
    if (field == nullptr) continue;
    if (!field->value.empty()) return field;
    if (empty == nullptr) empty = field;
  }
  return empty;
}

std::string ConnectorReader::text(std::string_view name) const {
  const ConnectorField* field = find(name);
  return field == nullptr ? std::string() : std::string(chars::trim(field->value.text()));
}

bool ConnectorReader::flag(std::string_view name, bool otherwise) const {
  const std::string value = folded(text(name));
  if (value == "true" || value == "1" || value == "yes") return true;
  if (value == "false" || value == "0" || value == "no") return false;
  return otherwise;
}

// A flag of the scheme, in whatever class of properties it stands.
bool ConnectorReader::scheme_flag(std::string_view name, bool otherwise) const {
  for (const ConnectorField& field : facts_.fields) {
    const std::string& whole = name_of(field);
    if (!field.key.empty() || !whole.starts_with("schemeproperties")) continue;
    if (whole.substr(whole.rfind('/') + 1) == name) return folded(field.value.text()) == "true";
  }
  return otherwise;
}

void ConnectorReader::keep(Site site, const ConnectorField* field) {
  used_.insert(field);
  sites_.push_back(std::move(site));
}

// A site for the pair, also when the value is empty: the connection itself is a fact.
void ConnectorReader::login(const ConnectorField* secret, const ConnectorField* account,
                            Draft draft) {
  if (secret == nullptr) return;
  draft.path = secret->path;
  draft.secret = &secret->value;
  if (account != nullptr) draft.account = &account->value;
  Site site = make_site(document_, draft);
  if (site.form == Form::kNone) site.dormant = false;
  keep(std::move(site), secret);
}

void ConnectorReader::url_login(const ConnectorField* field) {
  if (field == nullptr) return;
  if (auto site = site_of_connection(document_, field->value, field->path)) {
    sites_.push_back(std::move(*site));
  }
}

void ConnectorReader::database() {
  const ConnectorField* url = find("url");
  Draft draft;
  const ConnectorField* account = find("username");
  Text url_account;
  if (url != nullptr) {
    const std::string& place = url->value.text();
    draft.target = target_of(place);
    draft.place = &url->value;
    if (const auto parts = parse_connection(place)) draft.provider = provider_of(parts->scheme);
    url_login(url);
  }
  login(find("password"), account, draft);
}

// Every File connector carries anonymous/anonymous: a default of the form, not a credential.
bool ConnectorReader::file_default(const std::string& scheme) const {
  const ConnectorField* secret = find("password");
  if (secret == nullptr) return true;
  const std::string value = folded(secret->value.text());
  const bool anonymous = flag("anonymous", flag("ftpanonymous", false));
  const bool plain = value == "anonymous" || value.empty();
  return plain && (anonymous || scheme == "file" || folded(text("username")) == "anonymous");
}

std::string ConnectorReader::file_target(const std::string& scheme) const {
  std::string host = text("host");
  if (scheme == "file") return "file:" + host;
  while (host.starts_with('/')) host.erase(0, 1);
  const std::string port = text("port");
  const std::size_t slash = std::min(host.find('/'), host.size());
  if (!port.empty() && chars::all_are(port, chars::is_digit) &&
      host.substr(0, slash).find(':') == std::string::npos) {
    host.insert(slash, ":" + port);
  }
  if (host.find("://") != std::string::npos) return target_of(host);
  return target_of(scheme + "://" + host);
}

// `PASS x` among the raw commands sent after the connection is made.
void ConnectorReader::ftp_commands(const std::string& target) {
  for (const ConnectorField& field : facts_.fields) {
    if (field.name.find("initialCommands") == std::string::npos) continue;
    const std::string& command = field.value.text();
    const std::size_t start = command.find_first_not_of(' ');
    if (start == std::string::npos ||
        !chars::starts_folded(Bytes(command).substr(start), "pass ")) {
      continue;
    }
    const std::string secret = command.substr(start + 5);
    if (!holds_secret(classify_value(secret).form)) continue;
    Site site;
    site.path = field.path;
    site.target = target;
    site.provider = "ftp";
    site.form = Form::kPlaintext;
    site.secret_span = field.value.to_document({start + 5, command.size()});
    site.secret = SecretText(secret);
    keep(std::move(site), &field);
  }
}

void ConnectorReader::file() {
  std::string scheme = folded(text("scheme"));
  if (scheme.empty()) {
    scheme = folded(facts_.transport).find("ftp") == std::string::npos ? "file" : "ftp";
  }
  Draft draft;
  draft.provider = scheme;
  draft.target = file_target(scheme);
  const ConnectorField* host = find("host");
  if (host != nullptr) draft.place = &host->value;
  const ConnectorField* secret = find("password");
  const ConnectorField* account = find("username");
  if (file_default(scheme)) {
    if (secret != nullptr) {
      draft.path = secret->path;
      draft.secret = &secret->value;
      Site site = make_site(document_, draft);
      site.form = Form::kNone;
      site.form_detail = "field-default";
      site.secret = SecretText();
      site.encoding.clear();
      site.published_default = false;
      keep(std::move(site), secret);
    }
  } else {
    const bool key_only =
        scheme == "sftp" && scheme_flag("keyauth", false) && !scheme_flag("passwordauth", true);
    draft.dormant = scheme == "file" || flag("anonymous", flag("ftpanonymous", false)) ||
                    key_only || scheme_flag("usedefaultcredentialproviderchain", false);
    login(secret, account, draft);
  }
  if (scheme == "ftp") ftp_commands(draft.target);
  Draft key = draft;
  key.dormant = !scheme_flag("keyauth", false);
  for (const ConnectorField& field : facts_.fields) {
    const std::string& name = name_of(field);
    if (!field.key.empty() || !name.starts_with("schemeproperties")) continue;
    if (name.ends_with("/passphrase") && !field.value.empty()) login(&field, account, key);
    if (name.ends_with("/keyfile") && !field.value.empty()) {
      login(&field, account, key);
      Site& site = sites_.back();
      site.form = Form::kReference;  // the key itself stands in that file
      site.form_detail = field.value.text();
      site.secret = SecretText();
      site.encoding.clear();
    }
  }
}

void ConnectorReader::headers(const std::string& target) {
  for (const ConnectorField& field : facts_.fields) {
    if (field.key.empty() || used_.contains(&field)) continue;
    const std::string& name = name_of(field);
    std::optional<Site> site;
    if (name.starts_with("headers")) {
      site = site_of_header(document_, field.key, field.value, field.path);
    } else if (name.starts_with("parameters") && is_secret_name(field.key)) {
      Draft draft;
      draft.path = field.path;
      draft.secret = &field.value;
      site = make_site(document_, draft);
    }
    if (!site) continue;
    site->target = target;
    site->provider = "http";
    keep(std::move(*site), &field);
  }
}

void ConnectorReader::http_sender() {
  Draft draft;
  const ConnectorField* host = find_any({"host", "url"});
  if (host != nullptr) {
    draft.target = target_of(host->value.text());
    draft.place = &host->value;
    url_login(host);
  }
  draft.provider = "http";
  draft.dormant = !flag("useauthentication", find("useauthentication") == nullptr);
  login(find("password"), find("username"), draft);
  headers(draft.target);
}

void ConnectorReader::web_service() {
  Draft draft;
  const ConnectorField* place = find_any({"locationuri", "wsdlurl", "serviceendpoint", "host"});
  if (place != nullptr) {
    draft.target = target_of(place->value.text());
    draft.place = &place->value;
  }
  url_login(find("locationuri"));
  url_login(find("wsdlurl"));
  draft.provider = "http";
  draft.dormant = !flag("useauthentication", find("useauthentication") == nullptr);
  login(find("password"), find("username"), draft);
  headers(draft.target);
  // WS-Security in the message: gathered by the caller as wsse fields.
  const ConnectorField* account = find("envelope#wsse-user");
  draft.dormant = false;
  for (const ConnectorField& field : facts_.fields) {
    if (field.name == "envelope#wsse") login(&field, account, draft);
  }
}

std::string ConnectorReader::listener_target() const {
  std::string host = text("listenerconnectorproperties/host");
  std::string port = text("listenerconnectorproperties/port");
  if (host.empty()) host = text("host");
  if (port.empty()) port = text("port");
  std::string path = text("contextpath");
  while (path.starts_with('/')) path.erase(0, 1);
  std::string target = "http://" + (host.empty() ? std::string("0.0.0.0") : host);
  if (!port.empty()) target += ":" + port;
  return target_of(path.empty() ? target : target + "/" + path);
}

void ConnectorReader::listener() {
  Draft draft;
  draft.target = listener_target();
  draft.provider = "http";
  draft.inbound = true;
  bool by_variable = false;
  const ConnectorField* variable = nullptr;
  for (const ConnectorField& field : facts_.fields) {
    const std::string& name = name_of(field);
    if (name.ends_with("/isusecredentialsvariable") || name.ends_with("/usecredentialsvariable")) {
      by_variable = folded(field.value.text()) == "true";
    }
    if (name.ends_with("/credentialsvariable")) variable = &field;
  }
  std::vector<const ConnectorField*> users;
  std::vector<const ConnectorField*> secrets;
  for (const ConnectorField& field : facts_.fields) {
    const std::string& name = name_of(field);
    if (name.starts_with("usernames")) users.push_back(&field);
    if (name.starts_with("passwords")) secrets.push_back(&field);
    const bool credentials = name.find("httpauthproperties/credentials") != std::string::npos;
    if (field.key.empty() || !credentials) continue;
    Draft one = draft;
    one.path = field.path;
    one.account = &field.key_text;
    one.secret = &field.value;
    one.dormant = by_variable;
    keep(make_site(document_, one), &field);
  }
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    login(secrets[i], i < users.size() ? users[i] : nullptr, draft);
  }
  if (by_variable && variable != nullptr && !variable->value.empty()) {
    login(variable, nullptr, draft);
    sites_.back().form = Form::kReference;
    sites_.back().form_detail = variable->value.text();
    sites_.back().secret = SecretText();
    sites_.back().encoding.clear();
  }
  others(draft);
}

void ConnectorReader::smtp() {
  Draft draft;
  const ConnectorField* host = find_any({"smtphost", "hostname", "host"});
  const ConnectorField* port = find_any({"smtpport", "port"});
  draft.provider = "smtp";
  if (host != nullptr) {
    std::string place = std::string(chars::trim(host->value.text()));
    if (port != nullptr && !port->value.empty()) place += ":" + port->value.text();
    draft.target = target_of("smtp://" + place);
    draft.place = &host->value;
  }
  draft.dormant =
      !flag("authentication", flag("usesmtpauthentication", find("authentication") == nullptr));
  login(find("password"), find("username"), draft);
}

void ConnectorReader::jms() {
  Draft draft;
  draft.provider = "jms";
  const ConnectorField* place = find_any({"jndiproviderurl", "providerurl", "brokerurl"});
  const ConnectorField* account = find("username");
  for (const ConnectorField& field : facts_.fields) {
    const std::string key = folded(field.key);
    const bool has_place = place != nullptr && !place->value.empty();
    if (!has_place &&
        (key.find("brokerurl") != std::string::npos || key == "java.naming.provider.url" ||
         key == "hostname" || key == "imqaddresslist")) {
      place = &field;
    }
  }
  if (place != nullptr && !place->value.empty()) {
    draft.target = target_of(place->value.text());
    draft.place = &place->value;
    url_login(place);
  } else if (const ConnectorField* name = find_any({"destinationname", "destination"})) {
    draft.target = "jms:" + scrub_url(name->value.text());
    draft.place = &name->value;
  }
  login(find("password"), account, draft);
  const ConnectorField* principal = nullptr;
  for (const ConnectorField& field : facts_.fields) {
    if (folded(field.key) == "java.naming.security.principal") principal = &field;
  }
  for (const ConnectorField& field : facts_.fields) {
    if (field.key.empty() || used_.contains(&field)) continue;
    if (folded(field.key) == "java.naming.security.credentials")
      login(&field, principal, draft);
    else if (is_secret_name(field.key))
      login(&field, account, draft);
  }
}

void ConnectorReader::keystore(std::string_view secret, std::string_view store,
                               const std::string& target) {
  const ConnectorField* field = find(secret);
  if (field == nullptr || field->value.empty()) return;
  Draft draft;
  draft.provider = "keystore";
  const ConnectorField* place = find(store);
  draft.target =
      place != nullptr && !place->value.empty() ? target_of(place->value.text()) : target;
  if (place != nullptr) draft.place = &place->value;
  login(field, nullptr, draft);
}

void ConnectorReader::dicom(bool sender) {
  Draft draft;
  draft.provider = "dicom";
  std::string host = sender ? text("host") : text("listenerconnectorproperties/host");
  std::string port = sender ? text("port") : text("listenerconnectorproperties/port");
  if (host.empty()) host = text("host");
  if (port.empty()) port = text("port");
  draft.target = "dicom://" + host + (port.empty() ? std::string() : ":" + port);
  const std::string entity = text("applicationentity");
  if (!entity.empty()) draft.target += "/" + entity;
  draft.target = target_of(draft.target);
  draft.inbound = !sender;
  const ConnectorField* place = find("host");
  if (place != nullptr) draft.place = &place->value;
  const ConnectorField* secret = find_any({"passcode", "password"});
  if (secret != nullptr && !secret->value.empty()) login(secret, find("username"), draft);
  if (secret != nullptr) used_.insert(secret);
  keystore("keystorepw", "keystore", draft.target);
  keystore("keypw", "keystore", draft.target);
  keystore("truststorepw", "truststore", draft.target);
}

void ConnectorReader::document() {
  const ConnectorField* secret = find("password");
  if (secret == nullptr || secret->value.empty()) return;
  Draft draft;
  draft.provider = "document";
  draft.target = "file:" + text("host");
  const std::string pattern = text("outputpattern");
  if (!pattern.empty()) draft.target += (draft.target.ends_with('/') ? "" : "/") + pattern;
  draft.target = scrub_url(draft.target);
  draft.dormant = !flag("encrypt", false);
  login(secret, nullptr, draft);
}

// Plug-ins that the reference does not know: a field is a secret by its name.
void ConnectorReader::others(const Draft& draft) {
  constexpr int kOthersMax = 64;  // each looks at all fields; more is no connector
  int found = 0;
  for (const ConnectorField& field : facts_.fields) {
    if (used_.contains(&field) || field.value.empty() || found > kOthersMax) continue;
    if (field.name.ends_with("#wsse") || field.name.ends_with("#wsse-user")) continue;
    const std::string& last = field.key.empty() ? field.name : field.key;
    const std::string leaf = last.substr(last.rfind('/') + 1);
    if (!is_secret_name(leaf)) continue;
    ++found;
    const std::string folder = folded(field.name.substr(0, field.name.rfind('/') + 1));
    const ConnectorField* account = nullptr;
    Draft one = draft;
    for (const ConnectorField& other : facts_.fields) {
      const std::string& name = name_of(other);
      if (other.key.empty() && name.substr(0, name.rfind('/') + 1) == folder) {
        const NameRole role = name_parts(other.name.substr(other.name.rfind('/') + 1)).role;
        if (role == NameRole::kAccount && account == nullptr) account = &other;
        if (role == NameRole::kTarget && one.target.empty()) {
          one.target = target_of(other.value.text());
          one.place = &other.value;
          if (const auto parts = parse_connection(other.value.text())) {
            one.provider = provider_of(parts->scheme);
          }
        }
      }
    }
    if (holds_secret(classify_value(field.value.text()).form)) login(&field, account, one);
  }
}

std::vector<Site> ConnectorReader::run() {
  switch (kind_of(facts_)) {
    case Kind::kDatabase:
      database();
      break;
    case Kind::kFile:
      file();
      break;
    case Kind::kHttpSender:
      http_sender();
      break;
    case Kind::kListener:
      listener();
      break;
    case Kind::kWebService:
      web_service();
      break;
    case Kind::kSmtp:
      smtp();
      break;
    case Kind::kJms:
      jms();
      break;
    case Kind::kDicomSender:
      dicom(true);
      break;
    case Kind::kDicomListener:
      dicom(false);
      break;
    case Kind::kDocument:
      document();
      break;
    case Kind::kOther:
      break;
  }
  others({});
  return std::move(sites_);
}

}  // namespace

std::vector<Site> sites_of_connector(Bytes document, const ConnectorFacts& facts) {
  return ConnectorReader(document, facts).run();
}

}  // namespace nhi::definitions
