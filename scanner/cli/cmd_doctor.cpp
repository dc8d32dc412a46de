#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "scanner/base/scrub.hpp"
#include "scanner/cli/commands.hpp"
#include "scanner/cli/console.hpp"
#include "scanner/definitions/site.hpp"
#include "scanner/identity/key.hpp"
#include "scanner/inventory/inventory.hpp"
#include "scanner/sources/files.hpp"
#include "scanner/sweep/estate.hpp"

namespace nhi {
namespace {

constexpr std::size_t kShown = 20;

// Looks at every place as a sweep would, but opens nothing.
class Census : public WalkSink {
 public:
  void on_file(FileEntry entry) override {
    ++files;
    bytes += entry.size;
    // Paths over the system's limit cannot be asked for in one call; the reader can open them.
    if (::faccessat(AT_FDCWD, entry.disk_path().c_str(), R_OK, AT_EACCESS) != 0 &&
        errno != ENAMETOOLONG) {
      add("cannot be read", entry.root + "/" + entry.path);
    }
  }
  void on_repository(std::string, std::string, std::string) override { ++repositories; }
  void on_folder_listed(const std::string&, const std::string&) override {}
  void on_unread(Unread place) override { add(place.reason, place.root + "/" + place.path); }
  void on_policy(std::string, const std::string&, const std::string&, std::uint64_t) override {
    ++left_out;
  }

  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t repositories = 0;
  std::uint64_t left_out = 0;
  std::uint64_t unreadable = 0;

 private:
  void add(const std::string& reason, const std::string& place) {
    if (++unreadable <= kShown) fmt::print("  {}: {}\n", reason, printable(place));
  }
};

void look_at_key() {
  const auto path = fingerprint_key_path();
  if (!path) {
    fmt::print("key: {}; {}\n", path.error().what, path.error().hint);
    return;
  }
  const auto key = load_fingerprint_key(*path);
  if (key) {
    fmt::print("key: {} at {}\n", key->id, *path);
  } else if (key.error().code == ErrorCode::kNotFound) {
    fmt::print("key: none yet; the first scan makes one at {}\n", *path);
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

}  // namespace

Result<int> cmd_doctor(const Options& options) {
  fmt::print("user: {} (effective id {})\n", ::geteuid() == 0 ? "root" : "unprivileged",
             ::geteuid());
  look_at_key();
  look_at_inventory(options.inventory);
  NHI_TRY(const RuleSet rules, load_rule_set(options, {}));
  fmt::print("rules: {} built in, {}\n", rules.size(), rules.digest());
  std::string readers;
  for (const std::string_view name : reader_names()) readers += " " + std::string(name);
  fmt::print("readers:{}\n", readers);

  std::vector<Target> targets = targets_from_paths(options.paths, Naming::kAsTyped);
  if (!options.estate.empty()) {
    NHI_TRY(Estate estate, load_estate(options.estate));
    targets = std::move(estate.targets);
  }
  bool incomplete = false;
  for (const Target& target : targets) {
    for (const Unread& place : target.unmet) {
      fmt::print("{}: {}: {}\n", target.name, place.reason, printable(place.path));
      incomplete = true;
    }
    for (const TargetRoot& root : target.roots) {
      fmt::print("{}:\n", printable(root.root));
      Census census;
      WalkOptions walking;
      for (const std::string& pattern : target.exclude) walking.exclude.add(pattern);
      if (auto walked = walk(root.path, root.root, walking, census); !walked) {
        fmt::print("  {}\n", printable(walked.error().message()));
        incomplete = true;
        continue;
      }
      fmt::print("  {} files, {} bytes, {} repositories, {} left out, {} not readable\n",
                 census.files, census.bytes, census.repositories, census.left_out,
                 census.unreadable);
      incomplete = incomplete || census.unreadable > 0;
    }
  }
  if (incomplete) fmt::print("a sweep as this user would be incomplete (exit status 3)\n");
  return incomplete ? kStatusIncomplete : kStatusClean;
}

}  // namespace nhi
