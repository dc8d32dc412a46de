// sqlite.hpp - the adapter of SQLiteCpp: no exception of it leaves a body run by adapt().
//
// The store file is input like any other: a Row answers "bad" for a value that its column may not
// hold, and the caller turns that into kStore.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/clock.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// kStore, kBusy or kPermission, with SQLite's own words; `path` is the subject.
[[nodiscard]] Error store_error(const std::string& path, const SQLite::Exception& failure);

/// Runs `body`, which returns a Result; an exception of SQLiteCpp in it becomes its error.
template <class Body>
[[nodiscard]] auto adapt(const std::string& path, Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const SQLite::Exception& failure) {
    return fail(store_error(path, failure));
  }
}

/// Each item ended by 0x1F; 0x1E protects a 0x1E or 0x1F inside an item. No item is lost or
/// altered, an empty list differs from a list of one empty item.
[[nodiscard]] std::string join_list(const std::vector<std::string>& items);
[[nodiscard]] std::vector<std::string> split_list(std::string_view joined);

// Binds the parameters of one statement from left to right. The statement copies the values.
class Binder {
 public:
  explicit Binder(SQLite::Statement& statement) : statement_(statement) {}
  Binder& text(const std::string& value);
  Binder& text(std::string_view value) { return text(std::string(value)); }
  Binder& text(const char* value) { return text(std::string(value)); }
  Binder& blob(std::string_view value);
  Binder& integer(std::int64_t value);
  Binder& count(std::uint64_t value) { return integer(static_cast<std::int64_t>(value)); }
  Binder& flag(bool value) { return integer(value ? 1 : 0); }
  Binder& instant(Instant value) { return integer(value.seconds); }
  Binder& instant(const std::optional<Instant>& value);
  Binder& list(const std::vector<std::string>& items) { return text(join_list(items)); }
  Binder& null();
  Binder& nulls(int columns);
  template <class Enum>
  Binder& code(Enum value) {
    return integer(static_cast<std::int64_t>(value));
  }
  [[nodiscard]] int bound() const { return index_; }

 private:
  SQLite::Statement& statement_;
  int index_ = 0;
};

// Reads the columns of the row a statement stands on from left to right.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}
  [[nodiscard]] std::string text();
  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] std::uint64_t count();
  [[nodiscard]] bool flag() { return integer() != 0; }
  [[nodiscard]] Instant instant() { return Instant{integer()}; }
  [[nodiscard]] std::optional<std::string> optional_text();
  [[nodiscard]] std::optional<std::int64_t> optional_integer();
  [[nodiscard]] std::optional<Instant> optional_instant();
  [[nodiscard]] std::vector<std::string> list() { return split_list(text()); }
  /// `last` is the greatest enumerator; the rest of the enumeration lies between 0 and it.
  template <class Enum>
  [[nodiscard]] Enum code(Enum last) {
    const std::int64_t value = integer();
    if (value < 0 || value > static_cast<std::int64_t>(last)) {
      bad_ = true;
      return Enum{};
    }
    return static_cast<Enum>(value);
  }
  /// True if the next column is NULL; does not move on.
  [[nodiscard]] bool is_null() const { return statement_.getColumn(index_).isNull(); }
  void skip(int columns) { index_ += columns; }
  void mark_bad() { bad_ = true; }
  [[nodiscard]] bool bad() const { return bad_; }

 private:
  SQLite::Statement& statement_;
  int index_ = 0;
  bool bad_ = false;
};

// Resets a statement and drops its bindings when a use of it ends, however it ends.
class Use {
 public:
  explicit Use(SQLite::Statement& statement) : statement_(statement) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() { statement_.tryReset(); }
  SQLite::Statement* operator->() { return &statement_; }
  SQLite::Statement& operator*() { return statement_; }
  [[nodiscard]] Binder bind() { return Binder(statement_); }

 private:
  SQLite::Statement& statement_;
};

// A write transaction that is rolled back unless it is committed.
class WriteTransaction {
 public:
  explicit WriteTransaction(SQLite::Database& database);
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  ~WriteTransaction();
  void commit();

 private:
  SQLite::Database& database_;
  bool open_ = true;
};

/// Rolls back whatever transaction is open; SQLite may have done so itself after an error.
void roll_back(SQLite::Database& database) noexcept;

// Everything read while it lives belongs to one snapshot. Harmless inside a transaction.
class ReadSnapshot {
 public:
  explicit ReadSnapshot(SQLite::Database& database);
  ReadSnapshot(const ReadSnapshot&) = delete;
  ReadSnapshot& operator=(const ReadSnapshot&) = delete;
  ~ReadSnapshot();

 private:
  SQLite::Database& database_;
  bool mine_ = false;
};

}  // namespace nhi
