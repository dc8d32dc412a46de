#include "scanner/identity/merge.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nhi {
namespace {

int place_rank(const GitFacts& facts) {
  if (facts.in_head) return 0;
  return facts.reachable ? 1 : 2;
}

// Dates are equal for commits of one second: the ids decide, so that the order of reading does not.
bool wins_when(const GitFacts& a, Instant a_introduced, const GitFacts& b, Instant b_introduced) {
  if (place_rank(a) != place_rank(b)) return place_rank(a) < place_rank(b);
  return std::tie(a.last_seen, a_introduced, a.blob) > std::tie(b.last_seen, b_introduced, b.blob);
}

bool is_older(const CommitFacts& a, const CommitFacts& b) {
  return std::tie(a.date, a.commit) < std::tie(b.date, b.commit);
}

void join_refs(std::vector<std::string>& refs, const std::vector<std::string>& others) {
  if (refs == others) return;  // so it is for most versions
  refs.insert(refs.end(), others.begin(), others.end());
  std::sort(refs.begin(), refs.end());
  refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
  if (refs.size() > kRefsListedMax) refs.resize(kRefsListedMax);
}

void join_version(Finding& finding, const GitFacts& facts) {
  GitFacts& git = *finding.place.git;
  git.blobs += facts.blobs;
  git.in_head = git.in_head || facts.in_head;
  git.in_worktree = git.in_worktree || facts.in_worktree;
  git.reachable = git.reachable || facts.reachable;
  git.paths_total = std::max(git.paths_total, facts.paths_total);
  join_refs(git.refs, facts.refs);
  if (facts.introduced.commit.empty()) return;
  if (!git.introduced.commit.empty() && !is_older(facts.introduced, git.introduced)) return;
  git.introduced = facts.introduced;
  if (finding.staleness.source == AgeSource::kGit) finding.staleness.since = facts.introduced.date;
}

// What stands in the work tree wins.
void put_history(Finding& plain, const Finding& version) {
  plain.place.git = version.place.git;
  plain.place.git->in_worktree = true;
  if (version.staleness.source == AgeSource::kGit) plain.staleness = version.staleness;
}

}  // namespace

bool wins(const GitFacts& a, const GitFacts& b) {
  return wins_when(a, a.introduced.date, b, b.introduced.date);
}

void put_git_facts(Finding& finding, const GitFacts& facts) {
  finding.place.git = facts;
  if (facts.introduced.commit.empty() || finding.kind != FindingKind::kCredential) return;
  finding.staleness.source = AgeSource::kGit;
  finding.staleness.since = facts.introduced.date;
}

bool EqualIds::wins(const Chosen& a, const Chosen& b) {
  const auto& git = a.finding.place.git;
  const auto& other = b.finding.place.git;
  if (git && other) {
    if (wins_when(*git, a.introduced, *other, b.introduced)) return true;
    if (wins_when(*other, b.introduced, *git, a.introduced)) return false;
  }
  return a.order < b.order;
}

void EqualIds::put(Finding finding, std::optional<SecretText> value, std::uint64_t order) {
  Group& group = groups_[finding.id];
  const auto& git = finding.place.git;
  std::optional<std::size_t>& at = git ? group.git : group.plain;
  const Instant introduced = git ? git->introduced.date : Instant{};
  Chosen fresh{std::move(finding), std::move(value), introduced, order, order};
  if (!at) {
    at = chosen_.size();
    chosen_.push_back(std::move(fresh));
    return;
  }
  Chosen& old = chosen_[*at];
  fresh.first = std::min(fresh.first, old.first);
  if (wins(fresh, old)) std::swap(fresh, old);
  old.first = std::min(fresh.first, old.first);
  if (old.finding.place.git) join_version(old.finding, *fresh.finding.place.git);
}

void EqualIds::add(std::vector<Finding> findings, std::vector<SecretText> values,
                   std::uint64_t order) {
  for (std::size_t i = 0; i < findings.size(); ++i) {
    std::optional<SecretText> value;
    if (!values.empty()) value = std::move(values[i]);
    put(std::move(findings[i]), std::move(value), order + i);
  }
}

void EqualIds::add_version(const std::string& id, const GitFacts& facts) {
  join_version(chosen_[*groups_.at(id).git].finding, facts);
}

EqualIds::Merged EqualIds::take() {
  std::vector<std::size_t> kept;
  for (const auto& [id, group] : groups_) {
    kept.push_back(group.plain ? *group.plain : *group.git);
    if (!group.plain || !group.git) continue;
    Chosen& plain = chosen_[*group.plain];
    const Chosen& git = chosen_[*group.git];
    put_history(plain.finding, git.finding);
    plain.first = std::min(plain.first, git.first);
  }
  std::sort(kept.begin(), kept.end(),
            [&](std::size_t a, std::size_t b) { return chosen_[a].first < chosen_[b].first; });
  Merged merged;
  merged.findings.reserve(kept.size());
  for (const std::size_t at : kept) {
    merged.findings.push_back(std::move(chosen_[at].finding));
    if (chosen_[at].value) merged.values.push_back(std::move(*chosen_[at].value));
  }
  groups_.clear();
  chosen_.clear();
  return merged;
}

void merge_equal_ids(std::vector<Finding>& findings, std::vector<SecretText>& values) {
  EqualIds all;
  all.add(std::move(findings), std::move(values), 0);
  EqualIds::Merged merged = all.take();
  findings = std::move(merged.findings);
  values = std::move(merged.values);
}

}  // namespace nhi
