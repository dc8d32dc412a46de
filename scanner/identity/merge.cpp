#include "scanner/identity/merge.hpp"

#include <algorithm>
#include <unordered_map>

namespace nhi {
namespace {

int place_rank(const Finding& finding) {
  if (!finding.place.git) return 0;
  if (finding.place.git->in_head) return 1;
  return finding.place.git->reachable ? 2 : 3;
}

// Dates are equal for commits of one second: the ids decide, so that the order of reading does not.
bool is_newer(const Finding& a, const Finding& b) {
  if (!a.place.git || !b.place.git) return false;
  const CommitFacts& left = a.place.git->introduced;
  const CommitFacts& right = b.place.git->introduced;
  if (left.date != right.date) return left.date > right.date;
  return a.place.git->blob > b.place.git->blob;
}

// A total order, so that it does not matter in which order findings are merged.
bool is_older(const CommitFacts& a, const CommitFacts& b) {
  return a.date != b.date ? a.date < b.date : a.commit < b.commit;
}

bool wins(const Finding& a, const Finding& b) {
  if (place_rank(a) != place_rank(b)) return place_rank(a) < place_rank(b);
  return is_newer(a, b);
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

void put_git_facts(Finding& finding, const GitFacts& facts) {
  finding.place.git = facts;
  if (facts.introduced.commit.empty() || finding.kind != FindingKind::kCredential) return;
  finding.staleness.source = AgeSource::kGit;
  finding.staleness.since = facts.introduced.date;
}

void merge_equal_ids(std::vector<Finding>& findings, std::vector<SecretText>& values) {
  std::unordered_map<std::string, std::size_t> first;
  first.reserve(findings.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto [hit, fresh] = first.try_emplace(findings[i].id, kept);
    if (fresh) {
      if (kept != i) {
        findings[kept] = std::move(findings[i]);
        if (!values.empty()) values[kept] = std::move(values[i]);
      }
      ++kept;
      continue;
    }
    Finding& present = findings[hit->second];
    if (wins(findings[i], present)) std::swap(present, findings[i]);
    join_git(present, findings[i]);
  }
  findings.resize(kept);
  if (!values.empty()) values.resize(kept);
}

}  // namespace nhi
