#include "scanner/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "scanner/base/clock.hpp"
#include "scanner/report/json.hpp"
#include "scanner/report/overview.hpp"
#include "scanner/report/paint.hpp"

namespace nhi {
namespace {

/// One credential with its places, in report order.
struct Block {
  std::vector<const Finding*> places;
  Level severity = Level::kLow;
  Level confidence = Level::kLow;
  std::size_t order = 0;  // of its first place in the report
};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

/// The parts of one credential (key id and key) share a block: that of their secret.
std::vector<Block> blocks_of(const std::vector<Finding>& findings, bool ranked) {
  std::unordered_map<std::string_view, std::string_view> secret_of_group;
  for (const Finding& finding : findings) {
    if (finding.kind == FindingKind::kCredential && !finding.group.empty() &&
        finding.role == Role::kSecret) {
      secret_of_group.emplace(finding.group, finding.credential_id);
    }
  }
  std::vector<Block> blocks;
  std::unordered_map<std::string_view, std::size_t> known;
  for (const Finding& finding : findings) {
    if (finding.kind != FindingKind::kCredential) continue;
    std::string_view key = finding.credential_id.empty() ? finding.id : finding.credential_id;
    if (finding.role != Role::kSecret) {
      const auto at = secret_of_group.find(finding.group);
      if (at != secret_of_group.end()) key = at->second;
    }
    const auto [at, is_new] = known.emplace(key, blocks.size());
    if (is_new) blocks.emplace_back().order = at->second;
    Block& block = blocks[at->second];
    block.places.push_back(&finding);
    block.severity = std::max(block.severity, finding.severity);
    block.confidence = std::max(block.confidence, finding.confidence);
  }
  if (ranked) return blocks;
  std::stable_sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) {
    return std::tuple(b.severity, b.confidence, a.order) <
           std::tuple(a.severity, a.confidence, b.order);
  });
  return blocks;
}

// Values of people's accounts and values to test with: listed, in no count and no status.
bool is_set_aside(const Block& block) {
  return std::all_of(block.places.begin(), block.places.end(), [](const Finding* finding) {
    return finding->principal == Principal::kHuman;
  });
}

const Finding& head_of(const Block& block) {
  for (const Finding* finding : block.places) {
    if (finding->role == Role::kSecret) return *finding;
  }
  return *block.places.front();
}

bool any_new(const Block& block) {
  return std::any_of(block.places.begin(), block.places.end(), [](const Finding* finding) {
    return finding->first_seen && finding->presence == Presence::kNew;
  });
}

std::string value_line(const Finding& head) {
  std::string out = shown(head.redacted.empty() ? "(not shown)" : head.redacted);
  if (!head.length_class.empty()) out += fmt::format("  ({} characters)", shown(head.length_class));
  if (head.published_default) out += "  published default";
  return out;
}

/// "mssql:pas01:1433/svc_mirth -> jdbc:…", each pair once.
std::vector<std::string> opens_lines(const Block& block) {
  std::vector<std::string> out;
  for (const Finding* finding : block.places) {
    std::string who = finding->identity;
    if (who.empty() && finding->site) who = finding->site->account;
    const std::string where = finding->site ? finding->site->target : std::string();
    if (who.empty() && where.empty()) continue;
    std::string line = shown(who.empty() ? "(account not known)" : who);
    if (!where.empty()) line += (finding->site->inbound ? " <- " : " -> ") + shown(where);
    if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(std::move(line));
  }
  return out;
}

std::string standing_line(const Finding& head) {
  std::vector<std::string> parts;
  if (head.first_seen) {
    parts.push_back(fmt::format("credential {}", to_string(head.credential_status)));
    parts.push_back("first seen " + to_iso_date(*head.first_seen));
  }
  if (head.principal != Principal::kMachine) {
    parts.push_back(fmt::format("principal {}", to_string(head.principal)));
  }
  if (!head.system.empty()) {
    std::string system = "system " + shown(head.system);
    if (head.environment != Environment::kUnknown) {
      system += fmt::format(" ({})", to_string(head.environment));
    }
    parts.push_back(std::move(system));
  }
  if (head.staleness.since) {
    // A file's date is weak evidence: say which kind it is.
    parts.push_back(fmt::format("in use since {} ({})", to_iso_date(*head.staleness.since),
                                to_string(head.staleness.source)));
  }
  if (head.staleness.expires) parts.push_back("expires " + to_iso_date(*head.staleness.expires));
  parts.push_back(head.owner_name.empty() ? "no owner" : "owner " + shown(head.owner_name));
  return joined(parts, ", ");
}

std::string place_facts(const Finding& finding) {
  std::vector<std::string> parts;
  if (finding.first_seen && finding.presence != Presence::kOpen) {
    std::string state(to_string(finding.presence));
    if (finding.change == "ruleset") state += " (the rules changed)";
    if (finding.presence == Presence::kUnverified && finding.last_seen) {
      state += ", last seen " + to_iso_date(*finding.last_seen);
    }
    parts.push_back(std::move(state));
  }
  std::vector<std::string> where;
  for (const std::string_view word : whereabouts(finding)) where.emplace_back(word);
  if (finding.place.git) {
    const bool lost = !where.empty() && where.front() == "unreachable";
    parts.push_back(lost ? "unreachable: in no branch, still in the repository"
                         : "in " + joined(where, ", "));
    if (finding.place.git->removed_date) {
      parts.push_back("removed " + to_iso_date(*finding.place.git->removed_date));
    }
  }
  if (finding.role != Role::kSecret) {
    parts.push_back(fmt::format("the {} part", to_string(finding.role)));
  }
  if (!finding.encoding.empty()) parts.push_back("inside " + shown(joined(finding.encoding, ", ")));
  if (finding.site && finding.site->form != Form::kPlaintext) {
    parts.emplace_back(to_string(finding.site->form));
  }
  if (finding.site && finding.site->dormant) parts.emplace_back("component is off");
  if (finding.place.file && finding.place.file->world_readable) {
    parts.emplace_back("anybody can read the file");
  }
  if (finding.ignored_inline) {
    const IgnoredBy by = ignored_by(finding);
    parts.push_back("ignored by a comment on its line, " +
                    (by.source == "git-author"   ? "author " + shown(by.name)
                     : by.source == "file-owner" ? "file of " + shown(by.name)
                                                 : std::string("author unknown")));
  }
  if (finding.decision) parts.push_back(shown(decision_sentence(finding)));
  if (!finding.exception_id.empty()) {
    std::string until =
        finding.exception_until ? " until " + to_iso_date(*finding.exception_until) : "";
    parts.push_back("excepted" + until + " (" + shown(finding.exception_id) + ")");
  }
  return joined(parts, ", ");
}

std::string place_lines(const Finding& finding, const TextStyle& style) {
  std::string out = "    " + shown(place_of(finding)) + "\n";
  const std::string component = component_of(finding);
  if (!component.empty()) out += wrapped(shown(component), 6, style.columns);
  out += wrapped(place_facts(finding), 6, style.columns);
  return out;
}

std::string block_text(const ReportData& data, const Block& block, const TextStyle& style) {
  const Finding& head = head_of(block);
  const std::string severity = upper(to_string(block.severity));
  std::string title = shown(rule_title(data, head.rule));
  const std::string id = head.credential_id.empty() ? head.id : head.credential_id;
  std::string out = paint(style, ink_of(block.severity), severity);
  out += std::string(severity.size() < 8 ? 9 - severity.size() : 1, ' ');
  std::string rest = fmt::format("{}  ({} confidence)", title, to_string(block.confidence));
  if (any_new(block)) rest += " NEW";
  std::string body = wrapped(rest, 9, style.columns);
  out += body.substr(std::min<std::size_t>(9, body.size()));
  out += labelled(style, "value", value_line(head));
  // Never wrapped: its spaces are part of it.
  if (const std::string* value = revealed_of(data, head)) {
    out += fmt::format("  secret   {}\n", shown(*value));
  }
  bool is_first = true;
  for (const std::string& line : opens_lines(block)) {
    out += labelled(style, is_first ? "opens" : "", line);
    is_first = false;
  }
  out += labelled(style, "why", shown(head.why));
  out += labelled(style, "standing", standing_line(head));
  out += labelled(style, "id", shown(id));
  out += fmt::format("  {}\n", counted(block.places.size(), "place", "places"));
  for (const Finding* finding : block.places) out += place_lines(*finding, style);
  return out;
}

// Of what counts nowhere a few of a kind are shown: a tree of tests can hold thousands, and what
// somebody must do stands among them.
std::string blocks_text(const ReportData& data, const std::vector<Block>& blocks,
                        const TextStyle& style) {
  constexpr std::size_t kShownOfAKind = 3;
  std::string out;
  std::map<std::string, std::size_t> set_aside;  // by rule
  for (const Block& block : blocks) {
    if (is_set_aside(block) && ++set_aside[head_of(block).rule] > kShownOfAKind) continue;
    out += block_text(data, block, style) + "\n";
  }
  std::string left;
  for (const auto& [rule, values] : set_aside) {
    if (values <= kShownOfAKind) continue;
    left += wrapped(fmt::format("and {} more: {}", with_thousands(values - kShownOfAKind),
                                shown(rule_title(data, rule))),
                    2, style.columns);
  }
  if (left.empty()) return out;
  return out +
         wrapped("of people or of tests, in no count (--format jsonl lists each)", 0,
                 style.columns) +
         left + "\n";
}

std::string dependency_title(const ReportData& data, const std::string& id) {
  for (const Dependency& dependency : data.dependencies) {
    if (dependency.id != id) continue;
    std::string out = shown(dependency.system);
    if (dependency.environment != Environment::kUnknown) {
      out += fmt::format(" ({})", to_string(dependency.environment));
    }
    out += fmt::format(": {}", standing_word(dependency));
    if (!dependency.decided) out += " by the evidence";
    return out;
  }
  return id.empty() ? "not bound to a dependency" : shown(id);
}

std::string indicators_text(const ReportData& data, const TextStyle& style) {
  // dependency, then class and kind
  std::map<std::string, std::map<std::string, std::vector<const Finding*>>> groups;
  for (const Finding& finding : data.findings) {
    if (finding.kind != FindingKind::kIndicator || !finding.indicator) continue;
    const IndicatorFacts& facts = *finding.indicator;
    const std::string kind =
        fmt::format("{}  {}", to_string(facts.indicator_class), shown(facts.kind));
    groups[finding.dependency_id][kind].push_back(&finding);
  }
  if (groups.empty()) return {};
  std::string out = paint(style, Ink::kBold, "TRACES OF CIS1 AND CIS2") + "\n";
  for (const auto& [dependency, kinds] : groups) {
    out += wrapped(dependency_title(data, dependency), 2, style.columns);
    for (const auto& [kind, places] : kinds) {
      out += fmt::format("    {}, {}\n", kind, counted(places.size(), "place", "places"));
      for (const Finding* finding : places) {
        out += "      " + shown(place_of(*finding)) + "\n";
        const IndicatorFacts& facts = *finding->indicator;
        std::string detail = shown(facts.text);
        if (facts.place != PlaceKind::kUnknown) {
          detail += fmt::format("  [{}, {} confidence]", to_string(facts.place),
                                to_string(finding->confidence));
        } else {
          detail += fmt::format("  [{} confidence]", to_string(finding->confidence));
        }
        if (finding->decision) detail += "  " + shown(decision_sentence(*finding));
        out += wrapped(detail, 8, style.columns);
      }
    }
  }
  return out + "\n";
}

std::string references_text(const ReportData& data, const TextStyle& style) {
  std::string out;
  for (const Finding& finding : data.findings) {
    if (finding.kind != FindingKind::kSite) continue;
    out += "  " + shown(place_of(finding)) + "\n";
    std::string detail;
    if (finding.site) {
      detail = std::string(to_string(finding.site->form));
      if (!finding.site->form_detail.empty()) detail += " " + shown(finding.site->form_detail);
      const std::string who = finding.identity.empty() ? finding.site->account : finding.identity;
      if (!who.empty()) detail += ", " + shown(who);
      if (!finding.site->target.empty()) detail += " -> " + shown(finding.site->target);
    }
    out += wrapped(detail.empty() ? shown(finding.why) : detail, 4, style.columns);
  }
  if (out.empty()) return out;
  return paint(style, Ink::kBold, "PLACES WITHOUT A SECRET OF THEIR OWN") + "\n" + out + "\n";
}

std::string decisions_text(const ReportData& data, const TextStyle& style) {
  if (data.decisions.empty()) return {};
  std::string out = paint(style, Ink::kBold, "DECISIONS") + "\n";
  for (const FindingDecision& decision : data.decisions) {
    std::string line = fmt::format("{} {}: {}", to_iso_date(decision.when), shown(decision.who),
                                   shown(decision_sentence(decision)));
    if (!decision.evidence.empty()) line += " (" + shown(decision.evidence) + ")";
    out += wrapped(line, 2, style.columns);
  }
  return out + "\n";
}

std::string opening_line(const ReportData& data, const std::vector<Block>& blocks) {
  std::uint64_t places = 0;
  std::uint64_t traces = 0;
  std::uint64_t references = 0;
  std::uint64_t credentials = 0;
  std::uint64_t set_aside = 0;
  for (const Block& block : blocks) {
    const bool counts = !is_set_aside(block);
    ++(counts ? credentials : set_aside);
    if (counts) places += block.places.size();
  }
  for (const Finding& finding : data.findings) {
    if (finding.kind == FindingKind::kIndicator) ++traces;
    if (finding.kind == FindingKind::kSite) ++references;
  }
  const std::string known = data.known
                                ? fmt::format("; {} known from the baseline, not listed",
                                              counted(*data.known, "finding is", "findings are"))
                                : std::string();
  if (data.findings.empty()) return (known.empty() ? "nothing found" : "nothing new") + known;
  std::string out = fmt::format("{} in {}", counted(credentials, "credential", "credentials"),
                                counted(places, "place", "places"));
  out += ", " + counted(traces, "CIS1 or CIS2 trace", "CIS1 or CIS2 traces");
  if (set_aside != 0) {
    out += ", " + counted(set_aside, "value", "values") + " of people or of tests";
  }
  if (references != 0) {
    out += ", " + counted(references, "place without a secret", "places without a secret");
  }
  return out + known;
}

// "3 gzip, 12 zip": how many of the places listed are closed, by kind.
std::string closed_text(const Coverage& coverage, const TextStyle& style) {
  std::map<std::string_view, std::uint64_t> kinds;
  for (const Unread& place : coverage.unread) {
    if (is_closed(place)) ++kinds[reason_word(place.reason).substr(kClosedReason.size())];
  }
  if (kinds.empty()) return "";
  std::string list;
  for (const auto& [kind, count] : kinds) {
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", with_thousands(count), shown(kind));
  }
  return wrapped("closed containers, recognised and not opened: " + list, 2, style.columns);
}

std::string read_sentence(const Coverage& coverage) {
  std::string out = fmt::format("read {}, {}", counted(coverage.files, "file", "files"),
                                human_bytes(coverage.bytes));
  if (coverage.git_objects != 0) {
    out += ", " + counted(coverage.git_objects, "git object", "git objects");
  }
  if (coverage.archive_members != 0) {
    out += ", " + counted(coverage.archive_members, "archive member", "archive members");
  }
  if (coverage.carried_files != 0 || coverage.carried_git_objects != 0) {
    out += fmt::format("; unchanged and known from before: {}, {}",
                       counted(coverage.carried_files, "file", "files"),
                       counted(coverage.carried_git_objects, "git object", "git objects"));
    if (coverage.carried_since) out += " (since " + to_iso_date(*coverage.carried_since) + ")";
  }
  return out;
}

}  // namespace

std::string coverage_text(const Coverage& coverage, std::size_t places_max,
                          const TextStyle& style) {
  std::string out = wrapped(read_sentence(coverage), 0, style.columns);
  for (const Coverage::Policy& policy : coverage.by_policy) {
    out += wrapped(fmt::format("left out as told: {} ({}, {})", shown(policy.reason),
                               counted(policy.count, "place", "places"), human_bytes(policy.bytes)),
                   0, style.columns);
  }
  if (coverage.unread_total == 0) return out + "everything in scope was read\n";
  out += paint(style, Ink::kAlarm,
               fmt::format("NOT READ: {}", counted(coverage.unread_total, "place", "places")));
  out += "\n";
  out += closed_text(coverage, style);
  const std::size_t listed = std::min(places_max, coverage.unread.size());
  for (std::size_t i = 0; i < listed; ++i) {
    const Unread& place = coverage.unread[i];
    std::string name = place.root == "." ? std::string() : place.root;
    if (!name.empty() && !place.path.empty()) name += '/';
    name += place.path;
    out +=
        wrapped(fmt::format("{}: {}", shown(name.empty() ? place.root : name), shown(place.reason)),
                2, style.columns);
  }
  if (listed < coverage.unread_total) {
    out += fmt::format("  and {} more\n", with_thousands(coverage.unread_total - listed));
  }
  return out;
}

std::string render_text(const ReportData& data, const TextStyle& style) {
  const std::vector<Block> blocks = blocks_of(data.findings, data.ranked);
  std::string out = paint(style, Ink::kBold, opening_line(data, blocks)) + "\n\n";
  out += blocks_text(data, blocks, style);
  out += indicators_text(data, style);
  out += references_text(data, style);
  out += decisions_text(data, style);
  constexpr std::size_t kPlacesMax = 20;
  out += coverage_text(data.coverage, kPlacesMax, style);
  if (!data.audit_head.empty()) out += "audit: " + shown(data.audit_head) + "\n";
  return out;
}

}  // namespace nhi
