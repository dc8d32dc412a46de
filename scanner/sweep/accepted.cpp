#include "scanner/sweep/accepted.hpp"

#include <algorithm>

#include "scanner/base/glob.hpp"
#include "scanner/sweep/estate.hpp"
#include "scanner/sweep/estate_node.hpp"

namespace nhi {
namespace {

// `below` is `place`, lies under it, or in the file that it is.
bool is_under(std::string_view below, std::string_view place) {
  if (!below.starts_with(place)) return false;
  below.remove_prefix(place.size());
  return below.empty() || place.ends_with('/') || below.front() == '/' || below.starts_with("!/");
}

bool matches(const AcceptedPlace& accepted, std::string_view disk) {
  if (is_under(disk, accepted.path)) return true;
  for (std::string_view at = disk; !at.empty();) {
    if (glob_match(accepted.path, at)) return true;
    const std::size_t slash = at.rfind('/');
    at = at.substr(0, slash == std::string_view::npos ? 0 : slash);
    if (at.ends_with('!') && glob_match(accepted.path, at.substr(0, at.size() - 1))) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<AcceptedPlace>> read_accepted(const std::string& file, const YAML::Node& node,
                                                 const std::filesystem::path& folder) {
  std::vector<AcceptedPlace> out;
  if (!node) return out;
  if (!node.IsSequence()) return bad_node(file, node.Mark(), "accepted_unread is a list");
  for (const auto& entry : node) {
    NHI_CHECK_OK(check_keys(file, entry, {"path", "owner", "reason", "expires", "host"}));
    for (const char* key : {"path", "owner", "reason", "expires"}) {
      if (entry[key] && !entry[key].as<std::string>("").empty()) continue;
      return bad_node(file, entry.Mark(), std::string("accepted_unread needs `") + key + "`",
                      "path, owner, reason and expires, each");
    }
    const auto expires = parse_instant(entry["expires"].as<std::string>());
    if (!expires) {
      return bad_node(file, entry["expires"].Mark(), expires.error().what, expires.error().hint);
    }
    out.push_back({path_from(folder, entry["path"].as<std::string>()),
                   entry["owner"].as<std::string>(), entry["reason"].as<std::string>(), *expires,
                   entry["host"].as<std::string>("")});
  }
  return out;
}

std::vector<AcceptedPlace> places_on_host(const std::vector<AcceptedPlace>& places,
                                          std::string_view host) {
  std::vector<AcceptedPlace> out;
  std::copy_if(places.begin(), places.end(), std::back_inserter(out),
               [&](const AcceptedPlace& place) {
                 return !place.host.empty() && glob_match(place.host, host);
               });
  return out;
}

std::vector<AcceptedPlace> places_here(const std::vector<AcceptedPlace>& places) {
  std::vector<AcceptedPlace> out;
  std::copy_if(places.begin(), places.end(), std::back_inserter(out),
               [](const AcceptedPlace& place) { return place.host.empty(); });
  return out;
}

AcceptedUnread::AcceptedUnread(const std::vector<AcceptedPlace>& places,
                               std::vector<TargetRoot> roots, Instant as_of)
    : roots_(std::move(roots)) {
  std::copy_if(places.begin(), places.end(), std::back_inserter(places_),
               [&](const AcceptedPlace& place) { return as_of < place.expires; });
}

std::string AcceptedUnread::on_disk(const Unread& place) const {
  // The longest name: roots of a target may lie in each other.
  const TargetRoot* best = nullptr;
  for (const TargetRoot& root : roots_) {
    if (!is_under(place.root, root.root)) continue;
    if (best == nullptr || root.root.size() > best->root.size()) best = &root;
  }
  if (best == nullptr || place.path.starts_with('/')) return place.path;
  std::string disk = best->path + place.root.substr(best->root.size());
  if (!place.path.empty() && place.path != ".") disk.append("/").append(place.path);
  return disk;
}

bool AcceptedUnread::covers(const Unread& place) const {
  const std::string disk = on_disk(place);
  return std::any_of(places_.begin(), places_.end(),
                     [&](const AcceptedPlace& accepted) { return matches(accepted, disk); });
}

bool AcceptedUnread::leaves_closed(const Unread& place) const {
  if (kinds_.empty() || !is_closed(place)) return false;
  const std::string_view kind = reason_word(place.reason).substr(kClosedReason.size());
  return std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end();
}

Coverage AcceptedUnread::apply(Coverage coverage) const {
  if ((places_.empty() && kinds_.empty()) || coverage.unread.empty()) return coverage;
  const std::size_t listed = coverage.unread.size();
  std::erase_if(coverage.unread, [&](const Unread& place) {
    const bool closed = leaves_closed(place);
    if (!closed && !covers(place)) return false;
    coverage.add_policy(closed ? std::string(reason_word(place.reason)) : "accepted-unread", 1,
                        place.bytes);
    return true;
  });
  coverage.unread_total -= listed - coverage.unread.size();
  return coverage;
}

}  // namespace nhi
