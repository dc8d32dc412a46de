// schema.hpp - the steps that lead from an empty database to the schema of this program.
//
// A new inventory takes every step; an older one takes those above its `user_version`. Each step
// is SQL in a file of its own (schema.sql is step 1, schema_2.sql step 2), embedded at build time,
// and runs in one transaction together with the new `user_version`.
#pragma once

#include <span>

namespace nhi {

struct Migration {
  int version = 0;  // user_version after it
  const char* sql = nullptr;
};

/// By ascending version, without gaps; the last is kSchemaVersion.
[[nodiscard]] std::span<const Migration> schema_steps();

/// "NHI1": marks a SQLite file as an inventory of ours.
inline constexpr int kApplicationId = 0x4e484931;

}  // namespace nhi
