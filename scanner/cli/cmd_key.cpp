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

// A file that goes on from the key in place, or ends what was begun, may replace it.
bool may_replace(const FingerprintKey& present, const FingerprintKey& incoming) {
  const bool ends = present.bytes.reveal() == incoming.bytes.reveal() &&
                    present.former != nullptr && incoming.former == nullptr;
  const bool goes_on =
      incoming.former != nullptr && incoming.former->bytes.reveal() == present.bytes.reveal();
  return ends || goes_on;
}

Result<int> import_key(const std::string& path, const std::string& file) {
  // Loading proves that it is a key before anything is touched.
  NHI_TRY(const FingerprintKey key, load_fingerprint_key(file));
  if (auto present = load_fingerprint_key(path)) {
    const bool same = present->bytes.reveal() == key.bytes.reveal();
    if (same && !may_replace(*present, key)) {
      fmt::print("key {} is already in place at {}\n", key.id, path);
      return kStatusClean;
    }
    if (!may_replace(*present, key)) {
      return fail(ErrorCode::kBadUse, "another key is in place", path,
                  "findings under it would lose their ids: move it away by hand first");
    }
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

Result<int> begin_rotation(const std::string& path) {
  NHI_TRY(const FingerprintKey key, rotate_fingerprint_key(path));
  fmt::print(
      "key {} is in place at {}, {} beside it; nothing else is changed yet\n"
      "next: key export, and key import on every other host of the estate; then sweep. Places "
      "that\n"
      "are read keep ids and decisions. When nothing is left: nhisweep key rotate --finish\n",
      key.id, path, key.former->id);
  return kStatusClean;
}

// The former key may go once every finding that is there was read under the new one.
Result<void> check_nothing_pending(const Options& options, const FingerprintKey& key) {
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(const std::optional<Inventory::KeyState> state, inventory.key_state());
  if (!state || state->key_check != key_check(key)) {
    return fail(ErrorCode::kBadUse, "no sweep has ended under key " + key.id + " yet",
                options.inventory, "sweep first");
  }
  if (state->pending == 0) return {};
  return fail(
      ErrorCode::kBadUse,
      fmt::format("{} findings have not been read under key {} yet", state->pending, key.id),
      options.inventory,
      "sweep their places first; with --force they keep id and decisions, but a place that "
      "is read later will be new");
}

Result<int> finish_rotation(const Options& options, const std::string& path) {
  NHI_TRY(const FingerprintKey key, load_fingerprint_key(path));
  if (key.former && !options.force) NHI_CHECK_OK(check_nothing_pending(options, key));
  NHI_TRY(const FingerprintKey left, forget_former_key(path));
  fmt::print("key {} is alone at {}; export it once more to end it on the other hosts\n", left.id,
             path);
  return kStatusClean;
}

}  // namespace

Result<int> cmd_key(const Options& options) {
  NHI_TRY(const std::string path, fingerprint_key_path());
  if (options.command == Command::kKeyExport) return export_key(path, options.argument);
  if (options.command == Command::kKeyImport) return import_key(path, options.argument);
  if (options.command == Command::kKeyRotate) {
    return options.finish ? finish_rotation(options, path) : begin_rotation(path);
  }
  NHI_TRY(const FingerprintKey key, load_or_create_fingerprint_key(path));
  fmt::print("key {} is at {}; keep a backup: without it findings lose their ids\n", key.id, path);
  return kStatusClean;
}

}  // namespace nhi
