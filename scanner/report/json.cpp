#include "scanner/report/json.hpp"

#include <fmt/format.h>

#include "scanner/base/clock.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

Json text(std::string_view value) { return valid_utf8(value); }
Json text_or_null(std::string_view value) { return value.empty() ? Json() : text(value); }
Json word(std::string_view value) { return std::string(value); }
Json date(Instant instant) { return to_iso8601(instant); }
Json date_or_null(const std::optional<Instant>& instant) {
  return instant ? date(*instant) : Json();
}
Json pair(std::uint64_t first, std::uint64_t second) { return Json::array({first, second}); }

Json texts(const std::vector<std::string>& values) {
  Json out = Json::array();
  for (const std::string& value : values) out.push_back(text(value));
  return out;
}

/// Puts `name`, and `name`_bytes in base64 where the raw bytes are not UTF-8.
void put_raw(Json& out, const std::string& name, const std::string& raw) {
  out[name] = text(raw);
  if (!is_utf8(raw)) out[name + "_bytes"] = to_base64(raw);
}

Json git_value(const GitFacts& git) {
  Json out;
  out["blob"] = text(git.blob);
  out["blobs"] = git.blobs;
  out["introduced"] = Json();
  if (!git.introduced.commit.empty()) {
    Json introduced;
    introduced["commit"] = text(git.introduced.commit);
    introduced["author"] = text(git.introduced.author);
    introduced["committer"] = text(git.introduced.committer);
    introduced["date"] = date(git.introduced.date);
    out["introduced"] = std::move(introduced);
  }
  out["last_seen_commit"] = text_or_null(git.last_seen_commit);
  out["removed_commit"] = git.removed_commit ? text(*git.removed_commit) : Json();
  out["removed_date"] = date_or_null(git.removed_date);
  out["paths_total"] = git.paths_total;
  out["refs"] = texts(git.refs);
  out["in_head"] = git.in_head;
  out["in_worktree"] = git.in_worktree;
  out["reachable"] = git.reachable;
  return out;
}

Json file_value(const FileFacts& file) {
  Json out;
  out["owner"] = text(file.owner);
  out["mode"] = fmt::format("{:04o}", file.mode);
  out["mtime"] = date(file.mtime);
  out["world_readable"] = file.world_readable;
  return out;
}

Json site_value(const SiteFacts& site) {
  Json out;
  out["format"] = text(site.format);
  out["component"] = texts(site.component);
  out["component_id"] = text(site.component_id);
  out["enabled"] = site.enabled ? Json(*site.enabled) : Json();
  out["target"] = text(site.target);
  out["account"] = text(site.account);
  out["form"] = word(to_string(site.form));
  if (!site.form_detail.empty()) out["form_detail"] = text(site.form_detail);
  if (site.dormant) out["dormant"] = true;
  if (site.inbound) out["inbound"] = true;
  Json spans = Json::object();
  if (!site.secret.empty()) spans["secret"] = pair(site.secret.start, site.secret.end);
  if (!site.account_span.empty()) {
    spans["account"] = pair(site.account_span.start, site.account_span.end);
  }
  out["spans"] = std::move(spans);
  return out;
}

Json indicator_value(const IndicatorFacts& indicator) {
  Json out;
  out["kind"] = text(indicator.kind);
  out["class"] = word(to_string(indicator.indicator_class));
  if (!indicator.subclass.empty()) out["subclass"] = text(indicator.subclass);
  out["place"] = word(to_string(indicator.place));
  out["text"] = text(indicator.text);
  return out;
}

Json age_value(const Staleness& staleness) {
  Json out;
  out["source"] = word(to_string(staleness.source));
  out["since"] = date_or_null(staleness.since);
  out["expires"] = date_or_null(staleness.expires);
  return out;
}

Json owner_value(std::string_view name, std::string_view source) {
  if (name.empty()) return {};
  Json out;
  out["name"] = text(name);
  out["source"] = text(source);
  return out;
}

void put_what(Json& out, const Finding& finding, const std::string* revealed) {
  out["schema"] = "nhisweep.finding/1";
  out["id"] = text(finding.id);
  out["kind"] = word(to_string(finding.kind));
  out["rule"] = text(finding.rule);
  out["also"] = texts(finding.also);
  out["category"] = text(finding.category);
  out["severity"] = word(to_string(finding.severity));
  out["confidence"] = word(to_string(finding.confidence));
  out["why"] = text(finding.why);
  out["fingerprint"] = text(finding.fingerprint);
  out["credential_id"] = text(finding.credential_id);
  if (!finding.group.empty()) {
    out["group"] = text(finding.group);
    out["role"] = word(to_string(finding.role));
  }
  out["secret"] = text(finding.redacted);
  if (revealed != nullptr) out["value"] = text(*revealed);
  if (revealed != nullptr && !is_utf8(*revealed)) out["value_bytes"] = to_base64(*revealed);
  out["length"] = text(finding.length_class);
}

void put_where(Json& out, const Finding& finding) {
  const Provenance& place = finding.place;
  out["host"] = text(finding.host);
  if (!finding.target.empty()) out["target"] = text(finding.target);
  put_raw(out, "root", place.root);
  if (place.path) {
    put_raw(out, "path", *place.path);
  } else {
    out["path"] = Json();
  }
  put_raw(out, "member", place.member);
  out["lines"] = pair(finding.first.line, finding.last.line);
  out["columns"] = pair(finding.first.column, finding.last.column);
  out["bytes"] = pair(finding.bytes.start, finding.bytes.end);
  out["ordinal"] = finding.ordinal;
  out["encoding"] = texts(finding.encoding);
  if (place.git) out["git"] = git_value(*place.git);
  if (place.file) out["file"] = file_value(*place.file);
  if (finding.site) out["site"] = site_value(*finding.site);
}

/// Only an inventory knows when a place was first seen; a scan has no yesterday.
void put_life(Json& out, const Finding& finding) {
  if (!finding.first_seen) return;
  out["state"] = word(to_string(finding.presence));
  out["checked"] = finding.checked;
  out["change"] = text(finding.change);
  out["first_seen"] = date(*finding.first_seen);
  out["last_seen"] = date_or_null(finding.last_seen);
  if (finding.decision) out["decision"] = decision_value(*finding.decision);
  if (!finding.exception_id.empty()) {
    Json exception;
    exception["id"] = text(finding.exception_id);
    exception["until"] = date_or_null(finding.exception_until);
    exception["owner"] = text(finding.exception_owner);
    exception["reason"] = text(finding.exception_reason);
    out["exception"] = std::move(exception);
  }
  out["credential_status"] = word(to_string(finding.credential_status));
}

template <class T, class F>
Json list_of(const std::vector<T>& values, F&& to_value) {
  Json out = Json::array();
  for (const T& value : values) out.push_back(to_value(value));
  return out;
}

void append_member(std::string& out, std::string_view key, const Json& value) {
  out += fmt::format(",\n\"{}\":{}", key, dump_line(value));
}

/// One element a line, so that a report can be compared with yesterday's by `diff`.
template <class T, class F>
void append_array(std::string& out, std::string_view key, const std::vector<T>& values,
                  F&& to_value) {
  out += fmt::format(",\n\"{}\":[", key);
  bool is_first = true;
  for (const T& value : values) {
    out += is_first ? "\n" : ",\n";
    is_first = false;
    out += dump_line(to_value(value));
  }
  out += is_first ? "]" : "\n]";
}

}  // namespace

std::string dump_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const std::string* revealed_of(const ReportData& data, const Finding& finding) {
  const auto at = data.revealed.find(finding.id);
  return at == data.revealed.end() ? nullptr : &at->second;
}

Json finding_value(const Finding& finding, const std::string* revealed) {
  Json out;
  put_what(out, finding, revealed);
  put_where(out, finding);
  out["identity"] = text(finding.identity);
  out["principal"] = word(to_string(finding.principal));
  if (finding.indicator) out["indicator"] = indicator_value(*finding.indicator);
  if (!finding.dependency_id.empty()) out["dependency_id"] = text(finding.dependency_id);
  out["system"] = text(finding.system);
  out["environment"] = word(to_string(finding.environment));
  out["owner"] = owner_value(finding.owner_name, finding.owner_source);
  out["age"] = age_value(finding.staleness);
  if (finding.published_default) out["published_default"] = true;
  if (finding.ignored_inline) {
    out["ignored_inline"] = true;
    const IgnoredBy by = ignored_by(finding);
    out["ignored_by"] = owner_value(by.name, by.source);
  }
  put_life(out, finding);
  return out;
}

Json decision_value(const FindingDecision& decision) {
  Json out;
  out["kind"] = word(to_string(decision.verdict));
  out["subject"] = text(decision.subject);
  out["owner"] = text_or_null(decision.owner);
  out["ticket"] = text_or_null(decision.ticket);
  out["reason"] = text_or_null(decision.reason);
  out["who"] = text(decision.who);
  out["when"] = date(decision.when);
  out["evidence"] = text_or_null(decision.evidence);
  return out;
}

Json coverage_value(const Coverage& coverage) {
  Json read;
  read["files"] = coverage.files;
  read["bytes"] = coverage.bytes;
  read["git_objects"] = coverage.git_objects;
  read["archive_members"] = coverage.archive_members;
  Json carried;
  carried["files"] = coverage.carried_files;
  carried["git_objects"] = coverage.carried_git_objects;
  carried["since"] = date_or_null(coverage.carried_since);
  Json unread = list_of(coverage.unread, [](const Unread& place) {
    Json entry;
    put_raw(entry, "root", place.root);
    put_raw(entry, "path", place.path);
    entry["reason"] = text(place.reason);
    entry["bytes"] = place.bytes;
    return entry;
  });
  Json by_policy = list_of(coverage.by_policy, [](const Coverage::Policy& policy) {
    Json entry;
    entry["reason"] = text(policy.reason);
    entry["count"] = policy.count;
    entry["bytes"] = policy.bytes;
    return entry;
  });
  Json out;
  out["read"] = std::move(read);
  out["carried"] = std::move(carried);
  out["unread"] = std::move(unread);
  out["unread_total"] = coverage.unread_total;
  out["by_policy"] = std::move(by_policy);
  return out;
}

Json credential_value(const Credential& credential) {
  Json out;
  out["id"] = text(credential.id);
  out["fingerprint"] = text(credential.fingerprint);
  out["rule"] = text(credential.rule);
  out["category"] = text(credential.category);
  out["secret"] = text(credential.redacted);
  out["severity"] = word(to_string(credential.severity));
  out["principal"] = word(to_string(credential.principal));
  out["credential_status"] = word(to_string(credential.status));
  out["identities"] = texts(credential.identities);
  out["systems"] = texts(credential.systems);
  out["sites"] = credential.sites;
  out["sites_gone"] = credential.sites_gone;
  out["in_head"] = credential.in_head;
  out["age"] = age_value(credential.staleness);
  out["long_lived"] = credential.long_lived;
  out["reused"] = credential.reused;
  out["orphaned"] = credential.orphaned;
  return out;
}

Json identity_value(const Identity& identity) {
  Json out;
  out["identity"] = text(identity.key);
  out["id"] = text(identity.id);
  out["principal"] = word(to_string(identity.principal));
  out["credentials"] = texts(identity.credentials);
  out["consumers"] = texts(identity.consumers);
  out["systems"] = texts(identity.systems);
  return out;
}

Json dependency_value(const Dependency& dependency) {
  Json out;
  out["id"] = text(dependency.id);
  out["system"] = text(dependency.system);
  out["environment"] = word(to_string(dependency.environment));
  out["place"] = word(to_string(dependency.place));
  const bool no_trace = dependency.traces == TraceStanding::kNone;
  out["proposed"] = no_trace ? Json() : word(to_string(dependency.proposed));
  out["proposed_because"] = text(dependency.proposed_because);
  out["decided"] = dependency.decided ? word(to_string(*dependency.decided)) : Json();
  out["owner"] = text_or_null(dependency.owner_name);
  out["traces"] = word(to_string(dependency.traces));
  out["last_seen"] = dependency.last_seen ? date(*dependency.last_seen) : Json();
  out["indicators"] = texts(dependency.indicators);
  out["gone_traces"] = texts(dependency.gone_traces);
  out["criticality"] = dependency.criticality ? word(to_string(*dependency.criticality)) : Json();
  out["side_states"] = text_or_null(dependency.side_states);
  const auto day = [](const std::optional<Instant>& at) {
    return at ? Json(to_iso_date(*at)) : Json();
  };
  out["exception_until"] = day(dependency.exception_until);
  out["supplier"] = text_or_null(dependency.supplier);
  out["supplier_date"] = day(dependency.supplier_date);
  out["review"] = day(dependency.review);
  out["blockers"] = text_or_null(dependency.blockers);
  out["conflicts"] = texts(dependency.conflicts);
  out["credentials"] = texts(dependency.credentials);
  out["shared_spine"] = texts(dependency.shared_spine);
  return out;
}

Json measures_value(const Measures& measures) {
  Json out;
  out["sweep"] = measures.sweep;
  out["when"] = date(measures.when);
  out["findings"] = measures.findings;
  out["credentials"] = measures.credentials;
  out["outstanding"] = measures.outstanding;
  out["new"] = measures.fresh;
  out["gone"] = measures.gone;
  out["unverified"] = measures.unverified;
  out["will_stop"] = measures.will_stop;
  out["traces_gone"] = measures.traces_gone;
  out["declared"] = measures.declared;
  out["cis1_stale"] = measures.cis1_stale;
  out["removed_not_dead"] = measures.removed_not_dead;
  out["residue"] = measures.residue;
  out["seen_again"] = measures.seen_again;
  out["shared_spine"] = measures.shared_spine;
  out["unbound"] = measures.unbound;
  out["unowned"] = measures.unowned;
  out["reused"] = measures.reused;
  out["long_lived"] = measures.long_lived ? Json(*measures.long_lived) : Json();
  out["long_lived_unknown"] = measures.long_lived_unknown;
  out["unread"] = measures.unread;
  return out;
}

std::string finding_json(const Finding& finding, const std::string* revealed) {
  return dump_line(finding_value(finding, revealed));
}

std::string coverage_json(const ReportData& data) {
  Json out;
  out["schema"] = "nhisweep.coverage/1";
  out.update(coverage_value(data.coverage));
  if (!data.key_check.empty()) {
    out["key"] = text(data.key_id);
    out["key_check"] = text(data.key_check);
  }
  if (!data.audit_head.empty()) out["audit"] = text(data.audit_head);
  return dump_line(out);
}

std::string render_json(const ReportData& data) {
  std::string out = fmt::format("{{\"schema\":{}", dump_line(text(data.schema)));
  append_member(out, "version", text(data.version));
  append_member(out, "ruleset", text(data.ruleset));
  append_member(out, "key", text(data.key_id));
  if (!data.key_check.empty()) append_member(out, "key_check", text(data.key_check));
  append_member(out, "as_of", date(data.as_of));
  if (!data.estate.empty()) append_member(out, "estate", text(data.estate));
  if (!data.audit_head.empty()) append_member(out, "audit", text(data.audit_head));
  append_member(out, "coverage", coverage_value(data.coverage));
  if (data.known) append_member(out, "known", *data.known);
  append_array(out, "findings", data.findings, [&](const Finding& finding) {
    return finding_value(finding, revealed_of(data, finding));
  });
  if (!data.decisions.empty()) append_array(out, "decisions", data.decisions, decision_value);
  if (data.schema != "nhisweep.scan/1") {
    append_member(out, "cis1_removal", to_iso_date(data.cis1_removal));
    append_member(out, "measures", measures_value(make_overview(data).measures));
    append_array(out, "credentials", data.credentials, credential_value);
    append_array(out, "identities", data.identities, identity_value);
    append_array(out, "dependencies", data.dependencies, dependency_value);
    append_array(out, "trend", data.trend, measures_value);
  }
  out += "\n}\n";
  return out;
}

std::string render_jsonl(const ReportData& data) {
  std::string out;
  for (const Finding& finding : data.findings) {
    out += finding_json(finding, revealed_of(data, finding));
    out += '\n';
  }
  out += coverage_json(data);
  out += '\n';
  return out;
}

}  // namespace nhi
