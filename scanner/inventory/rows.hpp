// rows.hpp - a Finding as the columns of a `sighting` row, and back.
//
// One list of column names makes both the INSERT and the SELECT, and binding and reading follow
// its order; the round trip of a finding with every field set is a test.
#pragma once

#include <string>
#include <string_view>

#include "scanner/identity/types.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

/// "s.kind_code, s.rule, ..." for alias "s"; without an alias the bare names.
[[nodiscard]] std::string fact_columns(std::string_view alias);
/// Those of the git facts and of the age, which a work tree finding takes from history.
[[nodiscard]] std::string history_columns(std::string_view alias);
/// "?,?,...": one for each fact column.
[[nodiscard]] std::string fact_placeholders();

/// Binds the facts of `finding`: all but its id and its presence.
void bind_facts(Binder& binder, const Finding& finding);
/// Reads what bind_facts() wrote. `row.bad()` is true if a value is none of ours.
[[nodiscard]] Finding read_facts(Row& row);
/// Reads history_columns() into a finding of the work tree: git facts, and the age if history
/// knows it by a better source (the order of AgeSource).
void merge_history(Row& row, Finding& finding);

}  // namespace nhi
