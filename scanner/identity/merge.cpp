#include "scanner/identity/merge.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace nhi {
namespace {

int place_rank(const GitFacts& facts) {
  if (facts.in_head) return 0;
  return facts.reachable ? 1 : 2;
}

// Dates are equal for commits of one second: the ids decide, so that the order of reading does not.
bool is_newer(const GitFacts& a, const GitFacts& b) {
  return std::tie(a.last_seen, a.introduced.date, a.blob) >
         std::tie(b.last_seen, b.introduced.date, b.blob);
}

bool is_older(const CommitFacts& a, const CommitFacts& b) {
  return std::tie(a.date, a.commit) < std::tie(b.date, b.commit);
}

// What stands in the work tree wins.
bool wins(const Finding& a, const Finding& b) {
  if (!a.place.git || !b.place.git) return !a.place.git && b.place.git;
  return nhi::wins(*a.place.git, *b.place.git);
}

void join_git(Finding& winner, const Finding& loser) {
  if (!loser.place.git) return;
  if (!winner.place.git) {
    winner.place.git = loser.place.git;
    winner.place.git->in_worktree = true;
    if (loser.staleness.source == AgeSource::kGit) winner.staleness = loser.staleness;
    return;
  }
  GitFacts& git = *winner.place.git;
  const GitFacts& other = *loser.place.git;
  git.blobs += other.blobs;
  git.in_head = git.in_head || other.in_head;
  git.in_worktree = git.in_worktree || other.in_worktree;
  git.reachable = git.reachable || other.reachable;
  git.paths_total = std::max(git.paths_total, other.paths_total);
  if (!other.introduced.commit.empty() &&
      (git.introduced.commit.empty() || is_older(other.introduced, git.introduced))) {
    git.introduced = other.introduced;
    if (winner.staleness.source == AgeSource::kGit) {
      winner.staleness.since = other.introduced.date;
    }
  }
  git.refs.insert(git.refs.end(), other.refs.begin(), other.refs.end());
  std::sort(git.refs.begin(), git.refs.end());
  git.refs.erase(std::unique(git.refs.begin(), git.refs.end()), git.refs.end());
}

}  // namespace

bool wins(const GitFacts& a, const GitFacts& b) {
  return place_rank(a) != place_rank(b) ? place_rank(a) < place_rank(b) : is_newer(a, b);
}

void put_git_facts(Finding& finding, const GitFacts& facts) {
  finding.place.git = facts;
  if (facts.introduced.commit.empty() || finding.kind != FindingKind::kCredential) return;
  finding.staleness.source = AgeSource::kGit;
  finding.staleness.since = facts.introduced.date;
}

// Joining changes what is compared (the first introduction), so the winner is chosen before.
void merge_equal_ids(std::vector<Finding>& findings, std::vector<SecretText>& values) {
  std::unordered_map<std::string_view, std::size_t> groups;
  groups.reserve(findings.size());
  std::vector<std::size_t> group_of;
  group_of.reserve(findings.size());
  for (const Finding& finding : findings) {
    group_of.push_back(groups.try_emplace(finding.id, groups.size()).first->second);
  }
  std::vector<std::size_t> order(findings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return group_of[a] != group_of[b] ? group_of[a] < group_of[b] : wins(findings[a], findings[b]);
  });
  std::vector<Finding> merged;
  merged.reserve(groups.size());
  std::vector<SecretText> merged_values;
  for (const std::size_t i : order) {
    if (group_of[i] < merged.size()) {
      join_git(merged.back(), findings[i]);
      continue;
    }
    merged.push_back(std::move(findings[i]));
    if (!values.empty()) merged_values.push_back(std::move(values[i]));
  }
  findings = std::move(merged);
  values = std::move(merged_values);
}

}  // namespace nhi
