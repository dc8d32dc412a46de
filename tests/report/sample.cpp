#include "tests/report/sample.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/identity/derive.hpp"

namespace nhi::testing {
namespace {

constexpr Instant kAsOf{1795615200};     // 2026-11-25T14:00:00Z
constexpr Instant kRemoval{1803772800};  // 2027-02-28
constexpr std::int64_t kDay = 86400;

Instant days_ago(std::int64_t days) { return {kAsOf.seconds - days * kDay}; }

struct Where {
  std::string root;
  std::string path;
  std::uint64_t line;
  std::string member;
};

Finding found(const std::string& id, FindingKind kind, const std::string& rule, Level severity,
              const Where& where) {
  Finding f;
  f.id = "f_" + id;
  f.kind = kind;
  f.rule = rule;
  f.severity = severity;
  f.confidence = Level::kHigh;
  f.place.root = where.root;
  f.place.path = where.path;
  f.place.member = where.member;
  f.first = {where.line, 9};
  f.last = {where.line, 29};
  f.bytes = {where.line * 40, where.line * 40 + 20};
  f.principal = kind == FindingKind::kCredential ? Principal::kMachine : Principal::kUnknown;
  return f;
}

Finding credential(const std::string& id, const std::string& rule, Level severity,
                   const Where& where, const std::string& credential, const std::string& redacted) {
  Finding f = found(id, FindingKind::kCredential, rule, severity, where);
  f.credential_id = "c_" + credential;
  f.fingerprint = "hmac-sha256:k1:" + credential + credential;
  f.redacted = redacted;
  f.length_class = "16+";
  return f;
}

GitFacts git(bool in_head, bool in_worktree, bool reachable) {
  GitFacts facts;
  facts.blob = "5f0c3b7ad2e14d9b8c6a7f3e2d1c0b9a8f7e6d5c";
  facts.introduced = {"9b1d7c2e4f6a8b0c1d2e3f405162738495a6b7c8", "Ada Ward <ada@ward.example>",
                      "Ada Ward <ada@ward.example>", days_ago(700)};
  facts.last_seen_commit = "0c4e8a2b6d1f3957e9b8d7c6a5f4e3d2c1b0a998";
  facts.paths_total = 1;
  facts.refs = {"main"};
  facts.in_head = in_head;
  facts.in_worktree = in_worktree;
  facts.reachable = reachable;
  if (!reachable) facts.introduced = {};
  if (reachable && !in_head) {
    facts.removed_commit = "77aa12cd34ef56ab78cd90ef12ab34cd56ef78ab";
    facts.removed_date = Instant{facts.introduced.date.seconds + 200 * 86400};
  }
  return facts;
}

SiteFacts mirth_site(const std::string& channel, const std::string& connector,
                     const std::string& target, const std::string& account) {
  SiteFacts site;
  site.format = "mirth.channel";
  site.component = {"ADT", channel, connector};
  site.component_id = "b7c1e2f0-0d4a-4a55-9d0e-2f1f5b1a7c33";
  site.enabled = true;
  site.target = target;
  site.account = account;
  site.secret = {310, 330};
  site.account_span = {280, 289};
  return site;
}

Finding indicator(const std::string& id, const std::string& rule, IndicatorClass kind,
                  const std::string& text, const Where& where, const std::string& dependency) {
  Finding f = found(id, FindingKind::kIndicator, rule, Level::kHigh, where);
  f.indicator = IndicatorFacts{rule, kind, kind == IndicatorClass::kCis1 ? "spine" : "",
                               PlaceKind::kEngine, text};
  f.dependency_id = dependency;
  f.category = "nhs";
  f.why = "host name of the authentication service, in a setting";
  return f;
}

std::map<std::string, std::string> rule_names() {
  return {{"aws-access-key-id", "AWS access key id"},
          {"aws-secret-access-key", "AWS secret access key"},
          {"private-key", "Private key (PEM)"},
          {"mirth-connector-password", "Mirth connector password"},
          {"spine-endpoint-key", "Spine endpoint key"},
          {"cis1-relay-key", "CIS1 relay API key"},
          {"generic-password", "Password in a setting"},
          {"cis1.host.gas", "CIS1 authentication host"},
          {"cis2.issuer", "CIS2 issuer"}};
}

void add_scan_findings(ReportData& data) {
  const Where app{"repo-a", "conf/app.properties", 12, ""};
  Finding id = credential("01", "aws-access-key-id", Level::kHigh, app, "11aa", "AKIA********");
  id.category = "cloud";
  id.why = "public prefix and length of an AWS key id";
  id.group = "g_1";
  id.role = Role::kId;
  id.place.git = git(true, true, true);
  data.findings.push_back(id);
  Finding key = credential("02", "aws-secret-access-key", Level::kCritical,
                           {"repo-a", app.path, 13, ""}, "22bb", "********");
  key.category = "cloud";
  key.why = "40 characters of base64 beside an AWS key id";
  key.group = "g_1";
  key.identity = "aws:111122223333/deploy";
  key.place.git = git(true, true, true);
  key.staleness = {AgeSource::kGit, days_ago(700), std::nullopt};
  data.findings.push_back(key);
  key.id = "f_03";
  key.place.path = std::nullopt;
  key.place.git = git(false, false, false);
  data.findings.push_back(key);
  Finding site =
      credential("04", "mirth-connector-password", Level::kHigh,
                 {"repo-b", "export.zip", 88, "channels/ADT to PAS.xml"}, "33cc", "********");
  site.category = "database";
  site.why = "the channel logs in with it";
  site.encoding = {"utf-16le", "xml-entity"};
  site.site =
      mirth_site("ADT to PAS", "Destination 1", "jdbc:sqlserver://pas01:1433/PAS", "svc_mirth");
  site.site->dormant = true;
  site.identity = "mssql:pas01:1433/svc_mirth";
  site.place.file = FileFacts{"tomcat", 0644, days_ago(30), true};
  data.findings.push_back(site);
}

void add_scan_rest(ReportData& data) {
  data.findings.push_back(indicator("05", "cis1.host.gas", IndicatorClass::kCis1,
                                    "gas.national.example:443", {"repo-b", "hosts.conf", 3, ""},
                                    ""));
  Finding reference = found("06", FindingKind::kSite, "mirth-connector-password", Level::kLow,
                            {"repo-b", "export.zip", 140, "channels/Lab.xml"});
  reference.category = "database";
  reference.site = mirth_site("Lab results", "Source", "sftp://lab01:22/in", "svc_lab");
  reference.site->form = Form::kReference;
  reference.site->form_detail = "vault:lab/sftp";
  data.findings.push_back(reference);
}

Coverage coverage() {
  Coverage c;
  c.files = 1204;
  c.bytes = 88'123'456;
  c.git_objects = 30'221;
  c.archive_members = 12;
  c.unread = {{"repo-b", "private/keys.p12", "permission-denied", 4096},
              {"repo-b", "var/old.tar.xz", "corrupt-archive", 1'048'576}};
  c.unread_total = 2;
  c.by_policy = {{"exclude", 40, 12'000}, {"max-file-size", 1, 5'000'000'000}};
  return c;
}

void stamp(Finding& f, Presence presence, std::int64_t since, const std::string& system,
           const std::string& owner) {
  f.presence = presence;
  f.first_seen = days_ago(since);
  f.last_seen = presence == Presence::kUnverified ? days_ago(9) : kAsOf;
  f.checked = presence != Presence::kUnverified;
  f.system = system;
  f.environment = Environment::kLive;
  f.owner_name = owner;
  f.owner_source = owner.empty() ? "" : "estate";
  f.target = "config-repos";
  f.host = "app01";
}

struct Row {
  const char* id;
  const char* rule;
  Level severity;
  const char* path;
  std::uint64_t line;
  const char* credential;
  const char* redacted;
  const char* identity;
  const char* target;
  const char* system;
  const char* owner;
  const char* dependency;  // of credentials that belong to CIS1 itself
  Presence presence;
  CredentialStatus status;
  std::int64_t age;
};
constexpr Row kRows[] = {
    {"10", "cis1-relay-key", Level::kCritical, "tie/channels/adt-in.xml", 40, "a1", "********9f2c",
     "http:relay.ward.example:443/tie", "https://relay.ward.example/cis1", "TIE", "integration",
     "d_1", Presence::kOpen, CredentialStatus::kLive, 812},
    {"11", "mirth-connector-password", Level::kHigh, "tie/channels/adt-to-pas.xml", 88, "a2",
     "********", "mssql:pas01:1433/svc_mirth", "jdbc:sqlserver://pas01:1433/PAS", "TIE",
     "integration", "", Presence::kOpen, CredentialStatus::kLive, 1460},
    {"12", "mirth-connector-password", Level::kHigh, "tie/channels/adt-to-lims.xml", 91, "a2",
     "********", "mssql:pas01:1433/svc_mirth", "jdbc:sqlserver://pas01:1433/PAS", "TIE",
     "integration", "", Presence::kNew, CredentialStatus::kLive, 1460},
    {"13", "private-key", Level::kCritical, "pharmacy/etc/robot.pem", 1, "a3",
     "PEM EC key ********", "http:eps.ward.example:443/robot", "", "Pharmacy robot", "", "",
     Presence::kOpen, CredentialStatus::kUnknown, 1100},
    {"14", "spine-endpoint-key", Level::kHigh, "spine/mhs/endpoint.pem", 1, "a4",
     "PEM RSA key ********", "spine:mhs.ward.example/endpoint", "", "MHS", "integration", "",
     Presence::kOpen, CredentialStatus::kManaged, 200},
    {"15", "cis1-relay-key", Level::kHigh, "ris/config/sso.json", 17, "a5", "********77d0",
     "http:relay.ward.example:443/ris", "https://relay.ward.example/cis1", "RIS", "radiology",
     "d_2", Presence::kOpen, CredentialStatus::kUnknown, 950},
    {"16", "generic-password", Level::kMedium, "ris/config/backup.ini", 5, "a6", "********",
     "postgresql:ris-db:5432/backup", "postgresql://ris-db:5432/ris", "RIS", "radiology", "",
     Presence::kUnverified, CredentialStatus::kUnknown, -1},
    {"17", "aws-secret-access-key", Level::kCritical, "data/jobs/export.env", 3, "a7", "********",
     "aws:111122223333/export", "", "", "data", "", Presence::kNew, CredentialStatus::kUnknown, 2},
    {"18", "generic-password", Level::kMedium, "ed/legacy/app.config", 22, "a8", "********",
     "ldap:dc01:389/svc_ed", "ldap://dc01:389", "ED system", "", "", Presence::kGone,
     CredentialStatus::kUnknown, 400},
};

void add_sweep_findings(ReportData& data) {
  for (const Row& row : kRows) {
    Finding f = credential(row.id, row.rule, row.severity, {"config-repos", row.path, row.line, ""},
                           row.credential, row.redacted);
    f.identity = row.identity;
    f.category = "nhs";
    f.why = "named field of a known format";
    f.credential_status = row.status;
    f.dependency_id = row.dependency;
    f.place.git = git(row.presence != Presence::kGone, row.presence != Presence::kGone, true);
    if (row.age >= 0) f.staleness = {AgeSource::kGit, days_ago(row.age), std::nullopt};
    if (!std::string_view(row.target).empty()) {
      f.site = mirth_site(row.system, "Destination 1", row.target, "svc");
      if (std::string_view(row.system) != "TIE") f.site->format = "dotnet.config";
    }
    stamp(f, row.presence, row.presence == Presence::kNew ? 0 : 80, row.system, row.owner);
    data.findings.push_back(std::move(f));
  }
}

void add_dependency(ReportData& data, const std::string& id, const std::string& system,
                    DependencyState proposed, std::optional<DependencyState> decided,
                    const std::string& owner, std::vector<std::string> credentials) {
  Dependency d;
  d.id = "d_" + id;
  d.system = system;
  d.environment = Environment::kLive;
  d.place = PlaceKind::kEngine;
  d.proposed = proposed;
  d.proposed_because = "2 places name the CIS1 host, none names a CIS2 issuer";
  d.decided = decided;
  d.owner_name = owner;
  d.credentials = std::move(credentials);
  const bool is_old = proposed != DependencyState::kCis2Only;
  Finding trace =
      indicator("2" + id, is_old ? "cis1.host.gas" : "cis2.issuer",
                is_old ? IndicatorClass::kCis1 : IndicatorClass::kCis2,
                is_old ? "gas.national.example:443" : "https://am.nhsint.example/openam",
                {"config-repos", "hosts/" + system + ".conf", 4, ""}, d.id);
  stamp(trace, Presence::kOpen, 80, system, owner);
  d.indicators = {trace.id};
  data.findings.push_back(std::move(trace));
  data.dependencies.push_back(std::move(d));
}

void add_credentials(ReportData& data) {
  for (const Row& row : kRows) {
    const std::string id = std::string("c_") + row.credential;
    const auto at = std::find_if(data.credentials.begin(), data.credentials.end(),
                                 [&](const Credential& c) { return c.id == id; });
    if (at != data.credentials.end()) {
      ++at->sites;  // the one value with two places is present in both
      continue;
    }
    Credential c;
    c.id = id;
    c.fingerprint = std::string("hmac-sha256:k1:") + row.credential + row.credential;
    c.rule = row.rule;
    c.category = "nhs";
    c.redacted = row.redacted;
    c.severity = row.severity;
    c.principal = Principal::kMachine;
    c.status = row.status;
    c.identities = {row.identity};
    if (!std::string_view(row.system).empty()) c.systems = {row.system};
    c.sites = row.presence == Presence::kGone ? 0 : 1;
    c.sites_gone = row.presence == Presence::kGone ? 1 : 0;
    c.in_head = row.presence != Presence::kGone;
    if (!std::string_view(row.owner).empty()) c.owners = {row.owner};
    if (!std::string_view(row.dependency).empty()) c.bound_to = {row.dependency};
    c.environments = {Environment::kLive};
    if (row.age >= 0) c.staleness = {AgeSource::kGit, days_ago(row.age), std::nullopt};
    c.long_lived = row.age > 365;
    data.credentials.push_back(std::move(c));
  }
}

void add_trend(ReportData& data) {
  for (std::int64_t week = 12; week >= 0; --week) {
    Measures m;
    m.sweep = 100 - week;
    m.when = days_ago(week * 7);
    m.will_stop = static_cast<std::uint64_t>(3 + week / 3);
    m.cis1_stale = static_cast<std::uint64_t>(week > 6 ? 0 : 1 + week / 3);
    m.removed_not_dead = static_cast<std::uint64_t>(1 + week / 6);
    m.outstanding = static_cast<std::uint64_t>(8 + week * 2);
    m.credentials = m.outstanding + 3;
    m.fresh = static_cast<std::uint64_t>(week % 3);
    data.trend.push_back(m);
  }
}

ReportData base_of(const std::string& schema) {
  ReportData data;
  data.schema = schema;
  data.version = "0.1.0";
  data.ruleset = "sha256:2c26b46b68ffc68ff99b453c1d304134";
  data.key_id = "k1";
  data.key_check = "5c9a01f2d3e4b5a697887766554433aa";
  data.as_of = kAsOf;
  data.cis1_removal = kRemoval;
  data.rule_names = rule_names();
  data.coverage = coverage();
  return data;
}

}  // namespace

ReportData sample_scan() {
  ReportData data = base_of("nhisweep.scan/1");
  add_scan_findings(data);
  add_scan_rest(data);
  std::sort(data.findings.begin(), data.findings.end(), report_order);
  Policy policy;
  policy.as_of = data.as_of;
  auto findings =
      data.findings;  // derive() also binds them to dependencies; the sample has its own
  data.credentials = derive(findings, policy).credentials;
  return data;
}

ReportData sample_sweep() {
  ReportData data = base_of("nhisweep.sweep/1");
  data.estate = "North Ward Trust";
  add_sweep_findings(data);
  using enum DependencyState;
  add_dependency(data, "1", "TIE", kCis1Only, std::nullopt, "integration", {"c_a1", "c_a2"});
  add_dependency(data, "2", "RIS", kCis2Only, kCis2Only, "radiology", {"c_a5"});
  add_dependency(data, "3", "Pharmacy robot", kObserved, std::nullopt, "", {"c_a3"});
  add_dependency(data, "4", "ED system", kObserved, kCis2Configured, "", {});
  add_dependency(data, "5", "MHS", kDual, std::nullopt, "integration", {});
  data.dependencies.back().shared_spine = {"c_a4"};
  add_credentials(data);
  Identity identity;
  identity.key = "mssql:pas01:1433/svc_mirth";
  identity.id = "i_1";
  identity.principal = Principal::kMachine;
  identity.credentials = {"c_a2"};
  identity.consumers = {"Mirth: ADT to PAS > Destination 1"};
  identity.systems = {"TIE"};
  data.identities.push_back(std::move(identity));
  add_trend(data);
  data.coverage.carried_files = 1100;
  data.coverage.carried_git_objects = 30'000;
  data.coverage.carried_since = days_ago(12);
  std::sort(data.findings.begin(), data.findings.end(), report_order);
  return data;
}

ReportData hostile(const std::string& text) {
  ReportData data = sample_sweep();
  data.schema = "nhisweep.sweep/1";
  data.version = data.ruleset = data.key_id = data.estate = text;
  data.coverage.unread = {{text, text, text, 1}};
  data.coverage.unread_total = 1;
  data.coverage.by_policy = {{text, 1, 1}};
  data.rule_names[text] = text;
  for (Finding& f : data.findings) {
    for (std::string* field :
         {&f.id,           &f.rule,          &f.category,      &f.why,
          &f.fingerprint,  &f.credential_id, &f.group,         &f.redacted,
          &f.length_class, &f.host,          &f.target,        &f.place.root,
          &f.place.member, &f.identity,      &f.dependency_id, &f.system,
          &f.owner_name,   &f.owner_source,  &f.change,        &f.exception_id}) {
      *field = text;
    }
    f.also = f.encoding = {text, text};
    if (f.place.path) f.place.path = text;
    f.place.file = FileFacts{text, 0644, f.first_seen.value_or(Instant{}), true};
    f.place.git = GitFacts{};
    f.place.git->blob = f.place.git->last_seen_commit = text;
    f.place.git->removed_commit = text;
    f.place.git->introduced = {text, text, text, Instant{}};
    f.place.git->refs = {text};
    f.site = SiteFacts{};
    f.site->format = f.site->component_id = f.site->target = f.site->account = text;
    f.site->form_detail = text;
    f.site->component = {text, text};
    if (f.indicator) f.indicator->kind = f.indicator->subclass = f.indicator->text = text;
  }
  for (Credential& c : data.credentials) {
    c.id = c.fingerprint = c.rule = c.category = c.redacted = text;
    c.identities = c.systems = c.owners = c.bound_to = {text};
  }
  for (Identity& i : data.identities) i = {text, text, i.principal, {text}, {text}, {text}};
  for (Dependency& d : data.dependencies) {
    d.id = d.system = d.proposed_because = d.owner_name = text;
    d.indicators = d.credentials = d.shared_spine = {text};
  }
  return data;
}

ReportData large_sweep(std::size_t count) {
  ReportData data = sample_sweep();
  const std::vector<Finding> seeds = data.findings;
  data.findings.clear();
  data.credentials.clear();
  std::uint64_t random = 0x9E3779B97F4A7C15u;  // xorshift, so that every run is the same
  for (std::size_t i = 0; i < count; ++i) {
    random ^= random << 13u;
    random ^= random >> 7u;
    random ^= random << 17u;
    Finding f = seeds[random % seeds.size()];
    f.id = fmt::format("f_{:016x}", random);
    f.place.path = fmt::format("service-{}/src/main/resources/conf-{}/application-{}.properties",
                               random % 611, random % 37, i);
    if (!f.credential_id.empty())
      f.credential_id = fmt::format("c_{:012x}", random % (count / 3 + 1));
    if (f.site) f.site->target = fmt::format("jdbc:sqlserver://db{:03}:1433/APP", random % 300);
    if (!f.identity.empty())
      f.identity = fmt::format("mssql:db{:03}:1433/svc_{}", random % 300, random % 90);
    f.severity = static_cast<Level>(random >> 20u & 3u);
    f.system = fmt::format("System {:02}", random % 60);
    f.owner_name = random % 7 == 0 ? "" : fmt::format("team-{:02}", random % 25);
    data.findings.push_back(std::move(f));
  }
  std::sort(data.findings.begin(), data.findings.end(), report_order);
  return data;
}

}  // namespace nhi::testing
