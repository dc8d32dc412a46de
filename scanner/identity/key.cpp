#include "scanner/identity/key.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"

namespace nhi {
namespace {

constexpr std::string_view kHeader = "nhisweep-fingerprint-key/1 ";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyFileBytesMax = 4096;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// The file is one line: header, key id, 64 hex digits.
Result<FingerprintKey> parse_key(std::string_view text, const std::string& path) {
  const auto bad = [&] {
    return fail(ErrorCode::kBadUse, "not a fingerprint key", path,
                "restore it from a backup, or name another file in NHISWEEP_KEY_FILE");
  };
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (!text.starts_with(kHeader)) return bad();
  text.remove_prefix(kHeader.size());
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || space == 0) return bad();
  auto bytes = from_hex(text.substr(space + 1));
  if (!bytes || bytes->size() != kKeyBytes) return bad();
  FingerprintKey key{std::string(text.substr(0, space)), SecretText(*bytes), path};
  wipe(*bytes);
  return key;
}

Result<void> make_folder_of(const std::string& path) {
  for (std::size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    const std::string folder = path.substr(0, at);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail(os_error(errno, "cannot make the folder of the fingerprint key", folder));
    }
  }
  return {};
}

}  // namespace

Result<std::string> fingerprint_key_path() {
  if (auto named = environment("NHISWEEP_KEY_FILE"); !named.empty()) return named;
  if (::geteuid() == 0) return std::string("/etc/nhisweep/fingerprint.key");
  if (auto folder = environment("XDG_CONFIG_HOME"); !folder.empty()) {
    return folder + "/nhisweep/fingerprint.key";
  }
  if (auto home = environment("HOME"); !home.empty()) {
    return home + "/.config/nhisweep/fingerprint.key";
  }
  return fail(ErrorCode::kBadUse, "no place for the fingerprint key is known", "",
              "set NHISWEEP_KEY_FILE or HOME");
}

Result<FingerprintKey> load_fingerprint_key(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    return fail(os_error(errno, "cannot read the fingerprint key", path));
  }
  if ((facts.st_mode & 077) != 0) {
    return fail(ErrorCode::kBadUse, "the fingerprint key can be read by others", path,
                "chmod 600 '" + path + "'");
  }
  NHI_TRY(std::string text, read_small_file(path, kKeyFileBytesMax));
  auto key = parse_key(text, path);
  wipe(text);
  return key;
}

Result<FingerprintKey> load_or_create_fingerprint_key(const std::string& path) {
  auto loaded = load_fingerprint_key(path);
  if (loaded || loaded.error().code != ErrorCode::kNotFound) return loaded;
  NHI_CHECK_OK(make_folder_of(path));
  std::array<unsigned char, kKeyBytes> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return fail(ErrorCode::kInternal, "the system gave no random bytes");
  }
  std::string line(kHeader);
  line += "k1 ";
  line += to_hex(Bytes(reinterpret_cast<const char*>(random.data()), random.size()));
  line += '\n';
  // O_EXCL, not rename: of two first commands started together one makes the key, both read it.
  const FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open() && errno == EEXIST) return load_fingerprint_key(path);
  if (!file.is_open()) return fail(os_error(errno, "cannot make the fingerprint key", path));
  const auto written = ::write(file.get(), line.data(), line.size());
  const bool whole = written == static_cast<ssize_t>(line.size()) && ::fsync(file.get()) == 0;
  const int error_number = errno;
  wipe(line);
  if (!whole) {
    ::unlink(path.c_str());
    return fail(os_error(error_number, "cannot write the fingerprint key", path));
  }
  return load_fingerprint_key(path);
}

}  // namespace nhi
