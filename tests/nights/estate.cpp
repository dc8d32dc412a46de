#include "tests/nights/estate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace nhi::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kSharedBy = 3;               // targets of repositories
constexpr const char* kMirror = "mirror";  // the host they lie on, of kBundles

std::string two(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

// Password files are known by their name, and hold nothing else here.
bool is_password_file(Kind kind) { return kind == Kind::kService || kind == Kind::kPerson; }

std::string path_of(int number, bool password_file) {
  const std::string name = "f" + std::to_string(number);
  return password_file ? "home/" + name + "/.pgpass" : "conf/" + name + ".properties";
}

std::string parked(const Root& root) {
  return "parked-" + fs::path(root.folder).filename().string();
}

std::string date_of(std::int64_t day) { return std::to_string(day * 86400) + " +0000"; }

std::string rule_text(const std::string& word) {
  return "- id: " + word + "-token\n  name: Token of " + word + "\n  pattern: '\\b" + word +
         "_(?P<secret>[0-9A-Za-z]{32})\\b'\n  category: saas\n  principal: machine\n"
         "  severity: high\n  confidence: high\n  matches: [{template: '" +
         word + "_{base62:32}'}]\n  misses: ['" + word + "_short']\n" +
         "  references: ['https://example.org']\n";
}

}  // namespace

MadeEstate::MadeEstate(const Sandbox& box, Size size, std::uint64_t seed, Way way)
    : box_(box), size_(size), way_(way), random_(seed) {
  for (int host = 0; host < size_.hosts; ++host) make_host(host);
  for (int repository = 0; repository < size_.repositories; ++repository) {
    make_repository(repository);
  }
  write_rules(true, false);
  way_ == Way::kSweep ? write_estate() : write_bundle_estates();
}

// Not std::uniform_int_distribution: its numbers differ between libraries.
std::uint64_t MadeEstate::draw(std::uint64_t below) { return random_() % below; }

Item MadeEstate::new_item(std::string place) {
  std::replace(place.begin(), place.end(), '/', '-');  // tags are parts of account names
  constexpr Kind kKinds[] = {Kind::kPassword, Kind::kPassword, Kind::kWard,  Kind::kWing,
                             Kind::kService,  Kind::kPerson,   Kind::kRelay, Kind::kGas,
                             Kind::kIssuer,   Kind::kMesh};
  Item item;
  item.kind = kKinds[draw(std::size(kKinds))];
  if (item.kind == Kind::kGas || item.kind == Kind::kIssuer) return item;
  const bool again = item.kind == Kind::kPassword && !values_.empty() && draw(4) == 0;
  item.tag = again ? values_[draw(values_.size())]
                   : (item.kind == Kind::kMesh ? "mesh" : "v") + std::to_string(next_++) + place;
  if (item.kind == Kind::kPassword && !again) values_.push_back(item.tag);
  return item;
}

void MadeEstate::make_host(int number) {
  const std::string name = "h" + two(number);
  for (const char* part : {"etc", "share"}) {
    Root root;
    root.target = name;
    root.name = name + "/" + part;
    root.folder = "hosts/" + root.name;
    root.system = "S" + std::to_string(number % kSystems);
    root.owner = number % 3 == 0 ? "" : "team-" + std::to_string(number % 3);
    for (int i = 0; i < 3; ++i) add_file(root);
    roots_.push_back(std::move(root));
  }
}

void MadeEstate::make_repository(int number) {
  const std::string target = "r" + std::to_string(number % kSharedBy);
  Root root;
  root.target = target;
  root.name = target + "/repo" + two(number);
  root.folder = "git/" + root.name;
  if (way_ == Way::kBundles) root.name.insert(0, std::string(kMirror) + "/");
  root.system = "S" + std::to_string(number % kSharedBy);
  root.owner = number % kSharedBy == 0 ? "" : "platform";
  root.repository = true;
  fs::create_directories(box_.path(root.folder));
  git(root, {"init", "-q", "-b", "main"});
  git(root, {"config", "gc.auto", "0"});
  for (int i = 0; i < 2; ++i) add_file(root);
  const auto age = static_cast<std::int64_t>(300 + draw(400));
  commit(root, kFirstDay - age);
  if (number % 4 == 0) {
    const std::string path = root.files.begin()->first;
    change_file(root, path, draw(2) == 0 ? Change::kTake : Change::kMoveLines);
    commit(root, kFirstDay - age + 100);
  }
  roots_.push_back(std::move(root));
}

void MadeEstate::write_estate() const {
  std::string text = "estate: Made Trust\ntargets:\n";
  for (int host = 0; host < size_.hosts; ++host) {
    const Root& root = roots_[static_cast<std::size_t>(host) * 2];
    text += "  - {name: " + root.target + ", path: [hosts/" + root.target + "/etc, hosts/" +
            root.target + "/share], host: " + root.target + ", system: " + root.system +
            (root.owner.empty() ? "" : ", owner: " + root.owner) +
            ", environment: live, place: application}\n";
  }
  text += repository_targets();
  box_.write("estate.yaml", text + "rules: [builtin, ./local.yaml]\n");
}

std::string MadeEstate::repository_targets() const {
  std::string text;
  for (int shared = 0; shared < kSharedBy; ++shared) {
    const std::string name = "r" + std::to_string(shared);
    const auto held = std::count_if(roots_.begin(), roots_.end(),
                                    [&](const Root& root) { return root.target == name; });
    text.append("  - {name: ").append(name).append(", git: ['git/").append(name);
    text.append("/*'], system: S").append(std::to_string(shared));
    text.append(shared == 0 ? "" : ", owner: platform");
    text.append(", environment: live, place: application, expect: {min_repositories: ");
    text.append(std::to_string(held)).append("}}\n");
  }
  return text;
}

// Each host has an estate file of its own; the one that merges only says who must report.
void MadeEstate::write_bundle_estates() const {
  std::string hosts;
  for (int host = 0; host < size_.hosts; ++host) {
    const Root& root = host_root(host, false);
    std::string text = "estate: Made Trust\ntargets:\n";
    for (const char* part : {"etc", "share"}) {
      text.append("  - {name: ").append(part).append(", path: hosts/").append(root.target);
      text.append("/").append(part).append(", system: ").append(root.system);
      if (!root.owner.empty()) text.append(", owner: ").append(root.owner);
      text.append(", environment: live, place: application}\n");
    }
    box_.write(root.target + ".yaml", text + "rules: [builtin, ./local.yaml]\n");
    hosts.append(root.target).append(", ");
  }
  box_.write(
      std::string(kMirror) + ".yaml",
      "estate: Made Trust\ntargets:\n" + repository_targets() + "rules: [builtin, ./local.yaml]\n");
  box_.write("estate.yaml", "estate: Made Trust\nhosts: [" + hosts + kMirror + "]\n");
}

std::vector<std::string> MadeEstate::awake_hosts() const {
  std::vector<std::string> hosts = {kMirror};
  for (int host = 0; host < size_.hosts; ++host) {
    if (host != silent_host_) hosts.push_back(host_root(host, false).target);
  }
  return hosts;
}

void MadeEstate::write_rules(bool ward, bool wing) const {
  box_.write("local.yaml", rule_text("quiet") + (ward ? rule_text("ward") : "") +
                               (wing ? rule_text("wing") : ""));
}

void MadeEstate::git(const Root& root, std::vector<std::string> words) const {
  words.insert(words.begin(), "git");
  box_.must(words, box_.path(root.folder));
}

void MadeEstate::commit(Root& root, std::int64_t day) {
  git(root, {"add", "-A"});
  box_.must({"env", "GIT_AUTHOR_DATE=" + date_of(day), "GIT_COMMITTER_DATE=" + date_of(day), "git",
             "commit", "-q", "--allow-empty", "-m", "work"},
            box_.path(root.folder));
  for (const auto& [path, file] : root.files) {
    for (const Item& item : file.items) {
      if (!item.tag.empty()) root.since.try_emplace(item.tag, day);
    }
  }
}

void MadeEstate::write_file(Root& root, const std::string& path, const File& file) const {
  box_.write(root.folder + "/" + path, file.text(path));
  root.files[path] = file;
}

void MadeEstate::add_file(Root& root) {
  File file;
  file.items.push_back(new_item(root.name));
  const std::string path = path_of(next_++, is_password_file(file.items[0].kind));
  write_file(root, path, file);
}

void MadeEstate::remember_version(Root& root, const std::string& path, const File& file) {
  if (root.repository) root.history.push_back({path, file, ""});
}

// One more item, one less, or the same ones some lines further down.
void MadeEstate::change_file(Root& root, const std::string& path, Change change) {
  File file = root.files.at(path);
  if (file.fixed) return;
  remember_version(root, path, file);
  if (change == Change::kAdd) {
    const Item item = new_item(root.name);
    const bool held = std::any_of(file.items.begin(), file.items.end(), [&](const Item& other) {
      return other.kind == item.kind;  // one of a kind: no ordinals among equals
    });
    const bool fits = is_password_file(item.kind) == path.ends_with(".pgpass");
    if (!held && fits) file.items.push_back(item);
  } else if (change == Change::kTake && !file.items.empty()) {
    file.items.erase(file.items.begin() + static_cast<std::ptrdiff_t>(draw(file.items.size())));
  }
  file.padding += 1 + static_cast<int>(draw(3));
  write_file(root, path, file);
}

void MadeEstate::move_file(Root& root, const std::string& path) {
  const std::string to = path_of(next_++, path.ends_with(".pgpass"));
  fs::create_directories(fs::path(box_.path(root.folder + "/" + to)).parent_path());
  File file = root.files.at(path);
  // The name stands in the contents: on a host nothing depends on it, and a pure move in a
  // repository keeps one blob, whose place is then the new path.
  fs::rename(box_.path(root.folder + "/" + path), box_.path(root.folder + "/" + to));
  root.files.erase(path);
  file.fixed = true;
  root.files[to] = file;
}

void MadeEstate::remove_file(Root& root, const std::string& path) {
  remember_version(root, path, root.files.at(path));
  fs::remove(box_.path(root.folder + "/" + path));
  root.files.erase(path);
}

void MadeEstate::add_branch(Root& root, std::int64_t day) {
  const std::string branch = "b" + std::to_string(next_++);
  const auto before = root.files;
  git(root, {"checkout", "-q", "-b", branch});
  add_file(root);
  commit(root, day);
  git(root, {"checkout", "-q", "main"});
  for (const auto& [path, file] : root.files) {
    if (!before.contains(path)) root.history.push_back({path, file, branch});
  }
  root.files = before;
}

// History is rewritten: what only the branch held is in no object any more.
void MadeEstate::drop_branch(Root& root) {
  const auto branch = std::find_if(root.history.begin(), root.history.end(),
                                   [](const Version& version) { return !version.branch.empty(); });
  if (branch == root.history.end()) return;
  const std::string name = branch->branch;
  git(root, {"branch", "-q", "-D", name});
  git(root, {"reflog", "expire", "--expire=now", "--all"});
  git(root, {"gc", "-q", "--prune=now"});
  std::erase_if(root.history, [&](const Version& version) { return version.branch == name; });
}

void MadeEstate::work(int changes, std::int64_t day,
                      const std::function<bool(const std::string&)>& learned) {
  for (int change = 0; change < changes; ++change) {
    Root& root = roots_[draw(roots_.size())];
    const std::uint64_t choice = draw(12);
    if (root.unread || root.files.empty()) continue;
    auto at = root.files.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(draw(root.files.size())));
    const std::string path = at->first;
    const bool known =
        std::all_of(at->second.items.begin(), at->second.items.end(),
                    [&](const Item& item) { return item.tag.empty() || learned(item.tag); });
    if (choice < 3) {
      add_file(root);
    } else if (choice < 8) {
      if (known) change_file(root, path, static_cast<Change>(draw(3)));
    } else if (choice == 8) {
      if (known && root.files.size() > 1) remove_file(root, path);
    } else if (choice == 9) {
      if (known) move_file(root, path);
    } else if (root.repository) {
      if (choice == 10) {
        commit(root, day);
        add_branch(root, day);
      } else {
        drop_branch(root);
      }
    }
    if (root.repository) commit(root, day);
  }
}

const Root& MadeEstate::host_root(int host, bool share) const {
  return roots_[static_cast<std::size_t>(host) * 2 + (share ? 1 : 0)];
}
Root& MadeEstate::host_root(int host, bool share) {
  return roots_[static_cast<std::size_t>(host) * 2 + (share ? 1 : 0)];
}

Root& MadeEstate::repository_root(int repository) {
  return roots_[static_cast<std::size_t>(size_.hosts) * 2 + static_cast<std::size_t>(repository)];
}

// To a sweep its folders are missing, each of them; from a host that collects nothing comes.
void MadeEstate::silence_host(int host) {
  for (const bool share : {false, true}) host_root(host, share).unread = true;
  if (way_ == Way::kBundles) {
    silent_host_ = host;
    ++unread_places_;
    return;
  }
  fs::rename(box_.path("hosts/" + host_root(host, false).target), box_.path("silent"));
  unread_places_ += 2;
}

void MadeEstate::wake_host(int host) {
  for (const bool share : {false, true}) host_root(host, share).unread = false;
  if (way_ == Way::kBundles) {
    silent_host_ = -1;
    --unread_places_;
    return;
  }
  fs::rename(box_.path("silent"), box_.path("hosts/" + host_root(host, false).target));
  unread_places_ -= 2;
}

void MadeEstate::unmount_share(int host) {
  Root& root = host_root(host, true);
  fs::rename(box_.path(root.folder), box_.path("unmounted"));
  fs::create_directory(box_.path(root.folder));  // the empty mount point stays
  root.unread = true;
  ++unread_places_;
}

void MadeEstate::mount_share(int host) {
  Root& root = host_root(host, true);
  fs::remove(box_.path(root.folder));
  fs::rename(box_.path("unmounted"), box_.path(root.folder));
  root.unread = false;
  --unread_places_;
}

void MadeEstate::lose_repository(int repository) {
  Root& lost = repository_root(repository);
  fs::rename(box_.path(lost.folder), box_.path(parked(lost)));
  lost.unread = true;
  for (Root& root : roots_) root.unproven = root.unproven || root.target == lost.target;
  ++unread_places_;
}

void MadeEstate::restore_repository(int repository) {
  Root& lost = repository_root(repository);
  fs::rename(box_.path(parked(lost)), box_.path(lost.folder));
  lost.unread = false;
  for (Root& root : roots_) root.unproven = root.unproven && root.target != lost.target;
  --unread_places_;
}

std::vector<Root> MadeEstate::all_unread() const {
  std::vector<Root> roots = roots_;
  for (Root& root : roots) root.unread = true;
  return roots;
}

}  // namespace nhi::testing
