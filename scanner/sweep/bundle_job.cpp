// bundle_job.cpp - a bundle or pack of git as pool tasks: an index is made of its pack, and from
// there on it is the history of a repository (git_job.cpp). The file keeps its unit: what its list
// of refs came to is stored with what it holds.

#include <utility>

#include "scanner/sources/git/bundle.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sweep/git_job.hpp"

namespace nhi {
namespace {

using Reader = std::shared_ptr<GitBundleReader>;

Error silence() { return {ErrorCode::kNotAnswering, std::string(kNotAnsweringReason), {}, {}}; }

Result<Reader> open(const CallsPtr& calls, const FileEntry& entry) {
  auto answer = ask(calls, [entry]() -> Result<Reader> {
    NHI_TRY(std::unique_ptr<GitBundleReader> reader, GitBundleReader::open(entry));
    return Reader(std::move(reader));
  });
  return answer ? std::move(*answer) : Result<Reader>(fail(silence()));
}

// Step by step, so that the deadline and the read rate are heeded.
Result<std::shared_ptr<const GitBundle>> index_of(GitJob& job) {
  const CallsPtr calls = MountWatch::of_process().for_git(job.git_dir);
  NHI_TRY(const Reader reader, open(calls, job.held->entry));
  struct Step {
    bool more = false;
    std::uint64_t worked = 0;
  };
  for (Step step{true, 0}; step.more;) {
    const auto answer = ask(calls, [reader] {
      Step one;
      one.more = reader->step(one.worked);
      return one;
    });
    if (!answer) return fail(silence());
    step = *answer;
    if (!job.state.admit_all(step.worked)) return fail(ErrorCode::kCancelled, kDeadlineReason);
  }
  auto bundle = ask(calls, [reader] { return reader->finish(); });
  return bundle ? std::move(*bundle) : Result<std::shared_ptr<const GitBundle>>(fail(silence()));
}

void open_bundle(const JobPtr& job, unsigned worker) {
  if (job->state.closed()) job->stopped = true;
  if (job->stopped) return give_up(*job, nullptr);
  auto content = index_of(*job);
  if (content) {
    job->content = std::move(*content);
    return read_history(job, worker);
  }
  if (content.error().code == ErrorCode::kCancelled) {
    job->stopped = true;
  } else {
    job->fail_with(content.error());
  }
  // What its list of refs came to is there.
  finish_history(job, worker);
}

}  // namespace

void submit_bundles(SweepState& state) {
  // Whether a file is a bundle is known once it was read.
  state.pool.drain();
  if (state.failed()) return;
  for (HeldBundle& held : state.take_held()) {
    state.budget.acquire(kRepositoryBytes);
    std::string path = held.entry.disk_path();
    auto job = std::make_shared<GitJob>(state, *held.context, held.entry.root, held.id_root,
                                        std::move(path));
    job->held = std::move(held);
    state.pool.submit([job](unsigned worker) { open_bundle(job, worker); });
  }
}

}  // namespace nhi
