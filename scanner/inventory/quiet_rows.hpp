// quiet_rows.hpp - rows of the git objects in which nothing was found.
#pragma once

#include <cstdint>
#include <string_view>

#include "scanner/inventory/inventory.hpp"
#include "scanner/sqlite/sqlite.hpp"

namespace nhi {

// Exceptions of SQLiteCpp pass through to the caller's adapt().
class QuietRows {
 public:
  explicit QuietRows(SQLite::Database& database);
  [[nodiscard]] QuietObjects load(std::int64_t root, std::int64_t profile);
  /// What the root had under other profiles goes.
  void add(std::int64_t root, std::int64_t profile, Instant read_at, std::string_view ids);
  void drop(std::int64_t root);

 private:
  SQLite::Statement load_;
  SQLite::Statement add_;
  SQLite::Statement drop_others_;
  SQLite::Statement drop_;
};

}  // namespace nhi
