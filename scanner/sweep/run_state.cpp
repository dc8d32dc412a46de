#include "scanner/sweep/run_state.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "scanner/base/hash.hpp"
#include "scanner/sources/mount_watch.hpp"

namespace nhi {
namespace {

// What the program holds before the first unit: code, rules, pattern caches, the store's cache.
constexpr std::size_t kFixedBytes = 160 * kMiB;
// What is read between two looks at the clock, where no rate says less.
constexpr std::size_t kPieceBytes = kMiB;

std::size_t unit_budget(std::size_t memory_mib) { return memory_mib * kMiB - kFixedBytes; }

}  // namespace

SweepState::SweepState(const RunOptions& run_options, const RuleSet& rule_set,
                       const FingerprintKey& estate_key, UnitSink& sink, Progress& run_progress)
    : options(run_options),
      rules(rule_set),
      key(estate_key),
      progress(run_progress),
      budget(unit_budget(run_options.memory_mib)),
      pool(run_options.jobs),
      sink_(sink),
      remembers_(sink.remembers()),
      owners_(run_options.owners) {
  if (options.read_bytes_a_second != 0) rate_.emplace(options.read_bytes_a_second);
  for (unsigned i = 0; i < pool.workers(); ++i) {
    tools_.push_back(std::make_unique<WorkerTools>(rules, key, options.examine, *this));
  }
}

bool SweepState::late() {
  if (late_.load(std::memory_order_relaxed)) return true;
  if (!options.until.passed()) return false;
  late_ = true;
  return true;
}

std::size_t SweepState::admit(std::size_t wanted) {
  if (closed()) return 0;
  const std::size_t piece = std::min(wanted, rate_ ? rate_->piece() : kPieceBytes);
  if (!rate_) return piece;
  rate_->take(piece);
  return closed() ? 0 : piece;
}

bool SweepState::admit_all(std::uint64_t bytes) {
  if (!rate_) return !closed();
  while (bytes > 0) {
    const std::size_t admitted = admit(static_cast<std::size_t>(bytes));
    if (admitted == 0) return false;
    bytes -= admitted;
  }
  return !closed();
}

void SweepState::finish(UnitResult unit, std::vector<SecretText> values) {
  const std::lock_guard lock(lock_);
  if (error_) return;
  coverage_.merge(options.accepted.apply(unit.coverage));
  if (unit.coverage.unread_but_closed() > 0) sink_.refused(unit.key.root, unit.key.path);
  if (auto stored = sink_.unit(std::move(unit), std::move(values)); !stored) {
    fail_with(std::move(stored.error()));
    pool.cancel();
    budget.close();
  }
}

void SweepState::hold(HeldBundle bundle) {
  const std::lock_guard lock(lock_);
  held_.push_back(std::move(bundle));
}

// In the order of their places, which does not hang on the workers.
std::vector<HeldBundle> SweepState::take_held() {
  const std::lock_guard lock(lock_);
  std::vector<HeldBundle> held = std::exchange(held_, {});
  std::sort(held.begin(), held.end(), [](const HeldBundle& a, const HeldBundle& b) {
    return std::tie(a.entry.root, a.entry.path) < std::tie(b.entry.root, b.entry.path);
  });
  return held;
}

void SweepState::fail_with(Error error) {
  error_ = std::move(error);
  failed_ = true;
}

QuietObjects SweepState::quiet_objects(const UnitKey& unit, const std::string& profile) {
  if (!remembers_) return {};
  const std::lock_guard lock(lock_);
  if (error_) return {};
  auto known = sink_.quiet_objects(unit, profile);
  if (known) return std::move(*known);
  fail_with(std::move(known.error()));
  return {};
}

void SweepState::quiet(const UnitKey& unit, const std::string& profile, std::string_view ids) {
  if (!remembers_ || ids.empty()) return;
  const std::lock_guard lock(lock_);
  if (error_) return;
  if (auto stored = sink_.quiet(unit, profile, ids); !stored) {
    fail_with(std::move(stored.error()));
  }
}

void SweepState::unread(Unread place) {
  const std::lock_guard lock(lock_);
  add_unread(std::move(place));
}

void SweepState::distrust(Unread place) {
  const std::lock_guard lock(lock_);
  sink_.distrusted(place.root);
  add_unread(std::move(place));
}

void SweepState::distrust_unchecked(const std::string& root) {
  const std::lock_guard lock(lock_);
  sink_.distrusted(root);
}

void SweepState::add_unread(Unread place) {
  sink_.refused(place.root, place.path);
  Coverage one;
  one.add_unread(std::move(place));
  coverage_.merge(options.accepted.apply(std::move(one)));
}

void SweepState::add_codeowners(const std::string& root, std::string_view text) {
  const std::lock_guard lock(lock_);
  owners_.add_codeowners(root, text);
}

void SweepState::policy(const std::string& reason, const std::string& root, const std::string& path,
                        std::uint64_t bytes) {
  const std::lock_guard lock(lock_);
  sink_.refused(root, path);
  coverage_.add_policy(reason, 1, bytes);
}

void SweepState::folder_listed(const std::string& root, const std::string& path,
                               const std::string& disk) {
  if (!remembers_) return;
  const std::lock_guard lock(lock_);
  sink_.folder_listed(root, path, disk);
}

bool SweepState::reuse(const UnitKey& unit, const std::string& stamp, const std::string& profile) {
  if (!remembers_) return false;
  const std::lock_guard lock(lock_);
  if (error_) return false;
  Coverage carried;
  auto reused = sink_.reuse(unit, stamp, profile, carried);
  if (!reused) {
    fail_with(std::move(reused.error()));
    return false;
  }
  if (!*reused) return false;
  if (carried.unread_but_closed() > 0) sink_.refused(unit.root, unit.path);
  coverage_.merge(options.accepted.apply(std::move(carried)));
  return true;
}

Result<RunResult> SweepState::result() {
  pool.drain();
  const std::lock_guard lock(lock_);
  if (error_) return fail(std::move(*error_));
  RunResult result;
  for (const auto& tools : tools_) result.stats.merge(tools->examiner.stats());
  coverage_.normalise();
  result.coverage = std::move(coverage_);
  result.owners = std::move(owners_);
  return result;
}

std::string profile_of(const RunOptions& options, const PlaceContext& context) {
  FieldBytes fields;
  fields.add(options.profile).add(context.host).add(context.system);
  fields.add(to_string(context.environment)).add(to_string(context.place));
  return "sha256:" + to_hex(sha256(fields.bytes()));
}

std::string unread_reason(const Error& error) {
  switch (error.code) {
    case ErrorCode::kPermission:
      return "permission-denied";
    case ErrorCode::kNotFound:
      return "vanished";
    case ErrorCode::kNotAnswering:
      return std::string(kNotAnsweringReason);
    case ErrorCode::kMalformed:
      return error.what;
    case ErrorCode::kTooLarge:
      return "too-large";
    case ErrorCode::kEngineMemory:
      return "pattern-out-of-memory";
    case ErrorCode::kGit:
      return error.what;
    case ErrorCode::kCancelled:
      return kDeadlineReason;
    default:
      return "io-error";
  }
}

}  // namespace nhi
