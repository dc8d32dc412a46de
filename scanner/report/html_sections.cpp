#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "scanner/base/clock.hpp"
#include "scanner/report/html.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

struct Tile {
  std::string number;
  std::string_view label;
  std::string note;
  std::string link;       // within the page
  std::string_view tone;  // "alarm", "watch", "calm"
};

std::string tile_html(const Tile& tile) {
  std::string out = fmt::format(
      "<li class=\"tile {}\"><a href=\"{}\"><span class=\"number\">{}</span> "
      "<span class=\"label\">{}</span>",
      tile.tone, tile.link, tile.number, tile.label);
  if (!tile.note.empty()) out += fmt::format(" <span class=\"note\">{}</span>", tile.note);
  return out + "</a></li>\n";
}

std::string unknown(std::uint64_t cases) { return fmt::format("unknown ({})", cases); }

std::string_view tone_of(std::uint64_t number, std::string_view tone) {
  return number == 0 ? "calm" : tone;
}

std::string days_number(std::int64_t days) {
  return days < 0 ? fmt::format("\u2212{}", -days) : fmt::format("{}", days);
}

std::string listed_states(const Overview& overview) {
  std::string out;
  for (const DependencyState state :
       {DependencyState::kObserved, DependencyState::kCis1Only, DependencyState::kCis2Configured}) {
    const std::uint64_t number = overview.dependencies_by_state[static_cast<std::size_t>(state)];
    if (number == 0) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}", number, to_string(state));
  }
  return out;
}

std::vector<Tile> main_tiles(const ReportData& data, const Overview& overview) {
  const Measures& m = overview.measures;
  const bool knows = overview.knows_dependencies;
  const std::string unseen = unknown(overview.cis1_indicators);
  const std::int64_t days = overview.days_to_removal;
  const std::string by_criticality = criticality_sentence(overview);
  std::vector<Tile> tiles;
  tiles.push_back({days_number(days),
                   days < 0 ? "days: CIS1 has been removed" : "days until CIS1 is removed",
                   to_iso_date(data.cis1_removal), "#dependencies", days < 90 ? "alarm" : "watch"});
  tiles.push_back({knows ? with_thousands(m.will_stop) : unseen,
                   days > 0 ? "dependencies will stop" : "dependencies have stopped",
                   by_criticality.empty() ? "" : listed_states(overview) + "; " + by_criticality,
                   "#dependencies?list=will-stop", tone_of(knows ? m.will_stop : 1, "alarm")});
  tiles.push_back({knows ? with_thousands(m.cis1_stale) : unseen, "cis1-stale credentials",
                   "left behind after the move to CIS2", "#credentials?list=cis1-stale",
                   tone_of(knows ? m.cis1_stale : 1, "alarm")});
  tiles.push_back({with_thousands(m.removed_not_dead), "removed, not proven dead",
                   "gone from the files, may still work", "#credentials?list=removed-not-dead",
                   tone_of(m.removed_not_dead, "watch")});
  if (overview.is_sweep) {
    tiles.push_back({with_thousands(m.fresh), "new since the last sweep",
                     data.trend.size() <= 1 ? "first sweep: everything is new" : "",
                     "#findings?state=new&amp;kind=!site&amp;principal=!human",
                     tone_of(m.fresh, "watch")});
  } else {
    tiles.push_back({unknown(m.findings), "new since the last sweep", "a scan keeps no inventory",
                     "#findings?kind=!site&amp;principal=!human", "calm"});
  }
  tiles.push_back({with_thousands(m.unread), "places not read",
                   m.unread == 0 ? "everything in scope was read" : "", "#unread",
                   tone_of(m.unread, "alarm")});
  return tiles;
}

std::vector<Tile> more_tiles(const Overview& overview) {
  const Measures& m = overview.measures;
  std::vector<Tile> tiles;
  const auto credentials = [&](std::uint64_t number, std::string_view label,
                               std::string_view list) {
    tiles.push_back(
        {with_thousands(number), label, "", fmt::format("#credentials?list={}", list), "calm"});
  };
  credentials(m.outstanding, "outstanding credentials", "outstanding");
  if (overview.is_sweep) {
    tiles.push_back({with_thousands(m.traces_gone), "dependencies without a trace left",
                     "not decided to be over", "#dependencies?list=traces-gone", "calm"});
    tiles.push_back({with_thousands(m.declared), "dependencies that people declared",
                     "no CIS1 trace was seen", "#dependencies?list=declared", "calm"});
  }
  if (overview.is_sweep) {
    tiles.push_back({with_thousands(m.gone), "gone", "",
                     "#findings?state=gone&amp;kind=!site&amp;principal=!human", "calm"});
    tiles.push_back({with_thousands(m.unverified), "unverified", "",
                     "#findings?state=unverified&amp;kind=!site&amp;principal=!human", "calm"});
  }
  credentials(m.unowned, "without an owner", "unowned");
  credentials(m.reused, "used for more than one thing", "reused");
  if (m.long_lived) {
    credentials(*m.long_lived, "long-lived", "long-lived");
    if (m.long_lived_unknown != 0) {
      tiles.back().note = fmt::format("age of {} unknown", with_thousands(m.long_lived_unknown));
    }
  } else {
    tiles.push_back({unknown(m.long_lived_unknown), "long-lived", "no evidence of age",
                     "#credentials?list=age-unknown", "calm"});
  }
  credentials(m.shared_spine, "shared Spine, not CIS1", "shared-spine");
  credentials(m.unbound, "beside CIS1, not bound to it", "unbound");
  credentials(m.residue, "residue of dead credentials", "residue");
  credentials(m.seen_again, "seen again after dead", "seen-again");
  return tiles;
}

// Values that are counted with the secret that they are the id of.
using PartIds = std::set<std::string_view>;
PartIds part_ids(const ReportData& data) {
  PartIds ids;
  for (const Credential& credential : data.credentials) {
    if (!credential.part_of.empty()) ids.insert(credential.id);
  }
  return ids;
}

struct Count {
  std::uint64_t findings = 0;
  std::uint64_t fresh = 0;
  std::uint64_t severe = 0;  // high or critical
  std::map<std::string_view, bool> credentials;

  void add(const Finding& finding, const PartIds& parts) {
    ++findings;
    if (finding.first_seen && finding.presence == Presence::kNew) ++fresh;
    if (finding.severity >= Level::kHigh) ++severe;
    if (finding.credential_id.empty() || parts.contains(finding.credential_id)) return;
    credentials.emplace(finding.credential_id, true);
  }
};

std::string count_cells(const Count& count, const std::string& link) {
  const auto cell = [&](std::uint64_t number, std::string_view more) {
    if (number == 0) return std::string("<td class=\"num\">0</td>");
    return fmt::format("<td class=\"num\"><a href=\"{}{}\">{}</a></td>", link, more,
                       with_thousands(number));
  };
  return fmt::format("<td class=\"num\">{}</td>{}{}{}", with_thousands(count.credentials.size()),
                     cell(count.findings, ""), cell(count.severe, "&amp;severity=high%2B"),
                     cell(count.fresh, "&amp;state=new"));
}

constexpr std::string_view kCountHeads =
    "<th scope=\"col\" class=\"num\">Credentials</th><th scope=\"col\" class=\"num\">Places</th>"
    "<th scope=\"col\" class=\"num\">High or critical</th><th scope=\"col\" class=\"num\">New</th>";

std::string filter_value(std::string_view value) {
  return value.empty() ? "-" : percent_encoded(shown(value));
}

std::string or_dash(std::string_view text, std::string_view otherwise) {
  return text.empty() ? fmt::format("<span class=\"none\">{}</span>", otherwise) : html_text(text);
}

std::string principals_html(const ReportData& data) {
  std::map<Principal, Count> counts;
  const PartIds parts = part_ids(data);
  for (const Finding& finding : data.findings) {
    if (finding.kind == FindingKind::kCredential) counts[finding.principal].add(finding, parts);
  }
  std::string out = fmt::format(
      "<table><caption>By principal: whom a credential speaks for</caption><thead><tr>"
      "<th scope=\"col\">Principal</th>{}</tr></thead><tbody>\n",
      kCountHeads);
  for (const auto& [principal, count] : counts) {
    const std::string_view name = to_string(principal);
    const std::string link =
        fmt::format("#findings?kind=credential&amp;principal={}", filter_value(name));
    out += fmt::format("<tr><th scope=\"row\">{}</th>{}</tr>\n", name, count_cells(count, link));
  }
  if (counts.empty()) out += "<tr><td colspan=\"5\">no credentials found</td></tr>\n";
  return out + "</tbody></table>\n";
}

std::string engines_html(const ReportData& data) {
  std::map<std::tuple<std::string, std::string>, Count> counts;
  const PartIds parts = part_ids(data);
  for (const Finding& finding : data.findings) {
    if (finding.kind != FindingKind::kCredential || !is_counted(finding)) continue;
    counts[{engine_of(finding), finding.system}].add(finding, parts);
  }
  std::string out = fmt::format(
      "<table><caption>By engine or format, and system, without people</caption><thead><tr>"
      "<th scope=\"col\">Engine or format</th><th "
      "scope=\"col\">System</th>{}</tr></thead><tbody>\n",
      kCountHeads);
  for (const auto& [key, count] : counts) {
    const auto& [engine, system] = key;
    const std::string link =
        fmt::format("#findings?kind=credential&amp;principal=!human&amp;engine={}&amp;system={}",
                    filter_value(engine), filter_value(system));
    out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td>{}</tr>\n",
                       or_dash(engine, "plain files"), or_dash(system, "no system"),
                       count_cells(count, link));
  }
  if (counts.empty()) out += "<tr><td colspan=\"6\">no credentials found</td></tr>\n";
  return out + "</tbody></table>\n";
}

}  // namespace

std::string headlines_html(const ReportData& data, const Overview& overview) {
  std::string out = "<ul class=\"tiles main\">\n";
  for (const Tile& tile : main_tiles(data, overview)) out += tile_html(tile);
  out += "</ul>\n<ul class=\"tiles more\">\n";
  for (const Tile& tile : more_tiles(overview)) out += tile_html(tile);
  return out + "</ul>\n";
}

std::string breakdown_html(const ReportData& data, const Overview&) {
  std::string out = "<div class=\"side\">\n";
  out += "<div class=\"scroll\">" + principals_html(data) + "</div>\n";
  out += "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"By engine\">";
  out += engines_html(data) + "</div>\n</div>\n";
  return out;
}

std::string unread_html(const Coverage& coverage) {
  std::string out = fmt::format(
      "<p>Read: {}, {}, {}, {}.</p>\n", counted(coverage.files, "file", "files"),
      human_bytes(coverage.bytes), counted(coverage.git_objects, "git object", "git objects"),
      counted(coverage.archive_members, "archive member", "archive members"));
  if (coverage.carried_files != 0 || coverage.carried_git_objects != 0) {
    out += fmt::format(
        "<p>Unchanged and known from an earlier reading: {}, {}{}.</p>\n",
        counted(coverage.carried_files, "file", "files"),
        counted(coverage.carried_git_objects, "git object", "git objects"),
        coverage.carried_since ? ", the oldest of " + to_iso_date(*coverage.carried_since) : "");
  }
  if (coverage.unread_total == 0) {
    out += "<p>Everything in scope was read.</p>\n";
  } else {
    out += fmt::format(
        "<div class=\"scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"Places not read\">"
        "<table><caption>{} wanted and not read</caption><thead><tr><th scope=\"col\">Place</th>"
        "<th scope=\"col\">Reason</th><th scope=\"col\" class=\"num\">Bytes</th></tr></thead>"
        "<tbody>\n",
        counted(coverage.unread_total, "place", "places"));
    constexpr std::size_t kListedMax = 1000;
    const std::size_t listed = std::min(kListedMax, coverage.unread.size());
    for (std::size_t i = 0; i < listed; ++i) {
      const Unread& place = coverage.unread[i];
      const bool has_both = !place.root.empty() && !place.path.empty();
      out +=
          fmt::format("<tr><td class=\"path\">{}</td><td>{}</td><td class=\"num\">{}</td></tr>\n",
                      html_text(place.root + (has_both ? "/" : "") + place.path),
                      html_text(place.reason), place.bytes == 0 ? "" : with_thousands(place.bytes));
    }
    out += "</tbody></table></div>\n";
    if (listed < coverage.unread_total) {
      out += fmt::format("<p>and {} more; the JSON report lists up to 10,000.</p>\n",
                         with_thousands(coverage.unread_total - listed));
    }
  }
  if (coverage.by_policy.empty()) return out;
  out +=
      "<div class=\"scroll\"><table><caption>Left out as told</caption><thead><tr>"
      "<th scope=\"col\">Reason</th><th scope=\"col\" class=\"num\">Places</th>"
      "<th scope=\"col\" class=\"num\">Bytes</th></tr></thead><tbody>\n";
  for (const Coverage::Policy& policy : coverage.by_policy) {
    out += fmt::format("<tr><td>{}</td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>\n",
                       html_text(policy.reason), with_thousands(policy.count),
                       with_thousands(policy.bytes));
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace nhi
