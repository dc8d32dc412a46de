// setting.hpp - a folder with a journal, its keys and one application's file, for tests of runs.
#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "rotators/journal/journal.hpp"
#include "rotators/journal/wrapping_key.hpp"
#include "scanner/identity/key.hpp"

namespace nhi::test {

// Opens what is there and makes what is not; the folder belongs to the caller.
class Setting {
 public:
  explicit Setting(std::string folder) : folder_(std::move(folder)) {}

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = file(name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  [[nodiscard]] Result<Journal> journal() const {
    NHI_TRY(AuditSigningKey key, AuditSigningKey::load_or_create(file("keys/audit.key")));
    AuditStamp stamp;
    stamp.actor.text("user", "robin");
    stamp.host = "test";
    stamp.version = "0";
    stamp.process = ::getpid();
    const auto clock = [] {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
      return AuditMoment{ns, ns};
    };
    return Journal::open_to_append(file("journal/journal.db"), stamp, clock, std::move(key));
  }
  [[nodiscard]] Result<WrappingKey> wrapping_key() const {
    return WrappingKey::load_or_create(file("keys/wrapping.key"), file("journal/journal.db"),
                                       nullptr);
  }
  [[nodiscard]] Result<FingerprintKey> fingerprint_key() const {
    return load_or_create_fingerprint_key(file("keys/fingerprint.key"));
  }

 private:
  std::string folder_;
};

}  // namespace nhi::test
