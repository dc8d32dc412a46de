// prometheus.hpp - the headline numbers of a sweep in the Prometheus text format 0.0.4.
//
// All metrics are gauges with the prefix nhisweep_, in base units. Numbers come from overview.hpp
// like those of every other format. A measure without evidence has no sample of its own: an alert
// on 0 must not fire, or fall silent, on what nobody knows; nhisweep_measure_unknown says so.
// No label holds a place, a name of a finding or a value, and label values do not grow with the
// estate.
// Source: prometheus.io, "Exposition formats" (text-based format), "Metric and label naming".
#pragma once

#include <string>
#include <string_view>

#include "scanner/report/report.hpp"

namespace nhi {

/// A label value as it stands between its quotes: shown(), then \ and " escaped.
[[nodiscard]] std::string label_escaped(std::string_view value);

/// Errors: kBadUse for a scan: it has neither states nor a yesterday.
[[nodiscard]] Result<std::string> render_prometheus(const ReportData& data);

}  // namespace nhi
