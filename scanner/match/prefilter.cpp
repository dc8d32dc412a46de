#include "scanner/match/prefilter.hpp"

#include <algorithm>
#include <cstring>

#include "scanner/base/commonness.hpp"
#include "scanner/base/result.hpp"

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

// Of the low three bytes alone: what stands above them leaves the product at the top.
std::uint32_t hash_group(std::uint32_t group, unsigned bits) {
  return (group * (0x9E3779B1U << 8U)) >> (32U - bits);
}

// Folds more than letters together, never less.
unsigned byte_class(unsigned byte) { return (byte & 0x1FU) | (byte >> 1U & 0x20U); }
constexpr std::uint64_t kAnyClass = ~std::uint64_t{0};

}  // namespace

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

Prefilter::Neighbours Prefilter::neighbours_of(const Entry& entry) const {
  const std::string& text = literals_[entry.literal];
  const auto mark = [&](std::size_t at) {
    return std::uint64_t{1} << byte_class(static_cast<unsigned char>(text[at]));
  };
  const std::size_t past = entry.offset + 3;
  return {entry.offset > 0 ? mark(entry.offset - 1) : kAnyClass,
          past < text.size() ? mark(past) : kAnyClass};
}

void Prefilter::build_table() {
  const auto head = [](const Entry& entry) { return hash_group(entry.group, kHeadBits); };
  std::stable_sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
    return head(a) != head(b) ? head(a) < head(b) : a.group < b.group;
  });
  bitmap_.assign((std::size_t{1} << kHashBits) / 64, 0);
  heads_.assign((std::size_t{1} << kHeadBits) + 1, 0);
  neighbours_.assign(std::size_t{1} << kHeadBits, {});
  for (const Entry& entry : entries_) {
    const std::uint32_t hash = hash_group(entry.group, kHashBits);
    bitmap_[hash >> 6] |= std::uint64_t{1} << (hash & 63U);
    ++heads_[head(entry) + 1];
    const Neighbours beside = neighbours_of(entry);
    neighbours_[head(entry)].before |= beside.before;
    neighbours_[head(entry)].after |= beside.after;
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

void Prefilter::find(Bytes view, LiteralSink& sink) const {
  if (entries_.empty()) return;
  const std::uint64_t* const bitmap = bitmap_.data();
  // The lowest bit says whether the group in the low three bytes is marked.
  const auto mark = [bitmap](std::uint64_t word) {
    const std::uint32_t hash = hash_group(static_cast<std::uint32_t>(word), kHashBits);
    return bitmap[hash >> 6] >> (hash & 63U);
  };
  std::size_t at = 0;
  const auto class_at = [view](std::size_t i) {
    return byte_class(static_cast<unsigned char>(view[i]));
  };
  // Six groups lie in one load of eight bytes, and mostly none is marked.
  for (; at + 8 < view.size(); at += 6) {
    std::uint64_t word = 0;
    std::memcpy(&word, view.data() + at, sizeof word);
    word |= kCoarseFold8;
    const std::uint64_t marks = mark(word) | mark(word >> 8U) | mark(word >> 16U) |
                                mark(word >> 24U) | mark(word >> 32U) | mark(word >> 40U);
    if ((marks & 1U) == 0) continue;
    std::uint64_t hits = 0;
    for (unsigned i = 0; i < 6; ++i) hits |= (mark(word >> (8 * i)) & 1U) << i;
    for (; hits != 0; hits &= hits - 1) {
      const auto i = static_cast<unsigned>(__builtin_ctzll(hits));
      const std::uint32_t group = static_cast<std::uint32_t>(word >> (8 * i)) & kGroupMask;
      const Neighbours& beside = neighbours_[hash_group(group, kHeadBits)];
      const std::size_t before = at + i == 0 ? 0 : at + i - 1;
      if ((beside.after >> class_at(at + i + 3) & beside.before >> class_at(before) & 1U) == 0) {
        continue;
      }
      look(view, at + i, group, sink);
    }
  }
  // The end of the view: bytes beyond it count as spaces, which only short literals can use.
  const auto byte = [view](std::size_t i) {
    return i < view.size() ? static_cast<unsigned>(static_cast<unsigned char>(view[i])) : 0x20U;
  };
  for (; at < view.size(); ++at) {
    const std::uint32_t group = coarse_group(byte(at), byte(at + 1), byte(at + 2));
    if ((mark(group) & 1U) != 0) look(view, at, group, sink);
  }
}

}  // namespace nhi
