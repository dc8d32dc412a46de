#include "scanner/match/prefilter.hpp"

#include <algorithm>
#include <cstring>

#include "scanner/base/commonness.hpp"
#include "scanner/base/processor.hpp"
#include "scanner/base/result.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace nhi {
namespace {

constexpr std::uint32_t kGroupMask = 0x00FFFFFF;
// Sets the bit that tells upper from lower case. Other bytes fall together too ('@' and '`'); the
// comparison that follows is exact.
constexpr std::uint32_t kCoarseFold = 0x00202020;
constexpr std::uint64_t kCoarseFold8 = 0x2020202020202020ULL;

constexpr std::array<unsigned char, 256> make_fold_table() {
  std::array<unsigned char, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    const bool upper = (i >= 'A' && i <= 'Z') || (i >= 0xC0 && i <= 0xDE && i != 0xD7);
    table[i] = static_cast<unsigned char>(upper ? i + 0x20 : i);
  }
  return table;
}
constexpr auto kFold = make_fold_table();

std::uint32_t coarse_group(unsigned a, unsigned b, unsigned c) {
  return (a | b << 8 | c << 16) | kCoarseFold;
}

// Bytes beyond the view count as spaces, which only literals shorter than a group can use.
std::uint32_t group_at(Bytes view, std::size_t at) {
  if (at + sizeof(std::uint32_t) <= view.size()) {
    std::uint32_t group = 0;
    std::memcpy(&group, view.data() + at, sizeof group);
    return (group | kCoarseFold) & kGroupMask;
  }
  const auto byte = [view](std::size_t i) {
    return i < view.size() ? static_cast<unsigned>(static_cast<unsigned char>(view[i])) : 0x20U;
  };
  return coarse_group(byte(at), byte(at + 1), byte(at + 2));
}

// Of the low three bytes alone: what stands above them leaves the product at the top.
std::uint32_t hash_group(std::uint32_t group, unsigned bits) {
  return (group * (0x9E3779B1U << 8U)) >> (32U - bits);
}

constexpr std::uint64_t kAnyClass = ~std::uint64_t{0};
constexpr std::uint16_t pair_of(std::uint8_t first, std::uint8_t second) {
  return static_cast<std::uint16_t>(first | second << 6U);
}
constexpr std::size_t kPairs = 64 * 64;

// Positions that are looked up before the literals of any are compared: a branch for each would
// often be guessed wrongly.
constexpr std::size_t kChunkBytes = 2048;
constexpr std::size_t kWordBytes = 8;
static_assert(kChunkBytes % kWordBytes == 0);

// Of `known` bytes the class of each, then of `count` positions the pair it has with the next one.
// Bytes beyond the known ones count as spaces, which only literals shorter than a group can use.
// The compiler makes it with whatever instructions its caller has.
[[gnu::always_inline]] inline void classify(const char* bytes, std::size_t known, std::size_t count,
                                            std::uint8_t* classes, std::uint16_t* pairs) {
  for (std::size_t i = 0; i < known; ++i) {
    classes[i] = byte_class(static_cast<unsigned char>(bytes[i]));
  }
  std::fill(classes + known, classes + std::max(known, count + kWordBytes), byte_class(' '));
  for (std::size_t i = 0; i < count; ++i) pairs[i] = pair_of(classes[i], classes[i + 1]);
}

#ifdef __x86_64__
[[NHI_WIDE]] void classify_wide(const char* bytes, std::size_t known, std::size_t count,
                                std::uint8_t* classes, std::uint16_t* pairs) {
  classify(bytes, known, count, classes, pairs);
}
#endif

}  // namespace

// Of the bytes from `start` on.
struct Prefilter::Chunk {
  std::size_t start = 0;
  std::size_t size = 0;                                                   // positions
  std::array<std::uint8_t, 1 + kChunkBytes + kWordBytes> before_classes;  // one byte earlier
  std::array<std::uint16_t, kChunkBytes> pairs;
  std::array<std::uint16_t, kChunkBytes / kWordBytes> words;  // that hold a marked position

  [[nodiscard]] const std::uint8_t* classes() const { return before_classes.data() + 1; }
  void load(Bytes view, std::size_t at, Instructions most);
  [[nodiscard]] std::size_t mark(const std::uint64_t* bitmap);
};

void Prefilter::Chunk::load(Bytes view, std::size_t at, Instructions most) {
  start = at;
  size = std::min(kChunkBytes, view.size() - at);
  before_classes[0] = byte_class(static_cast<unsigned char>(at > 0 ? view[at - 1] : ' '));
  std::uint8_t* const own = before_classes.data() + 1;
  const std::size_t known = std::min(view.size() - at, kChunkBytes + kWordBytes);
  const std::size_t count = (size + kWordBytes - 1) / kWordBytes * kWordBytes;
#ifdef __x86_64__
  if (most >= Instructions::kWide) {
    return classify_wide(view.data() + at, known, count, own, pairs.data());
  }
#endif
  classify(view.data() + at, known, count, own, pairs.data());
}

// Returns how many words hold a marked position.
std::size_t Prefilter::Chunk::mark(const std::uint64_t* bitmap) {
  std::size_t marked = 0;
  const std::uint8_t* const thirds = classes() + 2;
  const std::uint16_t* const firsts = pairs.data();
  for (std::size_t at = 0; at < size; at += kWordBytes) {
    std::uint64_t marks = 0;
    for (std::size_t i = at; i < at + kWordBytes; ++i) marks |= bitmap[firsts[i]] >> thirds[i];
    words[marked] = static_cast<std::uint16_t>(at);
    marked += marks & 1U;
  }
  return marked;
}

unsigned char fold_byte(unsigned char byte) { return kFold[byte]; }

Prefilter::Prefilter(const std::vector<std::string>& literals, const std::vector<bool>& chosen)
    : literals_(literals) {
  for (std::string& literal : literals_) {
    NHI_ASSERT(!literal.empty());
    for (char& c : literal) c = static_cast<char>(kFold[static_cast<unsigned char>(c)]);
  }
  for (std::uint32_t i = 0; i < literals_.size(); ++i) {
    if (chosen.empty() || chosen[i]) add_literal(i);
  }
  build_table();
  if (best_instructions() == Instructions::kWidest) {
    buckets_ = std::make_unique<const GroupBuckets>(buckets());
  }
}

// Which bytes its literal has around the group.
GroupBuckets::Group Prefilter::window_of(const Entry& entry) const {
  const std::string& text = literals_[entry.literal];
  GroupBuckets::Group window{};
  for (std::size_t i = 0; i < window.size(); ++i) {
    const std::size_t at = entry.offset + i - 1;  // beyond the text before its first byte, too
    window[i] = at < text.size()
                    ? std::uint64_t{1} << byte_class(static_cast<unsigned char>(text[at]))
                    : kAnyClass;
  }
  return window;
}

GroupBuckets Prefilter::buckets() const {
  std::vector<GroupBuckets::Group> windows;
  windows.reserve(entries_.size());
  for (const Entry& entry : entries_) windows.push_back(window_of(entry));
  return GroupBuckets(std::move(windows));
}

void Prefilter::add_group(std::uint32_t group, std::uint32_t literal, std::uint32_t offset) {
  const std::string& text = literals_[literal];
  const std::size_t known = std::min(text.size(), sizeof(std::uint64_t));
  Entry entry{group, literal, offset, 0, 0};
  std::memcpy(&entry.head, text.data(), known);
  std::memset(&entry.head_mask, 0xFF, known);
  entry.head = (entry.head | kCoarseFold8) & entry.head_mask;
  entries_.push_back(entry);
}

void Prefilter::add_literal(std::uint32_t literal) {
  const std::string& text = literals_[literal];
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() >= 3) {
    const std::size_t best = rarest_group(text);
    add_group(coarse_group(byte(best), byte(best + 1), byte(best + 2)), literal,
              static_cast<std::uint32_t>(best));
    return;
  }
  // Shorter ones stand for every group that begins with them. Folded bytes with the case bit set
  // are half of all; the others fall together with them.
  for (unsigned c = 0; c < 256; ++c) {
    if ((c & 0x20U) == 0) continue;
    if (text.size() == 2) {
      add_group(coarse_group(byte(0), byte(1), c), literal, 0);
      continue;
    }
    for (unsigned b = 0; b < 256; ++b) {
      if ((b & 0x20U) != 0) add_group(coarse_group(byte(0), b, c), literal, 0);
    }
  }
}

void Prefilter::build_table() {
  const auto head = [](const Entry& entry) { return hash_group(entry.group, kHeadBits); };
  std::stable_sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
    return head(a) != head(b) ? head(a) < head(b) : a.group < b.group;
  });
  bitmap_.assign(kPairs, 0);
  heads_.assign((std::size_t{1} << kHeadBits) + 1, 0);
  neighbours_.assign(std::size_t{1} << kHeadBits, {});
  for (const Entry& entry : entries_) {
    const auto class_of = [&](unsigned at) {
      return byte_class(static_cast<unsigned char>(entry.group >> (8 * at)));
    };
    bitmap_[pair_of(class_of(0), class_of(1))] |= std::uint64_t{1} << class_of(2);
    ++heads_[head(entry) + 1];
    const GroupBuckets::Group window = window_of(entry);
    neighbours_[head(entry)].before |= window.front();
    neighbours_[head(entry)].after |= window.back();
  }
  for (std::size_t i = 1; i < heads_.size(); ++i) heads_[i] += heads_[i - 1];
}

void Prefilter::look(Bytes view, std::size_t at, std::uint32_t group, LiteralSink& sink) const {
  const std::uint32_t head = hash_group(group, kHeadBits);
  for (std::uint32_t e = heads_[head]; e < heads_[head + 1]; ++e) {
    const Entry& entry = entries_[e];
    if (entry.group != group || at < entry.offset) continue;
    const std::size_t start = at - entry.offset;
    if (start + sizeof(std::uint64_t) <= view.size()) {
      std::uint64_t word = 0;
      std::memcpy(&word, view.data() + start, sizeof word);
      if (((word | kCoarseFold8) & entry.head_mask) != entry.head) continue;
    }
    const std::string& text = literals_[entry.literal];
    if (text.size() > view.size() - start) continue;
    std::size_t i = 0;
    while (i < text.size() && kFold[static_cast<unsigned char>(view[start + i])] ==
                                  static_cast<unsigned char>(text[i])) {
      ++i;
    }
    if (i == text.size()) sink.on_literal(entry.literal, start, start + text.size());
  }
}

void Prefilter::look_in(const Chunk& chunk, std::size_t word, Bytes view, LiteralSink& sink) const {
  const std::uint8_t* const classes = chunk.classes() + word;
  const std::uint16_t* const pairs = chunk.pairs.data() + word;
  const std::uint64_t* const bitmap = bitmap_.data();
  std::uint64_t marks = 0;
  for (unsigned i = 0; i < kWordBytes; ++i) {
    marks |= (bitmap[pairs[i]] >> classes[i + 2] & 1U) << i;
  }
  marks &= kAnyClass >> (64 - std::min<std::size_t>(kWordBytes, chunk.size - word));
  for (; marks != 0; marks &= marks - 1) {
    const auto i = static_cast<std::size_t>(__builtin_ctzll(marks));
    const std::size_t at = chunk.start + word + i;
    const std::uint32_t group = group_at(view, at);
    const Neighbours& beside = neighbours_[hash_group(group, kHeadBits)];
    const std::uint8_t before = chunk.before_classes[word + i];
    if ((beside.before >> before & beside.after >> classes[i + 3] & 1U) != 0) {
      look(view, at, group, sink);
    }
  }
}

#ifdef __x86_64__

// The classes of five bytes from one before `at` on, six bits each.
[[NHI_WIDEST]] static inline std::uint64_t classes_beside(const char* at) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at - 1, sizeof bytes);
  return _pext_u64(bytes, 0x5F5F5F5F5FULL);
}

// Of a chunk from `start` on, whose bytes stand at `text`.
[[NHI_WIDEST]] void Prefilter::find_in(const char* text, Bytes view, std::size_t start,
                                       LiteralSink& sink) const {
  std::array<std::uint16_t, kChunkBytes + GroupBuckets::kSlack> room;
  std::uint16_t* const places = room.data();
  const std::size_t size = std::min(kChunkBytes, view.size() - start);
  const std::size_t some = buckets_->find(text, size, places);
  const std::uint64_t* const bitmap = bitmap_.data();
  std::size_t marked = 0;
  for (std::size_t i = 0; i < some; ++i) {
    const std::uint64_t classes = classes_beside(text + places[i]);
    const std::uint64_t mark = bitmap[classes >> 6U & 0xFFFU] >> (classes >> 18U & 63U);
    places[marked] = places[i];
    marked += mark & 1U;
  }
  for (std::size_t i = 0; i < marked; ++i) {
    const char* const at = text + places[i];
    const std::uint64_t classes = classes_beside(at);
    std::uint32_t group = 0;
    std::memcpy(&group, at, sizeof group);
    group = (group | kCoarseFold) & kGroupMask;
    const Neighbours& beside = neighbours_[hash_group(group, kHeadBits)];
    if ((beside.before >> (classes & 63U) & beside.after >> (classes >> 24U & 63U) & 1U) != 0) {
      look(view, start + places[i], group, sink);
    }
  }
}

[[NHI_WIDEST]] void Prefilter::find_widest(Bytes view, LiteralSink& sink) const {
  // At both ends of the view a copy with spaces around it.
  std::array<char, 1 + kChunkBytes + GroupBuckets::kSlack> copy;
  for (std::size_t at = 0; at < view.size(); at += kChunkBytes) {
    const char* text = view.data() + at;
    const std::size_t left = view.size() - at;
    if (at == 0 || left < kChunkBytes + GroupBuckets::kSlack) {
      copy[0] = at > 0 ? text[-1] : ' ';
      const std::size_t known = std::min(left, copy.size() - 1);
      std::memcpy(copy.data() + 1, text, known);
      const std::size_t used = std::min(left, kChunkBytes) + GroupBuckets::kSlack;
      if (known < used) std::memset(copy.data() + 1 + known, ' ', used - known);
      text = copy.data() + 1;
    }
    find_in(text, view, at, sink);
  }
}

#endif

void Prefilter::find(Bytes view, LiteralSink& sink, Instructions most) const {
  if (entries_.empty()) return;
#ifdef __x86_64__
  if (most == Instructions::kWidest && buckets_ != nullptr) return find_widest(view, sink);
#endif
  Chunk chunk;
  for (std::size_t at = 0; at < view.size(); at += kChunkBytes) {
    chunk.load(view, at, most);
    const std::size_t marked = chunk.mark(bitmap_.data());
    for (std::size_t i = 0; i < marked; ++i) look_in(chunk, chunk.words[i], view, sink);
  }
}

}  // namespace nhi
