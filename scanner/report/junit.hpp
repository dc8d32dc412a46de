// junit.hpp - findings as JUnit XML, the form in which Jenkins and GitLab show what failed.
//
// One suite a root, one case a finding. A case fails if its finding counts for exit status 1
// (counts_for_status() at the data's thresholds), is skipped if somebody accepted it, an inline
// ignore stands on its line, or a threshold leaves it out, and passes else: gone, dead, a
// reference, a trace that is not CIS1's. Every place that could not be read is a case with an
// error. Names of cases hold the id and no line, so that a server follows one finding from run to
// run. A suite `nhisweep.coverage` always stands last: servers refuse a file without any case, and
// a clean run must be able to say so.
// Source: junit-10.xsd of the Jenkins xunit plug-in, the strictest reader; it knows no `file` or
// `line` of a case, so the place stands in the text of the case.
#pragma once

#include <string>

#include "scanner/report/report.hpp"

namespace nhi {

[[nodiscard]] std::string render_junit(const ReportData& data);

}  // namespace nhi
