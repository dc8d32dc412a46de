// stock_words.hpp - the words that stand where a secret would: `password`, `my_token`, `foobar`.
#pragma once

#include "scanner/base/bytes.hpp"

namespace nhi {

/// True for one word of the list, case folded.
[[nodiscard]] bool is_stock_word(Bytes word);

/// True if `value` holds letters, and all its runs of letters are stock words or two of them
/// written together. Simple letter replacements (`P@ssw0rd`) are undone first.
[[nodiscard]] bool only_stock_words(Bytes value);

/// Counts the stock words among the runs of letters of `value`.
[[nodiscard]] std::size_t count_stock_words(Bytes value);

}  // namespace nhi
