#include "scanner/identity/candidate.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace nhi {
namespace {

int rank(const Candidate& candidate) {
  if (candidate.site != nullptr) return 0;
  if (candidate.verified) return 1;
  // Rules of other programs know no `generic`; their category says as much.
  const bool named =
      candidate.rule->semantics != Semantics::kOwn && candidate.rule->category == "generic";
  return candidate.rule->generic || named ? 3 : 2;
}

bool names_password(const Candidate& candidate) {
  return candidate.rule != nullptr && candidate.rule->names == NameFamily::kPassword;
}

bool stronger(const Candidate& a, const Candidate& b) {
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  if (a.chain.size() != b.chain.size()) return a.chain.size() > b.chain.size();
  if (a.blob.size() != b.blob.size()) return a.blob.size() > b.blob.size();
  // What a command takes by place is surer than what its option is called.
  const bool named = names_password(a) || names_password(b);
  if (named && a.blob == b.blob && a.confidence != b.confidence) return a.confidence > b.confidence;
  return std::make_tuple(a.blob, a.rule_id()) < std::make_tuple(b.blob, b.rule_id());
}

// Where every rule that has no needs of its own hit, by rule id.
using Hits = std::map<std::string, std::set<std::uint64_t>, std::less<>>;

bool met(const Near& near, const Hits& hits, const Candidate& candidate) {
  for (auto hit = hits.lower_bound(near.prefix);
       hit != hits.end() && hit->first.starts_with(near.prefix); ++hit) {
    if (hit->first == candidate.rule->id) continue;
    if (!near.lines) return true;
    const std::uint64_t low = candidate.line > *near.lines ? candidate.line - *near.lines : 0;
    const auto first = hit->second.lower_bound(low);
    if (first != hit->second.end() && *first <= candidate.line + *near.lines) return true;
  }
  return false;
}

bool any_met(const std::vector<Near>& nears, const Hits& hits, const Candidate& candidate) {
  return std::any_of(nears.begin(), nears.end(),
                     [&](const Near& near) { return met(near, hits, candidate); });
}

void add_also(Candidate& winner, Candidate& loser) {
  winner.also.push_back(loser.rule_id());
  for (std::string& id : loser.also) winner.also.push_back(std::move(id));
  // A rule's own account and target fill what the site or the stronger rule does not say.
  if (winner.account.empty()) {
    winner.account = std::move(loser.account);
    winner.account_blob = loser.account_blob;
  }
  if (winner.target.empty()) winner.target = std::move(loser.target);
}

// Accepted secrets never overlap, so an ordered map by start finds the one that `span` touches.
class Accepted {
 public:
  // The index of the accepted candidate that overlaps `span`, or -1.
  [[nodiscard]] std::ptrdiff_t find(Span span) const {
    auto next = by_start_.lower_bound(span.end);
    if (next == by_start_.begin()) return -1;
    --next;
    return next->second.first.overlaps(span) ? next->second.second : -1;
  }
  void add(Span span, std::ptrdiff_t index) { by_start_[span.start] = {span, index}; }

 private:
  std::map<std::uint64_t, std::pair<Span, std::ptrdiff_t>> by_start_;
};

void fuse_secrets(std::vector<Candidate>& secrets, std::vector<Candidate>& out) {
  std::sort(secrets.begin(), secrets.end(), stronger);
  Accepted accepted;
  for (Candidate& candidate : secrets) {
    // A place without bytes (an empty password) overlaps nothing.
    const std::ptrdiff_t hit = candidate.blob.empty() ? -1 : accepted.find(candidate.blob);
    if (hit >= 0) {
      add_also(out[static_cast<std::size_t>(hit)], candidate);
      continue;
    }
    if (!candidate.blob.empty()) {
      accepted.add(candidate.blob, static_cast<std::ptrdiff_t>(out.size()));
    }
    out.push_back(std::move(candidate));
  }
}

void fuse_indicators(std::vector<Candidate>& indicators, std::vector<Candidate>& out) {
  std::sort(indicators.begin(), indicators.end(), [](const Candidate& a, const Candidate& b) {
    const std::string& left = a.rule->indicator;
    const std::string& right = b.rule->indicator;
    return std::make_tuple(std::cref(left), a.chain.size(), a.blob, std::cref(a.rule->id)) <
           std::make_tuple(std::cref(right), b.chain.size(), b.blob, std::cref(b.rule->id));
  });
  Accepted accepted;
  std::string kind;
  for (Candidate& candidate : indicators) {
    if (candidate.rule->indicator != kind) {
      kind = candidate.rule->indicator;
      accepted = {};
    }
    const std::ptrdiff_t hit = accepted.find(candidate.blob);
    if (hit >= 0) {
      Candidate& winner = out[static_cast<std::size_t>(hit)];
      winner.confidence = std::max(winner.confidence, candidate.confidence);
      if (candidate.rule != winner.rule) winner.also.push_back(candidate.rule->id);
      continue;
    }
    accepted.add(candidate.blob, static_cast<std::ptrdiff_t>(out.size()));
    out.push_back(std::move(candidate));
  }
}

}  // namespace

void apply_neighbours(std::vector<Candidate>& candidates) {
  Hits hits;
  for (const Candidate& candidate : candidates) {
    if (candidate.rule != nullptr && candidate.rule->needs.empty()) {
      hits[candidate.rule->id].insert(candidate.line);
    }
  }
  std::erase_if(candidates, [&](const Candidate& candidate) {
    return candidate.rule != nullptr && !candidate.rule->needs.empty() &&
           !any_met(candidate.rule->needs, hits, candidate);
  });
  for (Candidate& candidate : candidates) {
    if (candidate.rule != nullptr && any_met(candidate.rule->raised_by, hits, candidate)) {
      candidate.confidence = Level::kHigh;
    }
  }
}

std::vector<Candidate> fuse(std::vector<Candidate> candidates) {
  std::vector<Candidate> secrets;
  std::vector<Candidate> indicators;
  for (Candidate& candidate : candidates) {
    (candidate.is_indicator() ? indicators : secrets).push_back(std::move(candidate));
  }
  std::vector<Candidate> out;
  fuse_secrets(secrets, out);
  fuse_indicators(indicators, out);
  for (Candidate& candidate : out) {
    std::sort(candidate.also.begin(), candidate.also.end());
    candidate.also.erase(std::unique(candidate.also.begin(), candidate.also.end()),
                         candidate.also.end());
    std::erase(candidate.also, candidate.rule_id());
  }
  std::sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
    return std::make_tuple(a.blob, a.rule_id()) < std::make_tuple(b.blob, b.rule_id());
  });
  return out;
}

}  // namespace nhi
