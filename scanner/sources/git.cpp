#include "scanner/sources/git.hpp"

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include "scanner/base/hash.hpp"
#include "scanner/sources/git_handles.hpp"

namespace nhi {
namespace {

namespace fs = std::filesystem;

constexpr int kAlternatesDepthMax = 5;  // git's own limit
constexpr std::size_t kAlternatesBytesMax = 64 * 1024;

// Nothing outside the repository may widen what is read: no system or user configuration, and no
// refusal because somebody else owns the folder.
void prepare_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
                            GIT_CONFIG_LEVEL_PROGRAMDATA}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    // Trees are read once in a walk, blobs once in a scan: a small cache is enough.
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, static_cast<ssize_t>(16 * 1024 * 1024));
  });
}

// What libgit2 1.5 cannot read is said by name, not by a parse error further down.
Result<void> check_extensions(const std::string& common_dir) {
  git_config* opened = nullptr;
  if (git_config_open_ondisk(&opened, (common_dir + "/config").c_str()) != 0) return {};
  const ConfigPtr config(opened);
  git_buf value = GIT_BUF_INIT;
  if (git_config_get_string_buf(&value, opened, "extensions.objectformat") == 0) {
    const bool sha256 = std::string_view(value.ptr, value.size) == "sha256";
    git_buf_dispose(&value);
    if (sha256) return fail(ErrorCode::kGit, "sha256-repository", common_dir);
  }
  if (git_config_get_string_buf(&value, opened, "extensions.refstorage") == 0) {
    const bool reftable = std::string_view(value.ptr, value.size) == "reftable";
    git_buf_dispose(&value);
    if (reftable) return fail(ErrorCode::kGit, "reftable-repository", common_dir);
  }
  return {};
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

// The store's own backends, and those of alternates that lie inside the repository's folder.
class OdbBuilder {
 public:
  OdbBuilder(git_odb* odb, fs::path home, GitRepository::State& state)
      : odb_(odb), home_(std::move(home)), state_(state) {}

  Result<void> add(const fs::path& objects, int depth) {
    std::error_code ignored;
    const fs::path real = fs::weakly_canonical(objects, ignored);
    if (!seen_.insert(real.string()).second) return {};
    git_odb_backend* backend = new_loose_backend(real.string());
    if (backend == nullptr) return fail(ErrorCode::kGit, "no loose backend", real.string());
    git_odb_add_backend(odb_, backend, 1);
    if (const int code = git_odb_backend_pack(&backend, real.c_str()); code != 0) {
      return fail(git_error_of(code, real.string()));
    }
    git_odb_add_backend(odb_, backend, 2);
    state_.stores.push_back(real.string());
    return add_alternates(real, depth);
  }

 private:
  void refuse(const char* reason) {
    state_.refused.push_back({"", ".git/objects/info/alternates", reason, 0});
  }

  Result<void> add_alternates(const fs::path& objects, int depth) {
    std::ifstream file(objects / "info" / "alternates");
    std::size_t bytes = 0;
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] == '#') continue;
      std::error_code ignored;
      const fs::path named = fs::path(line).is_absolute() ? fs::path(line) : objects / line;
      const fs::path target = fs::weakly_canonical(named, ignored);
      if ((bytes += line.size()) > kAlternatesBytesMax || depth == 0) {
        refuse("alternates-too-many");
        break;
      }
      if (!is_inside(target, home_)) {
        refuse("alternates-outside");
      } else if (!fs::is_directory(target, ignored)) {
        refuse("alternates-missing");
      } else {
        NHI_CHECK_OK(add(target, depth - 1));
      }
    }
    return {};
  }

  git_odb* odb_;
  fs::path home_;
  GitRepository::State& state_;
  std::set<std::string> seen_;
};

// A bare repository's folder is its home; a `.git` folder's is the work tree around it.
fs::path home_of(const std::string& common_dir) {
  std::error_code ignored;
  fs::path common = fs::weakly_canonical(common_dir, ignored);
  if (!common.has_filename()) common = common.parent_path();
  return common.filename() == ".git" ? common.parent_path() : common;
}

}  // namespace

Error git_error_of(int code, const std::string& subject) {
  const git_error* last = git_error_last();
  std::string what = last != nullptr && last->message != nullptr ? last->message : "git failed";
  if (code == GIT_ENOTFOUND) return {ErrorCode::kNotFound, what, subject, {}};
  return {ErrorCode::kGit, what, subject, {}};
}

std::string hex_of(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &id);
  return text;
}

GitRepository::GitRepository(std::unique_ptr<State> state) : state_(std::move(state)) {}
GitRepository::GitRepository(GitRepository&&) noexcept = default;
GitRepository& GitRepository::operator=(GitRepository&&) noexcept = default;
GitRepository::~GitRepository() = default;

Result<GitRepository> GitRepository::open(const std::string& git_dir) {
  prepare_library();
  auto state = std::make_unique<State>();
  state->git_dir = git_dir;
  // A linked work tree's folder names the common one in a file of its own.
  std::string common = git_dir;
  if (std::ifstream file(git_dir + "/commondir"); file) {
    std::string line;
    std::getline(file, line);
    common = fs::path(line).is_absolute() ? line : git_dir + "/" + line;
  }
  NHI_CHECK_OK(check_extensions(common));
  git_repository* repository = nullptr;
  const unsigned flags = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT;
  if (const int code = git_repository_open_ext(&repository, git_dir.c_str(), flags, nullptr);
      code != 0) {
    return fail(git_error_of(code, git_dir));
  }
  state->repository.reset(repository);
  state->objects_dir = std::string(git_repository_commondir(repository)) + "objects";
  git_odb* odb = nullptr;
  if (const int code = git_odb_new(&odb); code != 0) return fail(git_error_of(code, git_dir));
  state->odb.reset(odb);
  OdbBuilder builder(odb, home_of(git_repository_commondir(repository)), *state);
  NHI_CHECK_OK(builder.add(state->objects_dir, kAlternatesDepthMax));
  git_repository_set_odb(repository, odb);
  return GitRepository(std::move(state));
}

Result<std::vector<GitObject>> GitRepository::objects(std::vector<Unread>& unread) {
  unread.insert(unread.end(), state_->refused.begin(), state_->refused.end());
  return list_objects(*state_, unread);
}

Result<std::string> GitRepository::read(const GitObject& object) {
  git_oid id;
  if (git_oid_fromstr(&id, object.id.c_str()) != 0) {
    return fail(ErrorCode::kInternal, "not an object id", object.id);
  }
  git_odb_object* read = nullptr;
  if (git_odb_read(&read, state_->odb.get(), &id) != 0) {
    return fail(ErrorCode::kGit, "corrupt-object", object.id);
  }
  const OdbObjectPtr owner(read);
  return std::string(static_cast<const char*>(git_odb_object_data(read)),
                     git_odb_object_size(read));
}

Result<GitPlaces> GitRepository::attribute(const std::vector<GitObject>& wanted,
                                           std::vector<Unread>& unread) {
  return attribute_blobs(state_->repository.get(), wanted, unread);
}

Result<std::string> GitRepository::state_stamp() {
  FieldBytes fields;
  git_strarray names{};
  if (git_reference_list(&names, state_->repository.get()) == 0) {
    std::vector<std::string> refs(names.strings, names.strings + names.count);
    git_strarray_dispose(&names);
    std::sort(refs.begin(), refs.end());
    for (const std::string& name : refs) {
      git_oid id{};
      git_reference_name_to_id(&id, state_->repository.get(), name.c_str());
      fields.add(name).add(hex_of(id));
    }
  }
  git_oid head{};
  if (git_reference_name_to_id(&head, state_->repository.get(), "HEAD") == 0) {
    fields.add("HEAD").add(hex_of(head));
  }
  // Names and sizes under objects/: packs and every loose object. A repack changes it, and costs a
  // second reading of the repository, never a finding.
  std::vector<std::string> files;
  for (const std::string& store : state_->stores) {
    std::error_code failed;
    for (fs::recursive_directory_iterator at(store, failed), end; !failed && at != end;
         at.increment(failed)) {
      std::error_code ignored;
      if (at->is_regular_file(ignored)) {
        files.push_back(at->path().lexically_relative(store).string() + ":" +
                        std::to_string(at->file_size(ignored)));
      }
    }
    if (failed) files.push_back("unlisted:" + std::to_string(failed.value()));
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) fields.add(file);
  return "git:" + to_hex(sha256(fields.bytes()));
}

std::string GitRepository::head_blob(const std::string& path) {
  // Not git_revparse_single: where HEAD names no commit yet, libgit2 1.5 leaks 20 KiB a call.
  git_oid head;
  git_commit* commit = nullptr;
  git_tree* tree = nullptr;
  if (git_reference_name_to_id(&head, state_->repository.get(), "HEAD") != 0 ||
      git_commit_lookup(&commit, state_->repository.get(), &head) != 0) {
    return {};
  }
  const CommitPtr commit_owner(commit);
  if (git_commit_tree(&tree, commit) != 0) return {};
  const TreePtr tree_owner(tree);
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, tree, path.c_str()) != 0) return {};
  std::string id = hex_of(*git_tree_entry_id(entry));
  git_tree_entry_free(entry);
  return id;
}

}  // namespace nhi
