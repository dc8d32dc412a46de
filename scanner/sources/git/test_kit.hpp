// test_kit.hpp - repositories made by git, and what the scanner and git say of them.
#pragma once

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include "scanner/sources/git/git.hpp"
#include "scanner/sources/test_sandbox.hpp"

namespace nhi {

struct Listing {
  std::vector<GitObject> objects;
  std::vector<Unread> unread;

  [[nodiscard]] const GitObject* find(const std::string& id) const {
    const auto at = std::find_if(objects.begin(), objects.end(),
                                 [&](const GitObject& object) { return object.id.hex() == id; });
    return at == objects.end() ? nullptr : &*at;
  }
  [[nodiscard]] std::vector<std::string> reasons() const {
    std::vector<std::string> list;
    for (const Unread& place : unread) list.push_back(place.path + " " + place.reason);
    return list;
  }
};

inline GitRepository opened(const std::string& git_dir) {
  auto repository = GitRepository::open(git_dir);
  if (!repository) {
    ADD_FAILURE() << repository.error().what;
    std::abort();
  }
  return std::move(*repository);
}

inline Listing list(GitRepository& repository) {
  Listing listing;
  auto objects = repository.objects(listing.unread);
  EXPECT_TRUE(objects);
  if (objects) listing.objects = std::move(*objects);
  return listing;
}

inline Listing list(const std::string& git_dir) {
  GitRepository repository = opened(git_dir);
  return list(repository);
}

// What git itself says is there, trees left out: "id kind size".
inline std::set<std::string> by_git(const Sandbox& box, const std::string& folder) {
  std::istringstream lines(box.git(folder, {"cat-file", "--batch-all-objects", "--batch-check"}));
  std::set<std::string> found;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" tree ") == std::string::npos) found.insert(line);
  }
  return found;
}

inline std::set<std::string> by_us(const Listing& listing) {
  std::set<std::string> found;
  for (const GitObject& object : listing.objects) {
    const char* kind = object.kind == GitObjectKind::kBlob            ? "blob"
                       : object.kind == GitObjectKind::kCommitMessage ? "commit"
                                                                      : "tag";
    found.insert(object.id.hex() + " " + kind + " " + std::to_string(object.size));
  }
  return found;
}

inline void expect_same_content(const Sandbox& box, const std::string& folder,
                                GitRepository& repository, const Listing& listing) {
  for (const GitObject& object : listing.objects) {
    const char* kind = object.kind == GitObjectKind::kBlob            ? "blob"
                       : object.kind == GitObjectKind::kCommitMessage ? "commit"
                                                                      : "tag";
    const auto content = repository.read(object);
    ASSERT_TRUE(content) << object.id.hex();
    EXPECT_EQ(*content, box.run({"git", "cat-file", kind, object.id.hex()}, box.path(folder)).out);
    EXPECT_EQ(content->size(), object.size);
  }
}

inline std::string loose(const std::string& id) {
  return "/objects/" + id.substr(0, 2) + "/" + id.substr(2);
}

inline std::string store(const Sandbox& box, const std::string& folder,
                         const std::string& content) {
  return box.git(folder, {"hash-object", "-w", "--stdin"}, content);
}

// One of everything: branches, a stash, a note, a tag, an evil merge, a blob nothing names.
inline void fill(const Sandbox& box, const std::string& folder) {
  box.init(folder);
  box.write(folder + "/a.txt", std::string("bytes\0inside\n", 13));
  box.commit(folder, "first\n\nwith a body");
  box.git(folder, {"checkout", "-q", "-b", "side"});
  box.write(folder + "/deep/er/b.txt", "side\n");
  box.commit(folder, "side");
  box.git(folder, {"checkout", "-q", "main"});
  box.write(folder + "/c.txt", "main\n");
  box.commit(folder, "main");
  box.git(folder, {"merge", "-q", "--no-commit", "--no-ff", "side"});
  box.write(folder + "/evil.txt", "only in the merge\n");
  box.commit(folder, "merge");
  box.git(folder, {"tag", "-a", "v1", "-m", "a message of a tag"});
  box.git(folder, {"notes", "add", "-m", "a note"});
  box.write(folder + "/a.txt", "stashed\n");
  box.git(folder, {"stash", "-q"});
}

}  // namespace nhi
