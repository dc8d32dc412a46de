// git_job.cpp - the history of one repository as pool tasks: plan, examine each object once without
// a path, read the trees, then attribute the few that hold something and examine those where they
// stood.

#include <algorithm>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

#include "scanner/decode/containers.hpp"
#include "scanner/identity/merge.hpp"
#include "scanner/sources/git/large_objects.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sweep/closed_blobs.hpp"
#include "scanner/sweep/run_state.hpp"

namespace nhi {
namespace {

// Reserved for a repository while it is worked on: one share and its decodings a worker.
constexpr std::size_t kRepositoryBytes = 64 * kMiB;

struct GitJob {
  GitJob(RunState& run, const PlaceContext& place, std::string root_name, std::string id_root_name,
         std::string git_folder)
      : state(run),
        context(place),
        root(std::move(root_name)),
        id_root(std::move(id_root_name)),
        git_dir(std::move(git_folder)),
        profile(profile_of(run.options, place)) {}

  RunState& state;
  const PlaceContext context;
  const std::string root;
  const std::string id_root;
  const std::string git_dir;
  const std::string profile;
  std::string stamp;
  std::shared_ptr<const GitPlan> plan;
  std::atomic<std::size_t> tasks_left{0};
  std::atomic<bool> stopped{false};  // not all of it was read: nothing of it is stored
  std::atomic<bool> silent{false};   // for that reason
  std::mutex lock;
  std::vector<GitObject> wanted;  // guarded by lock until all shares are examined
  std::vector<GitObject> blobs;   // whose places are asked for, once they are
  ClosedBlobs closed;             // guarded by lock
  Coverage coverage;              // guarded by lock

  // The repository as a whole cannot be read.
  void fail_with(const Error& error) {
    if (error.code != ErrorCode::kNotAnswering) return add_unread(".git", error, 0);
    silent = true;
    stopped = true;
  }
  void add_unread(const std::string& what, const Error& error, std::uint64_t bytes) {
    const std::lock_guard guard(lock);
    coverage.add_unread({root, what, unread_reason(error), bytes});
  }
};
using JobPtr = std::shared_ptr<GitJob>;

void take_unread(GitJob& job, std::vector<Unread> unread) {
  const std::lock_guard guard(job.lock);
  for (Unread& place : unread) {
    place.root = job.root;
    job.coverage.add_unread(std::move(place));
  }
}

// The worker's own handle on the job's repository, or null after a failure was recorded.
WatchedRepository* repository_of(GitJob& job, unsigned worker) {
  WorkerTools& tools = job.state.tools(worker);
  if (tools.repository && tools.repository_path == job.git_dir) return &*tools.repository;
  auto opened = WatchedRepository::open(job.git_dir);
  if (!opened) {
    job.fail_with(opened.error());
    return nullptr;
  }
  tools.repository.emplace(std::move(*opened));
  tools.repository_path = job.git_dir;
  return &*tools.repository;
}

Examined examine_content(GitJob& job, Bytes content, const Provenance& place, unsigned worker) {
  const BlobInput input{content, 0, content.size(), {}, true, place};
  return job.state.tools(worker).examiner.examine(input, job.context);
}

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
  return examine_content(job, *content, place, worker);
}

std::string_view member_of(GitObjectKind kind) {
  switch (kind) {
    case GitObjectKind::kCommitMessage:
      return "commit-message";
    case GitObjectKind::kTagMessage:
      return "tag-message";
    case GitObjectKind::kBlob:
      break;
  }
  return "";
}

// Half a history is no history: its places would be wrong, and it could not stand for the whole
// next time. So it is unread as one place, and begun again by the next sweep.
void give_up(GitJob& job, const Error* error) {
  if (error != nullptr) job.add_unread(".git", *error, 0);
  for (const Unread& place : job.coverage.unread) job.state.unread(place);
  if (job.stopped) {
    std::string reason(job.silent ? kNotAnsweringReason : kDeadlineReason);
    job.state.unread({job.root, ".git", std::move(reason), 0});
  }
  job.state.budget.release(kRepositoryBytes);
}

// Commit and tag messages have no path: the object itself is the place.
void examine_message(GitJob& job, WatchedRepository& repository, const GitObject& object,
                     UnitResult& unit, std::vector<SecretText>& values, unsigned worker) {
  Provenance place{job.root, std::nullopt, std::string(member_of(object.kind)), std::nullopt,
                   std::nullopt};
  GitFacts facts;
  facts.blob = object.id;
  if (object.kind == GitObjectKind::kCommitMessage) facts.introduced.commit = object.id;
  Examined examined = examine_again(job, repository, object, place, worker);
  for (Finding& finding : examined.findings) finding.place.git = facts;
  seal(examined.findings, job.state.key, job.id_root);
  std::move(examined.findings.begin(), examined.findings.end(), std::back_inserter(unit.findings));
  std::move(examined.values.begin(), examined.values.end(), std::back_inserter(values));
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
    return std::tie(b.newest, a.path) < std::tie(a.newest, b.path);
  });
  if (out.chosen.empty() && !out.others.empty()) {
    out.chosen.push_back(std::move(out.others.front()));
    out.others.erase(out.others.begin());
  }
  return out;
}

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
    const bool wanted = rule != nullptr && asks_place(*rule) &&
                        told.count({finding.rule, finding.bytes.start}) == 0;
    if (!wanted) continue;
    kept.findings.push_back(finding);
    if (i < examined.values.size()) kept.values.push_back(std::move(examined.values[i]));
  }
  examined = std::move(kept);
}

void examine_blob(GitJob& job, WatchedRepository& repository, const GitObject& object,
                  std::vector<GitPlace> places, UnitResult& unit, std::vector<SecretText>& values,
                  unsigned worker) {
  const RuleSet& rules = job.state.rules;
  const PlacesOfBlob all = choose_places(std::move(places));
  Told told;
  const auto take = [&](Examined examined) {
    for (const Finding& finding : examined.findings) {
      told.insert({finding.rule, finding.bytes.start});
      for (const std::string& other : finding.also) told.insert({other, finding.bytes.start});
    }
    seal(examined.findings, job.state.key, job.id_root);
    std::move(examined.findings.begin(), examined.findings.end(),
              std::back_inserter(unit.findings));
    std::move(examined.values.begin(), examined.values.end(), std::back_inserter(values));
  };
  for (const GitPlace& place : all.chosen) {
    take(examine_place(job, repository, object, place, worker));
  }
  if (std::none_of(rules.rules().begin(), rules.rules().end(), asks_place)) return;
  for (const GitPlace& place : all.others) {
    Examined examined = examine_place(job, repository, object, place, worker);
    keep_untold(rules, told, examined);
    take(std::move(examined));
  }
}

// The last share of trees ends here: who, where and when, for the objects that hold something.
void attribute(const JobPtr& job, unsigned worker) {
  if (job->state.closed()) job->stopped = true;
  if (job->stopped) return give_up(*job, nullptr);
  UnitResult unit{{job->context.target, job->root, ".git"}, job->stamp, job->profile, {}, {}};
  std::vector<SecretText> values;
  if (WatchedRepository* repository = repository_of(*job, worker); repository != nullptr) {
    std::vector<Unread> unread;
    auto places = repository->attribute(job->plan, job->blobs, unread);
    take_unread(*job, std::move(unread));
    if (!places) job->fail_with(places.error());
    if (places) job->closed.report(job->root, *places, job->coverage);
    for (const GitObject& object : job->wanted) {
      if (job->stopped) break;
      if (object.kind != GitObjectKind::kBlob) {
        examine_message(*job, *repository, object, unit, values, worker);
      } else if (places) {
        examine_blob(*job, *repository, object, (*places)[object.id], unit, values, worker);
      }
    }
  }
  if (job->stopped) return give_up(*job, nullptr);
  merge_equal_ids(unit.findings, values);
  unit.coverage = std::move(job->coverage);
  if (unit.coverage.unread_but_closed() > 0) unit.stamp.clear();
  job->state.finish(std::move(unit), std::move(values));
  job->state.budget.release(kRepositoryBytes);
}

void end_task(const JobPtr& job, unsigned worker, void (*next)(const JobPtr&, unsigned)) {
  if (job->tasks_left.fetch_sub(1) == 1) next(job, worker);
}

// Blobs with findings, and containers: each once. A tar in which something was found is both.
std::vector<GitObject> blobs_to_place(GitJob& job) {
  const auto before = [](const GitObject& a, const GitObject& b) { return a.id < b.id; };
  std::vector<GitObject> blobs = job.closed.named();
  for (const GitObject& object : job.wanted) {
    if (object.kind == GitObjectKind::kBlob) blobs.push_back(object);
  }
  std::sort(blobs.begin(), blobs.end(), before);
  blobs.erase(std::unique(blobs.begin(), blobs.end(),
                          [](const GitObject& a, const GitObject& b) { return a.id == b.id; }),
              blobs.end());
  return blobs;
}

// The last share of objects ends here.
void list_trees(const JobPtr& job, unsigned worker) {
  std::sort(job->wanted.begin(), job->wanted.end(),
            [](const GitObject& a, const GitObject& b) { return a.id < b.id; });
  job->blobs = blobs_to_place(*job);
  const std::size_t shares = tree_shares_of(*job->plan);
  if (shares == 0) return attribute(job, worker);
  job->tasks_left = shares;
  const auto wanted = wanted_of(job->blobs);
  for (std::size_t i = 0; i < shares; ++i) {
    job->state.pool.submit([job, i, wanted](unsigned w) {
      WatchedRepository* repository = job->stopped ? nullptr : repository_of(*job, w);
      if (repository != nullptr) {
        const auto read = repository->read_trees(job->plan, i, wanted);
        if (!read) job->fail_with(read.error());
      }
      end_task(job, w, attribute);
    });
  }
}

// What one share gives to the job.
struct ShareResult {
  std::vector<GitObject> wanted;
  ClosedBlobs closed;
  Coverage coverage;
};

void examine_found(GitJob& job, const GitFound& found, ShareResult& result, unsigned worker) {
  const GitObject& object = found.object;
  ++job.state.progress.git_objects;
  ++result.coverage.git_objects;
  if (!found.problem.empty()) {
    result.coverage.add_unread(
        {job.root, ".git/objects/" + object.id.hex(), std::string(found.problem), object.size});
    return;
  }
  if (!job.state.admit_all(object.size)) {
    job.stopped = true;
    return;
  }
  if (object.kind == GitObjectKind::kBlob) {
    std::string_view kind = closed_container(found.content);
    if (kind.empty()) kind = container_behind(found.content, found.content);
    if (!kind.empty()) result.closed.add(object, kind);
  }
  const Provenance nowhere{job.root, std::nullopt, {}, std::nullopt, std::nullopt};
  Examined examined = examine_content(job, found.content, nowhere, worker);
  for (Unread& place : examined.coverage.unread) place.path = object.id;
  result.coverage.merge(examined.coverage);
  result.coverage.bytes += object.size;
  job.state.progress.bytes += object.size;
  if (!examined.findings.empty()) result.wanted.push_back(object);
}

void examine_share(const JobPtr& job, std::size_t share, unsigned worker) {
  ShareResult result;
  if (WatchedRepository* repository = repository_of(*job, worker); repository != nullptr) {
    const auto walk = repository->walk(job->plan, share);
    GitFound found;
    while (!job->stopped) {
      const auto any = repository->next(walk, found);
      if (!any) job->fail_with(any.error());
      if (!any || !*any) break;
      examine_found(*job, found, result, worker);
    }
  }
  {
    const std::lock_guard guard(job->lock);
    job->coverage.merge(result.coverage);
    job->wanted.insert(job->wanted.end(), result.wanted.begin(), result.wanted.end());
    job->closed.append(std::move(result.closed));
  }
  end_task(job, worker, list_trees);
}

// The first of the names that forges look for, as HEAD has it.
void read_codeowners(GitJob& job, WatchedRepository& repository) {
  for (const std::string_view path : kCodeownersPaths) {
    const auto name = repository.head_blob(std::string(path));
    const auto id = name ? GitId::parse(*name) : std::nullopt;
    if (!id) continue;
    const auto text = repository.read({*id, GitObjectKind::kBlob, 0});
    if (text && text->size() <= kConfigFileBytesMax) job.state.add_codeowners(job.root, *text);
    return;
  }
}

void list_objects(const JobPtr& job, unsigned worker) {
  if (job->state.closed()) job->stopped = true;
  if (job->stopped) return give_up(*job, nullptr);
  WatchedRepository* repository = repository_of(*job, worker);
  if (repository == nullptr) return give_up(*job, nullptr);
  read_codeowners(*job, *repository);
  auto stamp = repository->state_stamp();
  if (!stamp) return give_up(*job, &stamp.error());
  job->stamp = std::move(*stamp);
  if (job->state.reuse({job->context.target, job->root, ".git"}, job->stamp, job->profile)) {
    job->state.budget.release(kRepositoryBytes);
    return;
  }
  std::vector<Unread> unread;
  auto plan = repository->plan(unread);
  take_unread(*job, std::move(unread));
  if (!plan) return give_up(*job, &plan.error());
  job->plan = std::move(*plan);
  const std::size_t shares = shares_of(*job->plan);
  if (shares == 0) return list_trees(job, worker);
  job->tasks_left = shares;
  for (std::size_t i = 0; i < shares; ++i) {
    job->state.pool.submit([job, i](unsigned w) { examine_share(job, i, w); });
  }
}

}  // namespace

void submit_repository(RunState& state, const PlaceContext& context, std::string root,
                       std::string id_root, std::string git_dir) {
  state.budget.acquire(kRepositoryBytes);
  auto job = std::make_shared<GitJob>(state, context, std::move(root), std::move(id_root),
                                      std::move(git_dir));
  state.pool.submit([job](unsigned worker) { list_objects(job, worker); });
}

}  // namespace nhi
