#include <fmt/format.h>

#include "scanner/report/headlines.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/report/paint.hpp"
#include "scanner/report/report.hpp"
#include "scanner/report/text.hpp"

namespace nhi {
namespace {

std::string states_line(const Overview& overview, const TextStyle& style) {
  const Measures& m = overview.measures;
  const auto part = [&](std::string_view name, std::uint64_t number, Ink ink) {
    const std::string text = fmt::format("{} {}", name, with_thousands(number));
    return number == 0 ? text : paint(style, ink, text);
  };
  return fmt::format("{}  open {}  {}  {}\n", part("new", m.fresh, Ink::kAlarm),
                     with_thousands(overview.open), part("gone", m.gone, Ink::kGreen),
                     part("unverified", m.unverified, Ink::kYellow));
}

std::string will_stop_line(const ReportData& data, const Overview& overview,
                           const TextStyle& style) {
  const std::uint64_t stops = overview.measures.will_stop;
  const std::string number = counted(stops, "dependency", "dependencies");
  const std::string line = overview.days_to_removal > 0
                               ? fmt::format("will stop: {}, {}", number, removal_sentence(data))
                               : fmt::format("has stopped: {}, {}", number, removal_sentence(data));
  return stops == 0 ? line + "\n" : paint(style, Ink::kBold, line) + "\n";
}

std::string states_of_dependencies(const Overview& overview) {
  std::string out;
  for (std::size_t i = 0; i < std::size(overview.dependencies_by_state); ++i) {
    const std::uint64_t number = overview.dependencies_by_state[i];
    if (number == 0) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}", to_string(static_cast<DependencyState>(i)), with_thousands(number));
  }
  return out;
}

}  // namespace

std::string render_summary(const ReportData& data, const TextStyle& style) {
  const Overview overview = make_overview(data);
  const Measures& m = overview.measures;
  std::string out;
  if (overview.is_sweep) {
    out += states_line(overview, style);
    if (overview.accepted != 0 || overview.false_positives != 0) {
      out +=
          fmt::format("of these accepted {}, false positive {}: not counted for the status\n",
                      with_thousands(overview.accepted), with_thousands(overview.false_positives));
    }
    out += will_stop_line(data, overview, style);
    const std::string states = states_of_dependencies(overview);
    if (!states.empty()) out += wrapped("(" + states + ")", 2, style.columns);
    const std::string criticality = criticality_sentence(overview);
    if (!criticality.empty()) {
      out += wrapped("by criticality: " + criticality, 2, style.columns);
    }
    if (m.declared != 0) {
      out += fmt::format("declared by people, no CIS1 trace seen: {}\n",
                         counted(m.declared, "dependency", "dependencies"));
    }
    if (m.traces_gone != 0) {
      out += fmt::format("every CIS1 trace gone, not decided to be over: {}\n",
                         counted(m.traces_gone, "dependency", "dependencies"));
    }
    const std::string stale =
        fmt::format("cis1-stale: {}", counted(m.cis1_stale, "credential", "credentials"));
    out += (m.cis1_stale == 0 ? stale : paint(style, Ink::kRed, stale)) + "\n";
    out += fmt::format("removed from files, not proven dead: {}\n",
                       counted(m.removed_not_dead, "credential", "credentials"));
    if (m.seen_again != 0) {
      out += paint(style, Ink::kRed,
                   fmt::format("seen again after dead: {}",
                               counted(m.seen_again, "credential", "credentials"))) +
             "\n";
    }
    out +=
        fmt::format("outstanding: {}, no owner: {}\n",
                    counted(m.outstanding, "credential", "credentials"), with_thousands(m.unowned));
  } else {
    out += fmt::format("found {}, {}\n", counted(m.credentials, "credential", "credentials"),
                       counted(overview.cis1_indicators, "CIS1 trace", "CIS1 traces"));
  }
  constexpr std::size_t kPlacesMax = 5;
  out += coverage_text(data.coverage, kPlacesMax, style);
  if (overview.is_sweep) {
    const std::string lists = headline_lists(data, overview);
    if (!lists.empty()) out += "the lists behind the numbers:\n" + lists;
  }
  if (!data.audit_head.empty()) out += "audit: " + shown(data.audit_head) + "\n";
  if (!data.report_path.empty()) out += "report: " + shown(data.report_path) + "\n";
  return out;
}

}  // namespace nhi
