#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "scanner/base/scrub.hpp"
#include "scanner/base/time_span.hpp"
#include "scanner/cli/audit_log.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/cli/grants.hpp"
#include "scanner/cli/night.hpp"
#include "scanner/cli/sweep_parts.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/report/words.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sources/mount_watch.hpp"
#include "scanner/sweep/estate.hpp"

namespace nhi {
namespace {

constexpr std::size_t kShown = 20;

std::uint64_t packed_bytes_here(const std::string& git_dir) {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(git_dir + "/objects/pack", ignored)) {
    if (entry.path().extension() == ".pack") bytes += entry.file_size(ignored);
  }
  return ignored ? 0 : bytes;
}

std::uint64_t packed_bytes(const std::string& git_dir) {
  const CallsPtr calls = MountWatch::of_process().at(git_dir);
  return ask(calls, [git_dir] { return packed_bytes_here(git_dir); }).value_or(0);
}

// faccessat(2) for this user: 0, or errno.
int access_error(const std::string& path, std::uint64_t device) {
  const CallsPtr calls = MountWatch::of_process().of_device(device);
  return ask(calls,
             [path] {
               return ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0 ? 0 : errno;
             })
      .value_or(ETIMEDOUT);
}

// Looks at every place as a sweep would, but opens nothing.
class Census : public WalkSink {
 public:
  Census(const TargetRoot& root, ReadGrants& grants, NightSample& sample)
      : root_(root), grants_(grants), sample_(sample) {}

  void on_file(FileEntry entry) override {
    ++files;
    bytes += entry.size;
    const std::string disk = entry.disk_path();
    // Paths over the system's limit cannot be asked for in one call; the reader can open them.
    const int error = access_error(disk, entry.device);
    if (error != 0 && error != ENAMETOOLONG) {
      const auto* const reason = error == ETIMEDOUT ? "not-answering" : "permission-denied";
      add(reason, entry.root + "/" + entry.path, disk);
      return;
    }
    sample_.add_file(disk, entry.size);
  }
  void on_repository(std::string, std::string, std::string git_dir) override {
    ++repositories;
    const std::uint64_t packed = packed_bytes(git_dir);
    git_bytes += packed;
    sample_.add_repository(std::move(git_dir), packed);
  }
  void on_folder_listed(const std::string&, const std::string&) override {}
  void on_unread(Unread place) override {
    std::string disk =
        root_.path + place.root.substr(std::min(place.root.size(), root_.root.size()));
    if (!place.path.empty() && place.path != ".") disk.append("/").append(place.path);
    add(place.reason, place.root + "/" + place.path, disk);
  }
  void on_policy(std::string, const std::string&, const std::string&, std::uint64_t) override {
    ++left_out;
  }

  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t repositories = 0;
  std::uint64_t git_bytes = 0;
  std::uint64_t left_out = 0;
  std::uint64_t unreadable = 0;

 private:
  void add(const std::string& reason, const std::string& place, const std::string& disk) {
    if (reason == "permission-denied") grants_.add(disk);
    if (++unreadable <= kShown) fmt::print("  {}: {}\n", reason, printable(place));
  }

  const TargetRoot& root_;
  ReadGrants& grants_;
  NightSample& sample_;
};

void look_at_journal(const Options& options) {
  const auto path = journal_path(options);
  if (!path) {
    fmt::print("journal: {}; {}\n", path.error().what, path.error().hint);
    return;
  }
  auto journal = Journal::open(*path);
  if (!journal) {
    const bool missing = journal.error().code == ErrorCode::kNotFound;
    fmt::print("journal: {}\n", missing ? "none yet; the first sweep, decision or key operation "
                                          "makes it at " +
                                              *path
                                        : journal.error().message());
    return;
  }
  const auto head = journal->head();
  if (!head) {
    fmt::print("journal: {}\n", head.error().message());
    return;
  }
  fmt::print("journal: {} at {}; nhisweep audit verify checks it\n",
             counted(head->seq, "record", "records"), *path);
}

void look_at_key() {
  const auto path = fingerprint_key_path();
  if (!path) {
    fmt::print("key: {}; {}\n", path.error().what, path.error().hint);
    return;
  }
  const auto key = load_fingerprint_key(*path);
  if (key) {
    fmt::print("key: {} at {}\n", key_words(*key), *path);
    if (key->former) {
      fmt::print("  it replaces {}; nhisweep key rotate --finish ends that\n",
                 key_words(*key->former));
    }
  } else if (key.error().code == ErrorCode::kNotFound) {
    fmt::print(
        "key: none yet; the first scan or sweep makes one at {}; a host that collects gets the "
        "estate's: nhisweep key import\n",
        *path);
  } else {
    fmt::print("key: {}; {}\n", key.error().message(), key.error().hint);
  }
}

void look_at_inventory(const std::string& path) {
  auto inventory = Inventory::open(path, Inventory::Mode::kRead);
  if (!inventory) {
    fmt::print("inventory: {}\n", inventory.error().message());
    return;
  }
  const auto sweep = inventory->current_sweep();
  if (sweep && *sweep) {
    fmt::print("inventory: {}, last sweep {}\n", path, to_iso8601((*sweep)->facts.as_of));
  } else {
    fmt::print("inventory: {}, no finished sweep\n", path);
  }
}

std::string user_name() {
  const passwd* const account = ::getpwuid(::geteuid());
  return account != nullptr ? account->pw_name : std::to_string(::geteuid());
}

// True if a sweep of it would be incomplete.
bool look_at_target(const Target& target, ReadGrants& grants, NightSample& sample) {
  bool incomplete = false;
  for (const Unread& place : target.unmet) {
    fmt::print("{}: {}: {}\n", target.name, place.reason, printable(place.path));
    incomplete = true;
  }
  for (const TargetRoot& root : target.roots) {
    fmt::print("{}:\n", printable(root.root));
    Census census(root, grants, sample);
    WalkOptions walking;
    for (const std::string& pattern : target.exclude) walking.exclude.add(pattern);
    walking.one_file_system = target.one_file_system;
    walking.enter_network = target.network;
    if (auto walked = walk(root.path, root.root, walking, census); !walked) {
      fmt::print("  {}\n", printable(walked.error().message()));
      if (walked.error().code == ErrorCode::kPermission) grants.add(root.path);
      incomplete = true;
      continue;
    }
    fmt::print("  {}, {}, {} ({} packed), {} left out, {} not readable\n",
               counted(census.files, "file", "files"), human_bytes(census.bytes),
               counted(census.repositories, "repository", "repositories"),
               human_bytes(census.git_bytes), census.left_out, census.unreadable);
    incomplete = incomplete || census.unreadable > 0;
  }
  return incomplete;
}

void print_grants(const ReadGrants& grants) {
  const auto commands = grants.commands();
  if (commands.empty()) return;
  fmt::print("what this user lacks, each with the places it opens at least:\n");
  std::size_t shown = 0;
  for (const auto& [command, places] : commands) {
    if (++shown > kShown) break;
    fmt::print("  {}   # {}\n", printable(command), counted(places, "place", "places"));
  }
  if (commands.size() > kShown) fmt::print("  and {} more\n", commands.size() - kShown);
}

Result<void> print_estimate(const Options& options, const RuleSet& rules,
                            const NightSample& sample) {
  NHI_TRY(const NightEstimate estimate, sample.measure(options, rules));
  fmt::print(
      "a first sweep of this takes about {} with {} (measured on {} of files and {} of packs"
      " just now;\n  later ones read only what changed)\n",
      span_text(estimate.seconds), counted(estimate.jobs, "thread", "threads"),
      human_bytes(estimate.file_bytes), human_bytes(estimate.git_bytes));
  if (estimate.git_bytes_left_out != 0) {
    fmt::print("  and the time for {} of packs: every history is too large to try one\n",
               human_bytes(estimate.git_bytes_left_out));
  }
  return {};
}

}  // namespace

Result<int> cmd_doctor(const Options& options) {
  fmt::print("user: {} (effective id {})\n", ::geteuid() == 0 ? "root" : "unprivileged",
             ::geteuid());
  look_at_key();
  look_at_journal(options);
  look_at_inventory(options.inventory);
  NHI_TRY(const RuleSet rules, load_rule_set(options, {}));
  fmt::print("rules: {} built in, {}\n", rules.size(), rules.digest());
  std::string readers;
  for (const std::string_view name : reader_names()) readers += " " + std::string(name);
  fmt::print("readers:{}\n", readers);

  std::vector<Target> targets = targets_from_paths(options.paths, Naming::kAsTyped);
  if (!options.estate.empty()) {
    NHI_TRY(Estate estate, load_estate(options.estate));
    NHI_CHECK_OK(declared_of(estate, system_now()));
    targets = std::move(estate.targets);
  }
  const std::string user = user_name();
  ReadGrants grants(user);
  NightSample sample;
  bool incomplete = false;
  for (const Target& target : targets) incomplete |= look_at_target(target, grants, sample);
  print_grants(grants);
  if (!targets.empty()) NHI_CHECK_OK(print_estimate(options, rules, sample));
  if (incomplete) fmt::print("a sweep as this user would be incomplete (exit status 3)\n");
  return incomplete ? kStatusIncomplete : kStatusClean;
}

}  // namespace nhi
