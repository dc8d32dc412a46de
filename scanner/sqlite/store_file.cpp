#include "scanner/sqlite/store_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <set>
#include <utility>

#include "scanner/base/file.hpp"
#include "scanner/sqlite/lock.hpp"

namespace nhi {
namespace {

constexpr int kBusyMilliseconds = 5000;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

// trusted_schema and cell_size_check: the file is input. secure_delete: a fingerprint or path that
// was removed leaves no trace. The cache is part of the scanner's memory budget.
constexpr const char* kEveryConnection =
    "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;"
    "PRAGMA secure_delete=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-32768;"
    "PRAGMA temp_store=MEMORY";
constexpr const char* kWriterOnly = "PRAGMA journal_size_limit=67108864";

std::string the(const StoreKind& kind) { return "the " + std::string(kind.noun); }

std::string start_anew(const StoreKind& kind, std::string_view how) {
  return "restore a copy, or " + std::string(how) + " to start a new " + std::string(kind.noun);
}

std::string name_another(const StoreKind& kind) {
  return "name another file with " + std::string(kind.flag);
}

int pragma_number(SQLite::Database& database, const char* pragma) {
  return database.execAndGet(pragma).getInt();
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool exists(const std::string& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) == 0;
}

Result<void> sync_path(const std::string& path, int flags) {
  const FileHandle handle(::open(path.c_str(), flags | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.get()) != 0) {
    return fail(os_error(errno, "cannot flush to disk", path));
  }
  return {};
}

Result<void> rename_new(const StoreKind& kind, const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  // Some file systems know no flags; the lock keeps our own kind out there.
  if (errno == EINVAL && !exists(to) && ::rename(from.c_str(), to.c_str()) == 0) return {};
  return fail(os_error(errno, "cannot name the new " + std::string(kind.noun), to));
}

Result<void> build_store(const StoreKind& kind, const std::string& path) {
  return adapt(path, [&]() -> Result<void> {
    SQLite::Database database(path, SQLite::OPEN_READWRITE, kBusyMilliseconds);
    database.exec("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA synchronous=FULL");
    database.exec("PRAGMA application_id=" + std::to_string(kind.application_id));
    return apply_steps(kind, database, path);
  });
}

Result<void> create_store(const StoreKind& kind, const std::string& path) {
  for (const char* suffix : {"-wal", "-journal"}) {
    if (!exists(path + suffix)) continue;
    // SQLite would replay it into the new file.
    return fail(ErrorCode::kStore, "a log of a removed " + std::string(kind.noun) + " is left",
                path + suffix,
                "put " + the(kind) + " back beside it, or remove it to start a new one");
  }
  const std::string fresh = path + ".new";
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    ::unlink((fresh + suffix).c_str());  // left by a killed start; we hold the lock
  }
  {
    const FileHandle file(
        ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) return fail(os_error(errno, "cannot create " + the(kind), fresh));
    give_to_folders_owner(file.get(), fresh);
  }
  Result<void> built = build_store(kind, fresh);
  if (built) built = sync_path(fresh, O_RDONLY);
  if (built) built = rename_new(kind, fresh, path);
  if (!built) {
    ::unlink(fresh.c_str());
    ::unlink((fresh + "-journal").c_str());
    return built;
  }
  return sync_path(folder_of(path), O_RDONLY | O_DIRECTORY);
}

Result<std::uint64_t> check_file(const StoreKind& kind, const std::string& path, Access access) {
  const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.is_open()) return fail(os_error(errno, "cannot open " + the(kind), path));
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) {
    return fail(os_error(errno, "cannot open " + the(kind), path));
  }
  if (!S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::kStore, the(kind) + " is not a regular file", path);
  }
  if (facts.st_size == 0) {
    return fail(ErrorCode::kStore, the(kind) + " is an empty file", path,
                start_anew(kind, "remove it"));
  }
  char magic[16] = {};
  const ssize_t got = ::pread(file.get(), magic, sizeof magic, 0);
  if (got < 0) return fail(os_error(errno, "cannot read " + the(kind), path));
  if (std::string_view(magic, static_cast<std::size_t>(got)) != kMagic) {
    return fail(ErrorCode::kStore, "the file is no " + std::string(kind.noun), path,
                name_another(kind));
  }
  if (access == Access::kWrite) close_to_others(file.get());
  return static_cast<std::uint64_t>(facts.st_size);
}

using SchemaRow = std::pair<std::string, std::string>;  // name, SQL
std::set<SchemaRow> schema_rows(SQLite::Database& database) {
  std::set<SchemaRow> rows;
  SQLite::Statement query(database,
                          "SELECT name, coalesce(sql, '') FROM sqlite_schema"
                          " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  while (query.executeStep()) {
    rows.emplace(query.getColumn(0).getString(), query.getColumn(1).getString());
  }
  return rows;
}

// Additions of an administrator (a view, an index) do no harm; a trigger would act on our writes.
Result<void> check_schema(const StoreKind& kind, SQLite::Database& database,
                          const std::string& path) {
  constexpr const char* kTriggers = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'";
  SQLite::Database blank(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  NHI_CHECK_OK(apply_steps(kind, blank, path));
  const std::set<SchemaRow> present = schema_rows(database);
  for (const SchemaRow& row : schema_rows(blank)) {
    if (present.count(row) != 0) continue;
    return fail(ErrorCode::kStore,
                the(kind) + " is damaged: '" + row.first + "' is not as schema version " +
                    std::to_string(kind.steps.back().version) + " has it",
                path, start_anew(kind, "name another file"));
  }
  if (pragma_number(database, kTriggers) == pragma_number(blank, kTriggers)) return {};
  return fail(ErrorCode::kStore, the(kind) + " holds triggers, which are not ours", path);
}

Result<void> check_pages(const StoreKind& kind, SQLite::Database& database,
                         const std::string& path) {
  SQLite::Statement check(database, "PRAGMA quick_check(1)");
  if (!check.executeStep()) return {};
  const std::string verdict = check.getColumn(0).getString();
  if (verdict == "ok") return {};
  return fail(ErrorCode::kStore, the(kind) + " is damaged (" + verdict + ")", path,
              start_anew(kind, "name another file"));
}

Result<void> check_kind(const StoreKind& kind, SQLite::Database& database,
                        const std::string& path) {
  if (pragma_number(database, "PRAGMA application_id") == kind.application_id) return {};
  return fail(ErrorCode::kStore, "the file is a database of another kind", path,
              name_another(kind));
}

std::string file_uri(const std::string& path, std::string_view query) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      uri += c;
    }
  }
  return uri.append(query);
}

// A reader that may not write the folder cannot make the -shm file. With no log beside it the
// file itself is whole and nobody writes it, so it can be read as it stands.
std::unique_ptr<SQLite::Database> open_for_reading(const std::string& path) {
  auto database =
      std::make_unique<SQLite::Database>(path, SQLite::OPEN_READONLY, kBusyMilliseconds);
  const int status = database->tryExec("SELECT 1 FROM sqlite_schema");
  const bool no_shared_memory = status == SQLITE_CANTOPEN || status == SQLITE_READONLY;
  if (!no_shared_memory || exists(path + "-wal")) return database;
  const std::string absolute = path.front() == '/' ? path : "./" + path;
  return std::make_unique<SQLite::Database>(file_uri(absolute, "?immutable=1"),
                                            SQLite::OPEN_READONLY | SQLite::OPEN_URI,
                                            kBusyMilliseconds);
}

Result<void> prepare_writer(const StoreKind& kind, SQLite::Database& database,
                            const std::string& path, std::uint64_t size) {
  database.exec(kWriterOnly);
  // With a write-ahead log NORMAL keeps the file whole, and may lose the last commits.
  database.exec(kind.outlives_power_cuts ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  NHI_CHECK_OK(apply_steps(kind, database, path));
  NHI_CHECK_OK(check_schema(kind, database, path));
  if (size <= kQuickCheckBytesMax) NHI_CHECK_OK(check_pages(kind, database, path));
  const std::string mode = database.execAndGet("PRAGMA journal_mode=WAL").getString();
  if (mode == "wal") return {};
  return fail(ErrorCode::kStore, "the file system of " + the(kind) + " knows no write-ahead log",
              path, "put it on a local disk");
}

Result<void> prepare_reader(const StoreKind& kind, SQLite::Database& database,
                            const std::string& path) {
  const int version = pragma_number(database, "PRAGMA user_version");
  if (version < kind.steps.back().version) {
    return fail(ErrorCode::kStore,
                the(kind) + " has the older schema version " + std::to_string(version), path,
                "the next command that writes it brings it up to date");
  }
  NHI_CHECK_OK(apply_steps(kind, database, path));
  return check_schema(kind, database, path);
}

}  // namespace

Result<void> apply_steps(const StoreKind& kind, SQLite::Database& database,
                         const std::string& path) {
  return adapt(path, [&]() -> Result<void> {
    const int latest = kind.steps.back().version;
    const int found = pragma_number(database, "PRAGMA user_version");
    if (found > latest) {
      return fail(ErrorCode::kStore,
                  the(kind) + " has schema version " + std::to_string(found) +
                      ", this program knows up to " + std::to_string(latest),
                  path, "use the newer nhisweep that wrote it");
    }
    if (found < 0) return fail(ErrorCode::kStore, the(kind) + " has no valid version", path);
    for (const Migration& step : kind.steps) {
      if (step.version <= found) continue;
      WriteTransaction transaction(database);
      database.exec(step.sql);
      database.exec("PRAGMA user_version=" + std::to_string(step.version));
      transaction.commit();
    }
    return {};
  });
}

Result<std::unique_ptr<SQLite::Database>> open_store(const StoreKind& kind, const std::string& path,
                                                     Access access) {
  if (!exists(path)) {
    if (access == Access::kRead) {
      return fail(ErrorCode::kNotFound, "there is no " + std::string(kind.noun), path,
                  std::string(kind.how_made));
    }
    NHI_CHECK_OK(create_store(kind, path));
  }
  NHI_TRY(const std::uint64_t size, check_file(kind, path, access));
  using Opened = Result<std::unique_ptr<SQLite::Database>>;
  return adapt(path, [&]() -> Opened {
    std::unique_ptr<SQLite::Database> database =
        access == Access::kRead
            ? open_for_reading(path)
            : std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE, kBusyMilliseconds);
    database->exec(kEveryConnection);
    NHI_CHECK_OK(check_kind(kind, *database, path));
    NHI_CHECK_OK(access == Access::kRead ? prepare_reader(kind, *database, path)
                                         : prepare_writer(kind, *database, path, size));
    return database;
  });
}

}  // namespace nhi
