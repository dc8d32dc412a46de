#include "scanner/report/words.hpp"

#include <fmt/format.h>

namespace nhi {

std::string place_of(const Finding& finding) {
  const Provenance& place = finding.place;
  std::string out;
  if (place.path) {
    if (place.root != "." && !place.root.empty()) out = place.root;
    if (!place.path->empty() && !out.empty() && out.back() != '/') out += '/';
    out += *place.path;
    if (out.empty()) out = ".";
    if (!place.member.empty()) out += "!/" + place.member;
  } else {
    out = place.root;
    if (place.git) out += " object " + place.git->blob.substr(0, 12);
    if (!place.member.empty()) out += " (" + place.member + ")";
  }
  return fmt::format("{}:{}:{}", out, finding.first.line, finding.first.column);
}

std::string component_of(const Finding& finding) {
  if (!finding.site) return {};
  std::string out;
  for (const std::string& name : finding.site->component) {
    if (!out.empty()) out += " > ";
    out += name;
  }
  return out;
}

std::vector<std::string_view> whereabouts(const Finding& finding) {
  if (!finding.place.git) return {"file"};
  const GitFacts& git = *finding.place.git;
  std::vector<std::string_view> out;
  if (git.in_worktree) out.push_back("work tree");
  if (git.in_head) out.push_back("HEAD");
  if (git.reachable && !git.in_head) out.push_back("history");
  if (!git.reachable && !git.in_worktree) out.push_back("unreachable");
  return out;
}

std::string engine_of(const Finding& finding) {
  if (!finding.site) return {};
  const std::string& format = finding.site->format;
  return format.substr(0, format.find('.'));
}

std::string decision_sentence(const FindingDecision& decision) {
  std::string out(to_string(decision.verdict));
  if (decision.verdict == Verdict::kNone) out = "taken back";
  if (decision.verdict == Verdict::kFalsePositive) out = "false positive";
  const bool is_ticket = decision.verdict == Verdict::kTicket;
  if (is_ticket) out += " " + decision.ticket;
  if (!decision.owner.empty()) {
    out += (decision.verdict == Verdict::kAssigned ? " to " : ", assigned to ") + decision.owner;
  }
  if (!is_ticket && !decision.ticket.empty()) out += ", ticket " + decision.ticket;
  if (!decision.reason.empty()) out += ": " + decision.reason;
  return out;
}

IgnoredBy ignored_by(const Finding& finding) {
  if (finding.place.git && !finding.place.git->introduced.author.empty()) {
    return {finding.place.git->introduced.author, "git-author"};
  }
  if (finding.place.file && !finding.place.file->owner.empty()) {
    return {finding.place.file->owner, "file-owner"};
  }
  return {"unknown", "unknown"};
}

std::string decision_sentence(const Finding& finding) {
  return finding.decision ? decision_sentence(*finding.decision) : std::string();
}

}  // namespace nhi
