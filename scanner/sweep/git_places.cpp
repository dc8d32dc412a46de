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

using PlaceNumbers = std::vector<GitAttribution::Number>;

struct PlacesOfBlob {
  PlaceNumbers chosen;
  PlaceNumbers others;  // newest first, then by path
};

// Every place in HEAD is a finding of its own; else the newest place stands for all.
PlacesOfBlob choose_places(const GitAttribution& places, const PlaceNumbers& by_path) {
  PlacesOfBlob out;
  for (const auto number : by_path) {
    (places.in_head(number) ? out.chosen : out.others).push_back(number);
  }
  std::stable_sort(out.others.begin(), out.others.end(),
                   [&](auto a, auto b) { return places.last_seen(b) < places.last_seen(a); });
  if (out.chosen.empty() && !out.others.empty()) {
    out.chosen.push_back(out.others.front());
    out.others.erase(out.others.begin());
  }
  return out;
}

GitPlaces newest_places(const GitAttribution& places, const std::vector<GitObject>& blobs) {
  GitPlaces newest;
  for (const GitObject& blob : blobs) {
    const PlacesOfBlob all = choose_places(places, places.places_of(blob.id));
    if (!all.chosen.empty()) newest[blob.id.hex()] = {places.place(all.chosen.front())};
  }
  return newest;
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
                       GitAttribution::Number number, unsigned worker) {
  const GitPlace stood = job.places.place(number);
  Provenance place{job.root, std::nullopt, {}, std::nullopt, std::nullopt};
  if (stood.facts.reachable) {
    place.path = stood.path;
    place.git = stood.facts;  // allowlists may name the commit
  }
  Examined examined = examine_again(job, repository, object, place, worker);
  for (Finding& finding : examined.findings) put_git_facts(finding, stood.facts);
  return examined;
}

// A rule and where it hit in the blob: the same at every place of it.
using Told = std::set<std::pair<std::string, std::uint64_t>>;

// Of another place only what the chosen ones do not count: a rule may ask for a path that they do
// not have, an allowlist let theirs pass, and a reader know its definition by its name.
void keep_untold(const RuleSet& rules, const Told& told, Examined& examined) {
  Examined kept;
  for (std::size_t i = 0; i < examined.findings.size(); ++i) {
    const Finding& finding = examined.findings[i];
    const Rule* const rule = rules.find(finding.rule);
    const bool asks = rule == nullptr || asks_place(*rule) || rule->tests_only;
    if (!asks || told.count({finding.rule, finding.bytes.start}) > 0) continue;
    kept.findings.push_back(finding);
    if (i < examined.values.size()) kept.values.push_back(std::move(examined.values[i]));
  }
  examined = std::move(kept);
}

// Where rules that ask for a place, and readers of definitions, may find what the chosen ones do
// not hold.
PlaceNumbers further_places(const GitJob& job, const PlacesOfBlob& all, bool more_in_tests) {
  const std::vector<Rule>& rules = job.state.rules.rules();
  if (std::any_of(rules.begin(), rules.end(), asks_place)) return all.others;
  PlaceNumbers further;
  const auto add_first = [&](bool (*asked)(std::string_view path)) {
    const auto is_one = [&](GitAttribution::Number place) {
      return job.places.reachable(place) && asked(job.places.path(place));
    };
    if (std::any_of(all.chosen.begin(), all.chosen.end(), is_one)) return;
    const auto at = std::find_if(all.others.begin(), all.others.end(), is_one);
    if (at != all.others.end()) further.push_back(*at);
  };
  if (more_in_tests) add_first(is_test_path);
  add_first(is_definition_name);
  if (further.size() == 2 && further.front() == further.back()) further.pop_back();
  return further;
}

void examine_blob(GitJob& job, WatchedRepository& repository, const Placing& placing,
                  Examined& placed, unsigned worker) {
  const GitObject& object = placing.object;
  const PlacesOfBlob all = choose_places(job.places, placing.places);
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
  for (const auto place : all.chosen) {
    take(examine_place(job, repository, object, place, worker));
  }
  for (const auto place : further_places(job, all, placing.more_in_tests)) {
    Examined examined = examine_place(job, repository, object, place, worker);
    keep_untold(job.state.rules, told, examined);
    take(std::move(examined));
  }
}

// What stands alike at one place is examined once, as the version that wins.
void add_placing(const GitAttribution& places, const GitObject& object,
                 GitAttribution::Number place, Placing& placing) {
  GitAttribution::Number& best = placing.places.front();
  if (wins(places.place(place).facts, places.place(best).facts)) {
    std::swap(best, place);
    placing.alike.emplace_back(std::exchange(placing.object, object), place);
  } else {
    placing.alike.emplace_back(object, place);
  }
}

// In the order of the walk: so each blob is read as a change of one that was read just before.
void list_placings(GitJob& job, const Examiner& examiner) {
  const GitAttribution& places = job.places;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::size_t> by_place;
  std::unordered_map<std::uint32_t, bool> looks_far;  // by number of the path
  const auto may_share = [&](const Placing& placing) {
    if (placing.places.size() != 1 || !places.reachable(placing.places.front())) return false;
    const std::string path = places.path(placing.places.front());
    if (placing.more_in_tests && is_test_path(path)) return false;
    const auto [far, unknown] = looks_far.try_emplace(places.path_number(placing.places.front()));
    if (unknown) far->second = examiner.looks_far(path);
    return !far->second;
  };
  const auto asks_in_vain = [&](GitAttribution::Number place) {
    if (!places.reachable(place)) return true;
    const std::string path = places.path(place);
    return !is_test_path(path) && !is_definition_name(path);
  };
  for (const WantedObject& wanted : job.wanted) {
    const bool is_blob = wanted.object.kind == GitObjectKind::kBlob;
    Placing placing{wanted.object, {}, wanted.more_in_tests, {}};
    if (is_blob) placing.places = places.places_of(wanted.object.id);
    if (!wanted.holds) std::erase_if(placing.places, asks_in_vain);
    if (is_blob && placing.places.empty()) continue;
    if (may_share(placing)) {
      const GitAttribution::Number place = placing.places.front();
      const auto [at, fresh] =
          by_place.try_emplace({wanted.alike, places.path_number(place)}, job.placings.size());
      if (!fresh) {
        add_placing(places, wanted.object, place, job.placings[at->second]);
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

Examined examine_placing(GitJob& job, WatchedRepository& repository, Placing& placing,
                         unsigned worker) {
  Examined placed;
  if (placing.object.kind != GitObjectKind::kBlob) {
    examine_message(job, repository, placing.object, placed, worker);
    return placed;
  }
  examine_blob(job, repository, placing, placed, worker);
  if (!placed.far) return placed;
  for (const auto& [object, place] : std::exchange(placing.alike, {})) {
    examine_blob(job, repository, {object, {place}, placing.more_in_tests, {}}, placed, worker);
  }
  return placed;
}

// A history of many years may hold one value in thousands of versions: equal findings do not wait
// for each other.
void add_placed(GitJob& job, Examined placed, const Alike& alike, std::size_t placing) {
  if (placed.findings.empty()) return;
  std::vector<GitFacts> versions;
  for (const auto& [object, place] : alike) versions.push_back(job.places.place(place).facts);
  const std::lock_guard guard(job.lock);
  // Behind those that a bundle holds beside its history.
  const std::uint64_t order = (std::uint64_t{placing} + 1) << 32U;
  std::vector<std::string> ids;
  for (const Finding& finding : placed.findings) ids.push_back(finding.id);
  job.found.add(std::move(placed.findings), std::move(placed.values), order);
  for (const GitFacts& version : versions) {
    for (const std::string& id : ids) job.found.add_version(id, version);
  }
}

void examine_wanted(const JobPtr& job, std::size_t share, unsigned worker) {
  WatchedRepository* const repository = job->stopped ? nullptr : repository_of(*job, worker);
  const std::size_t end = std::min(job->placings.size(), (share + 1) * kPlacingsShare);
  for (std::size_t i = share * kPlacingsShare; repository != nullptr && i < end; ++i) {
    if (job->stopped) break;
    Placing placing = std::move(job->placings[i]);
    Examined placed = examine_placing(*job, *repository, placing, worker);
    add_placed(*job, std::move(placed), placing.alike, i);
  }
  end_task(job, worker, finish_history);
}

}  // namespace

// All findings of the wanted objects are there. Their coverage was counted when they were looked
// over.
void finish_history(const JobPtr& job, unsigned /*worker*/) {
  if (job->stopped) return give_up(*job, nullptr);
  UnitResult unit{job->unit(), job->stamp, job->profile, {}, {}};
  if (job->held) {
    for (Unread& place : job->coverage.unread) place.path = job->place_of(place.path);
    unit = std::move(job->held->unit);
    job->coverage.merge(unit.coverage);
    job->found.add(std::exchange(unit.findings, {}), std::move(job->held->values), 0);
  }
  // What it took to find them need not be there while they are stored.
  job->places = {};
  job->placings = {};
  EqualIds::Merged found = job->found.take();
  unit.findings = std::move(found.findings);
  unit.coverage = std::move(job->coverage);
  if (!stays_unread(unit.coverage)) unit.stamp.clear();
  job->state.finish(std::move(unit), std::move(found.values));
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
  if (places) {
    job->places = std::move(*places);
    job->closed.report(job->root, newest_places(job->places, job->closed.named()), job->coverage);
  }
  list_placings(*job, job->state.tools(worker).examiner);
  const std::size_t shares = (job->placings.size() + kPlacingsShare - 1) / kPlacingsShare;
  if (shares == 0 || job->stopped) return finish_history(job, worker);
  job->tasks_left = shares;
  for (std::size_t i = 0; i < shares; ++i) {
    job->state.pool.submit([job, i](unsigned w) { examine_wanted(job, i, w); });
  }
}

}  // namespace nhi
