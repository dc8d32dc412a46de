// listing.hpp - credentials, identities and dependencies as lists: the tables behind the headlines.
#pragma once

#include <cstdint>
#include <string>

#include "scanner/base/result.hpp"
#include "scanner/report/report.hpp"

namespace nhi {

enum class Listing : std::uint8_t { kCredentials, kIdentities, kDependencies };

/// Text names this many places of each row in a list; `show` and JSON go up to the greater number.
inline constexpr std::size_t kPlacesInList = 1;
inline constexpr std::size_t kPlacesShownMax = 1'000;

/// Text, JSON (one array in a wrapper) or JSONL (one object a line) of one kind of thing. Each row
/// comes with where it was seen, up to `places_max` in text.
/// Errors: kBadUse for a format that has no such list.
[[nodiscard]] Result<std::string> render_listing(Listing listing, ReportFormat format,
                                                 const ReportData& data,
                                                 std::size_t places_max = kPlacesInList);

/// The same for exceptions; those that ended by `as_of` or were withdrawn say so.
[[nodiscard]] Result<std::string> render_exceptions(const std::vector<Exception>& exceptions,
                                                    ReportFormat format, Instant as_of);

}  // namespace nhi
