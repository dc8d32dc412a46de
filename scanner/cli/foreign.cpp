#include "scanner/cli/foreign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scanner/report/json_records.hpp"

namespace nhi {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kCommitDigitsMin = 7;  // git's shortest abbreviation
constexpr std::size_t kCommitDigitsMax = 64;

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r");
  if (start == kNone) return {};
  return text.substr(start, text.find_last_not_of(" \t\r") - start + 1);
}

bool is_commit(std::string_view text) {
  return text.size() >= kCommitDigitsMin && text.size() <= kCommitDigitsMax &&
         text.find_first_not_of("0123456789abcdef") == kNone;
}

// Both tools write the separators of the system they run on.
std::string plain_path(std::string_view path) {
  std::string out(path);
  std::replace(out.begin(), out.end(), '\\', '/');
  while (out.starts_with("./")) out.erase(0, 2);
  return out;
}

std::uint64_t line_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  return whole ? number : 0;
}

// Read from the right: a path may hold colons, a rule and a line cannot.
ForeignEntry entry_of(std::string_view text) {
  ForeignEntry entry;
  const std::size_t before_line = text.rfind(':');
  if (before_line == kNone || before_line == 0) return {};
  const std::size_t before_rule = text.rfind(':', before_line - 1);
  if (before_rule == kNone || before_rule == 0) return {};
  entry.line = line_number(text.substr(before_line + 1));
  entry.rule = text.substr(before_rule + 1, before_line - before_rule - 1);
  std::string_view place = text.substr(0, before_rule);
  const std::size_t after_commit = place.find(':');
  if (after_commit != kNone && is_commit(place.substr(0, after_commit))) {
    entry.commit = place.substr(0, after_commit);
    place.remove_prefix(after_commit + 1);
  }
  entry.path = plain_path(place);
  entry.verdict = Verdict::kFalsePositive;
  return entry;
}

bool has_rule(const Finding& finding, const std::string& rule) {
  return finding.rule == rule ||
         std::find(finding.also.begin(), finding.also.end(), rule) != finding.also.end();
}

bool is_of_commit(const Finding& finding, const std::string& commit) {
  return commit.empty() ||
         (finding.place.git && finding.place.git->introduced.commit.starts_with(commit));
}

}  // namespace

std::vector<ForeignEntry> read_gitleaks_ignore(std::string_view text, SheetFaults& faults) {
  std::vector<ForeignEntry> entries;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view raw = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), raw.size() + 1));
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.starts_with('#')) continue;
    ForeignEntry entry = entry_of(line);
    entry.list_line = number;
    if (entry.path.empty() || entry.rule.empty() || entry.line == 0) {
      faults.add(number, "1", "no fingerprint of gitleaks",
                 "write it as path:rule:line or commit:path:rule:line");
      continue;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<std::vector<ForeignEntry>> read_detect_secrets(std::string_view text,
                                                      const std::string& file) {
  std::vector<ForeignEntry> entries;
  bool is_baseline = false;
  const std::vector<std::string_view> wanted = {"version", "type", "line_number", "is_secret",
                                                "hashed_secret"};
  auto read = read_json_records(text, wanted, [&](const JsonRecord& record) -> Result<void> {
    if (record.keys.empty()) is_baseline = !record["version"].empty();
    const bool is_entry = record.keys.size() == 3 && record.keys[0] == "results" &&
                          record.keys[2].empty() && !record["hashed_secret"].empty();
    if (!is_entry) return {};
    ForeignEntry entry;
    entry.path = plain_path(record.keys[1]);
    entry.line = line_number(record["line_number"]);
    entry.rule = record["type"];
    if (record["is_secret"] == "true") entry.verdict = Verdict::kConfirmed;
    if (record["is_secret"] == "false") entry.verdict = Verdict::kFalsePositive;
    entries.push_back(std::move(entry));
    return {};
  });
  if (!read) {
    Error& error = read.error();
    return fail(ErrorCode::kBadUse, error.what,
                file + (error.subject.empty() ? "" : ", " + error.subject));
  }
  if (is_baseline) return entries;
  return fail(ErrorCode::kBadUse, "this is no baseline of detect-secrets", file,
              "it has `version` and `results`; detect-secrets scan writes it");
}

PlacesOfRoot::PlacesOfRoot(const std::vector<Finding>& findings, std::string_view root) {
  for (const Finding& finding : findings) {
    const bool has_place =
        finding.place.root == root && finding.place.path && finding.place.member.empty();
    if (!has_place || finding.kind == FindingKind::kSite || finding.presence == Presence::kGone) {
      continue;
    }
    at_[{*finding.place.path, finding.first.line}].push_back(&finding);
    ++in_file_[*finding.place.path];
  }
}

PlacesOfRoot::Answer PlacesOfRoot::look_up(const ForeignEntry& entry) const {
  Answer answer;
  if (entry.line == 0) {
    answer.why_not = "the list names no line";
    return answer;
  }
  const auto at = at_.find({entry.path, entry.line});
  if (at == at_.end()) {
    const auto file = in_file_.find(entry.path);
    answer.why_not = file == in_file_.end()
                         ? "no finding in this file"
                         : fmt::format("no finding on this line, {} on others", file->second);
    return answer;
  }
  std::copy_if(at->second.begin(), at->second.end(), std::back_inserter(answer.found),
               [&](const Finding* finding) { return is_of_commit(*finding, entry.commit); });
  if (answer.found.empty()) {
    answer.why_not = "the finding there came with another commit";
    return answer;
  }
  if (answer.found.size() == 1) return answer;
  const std::size_t all = answer.found.size();
  const std::string first = answer.found.front()->id;
  std::erase_if(answer.found,
                [&](const Finding* finding) { return !has_rule(*finding, entry.rule); });
  if (answer.found.empty()) {
    answer.why_not = fmt::format(
        "{} findings there, none of this rule: decide {} and the others "
        "by id",
        all, first);
  }
  return answer;
}

}  // namespace nhi
