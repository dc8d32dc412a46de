#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scanner/base/file.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/identity/key.hpp"

namespace nhi {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;

AuditEvent key_event(const std::string& type, const FingerprintKey& key) {
  AuditEvent event{type, {}};
  event.body.text("key", key.id).text("check", key_check(key));
  if (key.former) {
    event.body.text("former", key.former->id).text("former_check", key_check(*key.former));
  }
  return event;
}

// Of what is about to be done with the key.
Result<void> record_key(const Options& options, const AuditEvent& event) {
  NHI_TRY(AuditLog log, AuditLog::open(options));
  NHI_CHECK_OK(log.record({event}));
  NHI_CHECK_OK(log.close());
  return {};
}

// A file of a rotation holds two keys.
std::string both_words(const FingerprintKey& key) {
  if (!key.former) return key_words(key);
  return key_words(key) + ", with " + key_words(*key.former) + " that it replaces,";
}

Result<int> export_key(const Options& options) {
  const std::string& file = options.argument;
  NHI_TRY(const FingerprintKey key, key_in_place());
  AuditEvent event = key_event("key.exported", key);
  event.body.text("file", absolute_path(file));
  NHI_CHECK_OK(record_key(options, event));
  NHI_TRY(std::string text, read_small_file(key.path, kKeyFileBytesMax));
  auto written = write_file_atomically(file, text);
  wipe(text);
  if (!written) return fail(std::move(written.error()));
  fmt::print("key {} written to {} (mode 0600); carry it by a safe way and delete the copy\n",
             both_words(key), file);
  return kStatusClean;
}

// A file that goes on from the key in place may replace it, and so may one that ends what was
// begun, or brings the former key to a host that missed the beginning.
bool may_replace(const FingerprintKey& present, const FingerprintKey& incoming) {
  const bool same = present.bytes.reveal() == incoming.bytes.reveal();
  const bool other_former = (present.former == nullptr) != (incoming.former == nullptr);
  const bool goes_on =
      incoming.former != nullptr && incoming.former->bytes.reveal() == present.bytes.reveal();
  return (same && other_former) || goes_on;
}

Result<int> import_key(const Options& options, const std::string& path) {
  const std::string& file = options.argument;
  // Loading proves that it is a key before anything is touched.
  NHI_TRY(const FingerprintKey key, load_fingerprint_key(file));
  if (auto present = load_fingerprint_key(path)) {
    const bool same = present->bytes.reveal() == key.bytes.reveal();
    if (same && !may_replace(*present, key)) {
      fmt::print("key {} is already in place at {}\n", both_words(*present), path);
      return kStatusClean;
    }
    if (!may_replace(*present, key)) {
      return fail(ErrorCode::kBadUse,
                  "another key is in place: " + key_words(*present) + ", not " + key_words(key),
                  path,
                  "findings under it would lose their ids. If it was rotated, bring the file that "
                  "was exported before key rotate --finish; else move it away by hand first");
    }
  }
  AuditEvent event = key_event("key.imported", key);
  event.body.text("path", path).text("file", absolute_path(file));
  NHI_CHECK_OK(record_key(options, event));
  NHI_TRY(std::string text, read_small_file(file, kKeyFileBytesMax));
  // Makes the folder with the right mode; the key made there is replaced at once.
  NHI_TRY(const FingerprintKey made, load_or_create_fingerprint_key(path));
  auto written = write_file_atomically(path, text);
  wipe(text);
  if (!written) return fail(std::move(written.error()));
  fmt::print("key {} is in place at {}\n", both_words(key), made.path);
  return kStatusClean;
}

Result<int> begin_rotation(const Options& options, const std::string& path) {
  NHI_TRY(const FingerprintKey present, key_in_place());
  NHI_CHECK_OK(record_key(options, key_event("key.rotation-begun", present)));
  NHI_TRY(const FingerprintKey key, rotate_fingerprint_key(path));
  fmt::print(
      "key {} is in place at {}, {} beside it; nothing else is changed yet\n"
      "next: key export, and key import on every other host of the estate; then sweep, or collect "
      "and\nimport. Places that are read keep ids and decisions; a host that still has {} is taken "
      "until the\nend. When nothing is left: nhisweep key rotate --finish\n",
      key_words(key), key.path, key_words(*key.former), present.id);
  return kStatusClean;
}

// What the former key is still needed for.
struct Waiting {
  std::map<std::string, std::uint64_t> findings;  // by target
  std::vector<std::string> hosts;                 // whose newest bundle another key sealed
};

Result<Waiting> waiting_for(Inventory& inventory, const FingerprintKey& key) {
  Waiting waiting;
  const std::string check = key_check(key);
  NHI_TRY(waiting.findings, inventory.waiting_for_key({key.id, check}));
  NHI_TRY(const std::vector<HostBundle> bundles, inventory.bundles());
  for (const HostBundle& bundle : bundles) {
    if (bundle.key_check != check) waiting.hosts.push_back(bundle.host);
  }
  return waiting;
}

std::string list_of(const std::vector<std::string>& words) {
  constexpr std::size_t kShown = 10;
  std::string out;
  for (std::size_t i = 0; i < std::min(words.size(), kShown); ++i) {
    out += (i == 0 ? "" : ", ") + printable(words[i]);
  }
  if (words.size() > kShown) out += fmt::format(" and {} more", words.size() - kShown);
  return out;
}

std::string words_of(const Waiting& waiting, const FingerprintKey& key) {
  std::string out;
  if (!waiting.hosts.empty()) {
    out = fmt::format("{} of the hosts {} not delivered under key {} yet: {}", waiting.hosts.size(),
                      waiting.hosts.size() == 1 ? "has" : "have", key.id, list_of(waiting.hosts));
  }
  std::uint64_t findings = 0;
  std::vector<std::string> targets;
  for (const auto& [target, count] : waiting.findings) {
    findings += count;
    targets.push_back(fmt::format("{} ({})", target, count));
  }
  if (findings == 0) return out;
  if (!out.empty()) out += "; ";
  return out + fmt::format("{} {} not been read under key {} yet, by target: {}", findings,
                           findings == 1 ? "finding has" : "findings have", key.id,
                           list_of(targets));
}

// The former key may go once every finding that is there was read under the new one, and no host
// would come with it any more.
Result<void> check_nothing_waits(const Options& options, const FingerprintKey& key) {
  NHI_TRY(Inventory inventory, Inventory::open(options.inventory, Inventory::Mode::kRead));
  NHI_TRY(const std::optional<Inventory::KeyState> state, inventory.key_state());
  if (!state || state->key_check != key_check(key)) {
    return fail(ErrorCode::kBadUse, "no sweep has ended under key " + key.id + " yet",
                options.inventory, "sweep first; where bundles are merged: import them");
  }
  NHI_TRY(const Waiting waiting, waiting_for(inventory, key));
  const std::string words = words_of(waiting, key);
  if (words.empty()) return {};
  return fail(
      ErrorCode::kBadUse, words, options.inventory,
      "sweep these places, collect on these hosts, first; with --force they keep id and "
      "decisions, but what is read there later will be new, and a host that still has key " +
          key.former->id + " is refused");
}

// With --force: what is left behind is named all the same, if the inventory can be asked.
void tell_left_behind(const Options& options, const FingerprintKey& key) {
  auto inventory = Inventory::open(options.inventory, Inventory::Mode::kRead);
  if (!inventory) return;
  const auto waiting = waiting_for(*inventory, key);
  if (!waiting) return;
  const std::string words = words_of(*waiting, key);
  if (!words.empty()) note(options, "left behind: " + words);
}

Result<int> finish_rotation(const Options& options, const std::string& path) {
  NHI_TRY(const FingerprintKey key, key_in_place());
  if (key.former && !options.force) NHI_CHECK_OK(check_nothing_waits(options, key));
  if (key.former && options.force) tell_left_behind(options, key);
  AuditEvent event = key_event("key.rotation-ended", key);
  event.body.flag("forced", options.force);
  NHI_CHECK_OK(record_key(options, event));
  NHI_TRY(const FingerprintKey left, forget_former_key(path));
  fmt::print("key {} is alone at {}; export it once more to end it on the other hosts\n",
             key_words(left), path);
  return kStatusClean;
}

}  // namespace

Result<int> cmd_key(const Options& options) {
  NHI_TRY(const std::string path, fingerprint_key_path());
  if (options.command == Command::kKeyExport) return export_key(options);
  if (options.command == Command::kKeyImport) return import_key(options, path);
  if (options.command == Command::kKeyRotate) {
    return options.finish ? finish_rotation(options, path) : begin_rotation(options, path);
  }
  if (const auto present = load_fingerprint_key(path);
      !present && present.error().code == ErrorCode::kNotFound) {
    AuditEvent event{"key.created", {}};
    event.body.text("path", path);
    NHI_CHECK_OK(record_key(options, event));
  }
  NHI_TRY(const FingerprintKey key, load_or_create_fingerprint_key(path));
  fmt::print("key {} is at {}; keep a backup: without it findings lose their ids\n",
             both_words(key), path);
  // A service may read it and not make it.
  NHI_TRY(const std::string audit_path, AuditSigningKey::usual_path());
  NHI_TRY(const AuditSigningKey audit_key, AuditSigningKey::load_or_create(audit_path));
  fmt::print("key {} that signs the audit is at {}\n", audit_key.public_key().id(), audit_path);
  return kStatusClean;
}

}  // namespace nhi
