// schema.hpp - the journal as a kind of SQLite file; schema.sql is embedded at build time.
#pragma once

#include "scanner/sqlite/store_file.hpp"

namespace nhi {

[[nodiscard]] const StoreKind& journal_kind();

}  // namespace nhi
