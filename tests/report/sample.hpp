// sample.hpp - lifelike and hostile report data for the tests. No value in it opens anything.
#pragma once

#include <cstddef>

#include "scanner/report/report.hpp"

namespace nhi::testing {

/// Two small repositories, scanned: three credentials, a trace, a reference, an unread place.
[[nodiscard]] ReportData sample_scan();
/// A trust's nightly sweep: five CIS1 dependencies, eight credentials, twelve weeks of trend.
[[nodiscard]] ReportData sample_sweep();
/// Every string field of every object is `text`; enumerations stay valid.
[[nodiscard]] ReportData hostile(const std::string& text);
/// A sweep with `count` findings, made from a fixed seed.
[[nodiscard]] ReportData large_sweep(std::size_t count);

}  // namespace nhi::testing
