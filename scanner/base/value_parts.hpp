// value_parts.hpp - the questions classify_value() asks in turn. Internal to value_form.
//
// Each looks at `v`, the trimmed value, and answers nothing where it is not concerned. Spans count
// from the start of `whole`, the value as it was handed in.
#pragma once

#include <optional>
#include <string_view>

#include "scanner/base/value_form.hpp"

namespace nhi::value_parts {

inline ValueForm made(Form form, std::string_view reason, Bytes name = {}) {
  return {form, {}, name, reason};
}

/// The text between the first pair of equal quotes at or behind `from`; empty if none.
Bytes quoted(Bytes text, std::size_t from);
/// Where a default begins in an expression (`x | default('v')`, `x || 'v'`, `env_var('x', 'v')`).
std::size_t default_mark(Bytes expression);

std::optional<ValueForm> mirth_form(Bytes v);
std::optional<ValueForm> template_form(Bytes whole, Bytes v);
std::optional<ValueForm> bare_variable(Bytes v);
std::optional<ValueForm> framed_name(Bytes v);
std::optional<ValueForm> path_form(Bytes v);
std::optional<ValueForm> code_form(Bytes whole, Bytes v);
std::optional<ValueForm> arm_form(Bytes v);

}  // namespace nhi::value_parts
