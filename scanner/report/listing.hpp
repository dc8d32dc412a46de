// listing.hpp - credentials, identities and dependencies as lists: the tables behind the headlines.
#pragma once

#include <cstdint>
#include <string>

#include "scanner/base/result.hpp"
#include "scanner/report/report.hpp"

namespace nhi {

enum class Listing : std::uint8_t { kCredentials, kIdentities, kDependencies };

/// Text, JSON (one array in a wrapper) or JSONL (one object a line) of one kind of thing.
/// Errors: kBadUse for a format that has no such list.
[[nodiscard]] Result<std::string> render_listing(Listing listing, ReportFormat format,
                                                 const ReportData& data, const TextStyle& style);

/// The same for exceptions; those that ended by `as_of` or were withdrawn say so.
[[nodiscard]] Result<std::string> render_exceptions(const std::vector<Exception>& exceptions,
                                                    ReportFormat format, Instant as_of);

}  // namespace nhi
