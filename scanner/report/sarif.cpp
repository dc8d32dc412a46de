#include "scanner/report/sarif.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "scanner/base/clock.hpp"
#include "scanner/report/json.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

Json message(std::string_view text) {
  Json out;
  out["text"] = valid_utf8(text);
  return out;
}

std::string_view level_of(Level severity) {
  switch (severity) {
    case Level::kLow:
      return "note";
    case Level::kMedium:
      return "warning";
    case Level::kHigh:
    case Level::kCritical:
      return "error";
  }
  return "warning";
}

/// GitHub and others sort by this number (0 to 10), which is their words for our severity.
std::string_view security_severity(Level severity) {
  switch (severity) {
    case Level::kLow:
      return "3.0";
    case Level::kMedium:
      return "5.5";
    case Level::kHigh:
      return "8.0";
    case Level::kCritical:
      return "9.5";
  }
  return "5.5";
}

std::string_view baseline_of(Presence presence) {
  switch (presence) {
    case Presence::kNew:
      return "new";
    case Presence::kGone:
      return "absent";
    case Presence::kOpen:
    case Presence::kUnverified:
      break;  // not seen is not absent
  }
  return "unchanged";
}

struct RuleIndexes {
  std::map<std::string, std::size_t> at;     // rule id -> place in driver.rules
  std::map<std::string, std::string> roots;  // root -> uriBaseId
};

Json rule_value(const Finding& finding, const std::string& name) {
  Json out;
  out["id"] = valid_utf8(finding.rule);
  out["name"] = valid_utf8(name);
  out["shortDescription"] = message(name);
  out["fullDescription"] = message(finding.why.empty() ? name : finding.why);
  Json configuration;
  configuration["level"] = std::string(level_of(finding.severity));
  out["defaultConfiguration"] = std::move(configuration);
  Json properties;
  properties["category"] = valid_utf8(finding.category);
  properties["kind"] = std::string(to_string(finding.kind));
  properties["security-severity"] = std::string(security_severity(finding.severity));
  properties["tags"] = Json::array({"security", valid_utf8(finding.category)});
  if (finding.category == "security" || finding.category.empty()) {
    properties["tags"] = Json::array({"security"});  // tags must differ from each other
  }
  out["properties"] = std::move(properties);
  return out;
}

/// Rules in the order of their ids; the first finding of each gives its defaults.
Json rules_of(const ReportData& data, RuleIndexes& indexes) {
  std::map<std::string, const Finding*> first;
  for (const Finding& finding : data.findings) first.emplace(finding.rule, &finding);
  Json out = Json::array();
  for (const auto& [rule, finding] : first) {
    indexes.at.emplace(rule, out.size());
    out.push_back(rule_value(*finding, rule_title(data, rule)));
  }
  return out;
}

Json roots_of(const ReportData& data, RuleIndexes& indexes) {
  std::set<std::string> roots;
  for (const Finding& finding : data.findings) roots.insert(finding.place.root);
  Json out = Json::object();
  for (const std::string& root : roots) {
    const std::string id = fmt::format("ROOT{}", indexes.roots.size() + 1);
    indexes.roots.emplace(root, id);
    Json base;
    base["description"] = message(root);
    out[id] = std::move(base);
  }
  return out;
}

Json region_of(const Finding& finding) {
  Json out;
  out["startLine"] = finding.first.line;
  out["startColumn"] = finding.first.column;
  out["endLine"] = finding.last.line;
  out["endColumn"] = finding.last.column;
  out["byteOffset"] = finding.bytes.start;
  out["byteLength"] = finding.bytes.size();
  return out;
}

Json location_of(const Finding& finding, const RuleIndexes& indexes) {
  const Provenance& place = finding.place;
  Json out;
  if (place.path) {
    const bool is_root = place.path->empty();  // the root is the file itself
    Json artifact;
    artifact["uri"] =
        percent_encoded(is_root ? place.root.substr(place.root.rfind('/') + 1) : *place.path);
    artifact["uriBaseId"] = indexes.roots.at(place.root);
    Json physical;
    physical["artifactLocation"] = std::move(artifact);
    // Inside a container the line belongs to the member, not to the file that the URI names.
    if (place.member.empty()) physical["region"] = region_of(finding);
    out["physicalLocation"] = std::move(physical);
  }
  Json logical = Json::array();
  if (!place.member.empty() || !place.path) {
    Json entry;
    entry["fullyQualifiedName"] = shown(place_of(finding));
    entry["kind"] = place.path ? "member" : "object";
    logical.push_back(std::move(entry));
  }
  if (finding.site && !finding.site->component.empty()) {
    Json entry;
    entry["name"] = valid_utf8(finding.site->component.back());
    entry["fullyQualifiedName"] = valid_utf8(component_of(finding));
    entry["kind"] = "component";
    logical.push_back(std::move(entry));
  }
  if (!logical.empty()) out["logicalLocations"] = std::move(logical);
  return out;
}

Json suppressions_of(const Finding& finding) {
  Json out = Json::array();
  if (!finding.exception_id.empty()) {
    Json entry;
    entry["kind"] = "external";
    entry["status"] = "accepted";
    std::string why = "exception " + finding.exception_id;
    if (finding.exception_until) why += " until " + to_iso_date(*finding.exception_until);
    entry["justification"] = valid_utf8(why);
    out.push_back(std::move(entry));
  }
  if (is_false_positive(finding)) {
    Json entry;
    entry["kind"] = "external";
    entry["status"] = "accepted";
    entry["justification"] = valid_utf8("false positive: " + finding.decision->reason);
    out.push_back(std::move(entry));
  }
  if (finding.ignored_inline) {
    Json entry;
    entry["kind"] = "inSource";
    out.push_back(std::move(entry));
  }
  return out;
}

Json result_of(const ReportData& data, const Finding& finding, const RuleIndexes& indexes) {
  Json out;
  out["ruleId"] = valid_utf8(finding.rule);
  out["ruleIndex"] = indexes.at.at(finding.rule);
  out["kind"] = is_fault(finding) ? "fail" : "informational";
  out["level"] = is_fault(finding) ? std::string(level_of(finding.severity)) : "none";
  out["message"] = message(shown(finding_sentence(data, finding)));
  out["locations"] = Json::array({location_of(finding, indexes)});
  Json prints;
  prints["nhisweepFinding/v1"] = valid_utf8(finding.id);
  if (!finding.fingerprint.empty()) prints["nhisweepValue/v1"] = valid_utf8(finding.fingerprint);
  out["partialFingerprints"] = std::move(prints);
  if (finding.first_seen) out["baselineState"] = std::string(baseline_of(finding.presence));
  Json suppressions = suppressions_of(finding);
  if (!suppressions.empty()) out["suppressions"] = std::move(suppressions);
  out["properties"] = finding_value(finding, revealed_of(data, finding));
  return out;
}

Json invocation_of(const ReportData& data) {
  Json out;
  const std::uint64_t unread = data.coverage.unread_total;
  out["executionSuccessful"] = unread == 0;
  if (unread != 0) {
    Json note;
    note["level"] = "error";
    note["message"] =
        message(fmt::format("incomplete: {} could not be read; see properties.coverage.unread",
                            counted(unread, "place", "places")));
    out["toolExecutionNotifications"] = Json::array({std::move(note)});
  }
  Json properties;
  properties["coverage"] = coverage_value(data.coverage);
  properties["ruleset"] = valid_utf8(data.ruleset);
  properties["key"] = valid_utf8(data.key_id);
  if (!data.key_check.empty()) properties["key_check"] = valid_utf8(data.key_check);
  properties["as_of"] = to_iso8601(data.as_of);
  if (!data.audit_head.empty()) properties["audit"] = valid_utf8(data.audit_head);
  if (data.known) properties["known"] = *data.known;
  out["properties"] = std::move(properties);
  return out;
}

}  // namespace

std::string render_sarif(const ReportData& data) {
  RuleIndexes indexes;
  Json driver;
  driver["name"] = "nhisweep";
  if (!data.version.empty()) driver["version"] = valid_utf8(data.version);
  driver["rules"] = rules_of(data, indexes);
  Json tool;
  tool["driver"] = std::move(driver);
  const Json bases = roots_of(data, indexes);
  std::string out =
      fmt::format("{{\"$schema\":\"{}\",\"version\":\"2.1.0\",\"runs\":[{{\n\"tool\":{},\n",
                  kSchema, dump_line(tool));
  if (!bases.empty()) out += fmt::format("\"originalUriBaseIds\":{},\n", dump_line(bases));
  if (!data.estate.empty()) {
    Json automation;
    automation["id"] = valid_utf8("nhisweep/" + data.estate + "/");
    out += fmt::format("\"automationDetails\":{},\n", dump_line(automation));
  }
  out += fmt::format("\"columnKind\":\"unicodeCodePoints\",\n\"invocations\":[{}],\n\"results\":[",
                     dump_line(invocation_of(data)));
  bool is_first = true;
  for (const Finding& finding : data.findings) {
    out += is_first ? "\n" : ",\n";
    is_first = false;
    out += dump_line(result_of(data, finding, indexes));
  }
  out += "\n]}]}\n";
  return out;
}

}  // namespace nhi
