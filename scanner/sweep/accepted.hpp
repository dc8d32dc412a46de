// accepted.hpp - places that somebody decided not to read, with owner, reason and an end.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"

namespace YAML {
class Node;
}

namespace nhi {

struct AcceptedPlace {
  std::string path;  // on disk, absolute; a glob, or a place that stands for all below it
  std::string owner;
  std::string reason;
  Instant expires;   // the first instant at which it no longer holds
  std::string host;  // of a host that others collect from, a glob; empty: of the one that sweeps
};

/// Those that name this host.
[[nodiscard]] std::vector<AcceptedPlace> places_on_host(const std::vector<AcceptedPlace>& places,
                                                        std::string_view host);
/// Those that name none.
[[nodiscard]] std::vector<AcceptedPlace> places_here(const std::vector<AcceptedPlace>& places);

/// Owner, reason and end are required: an acceptance without them would never come back.
/// Errors: kBadUse naming file, line and column.
[[nodiscard]] Result<std::vector<AcceptedPlace>> read_accepted(const std::string& file,
                                                               const YAML::Node& node,
                                                               const std::filesystem::path& folder);

struct TargetRoot;

// Thread-safe once made.
class AcceptedUnread {
 public:
  AcceptedUnread() = default;
  /// Leaves out what ended by `as_of`. `roots` say where printed roots are on disk.
  AcceptedUnread(const std::vector<AcceptedPlace>& places, std::vector<TargetRoot> roots,
                 Instant as_of);

  /// Closed containers of these kinds are left closed wherever they lie: policy "closed-KIND".
  void accept_closed(std::vector<std::string> kinds) { kinds_ = std::move(kinds); }

  [[nodiscard]] bool covers(const Unread& place) const;
  /// Accepted places become policy "accepted-unread" or "closed-KIND": counted, and no longer
  /// incomplete.
  [[nodiscard]] Coverage apply(Coverage coverage) const;

 private:
  [[nodiscard]] std::string on_disk(const Unread& place) const;
  [[nodiscard]] bool leaves_closed(const Unread& place) const;

  std::vector<AcceptedPlace> places_;
  std::vector<TargetRoot> roots_;
  std::vector<std::string> kinds_;
};

}  // namespace nhi
