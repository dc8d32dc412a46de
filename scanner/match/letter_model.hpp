// letter_model.hpp - does a run of letters read like a word, or like chance?
#pragma once

#include "scanner/base/bytes.hpp"

namespace nhi {

/// 27 * 27 * 27 costs, see tools/train_letter_model.py.
extern const char kLetterCosts[];

/// Mean cost of the letters of one word, in bits a letter, edges included; case does not count.
/// Words of natural language and of programs lie under kWordBitsMax, chance above it.
/// Shapes: letters a to z only; anything else ends the word.
[[nodiscard]] double letter_bits(Bytes word);

/// Measured on words of four and more letters: 97 % of a dictionary lie under it, and 1.5 % of
/// words made of random letters (5 % of four, 0.3 % of eight).
inline constexpr double kWordBitsMax = 4.2;

/// What the letters of a value look like, taken over all its runs (split at digits, signs and at
/// `aB`).
struct WordShape {
  std::size_t letters = 0;  // in runs of three and more
  std::size_t wordy = 0;    // of those, in runs that read like words
  std::size_t words = 0;    // number of wordy runs
  double bits = 0;          // mean over the runs
};
[[nodiscard]] WordShape word_shape(Bytes value);

}  // namespace nhi
