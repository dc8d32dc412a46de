// table.hpp - the columns of tables whose header names a secret.
//
// Lists of accounts live in CSV files, in wikis and in READMEs: the name stands once, in the first
// line, and the values stand below it.
#pragma once

#include <functional>
#include <string_view>

#include "scanner/match/assignment.hpp"
#include "scanner/match/looked.hpp"

namespace nhi {

/// Duties: may throw; what it is given does not outlive the call.
using ColumnVisitor = std::function<void(const Assignment&)>;

/// Whether a file of this name may be a list: .csv and its like, text, Markdown and wikis; what has
/// no ending; and where nobody knows the name.
[[nodiscard]] bool may_hold_table(std::string_view path);

/// Hands over the cells below the header cell that `stem` stands in, if it stands in one: in the
/// first line of the view (separated by comma, semicolon, tab or bar; lines that begin with `#`
/// may stand before it), or in the first line of a table of Markdown or of a wiki (`||a||b||`).
/// `whole` is the cell, `key` the header cell, `account` the cell of the row under a user's name.
/// Shapes: headers of 2 to 64 cells; rows within 4 MiB of the header, of 4 KiB at most each.
/// Returns
///         what it had to look at.
Look read_column(Bytes view, Span stem, const ColumnVisitor& visit);

}  // namespace nhi
