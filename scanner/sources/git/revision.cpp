#include "scanner/sources/git/revision.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>
#include <vector>

#include "scanner/sources/git/graph.hpp"
#include "scanner/sources/git/plan.hpp"
#include "scanner/sources/git/refs.hpp"
#include "scanner/sources/paths.hpp"

namespace nhi {
namespace {

constexpr std::size_t kShortIdMin = 4;
constexpr std::size_t kIdDigits = 40;
constexpr std::size_t kCandidatesShown = 5;
constexpr int kTagDepthMax = 32;  // tags of tags
constexpr std::uint32_t kStepsMax = 100'000'000;

// Every linked work tree has its own of these. Source: gitrepository-layout(5).
bool is_of_work_tree(std::string_view name) {
  return !name.starts_with("refs/") || name.starts_with("refs/bisect/") ||
         name.starts_with("refs/worktree/") || name.starts_with("refs/rewritten/");
}

// Source: git-check-ref-format(1), as far as it keeps a name within its folder and a word a name.
bool is_ref_name(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.back() == '/' || name.ends_with(".lock")) {
    return false;
  }
  const bool strange = std::any_of(name.begin(), name.end(), [](unsigned char c) {
    return c <= ' ' || c == 0x7F ||
           std::string_view("~^:?*[\\").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return !strange && name.find("..") == std::string_view::npos &&
         name.find("//") == std::string_view::npos && name.find("@{") == std::string_view::npos &&
         name.find("/.") == std::string_view::npos && name.front() != '.';
}

Unexpected<Error> no_such(std::string_view revision, std::string what, std::string hint = {}) {
  return fail(ErrorCode::kBadUse, std::move(what), std::string(revision), std::move(hint));
}

Unexpected<Error> damaged(const std::string& name) {
  return fail(ErrorCode::kGit, "damaged-ref", name);
}

Result<GitId> commit_of(GitStore& store, GitId id, std::string_view revision) {
  for (int depth = 0; depth < kTagDepthMax; ++depth) {
    GitType type{};
    std::string content;
    const GitRead outcome = store.read(id, type, content);
    if (outcome != GitRead::kFound) {
      return fail(ErrorCode::kGit, std::string(problem_of(outcome)), id.hex());
    }
    if (type == GitType::kCommit) return id;
    const auto target = type == GitType::kTag ? tagged(content) : std::nullopt;
    if (!target) break;
    id = *target;
  }
  return no_such(revision, "this is no commit");
}

// Of several objects that begin so, the one that is a commit: nothing else can be meant.
Result<std::optional<GitId>> by_beginning(GitStore& store, std::string_view digits,
                                          std::string_view revision) {
  std::vector<GitId> commits;
  for (const GitId& id : store.beginning_with(digits)) {
    const auto commit = commit_of(store, id, revision);
    if (commit) commits.push_back(id);
  }
  if (commits.empty()) return std::optional<GitId>();
  if (commits.size() == 1) return std::optional<GitId>(commits.front());
  std::string list;
  for (std::size_t i = 0; i < std::min(commits.size(), kCandidatesShown); ++i) {
    list += (i == 0 ? "" : ", ") + commits[i].hex();
  }
  if (commits.size() > kCandidatesShown) list += ", …";
  return no_such(revision, "several commits begin so", "give more of the id: " + list);
}

Result<std::optional<GitId>> by_name(RefLookup& refs, const std::string& name) {
  if (!is_ref_name(name)) return std::optional<GitId>();
  // Source: gitrevisions(7), "<refname>".
  const std::array<std::string, 6> places = {name,
                                             "refs/" + name,
                                             "refs/tags/" + name,
                                             "refs/heads/" + name,
                                             "refs/remotes/" + name,
                                             "refs/remotes/" + name + "/HEAD"};
  for (const std::string& place : places) {
    // At the top only heads of capitals and refs/ are names; the rest are other files.
    const bool top = &place == &places.front();
    const bool head = name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
    if (top && !head && !name.starts_with("refs/")) continue;
    NHI_TRY(const std::optional<GitId> id, refs.find(place));
    if (id) return id;
  }
  return std::optional<GitId>();
}

// What stands before the first ~ or ^.
Result<GitId> base_of(GitStore& store, RefLookup& refs, std::string name,
                      std::string_view revision) {
  if (name == "@" || name.empty()) name = name.empty() ? name : "HEAD";
  const bool digits =
      !name.empty() && name.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (digits && name.size() == kIdDigits) {
    GitHeader ignored;
    if (const auto id = GitId::parse(name); store.header(*id, ignored) == GitRead::kFound) {
      return *id;
    }
  }
  NHI_TRY(const std::optional<GitId> named, by_name(refs, name));
  if (named) return *named;
  if (digits && name.size() >= kShortIdMin && name.size() < kIdDigits) {
    NHI_TRY(const std::optional<GitId> found, by_beginning(store, name, revision));
    if (found) return *found;
  }
  return no_such(revision, "no such revision",
                 "a commit id, branch, tag, origin/main or HEAD~2; a clone with few commits may "
                 "lack it: fetch it first");
}

// The parent that ~N or ^N comes to, from `id`. `rest` loses the step.
Result<GitId> take_step(GitStore& store, GitId id, std::string_view& rest,
                        std::string_view revision) {
  const char kind = rest.front();
  rest.remove_prefix(1);
  for (const std::string_view peel : {"{commit}", "{}"}) {
    if (kind != '^' || !rest.starts_with(peel)) continue;
    rest.remove_prefix(peel.size());
    return id;
  }
  std::uint32_t number = 1;
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (read.ec == std::errc::result_out_of_range || number > kStepsMax) number = kStepsMax;
  rest.remove_prefix(static_cast<std::size_t>(read.ptr - rest.data()));
  const std::uint32_t generations = kind == '~' ? number : (number == 0 ? 0 : 1);
  const std::uint32_t which = kind == '~' ? 1 : number;
  for (std::uint32_t i = 0; i < generations; ++i) {
    std::string content;
    const GitRead outcome = store.read_typed(id, GitType::kCommit, content);
    const auto commit = outcome == GitRead::kFound ? parse_commit(content) : std::nullopt;
    if (!commit) return fail(ErrorCode::kGit, std::string(problem_of(outcome)), id.hex());
    if (commit->parents.size() < which) {
      return no_such(revision, "the history does not go back so far");
    }
    id = commit->parents[which - 1];
  }
  return commit_of(store, id, revision);
}

}  // namespace

Result<std::optional<GitId>> RefLookup::find(std::string name) {
  for (int depth = 0; depth <= kSymbolicDepthMax; ++depth) {
    const std::string path = (is_of_work_tree(name) ? git_dir_ : common_dir_) + "/" + name;
    struct stat facts {};
    const bool there = ::lstat(path.c_str(), &facts) == 0;
    if (!there && errno != ENOENT && errno != ENOTDIR) return damaged(name);
    if (!there || S_ISDIR(facts.st_mode)) return find_packed(name);
    const auto text = read_ref_text(path);
    if (!text) return damaged(name);
    std::string target = symbolic_target(*text);
    if (target.empty()) {
      const auto id = GitId::parse(*text);
      if (!id) return damaged(name);
      return id;
    }
    if (!is_ref_name(target)) return damaged(name);
    name = std::move(target);
  }
  return damaged(name);
}

Result<std::optional<GitId>> RefLookup::find_packed(const std::string& name) {
  if (!packed_) {
    const std::string path = common_dir_ + "/packed-refs";
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) == 0) {
      packed_ = read_foreign_file(AT_FDCWD, path.c_str(), kPackedRefsBytesMax);
      if (!packed_) return damaged("packed-refs");
    } else {
      packed_.emplace();
    }
  }
  std::string_view rest = *packed_;
  while (!rest.empty()) {
    const std::string_view line = take_ref_line(rest);
    if (line.size() != kIdDigits + 1 + name.size() || !line.ends_with(name)) continue;
    const auto id = GitId::parse(line);
    if (id && line[kIdDigits] == ' ') return id;
  }
  return std::optional<GitId>();
}

Result<GitId> resolve_revision(GitStore& store, RefLookup& refs, std::string_view revision) {
  if (revision.find("..") != std::string_view::npos) {  // which is in the name of no ref
    return no_such(revision, "a range is no revision", "give its older end alone");
  }
  const std::size_t end = std::min(revision.find_first_of("~^"), revision.size());
  NHI_TRY(GitId id, base_of(store, refs, std::string(revision.substr(0, end)), revision));
  NHI_TRY(id, commit_of(store, id, revision));
  std::string_view rest = revision.substr(end);
  while (!rest.empty()) {
    if (rest.front() != '~' && rest.front() != '^') {
      return no_such(revision, "no such revision", "behind the name: ~N, ^N or ^{commit}");
    }
    NHI_TRY(id, take_step(store, id, rest, revision));
  }
  return id;
}

}  // namespace nhi
