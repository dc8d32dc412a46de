// The trend as small charts of one measure each: every chart has its own scale, so that twelve
// stale credentials are not a flat line under four hundred outstanding ones.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scanner/base/clock.hpp"
#include "scanner/report/html.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

constexpr double kWidth = 340;
constexpr double kHeight = 130;
constexpr double kLeft = 44;
constexpr double kRight = 332;
constexpr double kTop = 10;
constexpr double kBottom = 106;

using Value = std::uint64_t Measures::*;
struct Series {
  std::string_view title;
  Value value;
  bool must_reach_zero;  // by the day of the removal
};
constexpr Series kSeries[] = {
    {"Dependencies that will stop", &Measures::will_stop, true},
    {"cis1-stale credentials", &Measures::cis1_stale, true},
    {"Removed, not proven dead", &Measures::removed_not_dead, false},
    {"Outstanding credentials", &Measures::outstanding, false},
};

/// The next of 1, 2, 5, 10, 20, 50, … at or above `value`; a number too large for that as it is.
std::uint64_t round_up(std::uint64_t value) {
  constexpr std::uint64_t kStepMax = 1'000'000'000'000'000'000u;
  for (std::uint64_t step = 1; step <= kStepMax; step *= 10) {
    for (const std::uint64_t factor : {1u, 2u, 5u}) {
      if (step * factor >= value) return step * factor;
    }
    if (step == kStepMax) break;
  }
  return value;
}

struct Scale {
  double first = 0;
  double span = 1;  // seconds
  double top = 1;
  [[nodiscard]] double x(Instant when) const {
    return kLeft + (kRight - kLeft) * (static_cast<double>(when.seconds) - first) / span;
  }
  [[nodiscard]] double y(std::uint64_t value) const {
    return kBottom - (kBottom - kTop) * static_cast<double>(value) / top;
  }
};

std::string axis(const Scale& scale, const std::vector<Measures>& trend) {
  const auto top = static_cast<std::uint64_t>(scale.top);
  std::string out;
  for (const std::uint64_t mark : {std::uint64_t{0}, top / 2, top}) {
    if (mark == top / 2 && (top < 2 || top % 2 != 0)) continue;
    const double y = scale.y(mark);
    out += fmt::format(
        "<line class=\"rule\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text class=\"tick\" x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>",
        kLeft, kRight, y, kLeft - 6, y + 4, with_thousands(mark));
  }
  out += fmt::format(
      "<text class=\"tick\" x=\"{}\" y=\"124\">{}</text>"
      "<text class=\"tick\" x=\"{}\" y=\"124\" text-anchor=\"end\">{}</text>",
      kLeft, to_iso_date(trend.front().when), kRight, to_iso_date(trend.back().when));
  return out;
}

std::string line(const Scale& scale, const std::vector<Measures>& trend, Value value) {
  std::string points;
  for (const Measures& m : trend) {
    points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", scale.x(m.when),
                          scale.y(m.*value));
  }
  std::string out = fmt::format(
      "<polygon class=\"area\" points=\"{0:.1f},{1} {2} {3:.1f},{1}\"/>"
      "<polyline class=\"line\" points=\"{2}\"/>",
      scale.x(trend.front().when), kBottom, points, scale.x(trend.back().when));
  // Above this many, the dots would touch and say nothing that the line does not.
  constexpr std::size_t kDotsMax = 60;
  const std::size_t from = trend.size() > kDotsMax ? trend.size() - 1 : 0;
  for (std::size_t i = from; i < trend.size(); ++i) {
    const Measures& m = trend[i];
    out += fmt::format(
        "<circle class=\"dot\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"><title>{}: {}"
        "</title></circle>",
        scale.x(m.when), scale.y(m.*value), i + 1 == trend.size() ? "4" : "2", to_iso_date(m.when),
        with_thousands(m.*value));
  }
  return out;
}

/// "Falls by 1.5 a week; 2.2 a week are needed to reach 0 by 2027-02-28."
/// Four weeks back, or as far as there is; below one week a pace would be noise.
std::string pace(const ReportData& data, const Series& series) {
  constexpr std::int64_t kDaysMax = 28;
  constexpr std::int64_t kDaysMin = 7;
  const Measures& last = data.trend.back();
  const Measures* from = &data.trend.front();
  for (const Measures& m : data.trend) {
    if (days_between(m.when, last.when) >= kDaysMax) from = &m;
  }
  const std::int64_t days = days_between(from->when, last.when);
  if (days < kDaysMin) return "Pace unknown: less than a week of sweeps.";
  const double weeks = static_cast<double>(days) / 7.0;
  const double change =
      (static_cast<double>(last.*series.value) - static_cast<double>(from->*series.value)) / weeks;
  std::string out;
  if (std::abs(change) < 0.05) {
    out = "Unchanged";
  } else {
    out = fmt::format("{} by {:.1f} a week", change < 0 ? "Falls" : "Rises", std::abs(change));
  }
  out += fmt::format(" over the last {} days", days);
  const std::int64_t left = days_between(data.as_of, data.cis1_removal);
  if (series.must_reach_zero && last.*series.value != 0 && left > 0) {
    out += fmt::format("; {:.1f} a week are needed to reach 0 by {}",
                       static_cast<double>(last.*series.value) * 7.0 / static_cast<double>(left),
                       to_iso_date(data.cis1_removal));
  }
  return out + ".";
}

std::string chart(const ReportData& data, const Series& series, std::size_t number) {
  const auto& trend = data.trend;
  std::uint64_t most = 0;
  for (const Measures& m : trend) most = std::max(most, m.*series.value);
  Scale scale;
  scale.first = static_cast<double>(trend.front().when.seconds);
  scale.span = std::max(1.0, static_cast<double>(trend.back().when.seconds) - scale.first);
  scale.top = static_cast<double>(round_up(std::max<std::uint64_t>(most, 2)));
  return fmt::format(
      "<figure class=\"chart\"><figcaption><span>{0}</span> <b>{1}</b></figcaption>"
      "<svg viewBox=\"0 0 {2} {3}\" role=\"img\" aria-labelledby=\"chart-{4}\">"
      "<title id=\"chart-{4}\">{0}: {5} on {6}, {1} on "
      "{7}</title>{8}{9}</svg><p>{10}</p></figure>\n",
      series.title, with_thousands(trend.back().*series.value), kWidth, kHeight, number,
      with_thousands(trend.front().*series.value), to_iso_date(trend.front().when),
      to_iso_date(trend.back().when), axis(scale, trend), line(scale, trend, series.value),
      pace(data, series));
}

std::string numbers_table(const std::vector<Measures>& trend) {
  constexpr std::size_t kRowsMax = 60;
  std::string out =
      "<details><summary>The numbers, newest first</summary><div class=\"scroll\"><table><thead>"
      "<tr><th scope=\"col\">Sweep</th><th scope=\"col\" class=\"num\">Will stop</th>"
      "<th scope=\"col\" class=\"num\">cis1-stale</th><th scope=\"col\" class=\"num\">Removed, not "
      "proven dead</th><th scope=\"col\" class=\"num\">Outstanding</th><th scope=\"col\" "
      "class=\"num\">New</th><th scope=\"col\" class=\"num\">Gone</th><th scope=\"col\" "
      "class=\"num\">Not read</th></tr></thead><tbody>\n";
  for (std::size_t i = trend.size(); i > 0 && trend.size() - i < kRowsMax; --i) {
    const Measures& m = trend[i - 1];
    out += fmt::format("<tr><th scope=\"row\">{}</th>", to_iso_date(m.when));
    for (const Value value :
         {&Measures::will_stop, &Measures::cis1_stale, &Measures::removed_not_dead,
          &Measures::outstanding, &Measures::fresh, &Measures::gone, &Measures::unread}) {
      out += fmt::format("<td class=\"num\">{}</td>", with_thousands(m.*value));
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div></details>\n";
}

}  // namespace

std::string trend_html(const ReportData& data) {
  if (data.trend.size() < 2) {
    return "<p>The trend begins with the second sweep of an inventory.</p>\n";
  }
  std::string out = "<div class=\"charts\">\n";
  std::size_t number = 0;
  for (const Series& series : kSeries) out += chart(data, series, ++number);
  return out + "</div>\n" + numbers_table(data.trend);
}

}  // namespace nhi
