#include "scanner/sources/git/refs.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <climits>
#include <functional>
#include <map>
#include <utility>

#include "scanner/base/file.hpp"
#include "scanner/base/limits.hpp"
#include "scanner/sources/name_list.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::size_t kReflogBytesMax = 256 * kMiB;
constexpr std::size_t kRefDepthMax = 64;  // of folders under refs/ and logs/

using VisitFile = std::function<void(int folder, const char* name, const std::string& path)>;

// Every regular file below `name`, in order; iterative, links not followed.
void each_file(const std::string& base, const std::string& name, const VisitFile& visit,
               std::vector<Unread>& damaged) {
  std::vector<std::string> waiting{name};
  while (!waiting.empty()) {
    const std::string path = std::move(waiting.back());
    waiting.pop_back();
    std::string full = base;
    full.append("/").append(path);
    const FileHandle folder =
        open_quietly(AT_FDCWD, full.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!folder.is_open()) {
      if (errno != ENOENT)
        damaged.push_back({{}, ".git/" + path, std::string(unread_reason(errno)), 0});
      continue;
    }
    NameList names;
    if (const int error = names.list(folder.get()); error != 0) {
      damaged.push_back({{}, ".git/" + path, std::string(unread_reason(error)), 0});
    }
    const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
    while (const auto entry = names.next()) {
      struct stat facts {};
      if (::fstatat(folder.get(), entry->name, &facts, AT_SYMLINK_NOFOLLOW) != 0) continue;
      std::string inner = path + "/" + entry->name;
      if (S_ISREG(facts.st_mode)) visit(folder.get(), entry->name, inner);
      if (!S_ISDIR(facts.st_mode)) continue;
      if (depth < kRefDepthMax) {
        waiting.push_back(std::move(inner));
      } else {
        damaged.push_back({{}, ".git/" + inner, "too-deep", 0});
      }
    }
  }
}

class RefReader {
 public:
  explicit RefReader(std::string common_dir) : common_(std::move(common_dir)) {}

  GitRefs read(const std::string& git_dir) {
    read_packed();
    each_file(
        common_, "refs",
        [&](int folder, const char* name, const std::string& path) {
          if (!path.ends_with(".lock")) take_ref(folder, name, path);
        },
        result_.damaged);
    read_reflogs("logs");
    read_heads(common_);
    if (git_dir != common_) read_heads(git_dir);
    read_work_trees();
    result_.shallow = read_shallow(common_);
    resolve();
    read_head(git_dir);
    return finish();
  }

 private:
  void add_other(const std::optional<GitId>& id) {
    if (id && *id != GitId{}) result_.others.push_back(*id);
  }

  void damaged(const std::string& path) {
    result_.damaged.push_back({{}, ".git/" + path, "damaged-ref", 0});
  }

  // `packed-refs`: "<id> <name>" lines; "^<id>" repeats what a tag comes to.
  void read_packed() {
    struct stat facts {};
    const std::string path = common_ + "/packed-refs";
    if (::lstat(path.c_str(), &facts) != 0) return;
    const auto text = read_foreign_file(AT_FDCWD, path.c_str(), kPackedRefsBytesMax);
    if (!text) return damaged("packed-refs");
    std::string_view rest = *text;
    bool sound = true;
    while (!rest.empty()) {
      const std::string_view line = take_ref_line(rest);
      if (line.empty() || line[0] == '#' || line[0] == '^') continue;
      const auto id = GitId::parse(line);
      if (id && line.size() > 41 && line[40] == ' ') {
        direct_[std::string(line.substr(41))] = *id;
      } else {
        sound = false;
      }
    }
    if (!sound) damaged("packed-refs");
  }

  void take_ref(int folder, const char* file, const std::string& name) {
    const auto text = read_foreign_file(folder, file, kRefBytesMax);
    if (!text) return damaged(name);
    take_content(*text, name);
  }

  void take_content(std::string_view text, const std::string& name) {
    if (const std::string target = symbolic_target(text); !target.empty()) {
      direct_.erase(name);
      symbolic_[name] = target;
    } else if (const auto id = GitId::parse(text)) {
      direct_[name] = *id;
    } else {
      damaged(name);
    }
  }

  // A reflog line is "<old> <new> <who> <when>\t<why>".
  void read_reflogs(const std::string& folder_name) {
    each_file(
        common_, folder_name,
        [&](int folder, const char* name, const std::string& path) {
          const auto text = read_foreign_file(folder, name, kReflogBytesMax);
          if (!text) return damaged(path);
          std::string_view rest = *text;
          while (!rest.empty()) {
            const std::string_view line = take_ref_line(rest);
            add_other(GitId::parse(line));
            if (line.size() > 41) add_other(GitId::parse(line.substr(41)));
          }
        },
        result_.damaged);
  }

  // HEAD, FETCH_HEAD, ORIG_HEAD, MERGE_HEAD, …: any file of capitals; ids stand at line starts.
  void read_heads(const std::string& folder_path) {
    const FileHandle folder = open_quietly(AT_FDCWD, folder_path.c_str(), O_RDONLY | O_DIRECTORY);
    NameList names;
    if (!folder.is_open() || names.list(folder.get()) != 0) return;
    while (const auto entry = names.next()) {
      const std::string_view name(entry->name);
      if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != std::string_view::npos) continue;
      const auto text = read_foreign_file(folder.get(), entry->name, kPackedRefsBytesMax);
      std::string_view rest = text ? std::string_view(*text) : std::string_view();
      while (!rest.empty()) add_other(GitId::parse(take_ref_line(rest)));
    }
  }

  // Linked work trees have heads and reflogs of their own.
  void read_work_trees() {
    const FileHandle folder = open_quietly(AT_FDCWD, (common_ + "/worktrees").c_str(),
                                           O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    NameList names;
    if (!folder.is_open() || names.list(folder.get()) != 0) return;
    while (const auto entry = names.next()) {
      const std::string inner = std::string("worktrees/") + entry->name;
      read_heads(common_ + "/" + inner);
      read_reflogs(inner + "/logs");
      each_file(
          common_, inner + "/refs",
          [&](int at, const char* name, const std::string& path) { take_ref(at, name, path); },
          result_.damaged);
    }
  }

  [[nodiscard]] std::optional<GitId> target_of(std::string name) const {
    for (int depth = 0; depth <= kSymbolicDepthMax; ++depth) {
      if (const auto at = direct_.find(name); at != direct_.end()) return at->second;
      const auto at = symbolic_.find(name);
      if (at == symbolic_.end()) return std::nullopt;
      name = at->second;
    }
    return std::nullopt;
  }

  // A symbolic ref to a branch that is not born yet is no damage.
  void resolve() {
    for (const auto& [name, target] : symbolic_) {
      const auto id = target_of(target);
      if (id) result_.refs.push_back({name, *id});
    }
    for (const auto& [name, id] : direct_) result_.refs.push_back({name, id});
  }

  void read_head(const std::string& git_dir) {
    const std::string text = read_ref_text(git_dir + "/HEAD").value_or("");
    if (const std::string target = symbolic_target(text); !target.empty()) {
      result_.head = target_of(target);
    } else if (const auto id = GitId::parse(text)) {
      result_.head = id;
    } else {
      damaged("HEAD");
    }
  }

  GitRefs finish() {
    auto& refs = result_.refs;
    std::sort(refs.begin(), refs.end(),
              [](const GitRef& a, const GitRef& b) { return a.name < b.name; });
    auto& others = result_.others;
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());
    return std::move(result_);
  }

  std::string common_;
  std::map<std::string, GitId> direct_;
  std::map<std::string, std::string> symbolic_;
  GitRefs result_;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::string_view take_ref_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::vector<GitId> read_shallow(const std::string& common_dir) {
  const std::string path = common_dir + "/shallow";
  const auto text = read_foreign_file(AT_FDCWD, path.c_str(), kPackedRefsBytesMax);
  std::vector<GitId> commits;
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    if (const auto id = GitId::parse(take_ref_line(rest))) commits.push_back(*id);
  }
  std::sort(commits.begin(), commits.end());
  return commits;
}

std::optional<std::string> read_ref_text(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t length = ::readlink(path.c_str(), target, sizeof target);
  // What git wrote before 2005, and some tools still do.
  if (length > 0) return "ref: " + std::string(target, static_cast<std::size_t>(length));
  return read_foreign_file(AT_FDCWD, path.c_str(), kRefBytesMax);
}

std::string symbolic_target(std::string_view text) {
  std::string_view line = take_ref_line(text);
  if (!line.starts_with("ref:")) return {};
  line.remove_prefix(4);
  while (line.starts_with(' ')) line.remove_prefix(1);
  return std::string(line);
}

GitRefs read_refs(const std::string& common_dir, const std::string& git_dir) {
  return RefReader(common_dir).read(git_dir);
}

std::string short_ref_name(const std::string& name) {
  for (const std::string_view prefix : {"refs/heads/", "refs/remotes/", "refs/tags/", "refs/"}) {
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  }
  return name;
}

std::string git_config_text(std::string_view text, std::string_view section, std::string_view key) {
  std::string value;
  bool inside = false;
  while (!text.empty()) {
    std::string_view line = trim(take_ref_line(text));
    if (line.starts_with('[')) {
      const std::size_t close = line.find(']');
      if (close == std::string_view::npos) continue;
      inside = lower(trim(line.substr(1, close - 1))) == section;
      line = trim(line.substr(close + 1));
    }
    const std::size_t equals = line.find('=');
    if (!inside || equals == std::string_view::npos) continue;
    if (lower(trim(line.substr(0, equals))) != key) continue;
    line = line.substr(equals + 1);
    value = trim(line.substr(0, line.find_first_of("#;")));
    std::erase(value, '"');
  }
  return value;
}

std::string git_config_value(std::string_view text, std::string_view section,
                             std::string_view key) {
  return lower(git_config_text(text, section, key));
}

}  // namespace nhi
