#include "scanner/inventory/rows.hpp"

#include <iterator>
#include <span>

namespace nhi {
namespace {

// The stored codes are the enumerators. Renumbering one needs a migration.
static_assert(static_cast<int>(FindingKind::kSite) == 2);
static_assert(static_cast<int>(Level::kLow) == 0 && static_cast<int>(Level::kCritical) == 3);
static_assert(static_cast<int>(Role::kAccount) == 2);
static_assert(static_cast<int>(Principal::kMachine) == 0 &&
              static_cast<int>(Principal::kHuman) == 4 &&
              static_cast<int>(Principal::kUnknown) == 5);
static_assert(static_cast<int>(Environment::kLive) == 1 &&
              static_cast<int>(Environment::kDevelopment) == 4);
static_assert(static_cast<int>(AgeSource::kGit) == 1 &&
              static_cast<int>(AgeSource::kFileTime) == 4);
static_assert(static_cast<int>(Form::kKeyMaterial) == 5 && static_cast<int>(Form::kNone) == 9);
static_assert(static_cast<int>(IndicatorClass::kCis1) == 0 &&
              static_cast<int>(IndicatorClass::kNeutral) == 2);
static_assert(static_cast<int>(PlaceKind::kApplication) == 1 &&
              static_cast<int>(PlaceKind::kDocument) == 5);

constexpr std::string_view kPlainColumns[] = {"kind_code",
                                              "rule",
                                              "also",
                                              "category",
                                              "severity_code",
                                              "confidence_code",
                                              "why",
                                              "fingerprint",
                                              "credential_id",
                                              "credential_group",
                                              "role_code",
                                              "redacted",
                                              "length_class",
                                              "host",
                                              "target",
                                              "place_root",
                                              "place_path",
                                              "place_member",
                                              "first_line",
                                              "first_column",
                                              "last_line",
                                              "last_column",
                                              "byte_start",
                                              "byte_end",
                                              "encoding",
                                              "identity",
                                              "principal_code",
                                              "dependency_id",
                                              "system",
                                              "environment_code",
                                              "owner_name",
                                              "owner_source",
                                              "published_default",
                                              "ignored_inline",
                                              "ordinal"};
constexpr std::string_view kFileColumns[] = {"file_owner", "file_mode", "file_mtime", "file_world"};
constexpr std::string_view kGitColumns[] = {
    "git_blob",    "git_blobs",       "git_commit",         "git_author",      "git_committer",
    "git_date",    "git_last_commit", "git_removed_commit", "git_paths_total", "git_refs",
    "git_in_head", "git_in_worktree", "git_reachable",      "git_removed_date"};
constexpr std::string_view kAgeColumns[] = {"age_source_code", "age_since", "age_expires"};
constexpr std::string_view kSiteColumns[] = {
    "site_format",       "site_component",  "site_component_id",  "site_enabled",    "site_target",
    "site_account",      "site_form_code",  "site_form_detail",   "site_dormant",    "site_inbound",
    "site_secret_start", "site_secret_end", "site_account_start", "site_account_end"};
constexpr std::string_view kIndicatorColumns[] = {"indicator_kind", "indicator_class_code",
                                                  "indicator_subclass", "indicator_place_code",
                                                  "indicator_text"};
using Columns = std::span<const std::string_view>;
constexpr Columns kFactGroups[] = {kPlainColumns, kFileColumns, kGitColumns,
                                   kAgeColumns,   kSiteColumns, kIndicatorColumns};

std::string joined(std::span<const Columns> groups, std::string_view alias) {
  std::string text;
  for (const Columns group : groups) {
    for (const std::string_view column : group) {
      if (!text.empty()) text += ", ";
      if (!alias.empty()) text.append(alias).append(".");
      text += column;
    }
  }
  return text;
}

template <std::size_t n>
constexpr int width(const std::string_view (&)[n]) {
  return static_cast<int>(n);
}

void bind_plain(Binder& binder, const Finding& f) {
  binder.code(f.kind).text(f.rule).list(f.also).text(f.category).code(f.severity);
  binder.code(f.confidence).text(f.why).text(f.fingerprint).text(f.credential_id);
  binder.text(f.group).code(f.role).text(f.redacted).text(f.length_class).text(f.host);
  binder.text(f.target).blob(f.place.root);
  if (f.place.path) {
    binder.blob(*f.place.path);
  } else {
    binder.null();
  }
  binder.blob(f.place.member).count(f.first.line).count(f.first.column);
  binder.count(f.last.line).count(f.last.column).count(f.bytes.start).count(f.bytes.end);
  binder.list(f.encoding).text(f.identity).code(f.principal).text(f.dependency_id);
  binder.text(f.system).code(f.environment).text(f.owner_name).text(f.owner_source);
  binder.flag(f.published_default).flag(f.ignored_inline).count(f.ordinal);
}

void read_plain(Row& row, Finding& f) {
  f.kind = row.code(FindingKind::kSite);
  f.rule = row.text();
  f.also = row.list();
  f.category = row.text();
  f.severity = row.code(Level::kCritical);
  f.confidence = row.code(Level::kCritical);
  f.why = row.text();
  f.fingerprint = row.text();
  f.credential_id = row.text();
  f.group = row.text();
  f.role = row.code(Role::kAccount);
  f.redacted = row.text();
  f.length_class = row.text();
  f.host = row.text();
  f.target = row.text();
  f.place.root = row.text();
  f.place.path = row.optional_text();
  f.place.member = row.text();
  f.first = {row.count(), row.count()};
  f.last = {row.count(), row.count()};
  f.bytes = {row.count(), row.count()};
  f.encoding = row.list();
  f.identity = row.text();
  f.principal = row.code(Principal::kUnknown);
  f.dependency_id = row.text();
  f.system = row.text();
  f.environment = row.code(Environment::kDevelopment);
  f.owner_name = row.text();
  f.owner_source = row.text();
  f.published_default = row.flag();
  f.ignored_inline = row.flag();
  f.ordinal = row.count();
}

void bind_file(Binder& binder, const std::optional<FileFacts>& file) {
  if (!file) {
    binder.nulls(width(kFileColumns));
    return;
  }
  binder.text(file->owner).integer(file->mode).instant(file->mtime).flag(file->world_readable);
}

std::optional<FileFacts> read_file_facts(Row& row) {
  if (row.is_null()) {
    row.skip(width(kFileColumns));
    return std::nullopt;
  }
  FileFacts file;
  file.owner = row.text();
  file.mode = static_cast<std::uint32_t>(row.count() & 0xFFFFFFFFU);
  file.mtime = row.instant();
  file.world_readable = row.flag();
  return file;
}

void bind_git(Binder& binder, const std::optional<GitFacts>& git) {
  if (!git) {
    binder.nulls(width(kGitColumns));
    return;
  }
  binder.text(git->blob).count(git->blobs).text(git->introduced.commit);
  binder.text(git->introduced.author).text(git->introduced.committer);
  binder.instant(git->introduced.date).text(git->last_seen_commit);
  if (git->removed_commit) {
    binder.text(*git->removed_commit);
  } else {
    binder.null();
  }
  binder.count(git->paths_total).list(git->refs).flag(git->in_head).flag(git->in_worktree);
  binder.flag(git->reachable).instant(git->removed_date);
}

std::optional<GitFacts> read_git(Row& row) {
  if (row.is_null()) {
    row.skip(width(kGitColumns));
    return std::nullopt;
  }
  GitFacts git;
  git.blob = row.text();
  git.blobs = row.count();
  git.introduced.commit = row.text();
  git.introduced.author = row.text();
  git.introduced.committer = row.text();
  git.introduced.date = row.instant();
  git.last_seen_commit = row.text();
  git.removed_commit = row.optional_text();
  git.paths_total = row.count();
  git.refs = row.list();
  git.in_head = row.flag();
  git.in_worktree = row.flag();
  git.reachable = row.flag();
  git.removed_date = row.optional_instant();
  return git;
}

Staleness read_age(Row& row) {
  Staleness age;
  age.source = row.code(AgeSource::kFileTime);
  age.since = row.optional_instant();
  age.expires = row.optional_instant();
  return age;
}

void bind_site(Binder& binder, const std::optional<SiteFacts>& site) {
  if (!site) {
    binder.nulls(width(kSiteColumns));
    return;
  }
  binder.text(site->format).list(site->component).text(site->component_id);
  if (site->enabled) {
    binder.flag(*site->enabled);
  } else {
    binder.null();
  }
  binder.text(site->target).text(site->account).code(site->form).text(site->form_detail);
  binder.flag(site->dormant).flag(site->inbound);
  binder.count(site->secret.start).count(site->secret.end);
  binder.count(site->account_span.start).count(site->account_span.end);
}

std::optional<SiteFacts> read_site(Row& row) {
  if (row.is_null()) {
    row.skip(width(kSiteColumns));
    return std::nullopt;
  }
  SiteFacts site;
  site.format = row.text();
  site.component = row.list();
  site.component_id = row.text();
  const std::optional<std::int64_t> enabled = row.optional_integer();
  if (enabled) site.enabled = *enabled != 0;
  site.target = row.text();
  site.account = row.text();
  site.form = row.code(Form::kNone);
  site.form_detail = row.text();
  site.dormant = row.flag();
  site.inbound = row.flag();
  site.secret = {row.count(), row.count()};
  site.account_span = {row.count(), row.count()};
  return site;
}

void bind_indicator(Binder& binder, const std::optional<IndicatorFacts>& indicator) {
  if (!indicator) {
    binder.nulls(width(kIndicatorColumns));
    return;
  }
  binder.text(indicator->kind).code(indicator->indicator_class).text(indicator->subclass);
  binder.code(indicator->place).text(indicator->text);
}

std::optional<IndicatorFacts> read_indicator(Row& row) {
  if (row.is_null()) {
    row.skip(width(kIndicatorColumns));
    return std::nullopt;
  }
  IndicatorFacts indicator;
  indicator.kind = row.text();
  indicator.indicator_class = row.code(IndicatorClass::kNeutral);
  indicator.subclass = row.text();
  indicator.place = row.code(PlaceKind::kDocument);
  indicator.text = row.text();
  return indicator;
}

}  // namespace

std::string fact_columns(std::string_view alias) { return joined(kFactGroups, alias); }

std::string history_columns(std::string_view alias) {
  constexpr Columns kGroups[] = {kGitColumns, kAgeColumns};
  return joined(kGroups, alias);
}

std::string fact_placeholders() {
  std::string text;
  for (const Columns group : kFactGroups) {
    for (std::size_t i = 0; i < group.size(); ++i) text += text.empty() ? "?" : ",?";
  }
  return text;
}

void bind_facts(Binder& binder, const Finding& finding) {
  bind_plain(binder, finding);
  bind_file(binder, finding.place.file);
  bind_git(binder, finding.place.git);
  binder.code(finding.staleness.source).instant(finding.staleness.since);
  binder.instant(finding.staleness.expires);
  bind_site(binder, finding.site);
  bind_indicator(binder, finding.indicator);
}

Finding read_facts(Row& row) {
  Finding finding;
  read_plain(row, finding);
  finding.place.file = read_file_facts(row);
  finding.place.git = read_git(row);
  finding.staleness = read_age(row);
  finding.site = read_site(row);
  finding.indicator = read_indicator(row);
  return finding;
}

void merge_history(Row& row, Finding& finding) {
  finding.place.git = read_git(row);
  if (finding.place.git) finding.place.git->in_worktree = true;
  const Staleness age = read_age(row);
  const bool better =
      age.source != AgeSource::kUnknown &&
      (finding.staleness.source == AgeSource::kUnknown || age.source < finding.staleness.source);
  if (better) {
    finding.staleness.source = age.source;
    finding.staleness.since = age.since;
  }
  if (!finding.staleness.expires) finding.staleness.expires = age.expires;
}

}  // namespace nhi
