// column_names.hpp - what the name of a column says: of lists, wikis and tables of databases.
#pragma once

#include "scanner/base/bytes.hpp"

namespace nhi {

/// The column holds the names of users or of services that log in.
[[nodiscard]] bool is_account_column(Bytes name);

/// The secrets of the column are what `stem` names: it stands in the name at `cell`, no later stem
/// does, and the name is more than a word like `key`, which says nothing of a column.
[[nodiscard]] bool names_secret_column(Bytes view, Span cell, Span stem);

}  // namespace nhi
