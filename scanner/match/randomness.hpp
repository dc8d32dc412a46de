// randomness.hpp - how surprising must a machine-made value be, given its alphabet and length?
#pragma once

#include <cstddef>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// Number of symbols of the smallest usual alphabet that holds every byte of `value`: 10 digits,
/// 16 hex, 26 one case of letters, 32 base32, 36 letters and digits, 52, 62, or 64 and more.
[[nodiscard]] std::size_t alphabet_size(Bytes value);

/// Shannon floor in bits a byte for a random value of that alphabet and length.
/// Source: mean minus four standard deviations of 1,500 simulated values a cell; between the cells
///         the lower one holds. Under eight bytes nothing can be said: 0.
[[nodiscard]] double entropy_floor(std::size_t alphabet, std::size_t length);

}  // namespace nhi
