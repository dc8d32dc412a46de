#include "scanner/cli/night.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "scanner/cli/reading.hpp"
#include "scanner/sweep/runs.hpp"

namespace nhi {
namespace {

constexpr std::size_t kSampleFiles = 1000;
constexpr std::uint64_t kSampleBytes = 32 * kMiB;    // of files
constexpr std::uint64_t kSampleGitBytes = 4 * kMiB;  // packed; about ten times that unpacked
constexpr std::uint64_t kOpenBytes = 16 * 1024;      // a file costs at least this much reading
constexpr std::size_t kSampleRepositories = 20;

struct Timed {
  double seconds = 0;
  unsigned jobs = 0;
};

// A key of zeros: fingerprints of a measurement are thrown away.
Result<Timed> timed_scan(const Options& options, const RuleSet& rules,
                         const std::vector<std::string>& paths) {
  NHI_TRY(RunOptions run, run_options(options));
  const FingerprintKey key{};
  Progress progress;
  const auto begin = std::chrono::steady_clock::now();
  NHI_TRY(const ScanOutcome outcome,
          run_scan(targets_from_paths(paths, Naming::kAsTyped), run, rules, key, progress));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  return Timed{took.count(), run.jobs == 0 ? cores : run.jobs};
}

}  // namespace

void NightSample::add_file(std::string path, std::uint64_t size) {
  ++files_;
  file_bytes_ += size;
  if (size > kSampleBytes / 8) return;  // one large file would be the whole sample
  if (sample_.size() < kSampleFiles) {
    sample_.push_back({std::move(path), size});
    return;
  }
  draw_ = draw_ * 6364136223846793005ULL + 1442695040888963407ULL;
  const std::uint64_t at = (draw_ >> 33) % files_;
  if (at < kSampleFiles) sample_[at] = {std::move(path), size};
}

void NightSample::add_repository(std::string git_dir, std::uint64_t packed_bytes) {
  git_bytes_ += packed_bytes;
  if (packed_bytes == 0) return;
  repositories_.push_back({std::move(git_dir), packed_bytes});
  if (repositories_.size() <= kSampleRepositories) return;
  repositories_.erase(
      std::max_element(repositories_.begin(), repositories_.end(),
                       [](const Place& a, const Place& b) { return a.bytes < b.bytes; }));
}

Result<NightEstimate> NightSample::measure(const Options& options, const RuleSet& rules) const {
  NightEstimate estimate;
  double seconds = 0;
  std::vector<std::string> paths;
  std::uint64_t cost = 0;
  for (const Place& place : sample_) {
    if (estimate.file_bytes > kSampleBytes) break;
    paths.push_back(place.path);
    estimate.file_bytes += place.bytes;
    cost += place.bytes + kOpenBytes;
  }
  if (!paths.empty()) {
    NHI_TRY(const Timed timed, timed_scan(options, rules, paths));
    estimate.jobs = timed.jobs;
    const double whole = static_cast<double>(file_bytes_ + files_ * kOpenBytes);
    seconds += timed.seconds * whole / static_cast<double>(cost);
  }
  paths.clear();
  for (const Place& place : repositories_) {
    if (!paths.empty() && estimate.git_bytes + place.bytes > kSampleGitBytes) continue;
    if (place.bytes > 16 * kSampleGitBytes) continue;  // minutes: no estimate is worth them
    paths.push_back(place.path);
    estimate.git_bytes += place.bytes;
  }
  if (!paths.empty()) {
    NHI_TRY(const Timed timed, timed_scan(options, rules, paths));
    estimate.jobs = timed.jobs;
    seconds +=
        timed.seconds * static_cast<double>(git_bytes_) / static_cast<double>(estimate.git_bytes);
  } else {
    estimate.git_bytes_left_out = git_bytes_;
  }
  estimate.seconds = static_cast<std::int64_t>(seconds) + 1;
  return estimate;
}

}  // namespace nhi
