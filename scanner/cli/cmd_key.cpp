#include <fmt/format.h>

#include "scanner/base/file.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/identity/key.hpp"

namespace nhi {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;

Result<int> export_key(const std::string& path, const std::string& file) {
  NHI_TRY(const FingerprintKey key, load_fingerprint_key(path));
  NHI_TRY(std::string text, read_small_file(path, kKeyFileBytesMax));
  auto written = write_file_atomically(file, text);
  wipe(text);
  if (!written) return fail(std::move(written.error()));
  fmt::print("key {} written to {} (mode 0600); carry it by a safe way and delete the copy\n",
             key.id, file);
  return kStatusClean;
}

Result<int> import_key(const std::string& path, const std::string& file) {
  // Loading proves that it is a key before anything is touched.
  NHI_TRY(const FingerprintKey key, load_fingerprint_key(file));
  if (auto present = load_fingerprint_key(path)) {
    if (present->bytes.reveal() == key.bytes.reveal()) {
      fmt::print("key {} is already in place at {}\n", key.id, path);
      return kStatusClean;
    }
    return fail(ErrorCode::kBadUse, "another key is in place", path,
                "findings under it would lose their ids: move it away by hand first");
  }
  NHI_TRY(std::string text, read_small_file(file, kKeyFileBytesMax));
  // Makes the folder with the right mode; the key made there is replaced at once.
  NHI_TRY(const FingerprintKey made, load_or_create_fingerprint_key(path));
  auto written = write_file_atomically(path, text);
  wipe(text);
  if (!written) return fail(std::move(written.error()));
  fmt::print("key {} is in place at {}\n", key.id, made.path);
  return kStatusClean;
}

}  // namespace

Result<int> cmd_key(const Options& options) {
  NHI_TRY(const std::string path, fingerprint_key_path());
  if (options.command == Command::kKeyExport) return export_key(path, options.argument);
  if (options.command == Command::kKeyImport) return import_key(path, options.argument);
  NHI_TRY(const FingerprintKey key, load_or_create_fingerprint_key(path));
  fmt::print("key {} is at {}; keep a backup: without it findings lose their ids\n", key.id, path);
  return kStatusClean;
}

}  // namespace nhi
