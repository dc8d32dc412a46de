#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "scanner/report/html.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

using Views = std::unordered_map<std::string_view, const CredentialView*>;

std::string_view binding_of(const CredentialView& view) {
  if (view.in(kListCis1Stale)) return ", bound to CIS1: <strong>cis1-stale</strong>";
  if (view.in(kListSharedSpine)) return "";
  return view.in(kListBound) ? ", bound to CIS1" : ", beside it, not bound";
}

std::string beside_table(const ReportData& data, const Views& views,
                         const std::vector<std::string>& ids, std::string_view caption) {
  if (ids.empty()) return {};
  constexpr std::size_t kShownMax = 25;
  std::string out = fmt::format(
      "<div class=\"scroll\"><table><caption>{}</caption><thead><tr><th scope=\"col\">Value</th>"
      "<th scope=\"col\">What it is</th><th scope=\"col\">Identity</th>"
      "<th scope=\"col\">Standing</th><th scope=\"col\" class=\"num\">Places</th></tr></thead>"
      "<tbody>\n",
      caption);
  for (std::size_t i = 0; i < std::min(kShownMax, ids.size()); ++i) {
    const auto at = views.find(ids[i]);
    const std::string link = fmt::format("#findings?credential={}", percent_encoded(ids[i]));
    if (at == views.end()) {  // filtered out of this report, still bound
      out += fmt::format("<tr><td colspan=\"5\">{}, not in this report</td></tr>\n",
                         html_text(ids[i]));
      continue;
    }
    const Credential& c = *at->second->credential;
    out += fmt::format(
        "<tr><td class=\"path\"><a href=\"{}\">{}</a></td><td>{}</td><td class=\"path\">{}</td>"
        "<td>{}{}</td><td class=\"num\">{}</td></tr>\n",
        link, html_text(c.redacted.empty() ? c.id : c.redacted),
        html_text(rule_title(data, c.rule)),
        c.identities.empty() ? "" : html_text(c.identities.front()), to_string(c.status),
        binding_of(*at->second), c.sites);
  }
  out += "</tbody></table></div>\n";
  if (ids.size() > kShownMax) out += fmt::format("<p>and {} more</p>\n", ids.size() - kShownMax);
  return out;
}

std::string evidence(const Dependency& dependency) {
  if (dependency.traces == TraceStanding::kNone) return "Decided by people.";
  const std::string_view proposed = to_string(dependency.proposed);
  std::string out;
  if (dependency.decided) {
    out = fmt::format("Decided by people. The evidence says <b>{}</b>", proposed);
  } else {
    out = "Proposed by the evidence, not yet decided";
  }
  if (!dependency.proposed_because.empty()) out += ": " + html_text(dependency.proposed_because);
  return out + ".";
}

std::string list_names(const Dependency& dependency) {
  const unsigned lists = lists_of(dependency);
  std::string out;
  for (std::size_t i = 0; i < kDependencyListNames.size(); ++i) {
    if ((lists & 1u << i) != 0) out.append(" ").append(kDependencyListNames[i]);
  }
  return out;
}

std::string traces_html(const Dependency& dependency) {
  if (dependency.traces == TraceStanding::kThere) return {};
  if (dependency.traces == TraceStanding::kNone) {
    return "<strong>Declared by people; no CIS1 trace was seen.</strong> ";
  }
  const bool gone = dependency.traces == TraceStanding::kGone;
  return fmt::format(
      "<strong>{}{}.</strong> ",
      gone ? "Every CIS1 trace is gone" : "No CIS1 trace was read this time: unverified",
      dependency.last_seen ? ", last seen " + to_iso_date(*dependency.last_seen) : "");
}

// What people say of it beside its state and owner; goes on in the sentence of its owner.
std::string words_html(const ReportData& data, const Dependency& dependency) {
  std::string out;
  if (will_stop(dependency) || dependency.criticality) {
    out += fmt::format(". Criticality <b>{}</b>", criticality_word(dependency));
  }
  if (will_stop(dependency)) {
    out += fmt::format(", {} days to the removal", days_between(data.as_of, data.cis1_removal));
  }
  if (!dependency.side_states.empty()) out += ". " + html_text(dependency.side_states);
  const auto day = [&](std::string_view name, const std::optional<Instant>& at) {
    if (at) out += fmt::format(". {} {}", name, to_iso_date(*at));
  };
  day("Exception until", dependency.exception_until);
  if (!dependency.supplier.empty()) out += ". Supplier " + html_text(dependency.supplier);
  day("Supplier's date", dependency.supplier_date);
  day("Review", dependency.review);
  if (!dependency.blockers.empty()) out += ". Blockers: " + html_text(dependency.blockers);
  for (const std::string& conflict : dependency.conflicts) {
    out += ". <strong>Conflict: " + html_text(conflict) + "</strong>";
  }
  return out;
}

std::string dependency_html(const ReportData& data, const Views& views,
                            const Dependency& dependency) {
  const std::string_view state = standing_word(dependency);
  const bool stops = will_stop(dependency);
  std::string out = fmt::format(
      "<article class=\"dependency\" data-lists=\"{}{}\"><h3>{}{} <span class=\"badge "
      "{}\">{}</span>"
      "</h3>\n",
      state, list_names(dependency), html_text(dependency.system),
      dependency.environment == Environment::kUnknown
          ? std::string()
          : fmt::format(" <span class=\"env\">{}</span>", to_string(dependency.environment)),
      stops ? "alarm" : "calm", state);
  out += fmt::format("<p>{}{}</p>\n<p>", traces_html(dependency), evidence(dependency));
  out += dependency.owner_name.empty() ? "<strong>No owner</strong>"
                                       : "Owner " + html_text(dependency.owner_name);
  out += words_html(data, dependency);
  if (dependency.place != PlaceKind::kUnknown) {
    out += fmt::format(". Weightiest place: {}", to_string(dependency.place));
  }
  out += fmt::format(". <a href=\"#findings?dependency={}\">{}</a></p>\n",
                     percent_encoded(dependency.id),
                     counted(dependency.indicators.size(), "trace and its credentials",
                             "traces and their credentials"));
  out += beside_table(data, views, dependency.credentials, "Credentials bound to it or beside it");
  out += beside_table(data, views, dependency.shared_spine,
                      "Shared Spine: <strong>not part of CIS1</strong>, never revoke because CIS1 "
                      "goes");
  if (dependency.credentials.empty()) out += "<p>No credential stands beside it.</p>\n";
  return out + "</article>\n";
}

}  // namespace

std::string dependencies_html(const ReportData& data, const Overview& overview) {
  std::string out = fmt::format("<p>{}.</p>\n", removal_sentence(data));
  if (data.dependencies.empty()) {
    return out +
           fmt::format(
               "<p>{}</p>\n",
               overview.cis1_indicators == 0
                   ? "No trace of CIS1 was seen in what was read."
                   : fmt::format(
                         "<a href=\"#findings?class=CIS1\">{}</a> seen; dependencies are worked "
                         "out by a sweep.",
                         counted(overview.cis1_indicators, "trace of CIS1", "traces of CIS1")));
  }
  Views views;
  for (const CredentialView& view : overview.credentials) views.emplace(view.credential->id, &view);
  std::vector<const Dependency*> ordered;
  for (const Dependency& dependency : data.dependencies) ordered.push_back(&dependency);
  std::stable_sort(ordered.begin(), ordered.end(), [](const Dependency* a, const Dependency* b) {
    return dependency_order(*a, *b);
  });
  out += "<p class=\"filter-note\" id=\"dependencies-filter\" hidden></p>\n";
  for (const Dependency* dependency : ordered) out += dependency_html(data, views, *dependency);
  return out;
}

}  // namespace nhi
