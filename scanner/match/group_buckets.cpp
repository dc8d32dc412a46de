#include "scanner/match/group_buckets.hpp"

#include <algorithm>
#include <string>

#include "scanner/base/commonness.hpp"
#include "scanner/base/processor.hpp"
#include "scanner/base/result.hpp"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace nhi {
namespace {

// How much of a text is of some classes, by eight classes at a time.
class Shares {
 public:
  Shares() {
    std::array<float, 64> single{};
    float sum = 0;
    for (unsigned byte = 0; byte < 128; ++byte) {
      // Upper case is a class with lower case: counted once.
      if (byte >= 'A' && byte <= 'Z') continue;
      const auto met = static_cast<float>(commonness({std::string(1, static_cast<char>(byte))}));
      single[byte_class(static_cast<unsigned char>(byte))] += met;
      sum += met;
    }
    for (std::size_t part = 0; part < of_.size(); ++part) {
      for (unsigned chosen = 0; chosen < 256; ++chosen) {
        for (unsigned i = 0; i < 8; ++i) {
          if ((chosen >> i & 1U) != 0) of_[part][chosen] += single[8 * part + i] / sum;
        }
      }
    }
  }
  [[nodiscard]] float of(std::uint64_t classes) const {
    float share = 0;
    for (std::size_t part = 0; part < of_.size(); ++part) {
      share += of_[part][classes >> (8 * part) & 0xFFU];
    }
    return share;
  }
  // Of all positions those where a group may stand, if bytes did not depend on each other.
  [[nodiscard]] float of(const GroupBuckets::Group& group) const {
    float share = 1;
    for (const std::uint64_t classes : group) share *= of(classes);
    return share;
  }

 private:
  std::array<std::array<float, 256>, 8> of_{};
};

GroupBuckets::Group merged(GroupBuckets::Group group, const GroupBuckets::Group& other) {
  for (std::size_t i = 0; i < group.size(); ++i) group[i] |= other[i];
  return group;
}

}  // namespace

// The most common first, each into the bucket that it makes the least more common.
GroupBuckets::GroupBuckets(std::vector<Group> groups) {
  const Shares shares;
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  std::vector<std::pair<float, Group>> sorted;
  sorted.reserve(groups.size());
  for (const Group& group : groups) sorted.emplace_back(shares.of(group), group);
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  std::array<Group, kBuckets> buckets{};
  std::array<float, kBuckets> share{};
  for (const auto& [own, group] : sorted) {
    std::size_t best = 0;
    float least = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      const float more = shares.of(merged(buckets[i], group)) - share[i];
      if (i != 0 && more >= least) continue;
      best = i;
      least = more;
    }
    buckets[best] = merged(buckets[best], group);
    share[best] += least;
  }
  for (std::size_t i = 0; i < kBuckets; ++i) {
    for (std::size_t place = 0; place < kPlaces; ++place) {
      for (unsigned c = 0; c < 64; ++c) {
        if ((buckets[i][place] >> c & 1U) == 0) continue;
        std::uint8_t& named = tables_.of[i / 8][place][c];
        named = static_cast<std::uint8_t>(named | 1U << i % 8);
      }
    }
  }
}

#ifdef __x86_64__

namespace {

// Their low six bits are the classes of bytes; those above are not looked at.
[[NHI_WIDEST]] inline __m512i classes_of(const char* at) {
  const __m512i bytes = _mm512_loadu_si512(at);
  const __m512i low = _mm512_set1_epi8(0x1F);
  constexpr int kChoose = 0xCA;  // where the first has a bit that of the second, else of the third
  return _mm512_ternarylogic_epi64(low, bytes, _mm512_srli_epi16(bytes, 1), kChoose);
}

[[NHI_WIDEST]] inline __m512i all_of(__m512i a, __m512i b, __m512i c) {
  constexpr int kAnd = 0x80;
  return _mm512_ternarylogic_epi64(a, b, c, kAnd);
}

// As numbers of 16 bits, for 64 places.
[[NHI_WIDEST]] inline void write(std::uint16_t* to, __m512i bytes, std::size_t more) {
  const __m512i base = _mm512_set1_epi16(static_cast<std::int16_t>(more));
  const __m512i first = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(bytes));
  const __m512i second = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(bytes, 1));
  _mm512_storeu_si512(to, _mm512_add_epi16(first, base));
  _mm512_storeu_si512(to + 32, _mm512_add_epi16(second, base));
}

alignas(64) constexpr auto kCount64 = [] {
  std::array<std::uint8_t, 64> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::uint8_t>(i);
  return numbers;
}();

}  // namespace

[[NHI_WIDEST]] std::size_t GroupBuckets::find(const char* text, std::size_t count,
                                              std::uint16_t* positions) const {
  const __m512i numbers = _mm512_load_si512(kCount64.data());
  std::size_t found = 0;
  for (std::size_t at = 0; at < count; at += 64) {
    __m512i classes[kPlaces];
    for (std::size_t i = 0; i < kPlaces; ++i) classes[i] = classes_of(text + at + i - 1);
    __m512i named = _mm512_setzero_si512();
    for (const std::array<Table, kPlaces>& table : tables_.of) {
      __m512i buckets[kPlaces];
      for (std::size_t i = 0; i < kPlaces; ++i) {
        buckets[i] = _mm512_permutexvar_epi8(classes[i], _mm512_load_si512(table[i].data()));
      }
      const __m512i three = all_of(buckets[0], buckets[1], buckets[2]);
      named = _mm512_or_si512(named, all_of(three, buckets[3], buckets[4]));
    }
    std::uint64_t mask = _mm512_test_epi8_mask(named, named);
    if (count - at < 64) mask &= (std::uint64_t{1} << (count - at)) - 1;
    write(positions + found, _mm512_maskz_compress_epi8(mask, numbers), at);
    found += static_cast<std::size_t>(__builtin_popcountll(mask));
  }
  return found;
}

#else

std::size_t GroupBuckets::find(const char*, std::size_t, std::uint16_t*) const {
  NHI_ASSERT(false);
  return 0;
}

#endif

}  // namespace nhi
