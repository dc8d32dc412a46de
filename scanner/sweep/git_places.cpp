// git_places.cpp - the objects of a history that hold something, each examined once more where it
// stood, and equal findings merged.

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "scanner/definitions/site.hpp"
#include "scanner/identity/finding_id.hpp"
#include "scanner/identity/merge.hpp"
#include "scanner/sources/git/large_objects.hpp"
#include "scanner/sweep/git_job.hpp"

namespace nhi {
namespace {

// Objects that are examined again by one task.
constexpr std::size_t kPlacingsShare = 64;

// An object that held something, read anew to be examined where it stood.
Examined examine_again(GitJob& job, WatchedRepository& repository, const GitObject& object,
                       const Provenance& place, unsigned worker) {
  if (!job.state.admit_all(object.size)) {
    job.stopped = true;
    return {};
  }
  LargeObjectTurn alone;
  if (object.size > kLargeObjectBytes) alone.take();
  auto content = repository.read(object);
  if (!content && content.error().code == ErrorCode::kNotAnswering) {
    job.fail_with(content.error());
    return {};
  }
  if (!content) {
    job.add_unread(".git/objects/" + object.id.hex(), content.error(), object.size);
    return {};
  }
  const BlobInput input{*content, 0, content->size(), {}, true, place};
  return job.state.tools(worker).examiner.examine(input, job.context);
}

std::string_view member_of(GitObjectKind kind) {
  switch (kind) {
    case GitObjectKind::kCommitMessage:
      return kCommitMessageMember;
    case GitObjectKind::kTagMessage:
      return "tag-message";
    case GitObjectKind::kBlob:
      break;
  }
  return "";
}

// Commit and tag messages have no path: the object itself is the place.
void examine_message(GitJob& job, WatchedRepository& repository, const GitObject& object,
                     Examined& placed, unsigned worker) {
  Provenance place{job.root, std::nullopt, std::string(member_of(object.kind)), std::nullopt,
                   std::nullopt};
  GitFacts facts;
  facts.blob = object.id;
  if (object.kind == GitObjectKind::kCommitMessage) facts.introduced.commit = object.id;
  Examined examined = examine_again(job, repository, object, place, worker);
  for (Finding& finding : examined.findings) finding.place.git = facts;
  job.put_inside(examined.findings);
  seal(examined.findings, job.state.key, job.id_root);
  placed.append(std::move(examined));
}

struct PlacesOfBlob {
  std::vector<GitPlace> chosen;
  std::vector<GitPlace> others;  // newest first
};

// Every place in HEAD is a finding of its own; else the newest place stands for all.
PlacesOfBlob choose_places(std::vector<GitPlace> places) {
  PlacesOfBlob out;
  for (GitPlace& place : places) {
    (place.facts.in_head ? out.chosen : out.others).push_back(std::move(place));
  }
  std::sort(out.others.begin(), out.others.end(), [](const GitPlace& a, const GitPlace& b) {
    return std::tie(b.facts.last_seen, a.path) < std::tie(a.facts.last_seen, b.path);
  });
  if (out.chosen.empty() && !out.others.empty()) {
    out.chosen.push_back(std::move(out.others.front()));
    out.others.erase(out.others.begin());
  }
  return out;
}

// Rules of tests aside, which further_places() knows.
bool asks_place(const Rule& rule) {
  return !rule.path.empty() ||
         std::any_of(rule.allowlists.begin(), rule.allowlists.end(),
                     [](const auto& allowlist) {
                       return !allowlist->paths.empty() || !allowlist->commits.empty();
                     }) ||
         std::any_of(rule.filters.begin(), rule.filters.end(), [](const auto& filter) {
           return filter->text.find("attributes") != std::string::npos;
         });
}

Examined examine_place(GitJob& job, WatchedRepository& repository, const GitObject& object,
                       const GitPlace& git_place, unsigned worker) {
  Provenance place{job.root, std::nullopt, {}, std::nullopt, std::nullopt};
  if (git_place.facts.reachable) {
    place.path = git_place.path;
    place.git = git_place.facts;  // allowlists may name the commit
  }
  Examined examined = examine_again(job, repository, object, place, worker);
  for (Finding& finding : examined.findings) put_git_facts(finding, git_place.facts);
  return examined;
}

// A rule and where it hit in the blob: the same at every place of it.
using Told = std::set<std::pair<std::string, std::uint64_t>>;

// Of another place only what the chosen ones do not count: a rule may ask for a path that they do
// not have, or an allowlist let theirs pass.
void keep_untold(const RuleSet& rules, const Told& told, Examined& examined) {
  Examined kept;
  for (std::size_t i = 0; i < examined.findings.size(); ++i) {
    const Finding& finding = examined.findings[i];
    const Rule* const rule = rules.find(finding.rule);
    const bool wanted = rule != nullptr && (asks_place(*rule) || rule->tests_only) &&
                        told.count({finding.rule, finding.bytes.start}) == 0;
    if (!wanted) continue;
    kept.findings.push_back(finding);
    if (i < examined.values.size()) kept.values.push_back(std::move(examined.values[i]));
  }
  examined = std::move(kept);
}

bool is_of_tests(const GitPlace& place) {
  return place.facts.reachable && is_test_path(place.path);
}

// Where rules that ask for a place may find what the chosen ones do not hold.
std::vector<GitPlace> further_places(const RuleSet& rules, PlacesOfBlob all, bool more_in_tests) {
  if (std::any_of(rules.rules().begin(), rules.rules().end(), asks_place)) {
    return std::move(all.others);
  }
  std::vector<GitPlace> out;
  if (!more_in_tests || std::any_of(all.chosen.begin(), all.chosen.end(), is_of_tests)) return out;
  const auto test = std::find_if(all.others.begin(), all.others.end(), is_of_tests);
  if (test != all.others.end()) out.push_back(std::move(*test));
  return out;
}

void examine_blob(GitJob& job, WatchedRepository& repository, Placing placing, Examined& placed,
                  unsigned worker) {
  const RuleSet& rules = job.state.rules;
  const GitObject& object = placing.object;
  PlacesOfBlob all = choose_places(std::move(placing.places));
  Told told;
  const auto take = [&](Examined examined) {
    for (const Finding& finding : examined.findings) {
      told.insert({finding.rule, finding.bytes.start});
      for (const std::string& other : finding.also) told.insert({other, finding.bytes.start});
    }
    job.put_inside(examined.findings);
    seal(examined.findings, job.state.key, job.id_root);
    placed.append(std::move(examined));
  };
  for (const GitPlace& place : all.chosen) {
    take(examine_place(job, repository, object, place, worker));
  }
  for (const GitPlace& place : further_places(rules, std::move(all), placing.more_in_tests)) {
    Examined examined = examine_place(job, repository, object, place, worker);
    keep_untold(rules, told, examined);
    take(std::move(examined));
  }
}

// What stands alike at one place is examined once, as the version that wins.
void add_placing(const GitObject& object, GitPlace place, Placing& placing) {
  GitPlace& best = placing.places.front();
  if (wins(place.facts, best.facts)) {
    std::swap(best, place);
    placing.alike.emplace_back(std::exchange(placing.object, object), std::move(place));
  } else {
    placing.alike.emplace_back(object, std::move(place));
  }
}

// In the order of the walk: so each blob is read as a change of one that was read just before.
void list_placings(GitJob& job, GitPlaces places, const Examiner& examiner) {
  std::map<std::pair<std::uint64_t, std::string>, std::size_t> by_place;
  std::unordered_map<std::string, bool> looks_far;  // by path
  const auto may_share = [&](const Placing& placing) {
    if (placing.places.size() != 1 || !placing.places.front().facts.reachable) return false;
    if (placing.more_in_tests && is_of_tests(placing.places.front())) return false;
    const std::string& path = placing.places.front().path;
    const auto [far, unknown] = looks_far.try_emplace(path);
    if (unknown) far->second = examiner.looks_far(path);
    return !far->second;
  };
  for (const WantedObject& wanted : job.wanted) {
    const auto found = places.find(wanted.object.id.hex());
    const bool is_blob = wanted.object.kind == GitObjectKind::kBlob;
    if (is_blob && found == places.end()) continue;
    Placing placing{wanted.object, {}, wanted.more_in_tests, {}};
    if (is_blob) placing.places = std::move(found->second);
    if (!wanted.holds) {
      std::erase_if(placing.places, [](const GitPlace& place) {
        return !is_of_tests(place) && !is_definition_name(place.path);
      });
      if (placing.places.empty()) continue;
    }
    if (may_share(placing)) {
      GitPlace& place = placing.places.front();
      const auto [at, fresh] =
          by_place.try_emplace({wanted.alike, place.path}, job.placings.size());
      if (!fresh) {
        add_placing(wanted.object, std::move(place), job.placings[at->second]);
        continue;
      }
    }
    job.placings.push_back(std::move(placing));
  }
}

// What stays unread while the stamp stands, which counts names and sizes. Damage may be mended
// under the same ones.
constexpr auto kStaysUnread = std::to_array<std::string_view>(
    {"missing-object", "shallow-history", "git-object-too-large", "history-too-large",
     "unfinished-pack", "alternates-missing", "alternates-outside", "objects-outside",
     "sha256-repository", "unsupported-bundle"});

bool stays_unread(const Coverage& coverage) {
  const auto stays = [](const Unread& place) {
    return is_closed(place) ||
           std::find(kStaysUnread.begin(), kStaysUnread.end(), place.reason) != kStaysUnread.end();
  };
  return coverage.unread.size() == coverage.unread_total &&
         std::all_of(coverage.unread.begin(), coverage.unread.end(), stays);
}

// The same findings, of other versions: they are counted, and may be older.
void append_alike(const Alike& alike, Examined& placed) {
  const std::size_t count = placed.findings.size();
  const std::size_t values = placed.values.size();
  placed.findings.reserve(count * (alike.size() + 1));
  placed.values.reserve(values * (alike.size() + 1));
  for (const auto& [object, place] : alike) {
    for (std::size_t i = 0; i < count; ++i) {
      put_git_facts(placed.findings.emplace_back(placed.findings[i]), place.facts);
    }
    for (std::size_t i = 0; i < values; ++i) placed.values.push_back(placed.values[i].clone());
  }
}

Examined examine_placing(GitJob& job, WatchedRepository& repository, Placing& placing,
                         unsigned worker) {
  Examined placed;
  if (placing.object.kind != GitObjectKind::kBlob) {
    examine_message(job, repository, placing.object, placed, worker);
    return placed;
  }
  const Alike alike = std::move(placing.alike);
  const bool more_in_tests = placing.more_in_tests;
  examine_blob(job, repository, std::move(placing), placed, worker);
  if (!placed.far) {
    append_alike(alike, placed);
    return placed;
  }
  for (const auto& [object, place] : alike) {
    examine_blob(job, repository, {object, {place}, more_in_tests, {}}, placed, worker);
  }
  return placed;
}

void examine_wanted(const JobPtr& job, std::size_t share, unsigned worker) {
  Examined placed;
  WatchedRepository* const repository = job->stopped ? nullptr : repository_of(*job, worker);
  const std::size_t end = std::min(job->placings.size(), (share + 1) * kPlacingsShare);
  for (std::size_t i = share * kPlacingsShare; repository != nullptr && i < end; ++i) {
    if (job->stopped) break;
    placed.append(examine_placing(*job, *repository, job->placings[i], worker));
  }
  job->placed[share] = std::move(placed);
  end_task(job, worker, finish_history);
}

}  // namespace

// All findings of the wanted objects are there. Their coverage was counted when they were looked
// over.
void finish_history(const JobPtr& job, unsigned /*worker*/) {
  if (job->stopped) return give_up(*job, nullptr);
  UnitResult unit{job->unit(), job->stamp, job->profile, {}, {}};
  Examined all;
  if (job->held) {
    for (Unread& place : job->coverage.unread) place.path = job->place_of(place.path);
    unit = std::move(job->held->unit);
    job->coverage.merge(unit.coverage);
    all.findings = std::move(unit.findings);
    all.values = std::move(job->held->values);
  }
  for (Examined& placed : job->placed) all.append(std::move(placed));
  merge_equal_ids(all.findings, all.values);
  unit.findings = std::move(all.findings);
  unit.coverage = std::move(job->coverage);
  if (!stays_unread(unit.coverage)) unit.stamp.clear();
  job->state.finish(std::move(unit), std::move(all.values));
  job->state.budget.release(kRepositoryBytes);
}

void attribute(const JobPtr& job, unsigned worker) {
  if (job->state.closed()) job->stopped = true;
  if (job->stopped) return give_up(*job, nullptr);
  WatchedRepository* const repository = repository_of(*job, worker);
  if (repository == nullptr) return finish_history(job, worker);
  std::vector<Unread> unread;
  auto places = repository->attribute(job->plan, job->blobs, unread);
  take_unread(*job, std::move(unread));
  if (!places) job->fail_with(places.error());
  if (places) job->closed.report(job->root, *places, job->coverage);
  const Examiner& examiner = job->state.tools(worker).examiner;
  list_placings(*job, places ? std::move(*places) : GitPlaces(), examiner);
  const std::size_t shares = (job->placings.size() + kPlacingsShare - 1) / kPlacingsShare;
  if (shares == 0 || job->stopped) return finish_history(job, worker);
  job->placed.resize(shares);
  job->tasks_left = shares;
  for (std::size_t i = 0; i < shares; ++i) {
    job->state.pool.submit([job, i](unsigned w) { examine_wanted(job, i, w); });
  }
}

}  // namespace nhi
