#include "scanner/sqlite/sqlite.hpp"

#include <sqlite3.h>

namespace nhi {
namespace {

constexpr char kEnd = '\x1f';
constexpr char kProtect = '\x1e';

}  // namespace

Error store_error(const std::string& path, const SQLite::Exception& failure) {
  const std::string words = std::string(" (") + failure.what() + ")";
  switch (failure.getErrorCode()) {
    case SQLITE_FULL:
      return {ErrorCode::kStore, "the disk is full" + words, path,
              "free some space and run it again; what was stored before is intact"};
    case SQLITE_IOERR:
      return {ErrorCode::kStore, "cannot read or write the file" + words, path,
              "check the disk, its quota and the file size limit; stored data is intact"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kStore, "the file is damaged" + words, path,
              "restore a copy, or name another file to start anew"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kBusy, "the file is in use" + words, path, "try again later"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::kPermission, "the file cannot be written" + words, path, {}};
    default:
      return {ErrorCode::kStore, "the store failed" + words, path, {}};
  }
}

std::string join_list(const std::vector<std::string>& items) {
  std::string joined;
  for (const std::string& item : items) {
    for (const char c : item) {
      if (c == kEnd || c == kProtect) joined += kProtect;
      joined += c;
    }
    joined += kEnd;
  }
  return joined;
}

std::vector<std::string> split_list(std::string_view joined) {
  std::vector<std::string> items;
  std::string item;
  bool pending = false;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] == kEnd) {
      items.push_back(std::move(item));
      item.clear();
      pending = false;
      continue;
    }
    if (joined[i] == kProtect && i + 1 < joined.size()) ++i;
    item += joined[i];
    pending = true;
  }
  if (pending) items.push_back(std::move(item));  // written by a stranger, without its end
  return items;
}

Binder& Binder::text(const std::string& value) {
  statement_.bind(++index_, value);
  return *this;
}

Binder& Binder::blob(std::string_view value) {
  // A null pointer would bind NULL, which is not the empty name.
  const void* data = value.empty() ? "" : value.data();
  statement_.bind(++index_, data, static_cast<int>(value.size()));
  return *this;
}

Binder& Binder::integer(std::int64_t value) {
  statement_.bind(++index_, value);
  return *this;
}

Binder& Binder::instant(const std::optional<Instant>& value) {
  return value ? integer(value->seconds) : null();
}

Binder& Binder::null() {
  statement_.bind(++index_);
  return *this;
}

Binder& Binder::nulls(int columns) {
  for (int i = 0; i < columns; ++i) null();
  return *this;
}

std::string Row::text() { return statement_.getColumn(index_++).getString(); }

std::int64_t Row::integer() { return statement_.getColumn(index_++).getInt64(); }

std::uint64_t Row::count() {
  const std::int64_t value = integer();
  if (value < 0) bad_ = true;
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

std::optional<std::string> Row::optional_text() {
  if (!is_null()) return text();
  skip(1);
  return std::nullopt;
}

std::optional<std::int64_t> Row::optional_integer() {
  if (!is_null()) return integer();
  skip(1);
  return std::nullopt;
}

std::optional<Instant> Row::optional_instant() {
  const std::optional<std::int64_t> seconds = optional_integer();
  return seconds ? std::optional<Instant>(Instant{*seconds}) : std::nullopt;
}

WriteTransaction::WriteTransaction(SQLite::Database& database) : database_(database) {
  database_.exec("BEGIN IMMEDIATE");
}

WriteTransaction::~WriteTransaction() {
  if (open_) roll_back(database_);
}

void WriteTransaction::commit() {
  database_.exec("COMMIT");
  open_ = false;
}

void roll_back(SQLite::Database& database) noexcept {
  if (sqlite3_get_autocommit(database.getHandle()) == 0) {
    static_cast<void>(database.tryExec("ROLLBACK"));
  }
}

ReadSnapshot::ReadSnapshot(SQLite::Database& database) : database_(database) {
  mine_ = sqlite3_get_autocommit(database_.getHandle()) != 0;
  if (mine_) database_.exec("BEGIN");
}

ReadSnapshot::~ReadSnapshot() {
  if (mine_) roll_back(database_);
}

}  // namespace nhi
