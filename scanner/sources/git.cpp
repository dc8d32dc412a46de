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
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                            GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA}) {
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
  const auto [end, rest] =
      std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

// The store's own backends, and those of alternates that lie inside the repository's folder.
class OdbBuilder {
 public:
  OdbBuilder(git_odb* odb, fs::path home, std::vector<Unread>& refused)
      : odb_(odb), home_(std::move(home)), refused_(refused) {}

  Result<void> add(const fs::path& objects, int depth) {
    std::error_code ignored;
    const fs::path real = fs::weakly_canonical(objects, ignored);
    if (!seen_.insert(real.string()).second) return {};
    git_odb_backend* backend = nullptr;
    if (const int code = git_odb_backend_loose(&backend, real.c_str(), -1, 0, 0, 0); code != 0) {
      return fail(git_error_of(code, real.string()));
    }
    git_odb_add_backend(odb_, backend, 1);
    if (const int code = git_odb_backend_pack(&backend, real.c_str()); code != 0) {
      return fail(git_error_of(code, real.string()));
    }
    git_odb_add_backend(odb_, backend, 2);
    check_packs(real / "pack");
    return depth > 0 ? add_alternates(real, depth) : Result<void>{};
  }

 private:
  // libgit2 leaves a pack out without a word if its index does not open.
  void check_packs(const fs::path& folder) {
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
      if (at->path().extension() != ".pack") continue;
      fs::path index = at->path();
      index.replace_extension(".idx");
      git_odb_backend* one = nullptr;
      const int code = git_odb_backend_one_pack(&one, index.c_str());
      if (code == 0) {
        one->free(one);
        continue;
      }
      std::error_code ignored;
      refused_.push_back({"", ".git/objects/pack/" + at->path().filename().string(),
                          "corrupt-pack", fs::file_size(at->path(), ignored)});
    }
  }

  Result<void> add_alternates(const fs::path& objects, int depth) {
    std::ifstream file(objects / "info" / "alternates");
    std::size_t bytes = 0;
    for (std::string line;
         std::getline(file, line) && (bytes += line.size()) < kAlternatesBytesMax;) {
      if (line.empty() || line[0] == '#') continue;
      std::error_code ignored;
      const fs::path named = fs::path(line).is_absolute() ? fs::path(line) : objects / line;
      const fs::path target = fs::weakly_canonical(named, ignored);
      if (!is_inside(target, home_)) {
        refused_.push_back({"", ".git/objects/info/alternates", "alternates-outside", 0});
        continue;
      }
      NHI_CHECK_OK(add(target, depth - 1));
    }
    return {};
  }

  git_odb* odb_;
  fs::path home_;
  std::vector<Unread>& refused_;
  std::set<std::string> seen_;
};

int collect_id(const git_oid* id, void* payload) {
  static_cast<std::vector<git_oid>*>(payload)->push_back(*id);
  return 0;
}

struct OidLess {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_cmp(&a, &b) < 0; }
};

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
  std::error_code ignored;
  const fs::path home =
      fs::weakly_canonical(fs::path(git_repository_commondir(repository)) / "..", ignored);
  OdbBuilder builder(odb, home, state->refused);
  NHI_CHECK_OK(builder.add(state->objects_dir, kAlternatesDepthMax));
  git_repository_set_odb(repository, odb);
  return GitRepository(std::move(state));
}

Result<std::vector<GitObject>> GitRepository::objects(std::vector<Unread>& unread) {
  for (const Unread& place : state_->refused) unread.push_back(place);
  std::vector<git_oid> ids;
  if (const int code = git_odb_foreach(state_->odb.get(), collect_id, &ids); code != 0) {
    // A damaged index ends the listing of one pack; what was listed is real.
    unread.push_back({"", ".git/objects", "corrupt-pack", 0});
  }
  std::sort(ids.begin(), ids.end(), OidLess{});
  const auto equal = [](const git_oid& a, const git_oid& b) { return git_oid_equal(&a, &b) != 0; };
  ids.erase(std::unique(ids.begin(), ids.end(), equal), ids.end());
  std::vector<GitObject> objects;
  objects.reserve(ids.size());
  for (const git_oid& id : ids) {
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, state_->odb.get(), &id) != 0) {
      unread.push_back({"", ".git/objects/" + hex_of(id), "corrupt-object", 0});
      continue;
    }
    GitObjectKind kind = GitObjectKind::kBlob;
    if (type == GIT_OBJECT_COMMIT) kind = GitObjectKind::kCommitMessage;
    if (type == GIT_OBJECT_TAG) kind = GitObjectKind::kTagMessage;
    if (type != GIT_OBJECT_TREE) objects.push_back({hex_of(id), kind, size});
  }
  return objects;
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
  std::error_code failed;
  for (fs::recursive_directory_iterator at(state_->objects_dir, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored)) {
      files.push_back(at->path().lexically_relative(state_->objects_dir).string() + ":" +
                      std::to_string(at->file_size(ignored)));
    }
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) fields.add(file);
  return "git:" + to_hex(sha256(fields.bytes()));
}

std::string GitRepository::head_blob(const std::string& path) {
  git_object* head = nullptr;
  if (git_revparse_single(&head, state_->repository.get(), "HEAD^{tree}") != 0) return {};
  const ObjectPtr owner(head);
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, reinterpret_cast<git_tree*>(head), path.c_str()) != 0) {
    return {};
  }
  std::string id = hex_of(*git_tree_entry_id(entry));
  git_tree_entry_free(entry);
  return id;
}

}  // namespace nhi
