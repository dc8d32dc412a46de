// guard_words.hpp - what the guard says of a credential, for people who look at it.
#pragma once

#include "scanner/report/report.hpp"

namespace nhi {

/// Fills Credential::actions: towards each dependency that the credential has to do with, whether
/// it may be rotated, rotated after a leak, and revoked, on the day of the report.
void add_verdicts(Credential& credential, const ReportData& data);

}  // namespace nhi
