#include "scanner/match/prefilter.hpp"

#include <algorithm>
#include <cstring>

#include "scanner/base/result.hpp"

namespace nhi {
namespace {

constexpr std::uint32_t kGroupMask = 0x00FFFFFF;
// Sets the bit that tells upper from lower case. Other bytes fall together too ('@' and '`'); the
// comparison that follows is exact.
constexpr std::uint32_t kCoarseFold = 0x00202020;

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

std::uint32_t hash_group(std::uint32_t group, unsigned bits) {
  return (group * 0x9E3779B1U) >> (32U - bits);
}

// How often a byte is met in source, configuration and markup: coarse ranks, higher is commoner.
// Only the choice of the group depends on it, never the result.
unsigned commonness(unsigned char byte) {
  constexpr std::string_view kCommon = " etaoinsrlcdupm";
  constexpr std::string_view kMiddle = "hgfbvy.,\"'=_-/:;()<>01\n\t";
  if (kCommon.find(static_cast<char>(byte)) != std::string_view::npos) return 9;
  if (kMiddle.find(static_cast<char>(byte)) != std::string_view::npos) return 5;
  return 2;
}

}  // namespace

unsigned char fold_byte(unsigned char byte) { return kFold[byte]; }

Prefilter::Prefilter(const std::vector<std::string>& literals) : literals_(literals) {
  for (std::string& literal : literals_) {
    NHI_ASSERT(!literal.empty());
    for (char& c : literal) c = static_cast<char>(kFold[static_cast<unsigned char>(c)]);
  }
  for (std::uint32_t i = 0; i < literals_.size(); ++i) add_literal(i);
  build_table();
}

void Prefilter::add_group(std::uint32_t group, std::uint32_t literal, std::uint32_t offset) {
  entries_.push_back({group, literal, offset});
}

void Prefilter::add_literal(std::uint32_t literal) {
  const std::string& text = literals_[literal];
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() >= 3) {
    std::size_t best = 0;
    unsigned best_cost = ~0U;
    for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
      const unsigned cost = commonness(byte(i)) * commonness(byte(i + 1)) * commonness(byte(i + 2));
      if (cost < best_cost) {
        best_cost = cost;
        best = i;
      }
    }
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
  bitmap_.assign((std::size_t{1} << kHashBits) / 64, 0);
  heads_.assign((std::size_t{1} << kHeadBits) + 1, 0);
  for (const Entry& entry : entries_) {
    const std::uint32_t hash = hash_group(entry.group, kHashBits);
    bitmap_[hash >> 6] |= std::uint64_t{1} << (hash & 63U);
    ++heads_[head(entry) + 1];
  }
  for (std::size_t i = 1; i < heads_.size(); ++i) heads_[i] += heads_[i - 1];
}

void Prefilter::look(Bytes view, std::size_t at, std::uint32_t group, LiteralSink& sink) const {
  const std::uint32_t head = hash_group(group, kHeadBits);
  for (std::uint32_t e = heads_[head]; e < heads_[head + 1]; ++e) {
    const Entry& entry = entries_[e];
    if (entry.group != group || at < entry.offset) continue;
    const std::size_t start = at - entry.offset;
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
  const auto marked = [bitmap](std::uint32_t group) {
    const std::uint32_t hash = hash_group(group, kHashBits);
    return ((bitmap[hash >> 6] >> (hash & 63U)) & 1U) != 0;
  };
  std::size_t at = 0;
  // Six groups lie in one load of eight bytes.
  for (; at + 8 <= view.size(); at += 6) {
    std::uint64_t word = 0;
    std::memcpy(&word, view.data() + at, sizeof word);
    word |= 0x2020202020202020ULL;
    unsigned hits = 0;
    for (unsigned i = 0; i < 6; ++i) {
      const auto group = static_cast<std::uint32_t>(word >> (8 * i)) & kGroupMask;
      hits |= static_cast<unsigned>(marked(group)) << i;
    }
    while (hits != 0) {
      const auto i = static_cast<unsigned>(__builtin_ctz(hits));
      hits &= hits - 1;
      look(view, at + i, static_cast<std::uint32_t>(word >> (8 * i)) & kGroupMask, sink);
    }
  }
  // The end of the view: bytes beyond it count as spaces, which only short literals can use.
  const auto byte = [view](std::size_t i) {
    return i < view.size() ? static_cast<unsigned>(static_cast<unsigned char>(view[i])) : 0x20U;
  };
  for (; at < view.size(); ++at) {
    const std::uint32_t group = coarse_group(byte(at), byte(at + 1), byte(at + 2));
    if (marked(group)) look(view, at, group, sink);
  }
}

}  // namespace nhi
