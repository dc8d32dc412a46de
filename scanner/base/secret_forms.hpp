// secret_forms.hpp - the ways in which texts write a value that stands in them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace nhi {

/// Hands over each: as it is, percent-encoded, with XML and JSON escapes, in hex and base64; and,
/// as a message may quote one line of a key, each long line of a value that has several. Some may
/// be equal. `form` is the taker's to wipe; `name` says what it is, such as "base64".
using FormTaker = std::function<void(std::string form, const char* name)>;
void each_written_form(std::string_view value, const FormTaker& take);

}  // namespace nhi
