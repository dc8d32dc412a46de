#include "scanner/report/junit.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <map>

#include "scanner/base/clock.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/report/words.hpp"

namespace nhi {
namespace {

enum class Outcome : std::uint8_t { kPassed, kFailed, kSkipped, kError };

struct Counts {
  std::uint64_t tests = 0;
  std::uint64_t failures = 0;
  std::uint64_t errors = 0;
  std::uint64_t skipped = 0;

  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
  }
};

struct Verdict {
  Outcome outcome = Outcome::kPassed;
  std::string why;  // of a case that is skipped or passed; raw
};

/// One case: all texts raw, escaped where they are written.
struct Case {
  std::string name;
  std::string root;
  Verdict verdict;
  std::string type;     // severity, or the reason of an unread place
  std::string message;  // of a failure or an error
  std::string text;     // its lines, escaped already
};

struct Suite {
  std::string properties;
  std::string cases;
  Counts counts;

  void add(const Case& entry);
};

void Suite::add(const Case& entry) {
  ++counts.tests;
  cases += fmt::format("<testcase name=\"{}\" classname=\"{}\">\n", xml_escaped(entry.name),
                       xml_escaped(entry.root));
  switch (entry.verdict.outcome) {
    case Outcome::kFailed:
      ++counts.failures;
      cases += fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>\n",
                           xml_escaped(entry.type), xml_escaped(entry.message), entry.text);
      break;
    case Outcome::kError:
      ++counts.errors;
      cases += fmt::format("<error type=\"{}\" message=\"{}\">{}</error>\n",
                           xml_escaped(entry.type), xml_escaped(entry.message), entry.text);
      break;
    case Outcome::kSkipped:
      ++counts.skipped;
      cases += fmt::format("<skipped message=\"{}\"/>\n", xml_escaped(entry.verdict.why));
      [[fallthrough]];
    case Outcome::kPassed:
      cases += fmt::format("<system-out>{}\n{}</system-out>\n", xml_escaped(entry.verdict.why),
                           entry.text);
      break;
  }
  cases += "</testcase>\n";
}

std::string why_not_counted(const Finding& finding) {
  if (finding.kind == FindingKind::kSite) return "a reference: no secret of its own stands here";
  if (finding.kind == FindingKind::kIndicator) return "a trace that is not CIS1's";
  if (finding.principal == Principal::kHuman) return "a person's own, no non-human identity";
  return "the credential is dead; its bytes remain";
}

Verdict verdict_of(const ReportData& data, const Finding& finding) {
  if (counts_for_status(finding, data.min_confidence, data.fail_on)) {
    return {Outcome::kFailed, {}};
  }
  if (finding.presence == Presence::kGone) return {Outcome::kPassed, "gone: it is here no more"};
  if (!finding.exception_id.empty()) {
    std::string why = "accepted by exception " + finding.exception_id;
    if (finding.exception_until) why += " until " + to_iso_date(*finding.exception_until);
    return {Outcome::kSkipped, std::move(why)};
  }
  if (is_false_positive(finding)) {
    return {Outcome::kSkipped, "false positive: " + finding.decision->reason};
  }
  if (finding.ignored_inline) {
    return {Outcome::kSkipped,
            "ignored: an inline ignore stands on its line (" + ignored_by(finding).name + ")"};
  }
  if (!is_fault(finding) || is_dead(finding.credential_status)) {
    return {Outcome::kPassed, why_not_counted(finding)};
  }
  const bool unsure = finding.confidence < data.min_confidence;
  return {Outcome::kSkipped,
          unsure ? fmt::format("confidence {} is below the least that counts, {}",
                               to_string(finding.confidence), to_string(data.min_confidence))
                 : fmt::format("severity {} is below the least that counts, {}",
                               to_string(finding.severity), to_string(data.fail_on))};
}

/// The place inside its root, without a line: it must not change when a line is put above.
std::string where_in_root(const Finding& finding) {
  const Provenance& place = finding.place;
  std::string out;
  if (place.path) {
    const bool is_root = place.path->empty();  // the root is the file itself
    out = is_root ? place.root.substr(place.root.rfind('/') + 1) : *place.path;
    if (!place.member.empty()) out += "!/" + place.member;
    return out;
  }
  out = "object";
  if (place.git) out += " " + place.git->blob.substr(0, 12);
  if (!place.member.empty()) out += " (" + place.member + ")";
  return out;
}

std::string lines_of(const Finding& finding) {
  std::string out;
  const auto line = [&](std::string_view label, std::string_view value) {
    if (!value.empty()) out += fmt::format("{}: {}\n", label, xml_escaped(value));
  };
  line("place", place_of(finding));
  line("component", component_of(finding));
  line("id", finding.id);
  line("rule", finding.rule);
  line("severity", to_string(finding.severity));
  line("confidence", to_string(finding.confidence));
  line("credential", finding.credential_id);
  line("identity", finding.identity);
  line("system", finding.system);
  line("owner", finding.owner_name);
  line("decision", decision_sentence(finding));
  if (finding.place.git) line("introduced by", finding.place.git->introduced.commit);
  if (!finding.first_seen) return out;
  line("state", to_string(finding.presence));
  line("first seen", to_iso_date(*finding.first_seen));
  if (finding.last_seen) line("last seen", to_iso_date(*finding.last_seen));
  return out;
}

Case case_of(const ReportData& data, const Finding& finding) {
  Case out;
  // By its rule's id: the title is another one where the rule file is not at hand.
  out.name = fmt::format("{} in {} ({})", finding.rule, where_in_root(finding), finding.id);
  out.root = finding.place.root;
  out.verdict = verdict_of(data, finding);
  out.type = to_string(finding.severity);
  out.message = finding_sentence(data, finding);
  if (finding.presence == Presence::kUnverified && finding.last_seen) {
    out.message +=
        fmt::format(". Not read this time, last seen {}", to_iso_date(*finding.last_seen));
  }
  out.text = lines_of(finding);
  return out;
}

Case case_of(const Unread& place) {
  Case out;
  // Behind the colon stand numbers that change every night.
  const std::string kind = place.reason.substr(0, place.reason.find(':'));
  out.name =
      fmt::format("can be read: {} ({})", place.path.empty() ? "the root" : place.path, kind);
  out.root = place.root;
  out.verdict.outcome = Outcome::kError;
  out.type = kind;
  out.message = "could not be read: " + place.reason;
  out.text = fmt::format("bytes: {}\n", place.bytes);
  return out;
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("<property name=\"{}\" value=\"{}\"/>\n", name, xml_escaped(value));
}

Suite coverage_suite(const ReportData& data) {
  const Coverage& coverage = data.coverage;
  Suite out;
  out.properties = property("version", data.version) + property("ruleset", data.ruleset) +
                   property("key", data.key_id) + property("as_of", to_iso8601(data.as_of)) +
                   property("files", fmt::format("{}", coverage.files)) +
                   property("bytes", fmt::format("{}", coverage.bytes)) +
                   property("git_objects", fmt::format("{}", coverage.git_objects)) +
                   property("carried_files", fmt::format("{}", coverage.carried_files)) +
                   property("carried_git_objects", fmt::format("{}", coverage.carried_git_objects));
  if (!data.audit_head.empty()) out.properties += property("audit", data.audit_head);
  for (const Coverage::Policy& policy : coverage.by_policy) {
    out.properties +=
        property("left_out." + xml_escaped(policy.reason), fmt::format("{}", policy.count));
  }
  Case whole;
  whole.name = "everything in scope was read";
  whole.root = "nhisweep.coverage";
  whole.verdict.why = "everything in scope was read";
  if (coverage.unread_total > coverage.unread.size()) {
    whole.verdict.outcome = Outcome::kError;
    whole.type = "unread";
    whole.message =
        fmt::format("{} more could not be read and are not listed",
                    counted(coverage.unread_total - coverage.unread.size(), "place", "places"));
  }
  // Places that are listed are cases of their own; counting them twice would be wrong.
  if (coverage.unread_total == 0 || whole.verdict.outcome == Outcome::kError) out.add(whole);
  return out;
}

std::string suite_text(const ReportData& data, std::string_view name, const Suite& suite) {
  // The schema's date has no zone; it is UTC.
  std::string stamp = to_iso8601(data.as_of);
  if (stamp.ends_with('Z')) stamp.pop_back();
  std::string out = fmt::format(
      "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\""
      " timestamp=\"{}\">\n",
      xml_escaped(name), suite.counts.tests, suite.counts.failures, suite.counts.errors,
      suite.counts.skipped, stamp);
  if (!suite.properties.empty()) {
    out += "<properties>\n" + suite.properties + "</properties>\n";
  }
  return out + suite.cases + "</testsuite>\n";
}

}  // namespace

std::string render_junit(const ReportData& data) {
  std::map<std::string_view, Suite> suites;  // by raw root: the order of the report
  for (const Finding& finding : data.findings) {
    suites[finding.place.root].add(case_of(data, finding));
  }
  for (const Unread& place : data.coverage.unread) suites[place.root].add(case_of(place));
  const Suite coverage = coverage_suite(data);
  Counts all = coverage.counts;
  for (const auto& [root, suite] : suites) all.add(suite.counts);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"nhisweep\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
      all.tests, all.failures, all.errors);
  for (const auto& [root, suite] : suites) out += suite_text(data, root, suite);
  out += suite_text(data, "nhisweep.coverage", coverage);
  return out + "</testsuites>\n";
}

}  // namespace nhi
