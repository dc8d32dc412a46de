#include "scanner/sweep/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>

#include "scanner/base/scrub.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sweep/absence.hpp"
#include "scanner/sweep/reading.hpp"
#include "scanner/sweep/run_state.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

// Small files travel together: one admission and one store call for each batch.
constexpr std::uint64_t kBatchBytes = kMiB;
constexpr std::size_t kBatchFiles = 256;
constexpr std::uint64_t kUnitBytes = 512 * kKiB;

struct FileUnit {
  FileEntry entry;
  std::string stamp;
};

std::string file_stamp(const FileEntry& entry, std::string_view folder, Instant started) {
  // A file that changed at or after the start may change again within the clock's grain: read it
  // next time too (the trick by which git keeps its index honest).
  const bool racy = entry.ctime_ns / 1'000'000'000 >= started.seconds - 2;
  return fmt::format("{}{}:{:x}:{}:{}@{}", racy ? "racy:" : "", entry.size, entry.inode,
                     entry.mtime_ns, entry.ctime_ns, folder);
}

// One target's part of the run; outlives every task made for it.
struct TargetRun {
  const Target& target;
  SweepState& state;
  std::string profile;  // of the run, and of what the estate says of this target
  std::optional<ExpectationCheck> check;
};

void read_file(TargetRun& run, const FileUnit& unit, const std::string& id_root, unsigned worker) {
  SweepState& state = run.state;
  const FileEntry& entry = unit.entry;
  if (state.late()) {
    state.unread({entry.root, entry.path, kDeadlineReason, entry.size});
    return;
  }
  // What a history holds at the same place is merged with all that the work tree holds there.
  const bool alone = !state.options.git_history || !entry.in_repository;
  Reading reading(state, run.target.context, worker,
                  {entry.root, entry.path, {}, file_facts(entry), std::nullopt},
                  alone ? state.options.least_confidence : Level::kLow, &entry);
  const auto read = state.tools(worker).reader.read(entry, std::ref(reading));
  ++state.progress.files;
  if (!read && !reading.touched()) {
    state.unread({entry.root, entry.path, unread_reason(read.error()), entry.size});
    return;
  }
  reading.finish({{run.target.name, entry.root, entry.path}, unit.stamp, run.profile, {}, {}},
                 id_root, read ? nullptr : &read.error(), entry.size);
}

void read_standard_input(TargetRun& run, const TargetRoot& root) {
  const std::size_t reserved = kWholeBytesMax * kReservedPerByte;
  run.state.budget.acquire(reserved);
  run.state.pool.submit([&run, &root, reserved](unsigned worker) {
    Reading reading(run.state, run.target.context, worker,
                    {root.root, std::string(), {}, std::nullopt, std::nullopt},
                    run.state.options.least_confidence);
    const auto read = run.state.tools(worker).reader.read_stream(0, std::ref(reading));
    ++run.state.progress.files;
    reading.finish({{run.target.name, root.root, ""}, "", run.profile, {}, {}}, root.id_root,
                   read ? nullptr : &read.error(), 0);
    run.state.budget.release(reserved);
  });
}

// Turns what the walker meets into units. Walking thread only.
class Producer : public WalkSink {
 public:
  Producer(TargetRun& run, const TargetRoot& target_root) : run_(run), target_root_(target_root) {}
  ~Producer() override = default;

  void on_file(FileEntry entry) override {
    ++run_.state.progress.files_seen;
    if (run_.check) run_.check->on_file(entry.mtime_ns / 1'000'000'000);
    std::string stamp;
    if (run_.state.remembers()) {
      stamp = stamp_of(entry);
      if (run_.state.reuse({run_.target.name, entry.root, entry.path}, stamp, run_.profile)) {
        ++run_.state.progress.files;
        return;
      }
    }
    bytes_ += entry.size;
    batch_.push_back({std::move(entry), std::move(stamp)});
    if (bytes_ >= kBatchBytes || batch_.size() >= kBatchFiles) flush();
  }

  void on_repository(std::string root, std::string /*work_tree*/, std::string git_dir) override {
    if (run_.check) run_.check->on_repository(root, git_dir);
    if (!run_.state.options.git_history) {
      run_.state.policy("no-git-history", root, ".git", 0);
      return;
    }
    std::string id_root = id_root_of(root);
    submit_repository(run_.state, run_.target.context, std::move(root), std::move(id_root),
                      std::move(git_dir));
  }

  void on_folder_listed(const std::string& root, const std::string& path) override {
    if (!run_.state.remembers()) return;
    std::string disk = disk_of(root);
    if (!path.empty() && path != ".") disk += "/" + path;
    run_.state.folder_listed(root, path, disk);
  }
  void on_folder_left(const std::string& root, const std::string& path) override {
    run_.state.unread({root, path, kDeadlineReason, 0});
  }
  void on_unread(Unread place) override {
    if (run_.check) run_.check->on_other();
    silent_ = silent_ || place.reason == kNotAnsweringReason;
    run_.state.unread(std::move(place));
  }
  void on_policy(std::string reason, const std::string& root, const std::string& path,
                 std::uint64_t bytes) override {
    if (run_.check) run_.check->on_other();
    run_.state.policy(reason, root, path, bytes);
  }
  [[nodiscard]] bool cancelled() const override { return run_.state.closed(); }

  /// A part of the root did not answer: what was met is not all there is.
  [[nodiscard]] bool fell_silent() const { return silent_; }

  void flush() {
    if (batch_.empty()) return;
    std::uint64_t largest = 0;
    for (const FileUnit& unit : batch_) {
      const bool whole = unit.entry.size <= kWholeBytesMax;
      largest = std::max(largest, whole ? unit.entry.size : kSegmentBytes + kMatchBytesMax);
    }
    const std::size_t reserved = largest * kReservedPerByte + kUnitBytes;
    run_.state.budget.acquire(reserved);
    // Roots differ when a nested repository ends inside a batch: ids are made file by file.
    std::vector<std::string> id_roots;
    for (const FileUnit& unit : batch_) id_roots.push_back(id_root_of(unit.entry.root));
    run_.state.pool.submit([&run = run_, batch = std::move(batch_), roots = std::move(id_roots),
                            reserved](unsigned worker) mutable {
      for (std::size_t i = 0; i < batch.size() && !run.state.failed(); ++i) {
        read_file(run, batch[i], roots[i], worker);
      }
      run.state.budget.release(reserved);
    });
    batch_ = {};
    bytes_ = 0;
  }

 private:
  [[nodiscard]] std::string stamp_of(const FileEntry& entry) {
    const std::size_t slash = entry.path.rfind('/');
    const std::string_view folder = slash == std::string::npos
                                        ? std::string_view()
                                        : std::string_view(entry.path).substr(0, slash);
    if (entry.root != folder_root_ || folder != folder_) {
      folder_root_ = entry.root;
      folder_ = folder;
      const std::string disk = entry.disk_path();
      const std::size_t cut = disk.rfind('/');
      folder_mark_ = folder_mark(cut == std::string::npos ? "."
                                 : cut == 0               ? "/"
                                                          : disk.substr(0, cut));
    }
    return file_stamp(entry, folder_mark_, run_.state.options.started);
  }
  // The printed root begins with the target root's name; ids replace that part.
  [[nodiscard]] std::string id_root_of(const std::string& root) const {
    return target_root_.id_root + root.substr(std::min(root.size(), target_root_.root.size()));
  }
  [[nodiscard]] std::string disk_of(const std::string& root) const {
    return target_root_.path + root.substr(std::min(root.size(), target_root_.root.size()));
  }

  TargetRun& run_;
  const TargetRoot& target_root_;
  std::vector<FileUnit> batch_;
  std::uint64_t bytes_ = 0;
  std::string folder_root_;
  std::string folder_ = "\n";  // no folder has this name: the first file looks its folder up
  std::string folder_mark_;
  bool silent_ = false;
};

// What the deadline or a silent mount kept from being counted may fall short: then nothing is
// proven absent by it.
void end_root(TargetRun& run, const std::string& root, bool whole) {
  for (Unread& place : run.check->end_root(whole)) run.state.distrust(std::move(place));
  if (!whole && run.check->root_may_be_stale()) run.state.distrust_unchecked(root);
}

void end_target(TargetRun& run, bool whole) {
  const std::string& name = run.target.name;
  for (Unread& place : run.check->end_target(name, whole)) run.state.distrust(std::move(place));
  if (!whole && run.check->too_few_repositories()) run.state.distrust_unchecked(name);
}

bool is_silence(const Result<void>& walked) {
  return !walked && walked.error().code == ErrorCode::kNotAnswering;
}

void walk_target(TargetRun& run) {
  const RunOptions& options = run.state.options;
  bool whole = true;
  for (const Unread& place : run.target.unmet) run.state.unread(place);
  for (const TargetRoot& root : run.target.roots) {
    if (run.state.late()) {
      whole = false;
      run.state.unread({root.root, "", kDeadlineReason, 0});
      continue;
    }
    if (root.path == "-") {
      read_standard_input(run, root);
      continue;
    }
    WalkOptions walking;
    for (const std::string& pattern : options.exclude) walking.exclude.add(pattern);
    for (const std::string& pattern : run.target.exclude) walking.exclude.add(pattern);
    walking.file_bytes_max = options.file_bytes_max;
    walking.one_file_system = options.one_file_system || run.target.one_file_system;
    walking.enter_network = options.network || run.target.network;
    walking.never = options.never;
    if (run.check) run.check->begin_root(root.root, root.is_git);
    Producer producer(run, root);
    auto walked = walk(root.path, root.root, walking, producer);
    const bool stopped = !walked && walked.error().code == ErrorCode::kCancelled;
    if (!walked && !stopped) {
      const std::string reason =
          walked.error().code == ErrorCode::kNotFound ? "not-found" : unread_reason(walked.error());
      run.state.unread({root.root, "", reason, 0});
    } else if (run.check) {
      end_root(run, root.root, !stopped && !producer.fell_silent());
    }
    whole = whole && !stopped && !producer.fell_silent() && !is_silence(walked);
    producer.flush();
  }
  if (run.check) end_target(run, whole);
}

// Whether a mount that may stop answering is asked for.
bool may_enter_network(const std::vector<Target>& targets, const RunOptions& options) {
  MountWatch& watch = MountWatch::of_process();
  return std::any_of(targets.begin(), targets.end(), [&](const Target& target) {
    return options.network || target.network ||
           std::any_of(target.roots.begin(), target.roots.end(), [&](const TargetRoot& root) {
             std::error_code ignored;
             return watch.leads_to_watched(fs::absolute(root.path, ignored).string());
           });
  });
}

}  // namespace

Result<RunResult> run_pipeline(const std::vector<Target>& targets, const RunOptions& options,
                               const RuleSet& rules, const FingerprintKey& key, UnitSink& sink,
                               Progress& progress) {
  if (may_enter_network(targets, options)) MountWatch::of_process().watch_git();
  SweepState state(options, rules, key, sink, progress);
  std::deque<TargetRun> runs;  // tasks hold references: a deque does not move its members
  for (const Target& target : targets) {
    runs.push_back({target, state, profile_of(options, target.context), std::nullopt});
    if (target.expect) runs.back().check.emplace(*target.expect, options.as_of);
    walk_target(runs.back());
  }
  submit_bundles(state);
  progress.walked = true;
  return state.result();
}

}  // namespace nhi
