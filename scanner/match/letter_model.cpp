#include "scanner/match/letter_model.hpp"

#include "scanner/base/chars.hpp"
#include "scanner/match/stock_words.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kRunMin = 3;

std::size_t code_of(char c) { return static_cast<std::size_t>(lower(c) - 'a') + 1; }

double cost(std::size_t a, std::size_t b, std::size_t c) {
  return (kLetterCosts[(a * 27 + b) * 27 + c] - '#') / 4.0;
}

// The end of the run of letters at `at`: `HTTPServer` is HTTP and Server, `aB` is two runs.
std::size_t run_end(Bytes v, std::size_t at) {
  std::size_t end = at + 1;
  while (end < v.size() && is_letter(v[end])) {
    if (is_upper(v[end]) && !is_upper(v[end - 1])) break;
    const bool next_lower = end + 1 < v.size() && is_letter(v[end + 1]) && !is_upper(v[end + 1]);
    if (is_upper(v[end]) && next_lower && end > at) break;
    ++end;
  }
  return end;
}

}  // namespace

double letter_bits(Bytes word) {
  std::size_t a = 0;
  std::size_t b = 0;
  double sum = 0;
  std::size_t letters = 0;
  for (const char c : word) {
    if (!is_letter(c)) break;
    sum += cost(a, b, code_of(c));
    a = b;
    b = code_of(c);
    ++letters;
  }
  if (letters == 0) return 0;
  return (sum + cost(a, b, 0)) / static_cast<double>(letters + 1);
}

WordShape word_shape(Bytes value) {
  WordShape shape;
  double sum = 0;
  for (std::size_t at = 0; at < value.size();) {
    if (!is_letter(value[at])) {
      ++at;
      continue;
    }
    const std::size_t end = run_end(value, at);
    const std::size_t size = end - at;
    if (size >= kRunMin) {
      const Bytes run = value.substr(at, size);
      const double bits = letter_bits(run);
      sum += bits * static_cast<double>(size);
      shape.letters += size;
      if (bits <= kWordBitsMax || is_stock_word(run)) {
        shape.wordy += size;
        ++shape.words;
      }
    }
    at = end;
  }
  if (shape.letters != 0) shape.bits = sum / static_cast<double>(shape.letters);
  return shape;
}

}  // namespace nhi
