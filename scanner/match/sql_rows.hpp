// sql_rows.hpp - the values that SQL puts into a column whose name speaks of a secret.
//
// Scripts that set a system up, and dumps of databases, name the column once and the values far
// behind it: INSERT INTO users (login, password) VALUES ('svc', '…'), and COPY … FROM stdin.
#pragma once

#include "scanner/match/looked.hpp"
#include "scanner/match/table.hpp"

namespace nhi {

/// Hands over the values of the column that `stem` names, if it stands in the list of columns of an
/// INSERT, REPLACE or COPY statement: texts in quotes, the first text in a call (`PASSWORD('x')`),
/// and cells of COPY. `whole` is the value as written, `key` the name of the column, `account` what
/// the same row has under a user's name.
/// Shapes: 64 columns and 4 KiB of names at most, rows of 8 KiB at most each, within 4 MiB. Returns
///         what it had to look at.
Look read_sql_rows(Bytes view, Span stem, const ColumnVisitor& visit);

}  // namespace nhi
