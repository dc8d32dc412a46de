#include "scanner/sweep/reading.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "scanner/decode/containers.hpp"
#include "scanner/decode/views.hpp"
#include "scanner/identity/finding_id.hpp"
#include "scanner/identity/parts.hpp"

namespace nhi {
namespace {

// Gives back what it took, wherever its task ends.
class Reservation {
 public:
  Reservation(MemoryBudget& budget, std::size_t bytes) : budget_(&budget), bytes_(bytes) {}
  Reservation(Reservation&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
  Reservation& operator=(Reservation&&) = delete;
  ~Reservation() {
    if (budget_ != nullptr) budget_->release(bytes_);
  }

 private:
  MemoryBudget* budget_;
  std::size_t bytes_;
};

// Once ids are given: the ordinals of those that stay count these.
void drop_below(Level least, Examined& examined) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < examined.findings.size(); ++i) {
    if (examined.findings[i].confidence < least) continue;
    if (kept != i) {
      examined.findings[kept] = std::move(examined.findings[i]);
      if (!examined.values.empty()) examined.values[kept] = std::move(examined.values[i]);
    }
    ++kept;
  }
  examined.findings.resize(kept);
  if (!examined.values.empty()) examined.values.resize(kept);
}

}  // namespace

// What became of each segment. Thread-safe.
class Reading::Parts {
 public:
  explicit Parts(Provenance place) : place_(std::move(place)) {}

  [[nodiscard]] const Provenance& place() const { return place_; }
  /// One more segment that somebody examines.
  void open() {
    const std::lock_guard lock(lock_);
    ++open_;
  }
  [[nodiscard]] std::size_t examined_elsewhere() {
    const std::lock_guard lock(lock_);
    return open_ - 1;
  }
  void put(std::size_t part, Examined examined) {
    const std::lock_guard lock(lock_);
    if (examined_.size() <= part) examined_.resize(part + 1);
    examined_[part] = std::move(examined);
  }
  /// The reading ended; `done` is called with everything once the last segment is examined.
  void end_reading(std::move_only_function<void(Examined)> done) {
    {
      const std::lock_guard lock(lock_);
      done_ = std::move(done);
    }
    close();
  }
  /// A segment is examined, or the reading has ended.
  void close() {
    {
      const std::lock_guard lock(lock_);
      if (--open_ > 0) return;
    }
    // Nobody else holds on to it any more.
    Examined all;
    for (Examined& part : examined_) all.append(std::move(part));
    done_(std::move(all));
  }

 private:
  Provenance place_;
  std::mutex lock_;
  std::size_t open_ = 1;  // the reading itself
  std::vector<Examined> examined_;
  std::move_only_function<void(Examined)> done_;
};

Reading::Reading(SweepState& state, const PlaceContext& context, unsigned worker, Provenance place,
                 Level least, const FileEntry* entry)
    : state_(state),
      context_(context),
      worker_(worker),
      least_(least),
      entry_(entry),
      parts_(std::make_shared<Parts>(std::move(place))) {}
Reading::~Reading() = default;

void Reading::operator()(const FileReader::Segment& segment) {
  const bool whole = segment.last && segment.offset == 0;
  const std::uint64_t fresh = whole ? segment.bytes.size() : segment.fresh;
  const std::size_t part = count_++;
  in_segments_ = !whole;
  bytes_ += fresh;
  state_.progress.bytes += fresh;
  look_for_container(segment);
  if (will_be_opened()) return examine_head(segment, part);
  if (whole) return examine_here(segment, part, true, false);
  // Where wide characters are decoded, only that says where the next segment begins.
  if (detect_charset(segment.bytes) != Encoding::kNone) {
    return examine_here(segment, part, false, true);
  }
  if (segment.last || !hand_over(segment, part)) examine_here(segment, part, false, false);
  base_ = advanced(base_, segment.bytes.substr(0, static_cast<std::size_t>(fresh)));
}

// Looks at bytes that are at hand anyway.
void Reading::look_for_container(const FileReader::Segment& segment) {
  constexpr std::size_t kStartBytes = 8;
  if (segment.offset == 0) {
    container_ = closed_container(segment.bytes);
    if (container_.empty()) {
      container_ = promised_container(parts_->place().path.value_or(""), segment.bytes);
    }
    start_ = segment.bytes.substr(0, kStartBytes);
  }
  if (segment.last && container_.empty()) container_ = container_behind(start_, segment.bytes);
}

bool Reading::will_be_opened() const {
  return container_ == kGitPackKind && entry_ != nullptr && state_.options.git_history;
}

// What stands before the pack of a bundle. In the pack itself chance finds passwords.
void Reading::examine_head(const FileReader::Segment& segment, std::size_t part) {
  in_segments_ = false;
  if (segment.offset != 0 || segment.bytes.starts_with("PACK")) return;
  const Bytes head = segment.bytes.substr(0, segment.bytes.find("\n\n"));
  examine_here({head, 0, head.size(), true}, part, true, false);
}

void Reading::examine_here(const FileReader::Segment& segment, std::size_t part, bool whole,
                           bool wants_end) {
  const std::uint64_t fresh = whole ? segment.bytes.size() : segment.fresh;
  Examined examined = state_.tools(worker_).examiner.examine(
      {segment.bytes, segment.offset, fresh, base_, whole, parts_->place(), wants_end, least_},
      context_);
  if (wants_end) base_ = examined.end;
  parts_->put(part, std::move(examined));
}

// False: no other worker, or no memory for a copy that one could work on.
bool Reading::hand_over(const FileReader::Segment& segment, std::size_t part) {
  if (parts_->examined_elsewhere() + 1 >= state_.pool.workers()) return false;
  const std::size_t reserved = segment.bytes.size() * kReservedPerByte;
  if (!state_.budget.try_acquire(reserved)) return false;
  parts_->open();
  state_.pool.submit([&state = state_, &context = context_, parts = parts_, part, base = base_,
                      bytes = std::string(segment.bytes), offset = segment.offset,
                      fresh = segment.fresh,
                      held = Reservation(state_.budget, reserved)](unsigned worker) {
    parts->put(part, state.tools(worker).examiner.examine(
                         {bytes, offset, fresh, base, false, parts->place(), false}, context));
    parts->close();
  });
  return true;
}

void Reading::finish(UnitResult unit, const std::string& id_root, const Error* failed,
                     std::uint64_t size) {
  const bool held = will_be_opened() && failed == nullptr;
  unit.coverage.bytes = bytes_;
  if (failed != nullptr) {
    unit.coverage.add_unread({unit.key.root, unit.key.path, unread_reason(*failed), size});
  }
  if (!container_.empty() && !held) {
    unit.coverage.add_unread(
        {unit.key.root, unit.key.path, std::string(kClosedReason).append(container_), bytes_});
  }
  parts_->end_reading([&state = state_, unit = std::move(unit), id_root, least = least_,
                       in_segments = in_segments_, context = &context_,
                       bundle = held ? std::optional(*entry_)
                                     : std::nullopt](Examined examined) mutable {
    unit.coverage.merge(examined.coverage);
    unit.coverage.files = 1;
    // Read in part: what was found is real, but it does not stand for the file next time.
    if (unit.coverage.unread_but_closed() > 0) unit.stamp.clear();
    // A part may stand in another segment; structure is not known there, nearness is.
    if (in_segments) group_parts(state.rules, state.key, examined.findings, nullptr, {});
    seal(examined.findings, state.key, id_root);
    if (least > Level::kLow) drop_below(least, examined);
    unit.findings = std::move(examined.findings);
    if (!bundle) return state.finish(std::move(unit), std::move(examined.values));
    state.hold({context, std::move(*bundle), id_root, std::move(unit), std::move(examined.values)});
  });
}

}  // namespace nhi
