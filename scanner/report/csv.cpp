#include "scanner/report/csv.hpp"

#include <fmt/format.h>

#include "scanner/base/clock.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/report/json.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

std::string list(const std::vector<std::string>& values) {
  if (values.empty()) return {};
  Json out = Json::array();
  for (const std::string& value : values) out.push_back(valid_utf8(value));
  return dump_line(out);
}

std::string number(std::uint64_t value) { return fmt::format("{}", value); }
std::string yes_no(bool value) { return value ? "true" : "false"; }
std::string date(const std::optional<Instant>& instant) {
  return instant ? to_iso8601(*instant) : std::string();
}
std::string raw_bytes(std::string_view raw) {
  return is_utf8(raw) ? std::string() : to_base64(raw);
}

using Cell = std::string (*)(const Finding&);
struct Column {
  std::string_view name;
  Cell cell;
};

template <auto Member>
std::string field(const Finding& f) {
  return f.*Member;
}
template <auto Member>
std::string word(const Finding& f) {
  return std::string(to_string(f.*Member));
}
template <auto Member>
std::string git(const Finding& f) {
  if (!f.place.git) return {};
  using Value = std::decay_t<decltype((*f.place.git).*Member)>;
  const auto& value = (*f.place.git).*Member;
  if constexpr (std::is_same_v<Value, bool>) {
    return yes_no(value);
  } else if constexpr (std::is_same_v<Value, std::uint64_t>) {
    return number(value);
  } else {
    return value;
  }
}
template <auto Member>
std::string commit(const Finding& f) {
  return f.place.git ? f.place.git->introduced.*Member : std::string();
}
template <auto Member>
std::string site(const Finding& f) {
  return f.site ? (*f.site).*Member : std::string();
}
std::string site_span(const Finding& f, Span SiteFacts::*member, std::uint64_t Span::*edge) {
  if (!f.site || ((*f.site).*member).empty()) return {};
  return number((*f.site).*member.*edge);
}

// `id` comes first: an import goes by it.
constexpr Column kWhat[] = {
    {"id", field<&Finding::id>},
    {"kind", word<&Finding::kind>},
    {"rule", field<&Finding::rule>},
    {"also", [](const Finding& f) { return list(f.also); }},
    {"category", field<&Finding::category>},
    {"severity", word<&Finding::severity>},
    {"confidence", word<&Finding::confidence>},
    {"why", field<&Finding::why>},
    {"fingerprint", field<&Finding::fingerprint>},
    {"credential_id", field<&Finding::credential_id>},
    {"group", field<&Finding::group>},
    {"role",
     [](const Finding& f) { return std::string(f.group.empty() ? "" : to_string(f.role)); }},
    {"secret", field<&Finding::redacted>},
    {"length", field<&Finding::length_class>},
    {"identity", field<&Finding::identity>},
    {"principal", word<&Finding::principal>},
    {"system", field<&Finding::system>},
    {"environment", word<&Finding::environment>},
    {"owner.name", field<&Finding::owner_name>},
    {"owner.source", field<&Finding::owner_source>},
    {"dependency_id", field<&Finding::dependency_id>},
};
constexpr Column kWhere[] = {
    {"host", field<&Finding::host>},
    {"target", field<&Finding::target>},
    {"root", [](const Finding& f) { return f.place.root; }},
    {"root_bytes", [](const Finding& f) { return raw_bytes(f.place.root); }},
    {"path", [](const Finding& f) { return f.place.path.value_or(""); }},
    {"path_bytes", [](const Finding& f) { return raw_bytes(f.place.path.value_or("")); }},
    {"member", [](const Finding& f) { return f.place.member; }},
    {"member_bytes", [](const Finding& f) { return raw_bytes(f.place.member); }},
    {"lines.start", [](const Finding& f) { return number(f.first.line); }},
    {"lines.end", [](const Finding& f) { return number(f.last.line); }},
    {"columns.start", [](const Finding& f) { return number(f.first.column); }},
    {"columns.end", [](const Finding& f) { return number(f.last.column); }},
    {"bytes.start", [](const Finding& f) { return number(f.bytes.start); }},
    {"bytes.end", [](const Finding& f) { return number(f.bytes.end); }},
    {"ordinal", [](const Finding& f) { return number(f.ordinal); }},
    {"encoding", [](const Finding& f) { return list(f.encoding); }},
    {"git.blob", git<&GitFacts::blob>},
    {"git.blobs", git<&GitFacts::blobs>},
    {"git.introduced.commit", commit<&CommitFacts::commit>},
    {"git.introduced.author", commit<&CommitFacts::author>},
    {"git.introduced.committer", commit<&CommitFacts::committer>},
    {"git.introduced.date",
     [](const Finding& f) {
       const bool known = f.place.git && !f.place.git->introduced.commit.empty();
       return known ? to_iso8601(f.place.git->introduced.date) : std::string();
     }},
    {"git.last_seen_commit", git<&GitFacts::last_seen_commit>},
    {"git.removed_commit",
     [](const Finding& f) {
       return f.place.git ? f.place.git->removed_commit.value_or("") : std::string();
     }},
    {"git.removed_date",
     [](const Finding& f) {
       return f.place.git ? date(f.place.git->removed_date) : std::string();
     }},
    {"git.paths_total", git<&GitFacts::paths_total>},
    {"git.refs",
     [](const Finding& f) { return f.place.git ? list(f.place.git->refs) : std::string(); }},
    {"git.in_head", git<&GitFacts::in_head>},
    {"git.in_worktree", git<&GitFacts::in_worktree>},
    {"git.reachable", git<&GitFacts::reachable>},
    {"file.owner", [](const Finding& f) { return f.place.file ? f.place.file->owner : ""; }},
    {"file.mode",
     [](const Finding& f) {
       return f.place.file ? fmt::format("{:04o}", f.place.file->mode) : std::string();
     }},
    {"file.mtime",
     [](const Finding& f) {
       return f.place.file ? to_iso8601(f.place.file->mtime) : std::string();
     }},
    {"file.world_readable",
     [](const Finding& f) {
       return f.place.file ? yes_no(f.place.file->world_readable) : std::string();
     }},
};
constexpr Column kSite[] = {
    {"site.format", site<&SiteFacts::format>},
    {"site.component", [](const Finding& f) { return f.site ? list(f.site->component) : ""; }},
    {"site.component_id", site<&SiteFacts::component_id>},
    {"site.enabled",
     [](const Finding& f) {
       return f.site && f.site->enabled ? yes_no(*f.site->enabled) : std::string();
     }},
    {"site.target", site<&SiteFacts::target>},
    {"site.account", site<&SiteFacts::account>},
    {"site.form",
     [](const Finding& f) { return std::string(f.site ? to_string(f.site->form) : ""); }},
    {"site.form_detail", site<&SiteFacts::form_detail>},
    {"site.dormant", [](const Finding& f) { return f.site ? yes_no(f.site->dormant) : ""; }},
    {"site.inbound", [](const Finding& f) { return f.site ? yes_no(f.site->inbound) : ""; }},
    {"site.spans.secret.start",
     [](const Finding& f) { return site_span(f, &SiteFacts::secret, &Span::start); }},
    {"site.spans.secret.end",
     [](const Finding& f) { return site_span(f, &SiteFacts::secret, &Span::end); }},
    {"site.spans.account.start",
     [](const Finding& f) { return site_span(f, &SiteFacts::account_span, &Span::start); }},
    {"site.spans.account.end",
     [](const Finding& f) { return site_span(f, &SiteFacts::account_span, &Span::end); }},
    {"indicator.kind", [](const Finding& f) { return f.indicator ? f.indicator->kind : ""; }},
    {"indicator.class",
     [](const Finding& f) {
       return std::string(f.indicator ? to_string(f.indicator->indicator_class) : "");
     }},
    {"indicator.subclass",
     [](const Finding& f) { return f.indicator ? f.indicator->subclass : ""; }},
    {"indicator.place",
     [](const Finding& f) {
       return std::string(f.indicator ? to_string(f.indicator->place) : "");
     }},
    {"indicator.text", [](const Finding& f) { return f.indicator ? f.indicator->text : ""; }},
};
constexpr Column kLife[] = {
    {"age.source", [](const Finding& f) { return std::string(to_string(f.staleness.source)); }},
    {"age.since", [](const Finding& f) { return date(f.staleness.since); }},
    {"age.expires", [](const Finding& f) { return date(f.staleness.expires); }},
    {"published_default", [](const Finding& f) { return yes_no(f.published_default); }},
    {"ignored_inline", [](const Finding& f) { return yes_no(f.ignored_inline); }},
    {"ignored_by.name",
     [](const Finding& f) { return f.ignored_inline ? ignored_by(f).name : std::string(); }},
    {"ignored_by.source",
     [](const Finding& f) {
       return std::string(f.ignored_inline ? ignored_by(f).source : std::string_view());
     }},
};
constexpr Column kSweep[] = {
    {"state", word<&Finding::presence>},
    {"checked", [](const Finding& f) { return yes_no(f.checked); }},
    {"change", field<&Finding::change>},
    {"first_seen", [](const Finding& f) { return date(f.first_seen); }},
    {"last_seen", [](const Finding& f) { return date(f.last_seen); }},
    {"exception.id", field<&Finding::exception_id>},
    {"exception.until", [](const Finding& f) { return date(f.exception_until); }},
    {"credential_status", word<&Finding::credential_status>},
};
// What people decided; an import reads these. Acceptance says more than the verdict beside it, and
// its end brings that back.
bool is_accepted(const Finding& f) { return !f.exception_id.empty(); }
template <auto Accepted, auto Decided>
std::string decided(const Finding& f) {
  if (is_accepted(f)) return f.*Accepted;
  return f.decision ? (*f.decision).*Decided : std::string();
}
constexpr Column kDecision[] = {
    {"decision",
     [](const Finding& f) {
       if (is_accepted(f)) return std::string("accepted");
       return std::string(f.decision ? to_string(f.decision->verdict) : "");
     }},
    {"decision.owner", decided<&Finding::exception_owner, &FindingDecision::owner>},
    {"decision.reason", decided<&Finding::exception_reason, &FindingDecision::reason>},
    {"decision.until", [](const Finding& f) { return date(f.exception_until); }},
    {"decision.ticket",
     [](const Finding& f) {
       return f.decision && !is_accepted(f) ? f.decision->ticket : std::string();
     }},
    {"decision.evidence", decided<&Finding::exception_evidence, &FindingDecision::evidence>},
};

template <class Visit>
void each_column(Visit&& visit) {
  for (const Column& column : kWhat) visit(column, true);
  for (const Column& column : kWhere) visit(column, true);
  for (const Column& column : kSite) visit(column, true);
  for (const Column& column : kLife) visit(column, true);
  for (const Column& column : kSweep) visit(column, false);
  for (const Column& column : kDecision) visit(column, false);
}

}  // namespace

std::string render_csv(const ReportData& data) {
  const bool reveals = !data.revealed.empty();
  CsvRow cells;
  each_column([&](const Column& column, bool) { cells.emplace_back(column.name); });
  if (reveals) cells.emplace_back("value");
  std::string out = csv_line(cells);
  for (const Finding& finding : data.findings) {
    cells.clear();
    // A scan has no yesterday: what only an inventory can know stays empty.
    const bool has_life = finding.first_seen.has_value();
    each_column([&](const Column& column, bool always) {
      cells.push_back(always || has_life ? valid_utf8(column.cell(finding)) : std::string());
    });
    const std::string* value = revealed_of(data, finding);
    if (reveals) cells.push_back(value == nullptr ? std::string() : valid_utf8(*value));
    out += csv_line(cells);
  }
  return out;
}

}  // namespace nhi
