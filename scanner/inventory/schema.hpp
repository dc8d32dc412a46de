// schema.hpp - the steps that lead from an empty database to the schema of this program.
//
// A new inventory takes every step; an older one takes those above its `user_version`. Each step
// is SQL in a file of its own (schema.sql is step 1, schema_2.sql step 2), embedded at build time.
#pragma once

#include "scanner/sqlite/store_file.hpp"

namespace nhi {

/// The last of its steps is kSchemaVersion.
[[nodiscard]] const StoreKind& inventory_kind();

}  // namespace nhi
