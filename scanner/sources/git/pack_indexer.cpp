#include "scanner/sources/git/pack_indexer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/sources/git/delta.hpp"
#include "scanner/sources/git/file_format.hpp"

namespace nhi {
namespace {

constexpr std::size_t kSpareBytesMax = std::size_t{1} << 20U;

void add_big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void add_id(std::string& out, const GitId& id) {
  out.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}

}  // namespace

PackIndexer::PackIndexer(std::shared_ptr<const PackFile> pack)
    : pack_(std::move(pack)), scanner_(pack_), reader_(pack_) {}

bool PackIndexer::step(std::uint64_t& worked) {
  worked_ = 0;
  bool more = true;
  while (more && worked_ < kStepBytes) {
    if (scanned_) {
      more = resolve_next();
    } else if (!scan_next()) {
      scanned_ = true;
      link();
    }
  }
  worked = worked_;
  return more;
}

bool PackIndexer::scan_next() {
  ScannedEntry found;
  if (entries_.size() == kIndexedObjectsMax || !scanner_.next(found)) return false;
  worked_ += found.end - found.at + found.head.size;
  const auto number = static_cast<std::uint32_t>(entries_.size());
  Entry entry;
  entry.at = found.at;
  entry.crc = found.crc;
  switch (found.head.form) {
    case PackEntry::Form::kWhole:
      entry.id = found.id;
      entry.type = static_cast<std::uint8_t>(found.head.type);
      made_ += found.head.size;
      break;
    case PackEntry::Form::kDeltaAt:
      entry.base = entry_at(found.head.base_at);
      if (entry.base == kNone) note_damage(found.end - found.at);
      break;
    case PackEntry::Form::kDeltaOf:
      named_.push_back({found.head.base, number});
  }
  entries_.push_back(entry);
  return true;
}

std::uint32_t PackIndexer::entry_at(std::uint64_t at) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), at,
                       [](const Entry& one, std::uint64_t wanted) { return one.at < wanted; });
  if (found == entries_.end() || found->at != at) return kNone;
  return static_cast<std::uint32_t>(found - entries_.begin());
}

// Those with the fewest deltas behind them stand first, so that the base of the last and heaviest
// one need not be kept.
void PackIndexer::link() {
  const std::size_t count = entries_.size();
  std::vector<std::uint32_t> weight(count, 1);
  starts_.assign(count + 1, 0);
  for (std::size_t i = count; i-- > 0;) {  // a base stands before its deltas
    if (entries_[i].base == kNone) continue;
    weight[entries_[i].base] += weight[i];
    ++starts_[entries_[i].base + 1];
  }
  for (std::size_t i = 0; i < count; ++i) starts_[i + 1] += starts_[i];
  children_.resize(starts_[count]);
  std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (entries_[i].base != kNone) children_[next[entries_[i].base]++] = i;
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::sort(children_.begin() + starts_[i], children_.begin() + starts_[i + 1],
              [&](std::uint32_t a, std::uint32_t b) {
                return std::pair(weight[a], a) < std::pair(weight[b], b);
              });
  }
  std::sort(named_.begin(), named_.end());
}

PackIndexer::Level PackIndexer::level_of(std::uint32_t node, std::uint32_t depth) const {
  Level level;
  level.node = node;
  level.depth = depth;
  level.children = std::span(children_).subspan(starts_[node], starts_[node + 1] - starts_[node]);
  if (named_.empty()) return level;
  struct ById {
    bool operator()(const Named& one, const GitId& id) const { return one.base < id; }
    bool operator()(const GitId& id, const Named& one) const { return id < one.base; }
  };
  const auto range = std::equal_range(named_.begin(), named_.end(), entries_[node].id, ById());
  // They are taken in their order. Of an object that is stored many times one has had them all.
  const bool left =
      range.first != range.second && entries_[std::prev(range.second)->entry].base == kNone;
  if (left) level.named = std::span(range.first, range.second);
  return level;
}

// kNone if there is none left.
std::uint32_t PackIndexer::first_child(Level& level) const {
  if (!level.children.empty()) return level.children.front();
  // An object that is stored twice has the same ones twice.
  while (!level.named.empty() && entries_[level.named.front().entry].base != kNone) {
    level.named = level.named.subspan(1);
  }
  return level.named.empty() ? kNone : level.named.front().entry;
}

bool PackIndexer::resolve_next() {
  while (!levels_.empty() && first_child(levels_.back()) == kNone) pop();
  if (held_bytes_ <= kLargeObjectBytes) alone_.give_back();
  if (!levels_.empty()) {
    enter_child();
    return true;
  }
  while (next_root_ < entries_.size()) {
    const std::uint32_t node = next_root_++;
    if (entries_[node].type == 0 || entries_[node].base != kNone) continue;
    Level level = level_of(node, 0);
    if (first_child(level) == kNone) continue;
    const GitRead outcome = make_whole(node, level.content);
    if (outcome == GitRead::kFound) hold(std::move(level));
    if (outcome != GitRead::kFound) note(node, outcome);
    return true;
  }
  return false;
}

void PackIndexer::enter_child() {
  if (levels_.back().given_up && !make_again()) return pop();
  Level& parent = levels_.back();
  const std::uint32_t node = first_child(parent);
  if (!parent.children.empty()) parent.children = parent.children.subspan(1);
  Entry& entry = entries_[node];
  entry.base = parent.node;
  std::string content = std::move(spare_);
  GitRead outcome = GitRead::kCorrupt;
  if (parent.depth < kDeltaChainMax) outcome = make_delta(parent.content, node, content);
  if (outcome != GitRead::kFound) return note(node, outcome);
  entry.type = entries_[parent.node].type;
  entry.id = git_id(static_cast<GitType>(entry.type), content);
  made_ += content.size();
  Level level = level_of(node, parent.depth + 1);
  if (first_child(parent) == kNone) pop();
  if (first_child(level) != kNone) {
    level.content = std::move(content);
    hold(std::move(level));
  } else if (content.capacity() <= kSpareBytesMax) {
    spare_ = std::move(content);
  }
}

std::uint64_t PackIndexer::end_of(std::uint32_t node) const {
  return node + 1 < entries_.size() ? entries_[node + 1].at : scanner_.end();
}

void PackIndexer::note(std::uint32_t node, GitRead outcome) {
  if (outcome == GitRead::kTooLarge) {
    out_.too_large = true;
  } else {
    note_damage(end_of(node) - entries_[node].at);
  }
}

void PackIndexer::note_damage(std::uint64_t bytes) {
  out_.damaged = true;
  out_.damaged_bytes += bytes;
}

// Large ones are held one at a time by all who index.
bool PackIndexer::may_hold(std::uint64_t bytes) {
  if (bytes > kLargeObjectBytes) alone_.take();
  return bytes <= kDeltaBaseBytesMax;
}

GitRead PackIndexer::make_whole(std::uint32_t node, std::string& content) {
  PackEntry entry;
  if (!reader_.fetch(entries_[node].at, end_of(node), entry)) return GitRead::kCorrupt;
  worked_ += entry.size;
  if (!may_hold(entry.size)) return GitRead::kTooLarge;
  return reader_.inflate(entry, content) ? GitRead::kFound : GitRead::kCorrupt;
}

GitRead PackIndexer::make_delta(Bytes base, std::uint32_t node, std::string& content) {
  PackEntry entry;
  if (!reader_.fetch(entries_[node].at, end_of(node), entry)) return GitRead::kCorrupt;
  if (!may_hold(entry.size)) return GitRead::kTooLarge;
  if (!reader_.inflate(entry, delta_)) return GitRead::kCorrupt;
  const auto delta = DeltaReader::open(delta_);
  if (!delta) return GitRead::kCorrupt;
  worked_ += entry.size + delta->result_size();
  if (!may_hold(delta->result_size())) return GitRead::kTooLarge;
  const bool made = apply_delta(base, delta_, content);
  if (delta_.capacity() > kLargeObjectBytes) delta_ = {};
  return made ? GitRead::kFound : GitRead::kCorrupt;
}

// The content of the last level, from the nearest one above it that is held.
bool PackIndexer::make_again() {
  Level& level = levels_.back();
  std::vector<std::uint32_t> chain;
  const Level* held = nullptr;
  std::uint32_t node = level.node;
  std::uint32_t depth = level.depth;
  for (std::size_t above = levels_.size() - 1; held == nullptr; --depth) {
    chain.push_back(node);
    if (entries_[node].base == kNone) break;
    node = entries_[node].base;
    while (above > 0 && levels_[above - 1].depth >= depth) --above;
    const bool is_level = above > 0 && levels_[above - 1].node == node;
    if (is_level && !levels_[above - 1].given_up) held = &levels_[above - 1];
  }
  std::string content;
  GitRead outcome = GitRead::kFound;
  if (held != nullptr) {
    content = held->content;
  } else {
    outcome = make_whole(chain.back(), content);
    chain.pop_back();
  }
  std::string next;
  for (; outcome == GitRead::kFound && !chain.empty(); chain.pop_back()) {
    outcome = make_delta(content, chain.back(), next);
    content.swap(next);
    made_again_ += content.size();
    if (made_again_ > kMadeAgainFree + kMadeAgainMax * made_) {
      out_.too_costly = true;
      return false;
    }
  }
  if (outcome != GitRead::kFound) note(level.node, outcome);
  if (outcome != GitRead::kFound) return false;
  level.given_up = false;
  level.content = std::move(content);
  held_bytes_ += level.content.size();
  return true;
}

void PackIndexer::hold(Level level) {
  held_bytes_ += level.content.size();
  levels_.push_back(std::move(level));
  // Not the last one: it is worked on.
  for (std::size_t i = 0; i + 1 < levels_.size() && held_bytes_ > kHeldBytesMax; ++i) {
    if (levels_[i].given_up || levels_[i].content.empty()) continue;
    levels_[i].given_up = true;
    held_bytes_ -= levels_[i].content.size();
    levels_[i].content = {};
  }
}

void PackIndexer::pop() {
  held_bytes_ -= levels_.back().content.size();
  levels_.pop_back();
}

PackIndexed PackIndexer::finish() {
  out_.end = scanner_.end();
  if (!scanner_.whole()) {
    const std::uint64_t end = out_.end + kGitHashBytes;
    note_damage(pack_->end() > end ? pack_->end() - end : 0);
  }
  std::vector<std::uint32_t> order;  // by name
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].type != 0) order.push_back(i);
    if (entries_[i].type == 0) out_.gaps.push_back(entries_[i].at);
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(entries_[a].id, a) < std::pair(entries_[b].id, b);
  });
  tell_missing(order);
  out_.index = index_text(order);
  out_.checksum = scanner_.checksum();
  return std::move(out_);
}

void PackIndexer::tell_missing(const std::vector<std::uint32_t>& order) {
  for (const Named& delta : named_) {
    if (entries_[delta.entry].type != 0) continue;
    if (!out_.missing.empty() && out_.missing.back() == delta.base) continue;
    const auto found = std::lower_bound(
        order.begin(), order.end(), delta.base,
        [&](std::uint32_t entry, const GitId& id) { return entries_[entry].id < id; });
    if (found != order.end() && entries_[*found].id == delta.base) continue;
    out_.missing.push_back(delta.base);
  }
}

std::string PackIndexer::index_text(const std::vector<std::uint32_t>& order) const {
  constexpr std::uint64_t kSmallOffsetMax = 0x7FFFFFFF;
  constexpr std::uint32_t kLarge = 0x80000000U;
  std::string text("\377tOc\0\0\0\2", 8);
  text.reserve(8 + 256 * 4 + order.size() * 28 + 2 * kGitHashBytes);
  std::size_t below = 0;
  for (unsigned first = 0; first < 256; ++first) {
    while (below < order.size() && entries_[order[below]].id.bytes[0] <= first) ++below;
    add_big_endian(text, static_cast<std::uint32_t>(below));
  }
  for (const std::uint32_t entry : order) add_id(text, entries_[entry].id);
  for (const std::uint32_t entry : order) add_big_endian(text, entries_[entry].crc);
  std::string large;
  std::uint32_t large_count = 0;
  for (const std::uint32_t entry : order) {
    const std::uint64_t at = entries_[entry].at;
    if (at <= kSmallOffsetMax) {
      add_big_endian(text, static_cast<std::uint32_t>(at));
      continue;
    }
    add_big_endian(text, kLarge | large_count++);
    add_big_endian(large, static_cast<std::uint32_t>(at >> 32U));
    add_big_endian(large, static_cast<std::uint32_t>(at));
  }
  text += large;
  add_id(text, scanner_.checksum());
  add_id(text, GitId{sha1({text})});
  return text;
}

}  // namespace nhi
