#include "scanner/report/priority.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "scanner/base/clock.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

bool has(const Credential& credential, Environment environment) {
  const auto& all = credential.environments;
  return std::find(all.begin(), all.end(), environment) != all.end();
}

// Where nobody said which environment it is, it may well be the live one.
PriorityPart environment_part(const Credential& credential) {
  const auto part = [](unsigned points, std::string why) {
    return PriorityPart{"environment", points, std::move(why)};
  };
  if (credential.environments.empty()) return part(0, "in no place now");
  if (has(credential, Environment::kLive)) return part(30, "in a live system");
  if (has(credential, Environment::kUnknown)) return part(10, "environment not known");
  if (has(credential, Environment::kIntegration)) return part(5, "in an integration system");
  return part(0, "in training or development only");
}

PriorityPart sites_part(const Credential& credential) {
  const std::uint64_t sites = credential.sites;
  const unsigned points = sites >= 10 ? 10 : sites >= 4 ? 7 : sites >= 2 ? 4 : 0;
  return {"sites", points, "in " + counted(sites, "place", "places")};
}

PriorityPart cis1_part(const CredentialView& view) {
  if (view.in(kListCis1Stale)) return {"cis1", 15, "cis1-stale"};
  if (view.in(kListBound)) {
    return view.will_stop ? PriorityPart{"cis1", 12, "belongs to a CIS1 dependency that will stop"}
                          : PriorityPart{"cis1", 6, "belongs to a CIS1 dependency"};
  }
  if (view.in(kListUnbound)) return {"cis1", 3, "beside a trace of CIS1"};
  if (view.in(kListSharedSpine)) return {"cis1", 0, "shared Spine, not CIS1"};
  return {"cis1", 0, "no CIS1 dependency"};
}

PriorityPart age_part(const Credential& credential, const ReportData& data) {
  if (!credential.staleness.since) return {"age", 4, "age unknown"};
  const auto days = static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, days_between(*credential.staleness.since, data.as_of)));
  return {"age", credential.long_lived ? 10u : 0u, counted(days, "day", "days") + " old"};
}

std::string_view set_aside(const Credential& credential) {
  if (is_dead(credential)) return credential.sites > 0 ? "residue" : "dead";
  if (credential.principal == Principal::kHuman) return "human";
  if (credential.false_positive) return "false-positive";
  if (!credential.part_of.empty()) return "part";
  return credential.excepted ? "excepted" : "";
}

}  // namespace

Priority priority_of(const CredentialView& view, const ReportData& data) {
  const Credential& credential = *view.credential;
  Priority out;
  out.set_aside = set_aside(credential);
  out.parts.push_back(environment_part(credential));
  out.parts.push_back(
      {"in-head", credential.in_head ? 20u : 0u,
       credential.in_head ? "in a file or in HEAD now" : "in no file and no HEAD any more"});
  out.parts.push_back({"readable-by-all", credential.world_readable ? 15u : 0u,
                       credential.world_readable ? "anybody on the host can read it"
                                                 : "not known to be readable by all"});
  out.parts.push_back(sites_part(credential));
  out.parts.push_back(cis1_part(view));
  out.parts.push_back(age_part(credential, data));
  for (const PriorityPart& part : out.parts) out.points += part.points;
  NHI_ASSERT(out.points <= kPriorityMax);
  return out;
}

std::string priority_sentence(const Priority& priority) {
  std::string out;
  if (!priority.set_aside.empty()) out = fmt::format("set aside ({}); ", priority.set_aside);
  out += fmt::format("{} of {}", priority.points, kPriorityMax);
  std::string_view separator = ": ";
  for (const PriorityPart& part : priority.parts) {
    if (part.points == 0) continue;
    out += fmt::format("{}{} {}", separator, part.why, part.points);
    separator = ", ";
  }
  return out;
}

std::vector<std::size_t> priority_order(const ReportData& data, const Overview& overview) {
  std::vector<std::pair<bool, unsigned>> keys;  // set aside, points
  keys.reserve(overview.credentials.size());
  for (const CredentialView& view : overview.credentials) {
    const Priority priority = priority_of(view, data);
    keys.emplace_back(!priority.set_aside.empty(), priority.points);
  }
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (keys[a].first != keys[b].first) return keys[b].first;
    if (keys[a].second != keys[b].second) return keys[a].second > keys[b].second;
    const Credential& left = *overview.credentials[a].credential;
    const Credential& right = *overview.credentials[b].credential;
    if (left.severity != right.severity) return left.severity > right.severity;
    return std::tie(left.id, a) < std::tie(right.id, b);
  });
  return order;
}

void rank(ReportData& data) {
  const Overview overview = make_overview(data);
  const std::vector<std::size_t> order = priority_order(data, overview);
  // Ranks are doubled, so that what has no credential fits between those that count and the rest.
  std::unordered_map<std::string, std::size_t> ranks;
  std::size_t between = 1;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const CredentialView& view = overview.credentials[order[i]];
    ranks.emplace(view.credential->id, 2 * (i + 1));
    if (set_aside(*view.credential).empty()) between = 2 * (i + 1) + 1;
  }
  std::vector<std::pair<std::size_t, std::size_t>> places;  // rank, place
  places.reserve(data.findings.size());
  for (std::size_t i = 0; i < data.findings.size(); ++i) {
    const auto at = ranks.find(data.findings[i].credential_id);
    places.emplace_back(at == ranks.end() ? between : at->second, i);
  }
  std::sort(places.begin(), places.end());
  std::vector<Finding> findings;
  findings.reserve(places.size());
  for (const auto& place : places) findings.push_back(std::move(data.findings[place.second]));
  std::vector<Credential> credentials;
  credentials.reserve(order.size());
  for (const std::size_t at : order) credentials.push_back(std::move(data.credentials[at]));
  data.findings = std::move(findings);
  data.credentials = std::move(credentials);
  data.ranked = true;
}

}  // namespace nhi
