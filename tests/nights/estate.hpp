// estate.hpp - a made estate on disk: hosts with an etc and a share, repositories with history.
// What happens to it is drawn from a seed; every change is made on disk and in the model alike.
#pragma once

#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/cli/sandbox.hpp"
#include "tests/nights/model.hpp"

namespace nhi::testing {

struct Size {
  int hosts = 20;
  int repositories = 60;
  int nights = 30;
};

/// Who reads the estate: one sweep, or each host for itself, merged from bundles. The repositories
/// lie on a host of their own then.
enum class Way : std::uint8_t { kSweep, kBundles };

class MadeEstate {
 public:
  static constexpr std::int64_t kFirstDay = 20856;  // 2027-02-07: CIS1 ends three weeks in
  static constexpr int kSystems = 6;

  MadeEstate(const Sandbox& box, Size size, std::uint64_t seed, Way way = Way::kSweep);

  /// A day at work: some files are added, changed, moved and removed. `learned` says which values
  /// the sweeps have shown: a file gets a new one only when its older ones are known.
  void work(int changes, std::int64_t day, const std::function<bool(const std::string&)>& learned);

  void silence_host(int host);
  void wake_host(int host);
  void unmount_share(int host);
  void mount_share(int host);
  /// The mirror of a repository is missing, and its target says how many there must be.
  void lose_repository(int repository);
  void restore_repository(int repository);
  void write_rules(bool ward, bool wing) const;
  /// The deadline passed before anything was read.
  [[nodiscard]] std::vector<Root> all_unread() const;

  /// Hosts that collect tonight, of kBundles; NAME.yaml is the estate file of each.
  [[nodiscard]] std::vector<std::string> awake_hosts() const;
  [[nodiscard]] const std::vector<Root>& roots() const { return roots_; }
  /// Places that a sweep of tonight names as not read.
  [[nodiscard]] std::int64_t unread_places() const { return unread_places_; }
  [[nodiscard]] std::uint64_t draw(std::uint64_t below);

 private:
  enum class Change : std::uint8_t { kAdd, kTake, kMoveLines };

  void make_host(int number);
  void make_repository(int number);
  void write_estate() const;
  void write_bundle_estates() const;
  [[nodiscard]] std::string repository_targets() const;
  Item new_item(std::string place);
  void commit(Root& root, std::int64_t day);
  void write_file(Root& root, const std::string& path, const File& file) const;
  void git(const Root& root, std::vector<std::string> words) const;

  void add_file(Root& root);
  void change_file(Root& root, const std::string& path, Change change);
  void move_file(Root& root, const std::string& path);
  void remove_file(Root& root, const std::string& path);
  void add_branch(Root& root, std::int64_t day);
  void drop_branch(Root& root);
  void remember_version(Root& root, const std::string& path, const File& file);
  Root& host_root(int host, bool share);
  [[nodiscard]] const Root& host_root(int host, bool share) const;
  Root& repository_root(int repository);

  const Sandbox& box_;
  const Size size_;
  const Way way_;
  std::mt19937_64 random_;
  std::vector<Root> roots_;
  std::vector<std::string> values_;  // tags that a second place may hold as well
  std::int64_t unread_places_ = 0;
  int silent_host_ = -1;
  int next_ = 0;  // numbers files, values and branches
};

}  // namespace nhi::testing
