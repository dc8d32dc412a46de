#include "scanner/report/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/clock.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/report/json.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

// U+FF1D, U+FF0B, U+FF0D, U+FF20: full-width = + - @.
constexpr std::array<std::string_view, 4> kFullWidth = {"\xEF\xBC\x9D", "\xEF\xBC\x8B",
                                                        "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

bool starts_like_formula(std::string_view cell) {
  if (cell.empty()) return false;
  if (std::string_view("=+-@\t\r\n'").find(cell.front()) != std::string_view::npos) return true;
  return std::any_of(kFullWidth.begin(), kFullWidth.end(),
                     [&](std::string_view prefix) { return cell.starts_with(prefix); });
}

std::string rfc_quoted(std::string_view cell) {
  const bool plain = cell.find_first_of(",\"\r\n") == std::string_view::npos &&
                     (cell.empty() || (cell.front() != ' ' && cell.back() != ' '));
  if (plain) return std::string(cell);
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  return out;
}

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
  return is_valid_utf8(raw) ? std::string() : to_base64(raw);
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

template <class Visit>
void each_column(Visit&& visit) {
  for (const Column& column : kWhat) visit(column, true);
  for (const Column& column : kWhere) visit(column, true);
  for (const Column& column : kSite) visit(column, true);
  for (const Column& column : kLife) visit(column, true);
  for (const Column& column : kSweep) visit(column, false);
}

/// What parse_csv() is in the middle of.
struct Reader {
  std::vector<CsvRow> rows;
  CsvRow row;
  std::string cell;
  bool in_quotes = false;
  bool was_quoted = false;

  void end_cell() {
    row.push_back(restored(cell));
    cell.clear();
    was_quoted = false;
  }
  void end_row() {
    end_cell();
    rows.push_back(std::move(row));
    row.clear();
  }
};

}  // namespace

std::string neutralised(std::string_view cell) {
  return starts_like_formula(cell) ? "'" + std::string(cell) : std::string(cell);
}

std::string restored(std::string_view cell) {
  return std::string(cell.starts_with('\'') ? cell.substr(1) : cell);
}

std::string csv_line(const CsvRow& cells) {
  std::string out;
  bool is_first = true;
  for (const std::string& cell : cells) {
    if (!is_first) out += ',';
    is_first = false;
    out += rfc_quoted(neutralised(cell));
  }
  out += "\r\n";
  return out;
}

Result<std::vector<CsvRow>> parse_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a spreadsheet's mark
  Reader reader;
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') ++line;
    if (reader.in_quotes) {
      if (c != '"') {
        reader.cell += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        reader.cell += c;
        ++at;
      } else {
        reader.in_quotes = false;
      }
    } else if (c == '"' && reader.cell.empty() && !reader.was_quoted) {
      reader.in_quotes = true;
      reader.was_quoted = true;
    } else if (c == ',') {
      reader.end_cell();
    } else if (c == '\n' || (c == '\r' && at + 1 < text.size() && text[at + 1] == '\n')) {
      if (c == '\r') ++at, ++line;
      reader.end_row();
    } else if (reader.was_quoted) {
      return fail(ErrorCode::kMalformed, "text after a closing quote",
                  fmt::format("line {}", line));
    } else {
      reader.cell += c;
    }
  }
  if (reader.in_quotes) {
    return fail(ErrorCode::kMalformed, "a quote is never closed", fmt::format("line {}", line));
  }
  if (!reader.cell.empty() || reader.was_quoted || !reader.row.empty()) reader.end_row();
  return std::move(reader.rows);
}

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
