#include "scanner/report/groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "scanner/report/json.hpp"
#include "scanner/report/listing.hpp"
#include "scanner/report/priority.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

Json to_json(const Group& group, std::string_view by) {
  Json out;
  out["schema"] = "nhisweep.group/1";
  out["by"] = std::string(by);
  out["name"] = group.name.empty() ? Json(nullptr) : Json(valid_utf8(group.name));
  out["credentials"] = group.credentials;
  out["counted"] = group.counted;
  out["people"] = group.people;
  out["sites"] = group.sites;
  out["new"] = group.fresh;
  out["priority"] = group.points;
  out["first"] = group.first.empty() ? Json(nullptr) : Json(valid_utf8(group.first));
  return out;
}

std::string to_text(const Group& group, std::string_view by) {
  std::string out = group.name.empty() ? fmt::format("(no {} known)", by) : shown(group.name);
  out += fmt::format("\n  {}, {} to act on, in {}",
                     counted(group.credentials, "credential", "credentials"),
                     with_thousands(group.counted), counted(group.sites, "place", "places"));
  if (group.fresh > 0) out += fmt::format(", {} new", with_thousands(group.fresh));
  out += "\n";
  if (group.people > 0) {
    out += fmt::format("  beside them {} of people or of tests\n",
                       counted(group.people, "value", "values"));
  }
  if (group.first.empty()) return out;
  return out + fmt::format("  first: {}, priority {}\n", shown(group.first), group.points);
}

void add(Group& group, const CredentialView& view, const Priority& priority) {
  if (view.credential->principal == Principal::kHuman) {
    ++group.people;
    return;
  }
  if (!view.credential->part_of.empty()) return;
  ++group.credentials;
  group.sites += view.credential->sites;
  group.fresh += view.fresh;
  if (!priority.set_aside.empty()) return;
  ++group.counted;
  if (!group.first.empty() && group.points >= priority.points) return;
  group.points = priority.points;
  group.first = view.credential->id;
}

}  // namespace

std::optional<GroupBy> parse_group_by(std::string_view text) {
  if (text == "credential") return GroupBy::kCredential;
  if (text == "system") return GroupBy::kSystem;
  if (text == "owner") return GroupBy::kOwner;
  return std::nullopt;
}

std::vector<Group> groups_of(const ReportData& data, GroupBy by) {
  const Overview overview = make_overview(data);
  std::map<std::string, Group> by_name;
  const std::vector<std::string> nobody = {""};
  for (const std::size_t at : priority_order(data, overview)) {
    const CredentialView& view = overview.credentials[at];
    const Credential& credential = *view.credential;
    const auto& names = by == GroupBy::kOwner    ? credential.owners
                        : by == GroupBy::kSystem ? credential.systems
                                                 : nobody;
    const Priority priority = priority_of(view, data);
    for (const std::string& name : names.empty() ? nobody : names) {
      add(by_name[name], view, priority);
    }
  }
  std::vector<Group> groups;
  groups.reserve(by_name.size());
  for (auto& [name, group] : by_name) {
    group.name = name;
    groups.push_back(std::move(group));
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return std::tie(b.points, b.counted) < std::tie(a.points, a.counted);
  });
  return groups;
}

Result<std::string> render_groups(GroupBy by, ReportFormat format, const ReportData& data,
                                  std::uint64_t limit) {
  if (by == GroupBy::kCredential) {
    return render_listing(Listing::kCredentials, format, data);
  }
  const std::string_view word = by == GroupBy::kSystem ? "system" : "owner";
  std::vector<Group> groups = groups_of(data, by);
  if (limit != 0 && limit < groups.size()) groups.resize(static_cast<std::size_t>(limit));
  std::string text;
  if (format == ReportFormat::kText) {
    for (const Group& group : groups) text += to_text(group, word);
    return text.empty() ? std::string("none\n") : text;
  }
  if (format == ReportFormat::kJsonl) {
    for (const Group& group : groups) text += dump_line(to_json(group, word)) + "\n";
    return text;
  }
  if (format != ReportFormat::kJson) {
    return fail(ErrorCode::kBadUse, "groups come as text, json or jsonl", "--format");
  }
  Json list = Json::array();
  for (const Group& group : groups) list.push_back(to_json(group, word));
  return dump_line(Json{{"schema", "nhisweep.groups/1"}, {"groups", std::move(list)}}) + "\n";
}

}  // namespace nhi
