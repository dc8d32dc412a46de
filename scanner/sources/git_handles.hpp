// git_handles.hpp - libgit2's objects as owners, and its errors as ours. Private to this room.
#pragma once

#include <git2.h>

#include <memory>
#include <string>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/sources/git.hpp"

namespace nhi {

template <class T, void (*Free)(T*)>
struct GitFree {
  void operator()(T* handle) const { Free(handle); }
};
using RepositoryPtr = std::unique_ptr<git_repository, GitFree<git_repository, git_repository_free>>;
using OdbPtr = std::unique_ptr<git_odb, GitFree<git_odb, git_odb_free>>;
using OdbObjectPtr = std::unique_ptr<git_odb_object, GitFree<git_odb_object, git_odb_object_free>>;
using CommitPtr = std::unique_ptr<git_commit, GitFree<git_commit, git_commit_free>>;
using TreePtr = std::unique_ptr<git_tree, GitFree<git_tree, git_tree_free>>;
using ReferencePtr = std::unique_ptr<git_reference, GitFree<git_reference, git_reference_free>>;
using ReflogPtr = std::unique_ptr<git_reflog, GitFree<git_reflog, git_reflog_free>>;
using ConfigPtr = std::unique_ptr<git_config, GitFree<git_config, git_config_free>>;
using ObjectPtr = std::unique_ptr<git_object, GitFree<git_object, git_object_free>>;

/// libgit2's last error as ours; it names objects and paths, never contents.
[[nodiscard]] Error git_error_of(int code, const std::string& subject);
[[nodiscard]] std::string hex_of(const git_oid& id);

struct GitRepository::State {
  std::string git_dir;
  std::string objects_dir;
  RepositoryPtr repository;
  OdbPtr odb;
  std::vector<std::string> stores;  // this one's and its alternates' object folders
  std::vector<Unread> refused;      // found at opening: alternates that are not followed
};

/// A reader of the loose objects under `folder`, libgit2's to free; null if out of memory.
[[nodiscard]] git_odb_backend* new_loose_backend(const std::string& folder);

/// See GitRepository::objects().
[[nodiscard]] std::vector<GitObject> list_objects(GitRepository::State& state,
                                                  std::vector<Unread>& unread);

using GitPlaces = std::unordered_map<std::string, std::vector<GitPlace>>;
/// See GitRepository::attribute().
[[nodiscard]] Result<GitPlaces> attribute_blobs(git_repository* repository,
                                                const std::vector<GitObject>& wanted,
                                                std::vector<Unread>& unread);

}  // namespace nhi
