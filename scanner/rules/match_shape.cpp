#include "scanner/rules/match_shape.hpp"

#include <algorithm>
#include <cmath>

namespace nhi {
namespace {

// Stands for "more than anybody reads"; nothing multiplied by it wraps.
constexpr std::size_t kLeastMax = std::size_t{1} << 30;

// How rare a run is among bytes that know nothing of it, in bits.
double worth(const ByteRun& run) {
  const double members = static_cast<double>(std::max<std::size_t>(run.bytes.count(), 1));
  return static_cast<double>(run.least) * std::log2(256.0 / members);
}

const ByteRun& better(const ByteRun& a, const ByteRun& b) { return worth(b) > worth(a) ? b : a; }

// A whole match is a run of its alphabet.
ByteRun best_run(const MatchShape& shape) {
  return better(shape.run, {shape.alphabet, shape.least});
}

ByteSet row_of(std::size_t first, std::size_t last) {
  ByteSet bytes;
  for (std::size_t i = first; i <= last; ++i) bytes.set(i);
  return bytes;
}

}  // namespace

MatchShape shape_of_byte(ByteSet bytes) {
  static const ByteSet kHigh = row_of(0x80, 0xFF);
  static const ByteSet kUpper = row_of('A', 'Z');
  static const ByteSet kLower = row_of('a', 'z');
  if ((bytes & kHigh).any()) bytes |= kHigh;
  bytes |= (bytes & kUpper) << 0x20U | (bytes & kLower) >> 0x20U;
  return {bytes, 1, {}, bytes};
}

MatchShape sequence(const MatchShape& left, const MatchShape& right) {
  MatchShape whole;
  whole.alphabet = left.alphabet | right.alphabet;
  whole.least = std::min(left.least + right.least, kLeastMax);
  whole.run = better(best_run(left), best_run(right));
  whole.first = left.least == 0 ? left.first | right.first : left.first;
  return whole;
}

MatchShape either(const MatchShape& left, const MatchShape& right) {
  const ByteRun one = best_run(left);
  const ByteRun other = best_run(right);
  MatchShape whole;
  whole.alphabet = left.alphabet | right.alphabet;
  whole.least = std::min(left.least, right.least);
  whole.run = {one.bytes | other.bytes, std::min(one.least, other.least)};
  whole.first = left.first | right.first;
  return whole;
}

MatchShape repeated(const MatchShape& piece, std::size_t least, std::optional<std::size_t> most) {
  MatchShape whole;
  if (most == std::size_t{0}) return whole;
  whole.alphabet = piece.alphabet;
  whole.first = piece.first;
  whole.least = std::min(piece.least * std::min(least, kLeastMax), kLeastMax);
  if (least > 0) whole.run = piece.run;
  return whole;
}

}  // namespace nhi
