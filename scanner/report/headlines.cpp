#include "scanner/report/headlines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "scanner/report/words.hpp"

namespace nhi {
namespace {

using enum HeadlineOf;
constexpr Headline kHeadlines[] = {
    {"new", kFindings, 0, Presence::kNew},
    {"open", kFindings, 0, Presence::kOpen},
    {"gone", kFindings, 0, Presence::kGone},
    {"unverified", kFindings, 0, Presence::kUnverified},
    {"will-stop", kDependencies, kListWillStop, std::nullopt},
    {"traces-gone", kDependencies, kListTracesGone, std::nullopt},
    {"declared", kDependencies, kListDeclared, std::nullopt},
    {"cis1-stale", kCredentials, kListCis1Stale, std::nullopt},
    {"removed-not-dead", kCredentials, kListRemovedNotDead, std::nullopt},
    {"outstanding", kCredentials, kListOutstanding, std::nullopt},
    {"unowned", kCredentials, kListUnowned, std::nullopt},
    {"reused", kCredentials, kListReused, std::nullopt},
    {"long-lived", kCredentials, kListLongLived, std::nullopt},
    {"age-unknown", kCredentials, kListAgeUnknown, std::nullopt},
    {"shared-spine", kCredentials, kListSharedSpine, std::nullopt},
    {"unbound", kCredentials, kListUnbound, std::nullopt},
    {"residue", kCredentials, kListResidue, std::nullopt},
    {"seen-again", kCredentials, kListSeenAgain, std::nullopt},
    {"unread", kCoverage, 0, std::nullopt},
};

std::string_view verb_of(HeadlineOf of) {
  switch (of) {
    case kFindings:
      return "findings list";
    case kCredentials:
      return "credentials list";
    case kDependencies:
      return "dependencies list";
    case kCoverage:
      return "report";
  }
  return "report";
}

bool is_in(const Headline& headline, const Finding& finding) {
  return is_counted(finding) && finding.presence == headline.presence;
}

// For a POSIX shell; raw bytes of a name stay as they are.
std::string in_quotes(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::span<const Headline> headlines() { return kHeadlines; }

const Headline* find_headline(std::string_view name) {
  const auto* const at = std::find_if(std::begin(kHeadlines), std::end(kHeadlines),
                                      [&](const Headline& row) { return row.name == name; });
  return at == std::end(kHeadlines) ? nullptr : at;
}

std::string headline_command(const Headline& headline, const std::string& inventory) {
  std::string out = fmt::format("nhisweep {} --measure {}", verb_of(headline.of), headline.name);
  if (!inventory.empty()) out += " --inventory " + in_quotes(inventory);
  return out;
}

std::uint64_t headline_number(const Headline& headline, const ReportData& data,
                              const Overview& overview) {
  switch (headline.of) {
    case kFindings:
      return static_cast<std::uint64_t>(
          std::count_if(data.findings.begin(), data.findings.end(),
                        [&](const Finding& finding) { return is_in(headline, finding); }));
    case kCredentials:
      return static_cast<std::uint64_t>(std::count_if(
          overview.credentials.begin(), overview.credentials.end(),
          [&](const CredentialView& view) { return (view.lists & headline.list) != 0; }));
    case kDependencies:
      return static_cast<std::uint64_t>(std::count_if(
          data.dependencies.begin(), data.dependencies.end(),
          [&](const Dependency& row) { return (lists_of(row) & headline.list) != 0; }));
    case kCoverage:
      return overview.measures.unread;
  }
  return 0;
}

void keep_headline(const Headline& headline, ReportData& data) {
  if (headline.of == kFindings) {
    std::erase_if(data.findings, [&](const Finding& row) { return !is_in(headline, row); });
  }
  if (headline.of == kDependencies) {
    std::erase_if(data.dependencies,
                  [&](const Dependency& row) { return (lists_of(row) & headline.list) == 0; });
  }
  if (headline.of != kCredentials) return;
  const Overview overview = make_overview(data);
  std::unordered_set<std::string> listed;
  for (const CredentialView& view : overview.credentials) {
    if ((view.lists & headline.list) != 0) listed.insert(view.credential->id);
  }
  std::erase_if(data.credentials, [&](const Credential& row) { return !listed.contains(row.id); });
}

std::string headline_lists(const ReportData& data, const Overview& overview) {
  struct Line {
    std::string command, comment;
  };
  std::vector<Line> lines;
  std::size_t width = 0;
  for (const Headline& headline : kHeadlines) {
    const std::uint64_t number = headline_number(headline, data, overview);
    if (number == 0) continue;
    lines.push_back(
        {shown(headline_command(headline, data.inventory)), "# " + with_thousands(number)});
    width = std::max(width, text_width(lines.back().command));
  }
  std::string out;
  for (const Line& line : lines) {
    const std::size_t gap = width - text_width(line.command) + 2;
    out += "  " + line.command + std::string(gap, ' ') + line.comment + "\n";
  }
  return out;
}

}  // namespace nhi
