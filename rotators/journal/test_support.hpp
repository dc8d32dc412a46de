// test_support.hpp - what the tests of this room share: a folder, a clock, a journal in it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "rotators/journal/journal.hpp"

namespace nhi::test {

template <class T>
T must(Result<T> result) {
  if (!result) ADD_FAILURE() << result.error().message();
  EXPECT_TRUE(result.has_value());
  return std::move(*result);
}

// A fresh folder that is removed with everything in it; keys and journals lie there.
class JournalFolder {
 public:
  JournalFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "nhi-journal-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  JournalFolder(const JournalFolder&) = delete;
  JournalFolder& operator=(const JournalFolder&) = delete;
  ~JournalFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] AuditSigningKey key(const std::string& name = "audit.key") const {
    return must(AuditSigningKey::load_or_create(file(name)));
  }
  /// A second goes by from record to record.
  [[nodiscard]] Result<Journal> try_to_append(const std::string& key_name = "audit.key") const {
    AuditStamp stamp;
    stamp.actor.text("user", "ada");
    stamp.host = "app01";
    stamp.version = "0.1.0";
    stamp.process = 7;
    return Journal::open_to_append(
        file("journal.db"), std::move(stamp),
        [this] {
          const std::int64_t at = ++clock_;
          return AuditMoment{at * 1'000'000'000, at};
        },
        key(key_name));
  }
  [[nodiscard]] Journal appending(const std::string& key_name = "audit.key") const {
    return must(try_to_append(key_name));
  }
  [[nodiscard]] Journal reading() const { return must(Journal::open(file("journal.db"))); }

 private:
  std::string path_;
  mutable std::atomic<std::int64_t> clock_{1'790'000'000};
};

inline AuditEvent event(const std::string& type, const std::string& name,
                        const std::string& value) {
  AuditEvent made{type, {}};
  made.body.text(name, value);
  return made;
}

}  // namespace nhi::test
