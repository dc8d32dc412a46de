#include "scanner/base/provenance.hpp"

#include <algorithm>
#include <tuple>

#include "scanner/base/limits.hpp"

namespace nhi {
namespace {

auto unread_key(const Unread& place) { return std::tie(place.root, place.path, place.reason); }
bool unread_before(const Unread& a, const Unread& b) { return unread_key(a) < unread_key(b); }

}  // namespace

bool is_closed(const Unread& place) { return place.reason.starts_with(kClosedReason); }

std::string_view reason_word(std::string_view reason) { return reason.substr(0, reason.find(':')); }

void Coverage::add_unread(Unread place) {
  ++unread_total;
  unread.push_back(std::move(place));
  // Keep the smallest places, so that the list does not depend on the order of reading.
  if (unread.size() >= 2 * kUnreadListedMax) {
    std::nth_element(unread.begin(), unread.begin() + kUnreadListedMax, unread.end(),
                     unread_before);
    unread.resize(kUnreadListedMax);
  }
}

void Coverage::add_policy(std::string reason, std::uint64_t count, std::uint64_t size) {
  for (Policy& policy : by_policy) {
    if (policy.reason != reason) continue;
    policy.count += count;
    policy.bytes += size;
    return;
  }
  by_policy.push_back({std::move(reason), count, size});
}

void Coverage::merge(const Coverage& other) {
  files += other.files;
  bytes += other.bytes;
  git_objects += other.git_objects;
  archive_members += other.archive_members;
  carried_files += other.carried_files;
  carried_git_objects += other.carried_git_objects;
  if (other.carried_since && (!carried_since || *other.carried_since < *carried_since)) {
    carried_since = other.carried_since;
  }
  for (const Unread& place : other.unread) {
    add_unread(place);
    --unread_total;  // the total below already counts it
  }
  unread_total += other.unread_total;
  for (const Policy& policy : other.by_policy) {
    add_policy(policy.reason, policy.count, policy.bytes);
  }
}

std::uint64_t Coverage::unread_but_closed() const {
  const auto closed = std::count_if(unread.begin(), unread.end(), is_closed);
  return unread_total - static_cast<std::uint64_t>(closed);
}

void Coverage::normalise() {
  std::sort(unread.begin(), unread.end(), unread_before);
  if (unread.size() > kUnreadListedMax) unread.resize(kUnreadListedMax);
  std::sort(by_policy.begin(), by_policy.end(),
            [](const Policy& a, const Policy& b) { return a.reason < b.reason; });
}

}  // namespace nhi
