#include "scanner/sweep/changes.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "scanner/base/glob.hpp"
#include "scanner/decode/containers.hpp"
#include "scanner/identity/finding_id.hpp"
#include "scanner/identity/merge.hpp"
#include "scanner/sources/git/changes.hpp"
#include "scanner/sweep/reading.hpp"
#include "scanner/sweep/run_state.hpp"
#include "scanner/sweep/scan_sink.hpp"

namespace nhi {
namespace {

// Small blobs are examined by one task each, too: a hook waits for the slowest.
constexpr std::uint64_t kUnitBytes = 512 * kKiB;

std::string container_of(const std::string& path, Bytes content) {
  std::string_view kind = closed_container(content);
  if (kind.empty()) kind = promised_container(path, content);
  if (kind.empty()) kind = container_behind(content, content);
  return std::string(kind);
}

class ChangesRun {
 public:
  ChangesRun(const ChangesRequest& request, GitChangeReader reader, GitChanges changes,
             SweepState& state)
      : request_(request),
        reader_(std::move(reader)),
        changes_(std::move(changes)),
        state_(state),
        context_() {
    for (const std::string& pattern : state.options.exclude) exclude_.add(pattern);
  }

  void submit_all() {
    for (const GitChange& change : changes_.blobs) submit_blob(change);
    for (const GitId& commit : changes_.commits) submit_message(commit);
    for (std::uint64_t i = 0; i < changes_.names_only; ++i) {
      state_.policy("intent-to-add", request_.root, "", 0);
    }
  }

  [[nodiscard]] std::uint64_t old_values() const { return old_values_; }

 private:
  void submit_blob(const GitChange& change) {
    if (!change.path.starts_with(request_.folder)) return;
    const std::string path = change.path.substr(request_.folder.size());
    const std::uint64_t size = size_of(change.blob);
    if (!exclude_.match(path).empty()) return state_.policy("exclude", request_.root, path, size);
    const std::uint64_t most = state_.options.file_bytes_max;
    if (most != 0 && size > most) {
      return state_.policy("max-file-size", request_.root, path, size);
    }
    submit(change.blob, size, path,
           [this, &change, path](const std::string& content, unsigned worker) {
             examine_blob(change, path, content, worker);
           });
  }

  void submit_message(const GitId& commit) {
    submit(commit, size_of(commit), ".git/objects/" + commit.hex(),
           [this, commit](const std::string& content, unsigned worker) {
             examine_message(commit, content, worker);
           });
  }

  std::uint64_t size_of(const GitId& id) {
    const std::lock_guard guard(lock_);
    return reader_.size(id).value_or(0);
  }

  Result<std::string> read(const GitId& id) {
    const std::lock_guard guard(lock_);
    return reader_.read(id);
  }

  std::vector<GitId> blobs_before(const std::string& path) {
    const std::lock_guard guard(lock_);
    return reader_.before(path);
  }

  template <class Examine>
  void submit(const GitId& id, std::uint64_t size, const std::string& path, Examine examine) {
    if (state_.closed()) return state_.unread({request_.root, path, kDeadlineReason, size});
    const std::size_t reserved = static_cast<std::size_t>(size) * kReservedPerByte + kUnitBytes;
    state_.budget.acquire(reserved);
    auto content = read(id);
    if (!content) {
      state_.unread({request_.root, path, unread_reason(content.error()), size});
      state_.budget.release(reserved);
      return;
    }
    static_cast<void>(state_.admit_all(content->size()));
    state_.pool.submit([this, reserved, examine = std::move(examine),
                        content = std::move(*content)](unsigned worker) {
      if (!state_.failed()) examine(content, worker);
      state_.budget.release(reserved);
    });
  }

  Examined examine(Bytes content, const Provenance& place, unsigned worker, Level least) {
    const BlobInput input{content, 0, content.size(), {}, true, place, false, least};
    return state_.tools(worker).examiner.examine(input, context_);
  }

  void examine_blob(const GitChange& change, const std::string& path, const std::string& content,
                    unsigned worker) {
    Provenance place{request_.root, path, {}, std::nullopt, std::nullopt};
    const bool committed = change.facts.reachable;
    if (committed) place.git = change.facts;  // allowlists may name the commit
    Examined examined = examine(content, place, worker, state_.options.least_confidence);
    for (Finding& finding : examined.findings) {
      if (committed) put_git_facts(finding, change.facts);
    }
    seal(examined.findings, state_.key, request_.id_root);
    if (!examined.findings.empty()) leave_old_out(change, path, examined, worker);
    UnitResult unit{{{}, request_.root, path}, {}, {}, {}, {}};
    if (const std::string kind = container_of(path, content); !kind.empty()) {
      unit.coverage.add_unread(
          {request_.root, path, std::string(kClosedReason).append(kind), content.size()});
    }
    finish(std::move(unit), std::move(examined), content.size());
  }

  void examine_message(const GitId& commit, const std::string& content, unsigned worker) {
    const Provenance place{request_.root, std::nullopt, std::string(kCommitMessageMember),
                           std::nullopt, std::nullopt};
    Examined examined = examine(content, place, worker, state_.options.least_confidence);
    GitFacts facts;
    facts.blob = commit.hex();
    facts.introduced.commit = commit.hex();
    for (Finding& finding : examined.findings) finding.place.git = facts;
    seal(examined.findings, state_.key, request_.id_root);
    finish({{{}, request_.root, ".git/objects/" + commit.hex()}, {}, {}, {}, {}},
           std::move(examined), content.size());
  }

  void finish(UnitResult unit, Examined examined, std::size_t bytes) {
    ++state_.progress.git_objects;
    state_.progress.bytes += bytes;
    unit.coverage.merge(examined.coverage);
    unit.coverage.git_objects = 1;
    unit.coverage.bytes = bytes;
    unit.findings = std::move(examined.findings);
    state_.finish(std::move(unit), std::move(examined.values));
  }

  using Values = std::set<std::string>;  // keys

  // What cannot be read any more proves nothing old.
  void add_values(const GitId& blob, const std::string& path, unsigned worker, Values& values) {
    const auto content = read(blob);
    if (!content) return;
    const Provenance place{request_.root, path, {}, std::nullopt, std::nullopt};
    const Examined examined = examine(*content, place, worker, Level::kLow);
    for (const Finding& finding : examined.findings) values.insert(value_key(finding));
  }

  const Values& gone_values(unsigned worker) {
    const std::lock_guard guard(gone_lock_);
    if (gone_values_) return *gone_values_;
    gone_values_.emplace();
    for (const GitGone& gone : changes_.gone) {
      add_values(gone.blob, gone.path, worker, *gone_values_);
    }
    return *gone_values_;
  }

  void leave_old_out(const GitChange& change, const std::string& path, Examined& examined,
                     unsigned worker) {
    Values before;
    const std::vector<GitId> blobs = blobs_before(change.path);
    for (const GitId& blob : blobs) add_values(blob, path, worker, before);
    const bool moved_here = blobs.empty() && !changes_.gone.empty();
    const Values& old = moved_here ? gone_values(worker) : before;
    Examined kept;
    for (std::size_t i = 0; i < examined.findings.size(); ++i) {
      if (old.contains(value_key(examined.findings[i]))) {
        if (examined.findings[i].confidence >= state_.options.least_confidence) ++old_values_;
        continue;
      }
      kept.findings.push_back(std::move(examined.findings[i]));
      if (i < examined.values.size()) kept.values.push_back(std::move(examined.values[i]));
    }
    examined.findings = std::move(kept.findings);
    examined.values = std::move(kept.values);
  }

  const ChangesRequest& request_;
  std::mutex lock_;
  GitChangeReader reader_;  // guarded by lock_
  const GitChanges changes_;
  SweepState& state_;
  const PlaceContext context_;
  GlobSet exclude_;
  std::atomic<std::uint64_t> old_values_{0};
  std::mutex gone_lock_;
  std::optional<Values> gone_values_;  // guarded by gone_lock_ until it is made
};

}  // namespace

Result<ChangesOutcome> run_changes(const ChangesRequest& request, const RunOptions& options,
                                   const RuleSet& rules, const FingerprintKey& key,
                                   Progress& progress) {
  NHI_TRY(GitChangeReader reader, GitChangeReader::open(request.git_dir));
  std::vector<Unread> unread;
  NHI_TRY(GitChanges changes, request.since.empty() ? reader.staged(request.index, unread)
                                                    : reader.since(request.since, unread));
  ScanSink sink;
  // The state goes first: its threads end while what they work on is there.
  std::optional<ChangesRun> run;
  SweepState state(options, rules, key, sink, progress);
  for (Unread& place : unread) {
    place.root = request.root;
    state.unread(std::move(place));
  }
  run.emplace(request, std::move(reader), std::move(changes), state);
  run->submit_all();
  progress.walked = true;
  NHI_TRY(RunResult result, state.result());
  ChangesOutcome outcome;
  outcome.old_values = run->old_values();
  outcome.scan = sink.outcome(std::move(result));
  return outcome;
}

}  // namespace nhi
