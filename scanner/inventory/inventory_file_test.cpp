#include "scanner/inventory/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "scanner/inventory/test_support.hpp"
#include "scanner/sqlite/lock.hpp"

namespace nhi {
namespace {

using test::Folder;
using testing::HasSubstr;

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_bytes(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

unsigned mode_of(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777U : 0U;
}

Error refused(const std::string& path, Inventory::Mode mode) {
  const auto opened = Inventory::open(path, mode);
  if (opened) {
    ADD_FAILURE() << "opened";
    return {};
  }
  return opened.error();
}

// Makes an inventory with one finished sweep.
void make_inventory(const std::string& path) {
  Inventory inventory = test::open_for_writing(path);
  const UnitKey key{"t", "t/r", "a"};
  test::Night night;
  night.units = {test::unit_of(key, "s1", {test::finding_in(key, "a", "v")})};
  test::sweep(inventory, night);
}

TEST(InventoryFile, AndItsLogsAreForTheOwnerOnly) {
  const Folder folder;
  const ::mode_t before = ::umask(0);
  Inventory inventory = test::open_for_writing(folder.file("db"));
  test::must(inventory.begin_sweep(test::facts_of(1)));
  ::umask(before);
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    names.insert(entry.path().filename());
    EXPECT_EQ(mode_of(entry.path()), 0600U) << entry.path();
  }
  EXPECT_EQ(names, (std::set<std::string>{"db", "db-shm", "db-wal", "db.lock"}));
}

TEST(InventoryFile, IsNotMadeByReading) {
  const Folder folder;
  EXPECT_EQ(refused(folder.file("db"), Inventory::Mode::kRead).code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(folder.file("db")));
}

struct BadFile {
  const char* name;
  std::string bytes;
  const char* says;
};

TEST(InventoryFile, RefusesStrangersByNameAndLeavesThemAlone) {
  const BadFile files[] = {
      {"empty", "", "empty file"},
      {"text", "hello, this is a note\n", "no inventory"},
      {"short", "SQLite", "no inventory"},
      {"header only", std::string("SQLite format 3\0", 16), ""},
      {"garbage behind the magic", std::string("SQLite format 3\0", 16) + std::string(8000, 'x'),
       ""},
  };
  for (const BadFile& file : files) {
    for (const auto mode : {Inventory::Mode::kRead, Inventory::Mode::kWrite}) {
      const Folder folder;
      write_bytes(folder.file("db"), file.bytes);
      const Error error = refused(folder.file("db"), mode);
      EXPECT_EQ(error.code, ErrorCode::kStore) << file.name << ": " << error.message();
      EXPECT_THAT(error.what, HasSubstr(file.says)) << file.name;
      EXPECT_EQ(error.subject, folder.file("db")) << file.name;
      EXPECT_EQ(read_bytes(folder.file("db")), file.bytes) << file.name;
    }
  }
}

TEST(InventoryFile, RefusesFoldersAndPipes) {
  const Folder folder;
  std::filesystem::create_directory(folder.file("folder"));
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  for (const char* name : {"folder", "pipe"}) {
    for (const auto mode : {Inventory::Mode::kRead, Inventory::Mode::kWrite}) {
      EXPECT_EQ(refused(folder.file(name), mode).code, ErrorCode::kStore) << name;
    }
  }
}

TEST(InventoryFile, RefusesADatabaseOfAnotherKind) {
  const Folder folder;
  SQLite::Database(folder.file("db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE bookmarks (url TEXT)");
  const Error error = refused(folder.file("db"), Inventory::Mode::kWrite);
  EXPECT_EQ(error.code, ErrorCode::kStore);
  EXPECT_THAT(error.what, HasSubstr("another kind"));
}

TEST(InventoryFile, RefusesANewerSchemaAndNamesBothVersions) {
  const Folder folder;
  make_inventory(folder.file("db"));
  SQLite::Database(folder.file("db"), SQLite::OPEN_READWRITE).exec("PRAGMA user_version=41");
  for (const auto mode : {Inventory::Mode::kRead, Inventory::Mode::kWrite}) {
    const Error error = refused(folder.file("db"), mode);
    EXPECT_EQ(error.code, ErrorCode::kStore);
    EXPECT_THAT(error.what, HasSubstr("41"));
    EXPECT_THAT(error.what, HasSubstr("up to " + std::to_string(kSchemaVersion)));
  }
}

TEST(InventoryFile, RefusesTablesThatAreNotOursAndTriggers) {
  for (const char* sql : {"DROP TABLE measure", "ALTER TABLE finding ADD COLUMN extra TEXT",
                          "CREATE TRIGGER t AFTER INSERT ON unit BEGIN DELETE FROM finding; END"}) {
    const Folder folder;
    make_inventory(folder.file("db"));
    SQLite::Database(folder.file("db"), SQLite::OPEN_READWRITE).exec(sql);
    EXPECT_EQ(refused(folder.file("db"), Inventory::Mode::kWrite).code, ErrorCode::kStore) << sql;
  }
}

TEST(InventoryFile, CutAnywhereIsRefusedWhenOpenedForWriting) {
  const Folder folder;
  make_inventory(folder.file("db"));
  const std::string whole = read_bytes(folder.file("db"));
  // The last byte that holds anything: a page that was never filled ends with zeros, as does one
  // that is read beyond the end of its file.
  const std::size_t last = whole.find_last_not_of('\0');
  for (const std::size_t size : {std::size_t{17}, std::size_t{100}, std::size_t{4095},
                                 std::size_t{4096}, whole.size() / 2, whole.size() - 4096, last}) {
    write_bytes(folder.file("cut"), whole.substr(0, size));
    EXPECT_EQ(refused(folder.file("cut"), Inventory::Mode::kWrite).code, ErrorCode::kStore) << size;
  }
}

TEST(InventoryFile, WithSpoiltPagesNeverCrashesAReader) {
  const Folder folder;
  make_inventory(folder.file("db"));
  const std::string whole = read_bytes(folder.file("db"));
  for (std::size_t page = 0; page < whole.size(); page += 4096) {
    for (const char fill : {'\0', '\xff', '\x0d'}) {
      std::string spoilt = whole;
      const std::size_t from = page == 0 ? 100 : page;
      spoilt.replace(from, page + 4096 - from, page + 4096 - from, fill);
      write_bytes(folder.file("bad"), spoilt);
      auto opened = Inventory::open(folder.file("bad"), Inventory::Mode::kRead);
      if (!opened) {
        EXPECT_EQ(opened.error().code, ErrorCode::kStore) << opened.error().message();
        continue;
      }
      // Damage that this query does not touch is none of its business; else it is kStore.
      const auto findings = opened->findings({});
      EXPECT_TRUE(findings || findings.error().code == ErrorCode::kStore);
    }
  }
}

TEST(InventoryFile, ALogOfARemovedInventoryIsNotReplayed) {
  const Folder folder;
  write_bytes(folder.file("db-wal"), "left over");
  const Error error = refused(folder.file("db"), Inventory::Mode::kWrite);
  EXPECT_EQ(error.code, ErrorCode::kStore);
  EXPECT_EQ(error.subject, folder.file("db-wal"));
}

TEST(InventoryFile, WhatAKilledStartLeftIsNoHindrance) {
  const Folder folder;
  write_bytes(folder.file("db.new"), "half");
  write_bytes(folder.file("db.new-journal"), "half");
  make_inventory(folder.file("db"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("db.new")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("db.new-journal")));
}

// Runs `body` in a child without root's powers and gives back its exit status.
int as_nobody(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(99);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(InventoryFile, InAReadOnlyFolderIsRefusedForWritingAndServedForReading) {
  const Folder folder;
  make_inventory(folder.file("db"));
  std::filesystem::remove(folder.file("db.lock"));
  ASSERT_EQ(::chmod(folder.file("db").c_str(), 0444), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  EXPECT_EQ(as_nobody([&] {
              const auto opened = Inventory::open(folder.file("db"), Inventory::Mode::kWrite);
              return !opened && opened.error().code == ErrorCode::kPermission ? 0 : 1;
            }),
            0);
  EXPECT_EQ(as_nobody([&] {
              auto opened = Inventory::open(folder.file("db"), Inventory::Mode::kRead);
              if (!opened) return 1;
              const auto findings = opened->findings({});
              return findings && findings->size() == 1 ? 0 : 2;
            }),
            0);
  ::chmod(folder.path().c_str(), 0755);
}

TEST(WriterLock, NamesTheHolder) {
  const Folder folder;
  const Inventory first = test::open_for_writing(folder.file("db"));
  const Error error = refused(folder.file("db"), Inventory::Mode::kWrite);
  EXPECT_EQ(error.code, ErrorCode::kBusy);
  EXPECT_THAT(error.what, HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_TRUE(Inventory::open(folder.file("db"), Inventory::Mode::kRead).has_value());
}

TEST(WriterLock, EndsWithItsHolderHoweverItEnds) {
  const Folder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto inventory = Inventory::open(folder.file("db"), Inventory::Mode::kWrite);
    if (::write(ready[1], inventory ? "y" : "n", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char said = 0;
  ASSERT_EQ(::read(ready[0], &said, 1), 1);
  ASSERT_EQ(said, 'y');
  const Error error = refused(folder.file("db"), Inventory::Mode::kWrite);
  EXPECT_EQ(error.code, ErrorCode::kBusy);
  EXPECT_THAT(error.what, HasSubstr("process " + std::to_string(child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(Inventory::open(folder.file("db"), Inventory::Mode::kWrite).has_value());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(Schema, KeepsWhatPeopleSaidOfDependenciesBeforeEachWordHadARow) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  StoreKind older = inventory_kind();
  older.steps = older.steps.first(3);
  test::must(apply_steps(older, database, "db"));
  database.exec(
      "INSERT INTO decision_dependency_state (dependency_id, state, who, decided_at, evidence)"
      " VALUES ('d_1', 'dual', 'ada', 5, 'CHG-1'), ('d_1', 'cis2-primary', 'ada', 6, 'CHG-2');"
      "INSERT INTO decision_ownership (subject_kind, subject_id, owner, who, decided_at, evidence)"
      " VALUES ('dependency', 'd_1', 'tie', 'bo', 7, ''), ('finding', 'f_1', 'pas', 'bo', 7, '')");
  test::must(apply_steps(inventory_kind(), database, "db"));
  SQLite::Statement rows(database,
                         "SELECT group_concat(field || '=' || value || ' ' || who || ' ' ||"
                         " decided_at || ' ' || evidence || ' ' || source, '; ')"
                         " FROM (SELECT * FROM decision_dependency ORDER BY decision_id)");
  ASSERT_TRUE(rows.executeStep());
  EXPECT_EQ(rows.getColumn(0).getString(),
            "state=dual ada 5 CHG-1 command; state=cis2-primary ada 6 CHG-2 command;"
            " owner=tie bo 7  command");
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM decision_ownership").getInt(), 1);
}

TEST(Schema, HasNoColumnForASecretAndNamesEveryCheck) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  test::must(apply_steps(inventory_kind(), database, "db"));
  EXPECT_EQ(inventory_kind().steps.back().version, kSchemaVersion);
  // Spans of a secret are places, not values.
  const std::set<std::string> spans = {"site_secret_start", "site_secret_end"};
  SQLite::Statement columns(database,
                            "SELECT t.name, c.name, t.strict FROM pragma_table_list t"
                            " JOIN pragma_table_info(t.name) c"
                            " WHERE t.schema = 'main'"
                            " AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  int count = 0;
  while (columns.executeStep()) {
    ++count;
    const std::string name = columns.getColumn(1).getString();
    EXPECT_EQ(columns.getColumn(2).getInt(), 1) << columns.getColumn(0).getString();
    if (spans.count(name) != 0) continue;
    for (const char* word : {"secret", "password", "passwd", "plain", "private", "token",
                             "revealed", "context", "snippet", "line_text"}) {
      EXPECT_EQ(name.find(word), std::string::npos) << name;
    }
  }
  EXPECT_GT(count, 150);
}

TEST(Schema, ExplainsEveryTableAndColumn) {
  std::string all;
  for (const Migration& step : inventory_kind().steps) all += step.sql;
  std::istringstream lines(all);
  std::string line;
  std::string before;
  bool in_table = false;
  while (std::getline(lines, line)) {
    if (line.rfind("CREATE TABLE", 0) == 0) {
      EXPECT_EQ(before.rfind("--", 0), 0U) << line;
      in_table = true;
    } else if (line.rfind(")", 0) == 0) {
      in_table = false;
    } else if (in_table && line.size() > 2 && std::islower(static_cast<unsigned char>(line[2]))) {
      // A column's comment stands behind it, or behind its continuation.
      EXPECT_NE(line.find("--"), std::string::npos) << line;
    } else if (in_table && line.find("CHECK") != std::string::npos) {
      EXPECT_NE(line.find("CONSTRAINT"), std::string::npos) << line;
    }
    before = line;
  }
}

}  // namespace
}  // namespace nhi
