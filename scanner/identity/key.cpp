#include "scanner/identity/key.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>

#include "scanner/base/file.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/own_file.hpp"

namespace nhi {
namespace {

constexpr std::string_view kHeader = "nhisweep-fingerprint-key/1 ";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyFileBytesMax = 4096;

constexpr OwnPlace kPlace = {
    "fingerprint key", "NHISWEEP_KEY_FILE", "/etc/nhisweep/fingerprint.key",
    "XDG_CONFIG_HOME", ".config",           "nhisweep/fingerprint.key"};

Result<FingerprintKey> parse_line(std::string_view text, const std::string& path) {
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

// A line a key: header, key id, 64 hex digits. The second, if there is one, is the former key.
Result<FingerprintKey> parse_key(std::string_view text, const std::string& path) {
  const std::size_t end = text.find('\n');
  NHI_TRY(FingerprintKey key, parse_line(text.substr(0, end), path));
  const std::string_view rest = end == std::string_view::npos ? "" : text.substr(end + 1);
  if (rest.find_first_not_of("\r\n") == std::string_view::npos) return key;
  NHI_TRY(FingerprintKey former, parse_line(rest, path));
  key.former = std::make_shared<const FingerprintKey>(std::move(former));
  return key;
}

std::string line_of(std::string_view id, std::string_view bytes) {
  std::string hex = to_hex(Bytes(bytes));
  std::string line = std::string(kHeader) + std::string(id) + " " + hex + "\n";
  wipe(hex);
  return line;
}

// "k2" after "k1"; an id of another shape gets a number.
std::string next_id(const std::string& id) {
  unsigned number = 0;
  const char* const end = id.data() + id.size();
  const bool counts = id.starts_with('k') &&
                      std::from_chars(id.data() + 1, end, number).ptr == end && number < 1'000'000;
  return counts ? "k" + std::to_string(number + 1) : id + "-k2";
}

Result<SecretText> random_key() {
  std::array<unsigned char, kKeyBytes> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    return fail(ErrorCode::kInternal, "the system gave no random bytes");
  }
  SecretText key(std::string_view(reinterpret_cast<const char*>(random.data()), random.size()));
  OPENSSL_cleanse(random.data(), random.size());
  return key;
}

Result<FingerprintKey> replace_key(const std::string& path, std::string text) {
  const auto written = write_file_atomically(path, text);
  wipe(text);
  NHI_CHECK_OK(written);
  return load_fingerprint_key(path);
}

}  // namespace

Result<std::string> fingerprint_key_path() { return own_path(kPlace); }

Result<FingerprintKey> load_fingerprint_key(const std::string& path) {
  NHI_TRY(std::string text, read_key_file(path, kPlace.noun, kKeyFileBytesMax));
  auto key = parse_key(text, path);
  wipe(text);
  return key;
}

Result<FingerprintKey> load_or_create_fingerprint_key(const std::string& path) {
  auto loaded = load_fingerprint_key(path);
  if (loaded || loaded.error().code != ErrorCode::kNotFound) return loaded;
  NHI_CHECK_OK(make_folders_of(path, kPlace.noun));
  NHI_TRY(const SecretText random, random_key());
  std::string line = line_of("k1", random.reveal());
  // Named when it is whole, and never over another: of first commands started together one makes
  // the key, and all read that one.
  auto made = write_new_file(path, line);
  wipe(line);
  if (!made && made.error().code != ErrorCode::kBadUse) {
    made.error().what.insert(0, "cannot make the fingerprint key: ");
    made.error().hint = "name a file that can be made in NHISWEEP_KEY_FILE";
    return fail(made.error());
  }
  return load_fingerprint_key(path);
}

std::string key_check(const FingerprintKey& key) {
  return to_hex(hmac_sha256(key.bytes.reveal(), "nhisweep.key-check/1")).substr(0, 32);
}

Result<FingerprintKey> rotate_fingerprint_key(const std::string& path) {
  NHI_TRY(const FingerprintKey present, load_fingerprint_key(path));
  if (present.former) {
    return fail(ErrorCode::kBadUse,
                "key " + present.former->id + " is being replaced by " + present.id + " already",
                path, "end that first: nhisweep key rotate --finish");
  }
  NHI_TRY(const SecretText random, random_key());
  return replace_key(path, line_of(next_id(present.id), random.reveal()) +
                               line_of(present.id, present.bytes.reveal()));
}

Result<FingerprintKey> forget_former_key(const std::string& path) {
  NHI_TRY(const FingerprintKey present, load_fingerprint_key(path));
  if (!present.former) {
    return fail(ErrorCode::kBadUse, "no key is being replaced", path,
                "nhisweep key rotate begins it");
  }
  return replace_key(path, line_of(present.id, present.bytes.reveal()));
}

}  // namespace nhi
