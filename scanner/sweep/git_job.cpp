// git_job.cpp - the history of one repository as pool tasks: plan, look over each object once
// without a path, read the trees; git_places.cpp does the rest.

#include "scanner/sweep/git_job.hpp"

#include <algorithm>
#include <utility>

#include "scanner/decode/containers.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sweep/versions.hpp"

namespace nhi {

void take_unread(GitJob& job, std::vector<Unread> unread) {
  const std::lock_guard guard(job.lock);
  for (Unread& place : unread) {
    place.root = job.root;
    job.coverage.add_unread(std::move(place));
  }
}

std::string GitJob::place_of(const std::string& path) const {
  constexpr std::string_view kGit = ".git";
  if (!held) return path;
  const std::string& file = held->entry.path;
  if (path == kGit) return file;
  return file + "!/" + path.substr(path.starts_with(".git/") ? kGit.size() + 1 : 0);
}

void GitJob::put_inside(std::vector<Finding>& findings) const {
  if (!held) return;
  for (Finding& finding : findings) {
    // Messages have no path; what nothing leads to has neither.
    if (finding.place.path) finding.place.member = std::move(*finding.place.path);
    finding.place.path = held->entry.path;
    finding.place.file = file_facts(held->entry);
  }
}

WatchedRepository* repository_of(GitJob& job, unsigned worker) {
  WorkerTools& tools = job.state.tools(worker);
  if (tools.repository && tools.repository_path == job.git_dir && tools.bundle == job.content) {
    return &*tools.repository;
  }
  auto opened = job.content == nullptr
                    ? WatchedRepository::open(job.git_dir)
                    : Result<WatchedRepository>(WatchedRepository::of(job.content, job.git_dir));
  if (!opened) {
    job.fail_with(opened.error());
    return nullptr;
  }
  tools.repository.emplace(std::move(*opened));
  tools.bundle = job.content;
  tools.repository_path = job.git_dir;
  return &*tools.repository;
}

void give_up(GitJob& job, const Error* error) {
  if (error != nullptr) job.add_unread(".git", *error, 0);
  for (Unread& place : job.coverage.unread) {
    place.path = job.place_of(place.path);
    job.state.unread(std::move(place));
  }
  if (job.stopped) {
    std::string reason(job.silent ? kNotAnsweringReason : kDeadlineReason);
    job.state.unread({job.root, job.place_of(".git"), std::move(reason), 0});
  }
  job.state.budget.release(kRepositoryBytes);
}

void end_task(const JobPtr& job, unsigned worker, void (*next)(const JobPtr&, unsigned)) {
  if (job->tasks_left.fetch_sub(1) == 1) next(job, worker);
}

namespace {

// Blobs with findings, and containers: each once. A tar in which something was found is both.
std::vector<GitObject> blobs_to_place(GitJob& job) {
  const auto before = [](const GitObject& a, const GitObject& b) { return a.id < b.id; };
  std::vector<GitObject> blobs = job.closed.named();
  for (const WantedObject& wanted : job.wanted) {
    if (wanted.object.kind == GitObjectKind::kBlob) blobs.push_back(wanted.object);
  }
  std::sort(blobs.begin(), blobs.end(), before);
  blobs.erase(std::unique(blobs.begin(), blobs.end(),
                          [](const GitObject& a, const GitObject& b) { return a.id == b.id; }),
              blobs.end());
  return blobs;
}

void read_trees(const JobPtr& job, NameTest names, void (*next)(const JobPtr&, unsigned),
                unsigned worker) {
  const std::size_t shares = tree_shares_of(*job->plan);
  if (shares == 0) return next(job, worker);
  job->tasks_left = shares;
  const auto wanted = wanted_of(job->blobs, names);
  for (std::size_t i = 0; i < shares; ++i) {
    job->state.pool.submit([job, i, wanted, next](unsigned w) {
      WatchedRepository* repository = job->stopped ? nullptr : repository_of(*job, w);
      if (repository != nullptr) {
        const auto read = repository->read_trees(job->plan, i, wanted);
        if (!read) job->fail_with(read.error());
      }
      end_task(job, w, next);
    });
  }
}

// Definitions that readers know by their name alone: what was said of them without one is not all.
// Few repositories have any, and only these read their trees twice.
void add_named(const JobPtr& job, unsigned worker) {
  WatchedRepository* const repository = job->stopped ? nullptr : repository_of(*job, worker);
  if (repository == nullptr) return attribute(job, worker);
  auto named = repository->named(job->plan);
  if (!named) job->fail_with(named.error());
  if (!named || named->empty()) return attribute(job, worker);
  for (const GitObject& blob : *named) job->wanted.push_back({blob, 0, true, false});
  job->blobs.insert(job->blobs.end(), named->begin(), named->end());
  read_trees(job, nullptr, attribute, worker);
}

// The last share of objects ends here.
void list_trees(const JobPtr& job, unsigned worker) {
  std::uint64_t share = 0;
  for (std::vector<WantedObject>& found : job->wanted_of_share) {
    for (WantedObject& wanted : found) wanted.alike |= share << 32U;
    job->wanted.insert(job->wanted.end(), found.begin(), found.end());
    ++share;
  }
  job->wanted_of_share.clear();
  job->blobs = blobs_to_place(*job);
  read_trees(job, is_settings_definition_name, add_named, worker);
}

// What one share gives to the job.
struct ShareResult {
  Versions versions;
  std::vector<WantedObject> wanted;
  ClosedBlobs closed;
  Coverage coverage;
  std::string quiet;  // as in QuietObjects::ids
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
  const bool is_blob = object.kind == GitObjectKind::kBlob;
  std::string_view kind;
  if (is_blob) kind = closed_container(found.content);
  if (is_blob && kind.empty()) kind = container_behind(found.content, found.content);
  if (!kind.empty()) result.closed.add(object, kind);
  const Provenance nowhere{job.root, std::nullopt, {}, std::nullopt, std::nullopt};
  Versions::Seen seen =
      result.versions.look_at(job.state.tools(worker).examiner, found, nowhere, job.context);
  for (Unread& place : seen.coverage.unread) place.path = object.id;
  // Of a quiet one nothing is to be told tomorrow either.
  const bool wanted = seen.holds || (is_blob && seen.more_in_tests);
  if (is_blob && kind.empty() && !wanted && seen.coverage.unread_total == 0 &&
      seen.coverage.by_policy.empty()) {
    result.quiet.append(reinterpret_cast<const char*>(object.id.bytes.data()),
                        object.id.bytes.size());
  }
  result.coverage.merge(seen.coverage);
  result.coverage.bytes += object.size;
  job.state.progress.bytes += object.size;
  if (wanted) result.wanted.push_back({object, seen.alike, seen.holds, seen.more_in_tests});
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
    job->wanted_of_share[share] = std::move(result.wanted);
    job->closed.append(std::move(result.closed));
  }
  if (!job->held) job->state.quiet(job->unit(), job->profile, result.quiet);
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

// What is known to hold nothing is not read again: after a fetch only what is new, and after a kill
// only what the killed run did not come to.
bool make_plan(GitJob& job, WatchedRepository& repository) {
  // They are known by root: of a bundle there may be many below one.
  const QuietObjects known =
      job.held ? QuietObjects{} : job.state.quiet_objects(job.unit(), job.profile);
  const auto quiet = std::make_shared<QuietBlobs>();
  for (std::size_t at = 0; at + sizeof(GitId) <= known.ids.size(); at += sizeof(GitId)) {
    quiet->push_back(GitId::from_bytes(known.ids.data() + at));
  }
  std::sort(quiet->begin(), quiet->end());
  quiet->erase(std::unique(quiet->begin(), quiet->end()), quiet->end());
  std::vector<Unread> unread;
  auto plan = repository.plan(unread, quiet);
  take_unread(job, std::move(unread));
  if (!plan) {
    give_up(job, &plan.error());
    return false;
  }
  job.plan = std::move(*plan);
  job.coverage.carried_git_objects = quiet_of(*job.plan);
  if (job.coverage.carried_git_objects > 0) job.coverage.carried_since = known.since;
  return true;
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
  if (job->state.reuse(job->unit(), job->stamp, job->profile)) {
    job->state.budget.release(kRepositoryBytes);
    return;
  }
  read_history(job, worker);
}

}  // namespace

void read_history(const JobPtr& job, unsigned worker) {
  WatchedRepository* repository = repository_of(*job, worker);
  if (repository == nullptr) return give_up(*job, nullptr);
  if (!make_plan(*job, *repository)) return;
  const std::size_t shares = shares_of(*job->plan);
  if (shares == 0) return list_trees(job, worker);
  job->wanted_of_share.resize(shares);
  job->tasks_left = shares;
  for (std::size_t i = 0; i < shares; ++i) {
    job->state.pool.submit([job, i](unsigned w) { examine_share(job, i, w); });
  }
}

void submit_repository(SweepState& state, const PlaceContext& context, std::string root,
                       std::string id_root, std::string git_dir) {
  state.budget.acquire(kRepositoryBytes);
  auto job = std::make_shared<GitJob>(state, context, std::move(root), std::move(id_root),
                                      std::move(git_dir));
  state.pool.submit([job](unsigned worker) { list_objects(job, worker); });
}

}  // namespace nhi
