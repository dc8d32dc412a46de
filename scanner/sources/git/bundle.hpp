// bundle.hpp - what `git bundle` writes: refs, what the receiver must have, and a pack behind them.
//
// The pack brings no index, so one is made (pack_indexer.hpp), and from there on the bundle is a
// repository of one pack. So is a pack that lies somewhere by itself: a bundle without refs, to
// whose objects nothing leads.
#pragma once

#include <cstdint>
#include <memory>

#include "scanner/base/result.hpp"
#include "scanner/sources/files.hpp"

namespace nhi {

struct GitBundle;  // opened; immutable, so shared by all workers

// Opens a bundle or a pack, step by step. Not thread-safe; one thread may go on where another left
// off.
class GitBundleReader {
 public:
  /// Errors: kGit "corrupt-bundle"; "sha256-repository"; "unsupported-bundle", of another version
  /// or one that asks for what is not known here: git refuses it as well. kMalformed
  /// "changed-while-read" if another file is there than the walker saw; kIo, kPermission,
  /// kNotFound.
  [[nodiscard]] static Result<std::unique_ptr<GitBundleReader>> open(const FileEntry& entry);
  ~GitBundleReader();
  GitBundleReader(const GitBundleReader&) = delete;
  GitBundleReader& operator=(const GitBundleReader&) = delete;

  /// Goes on for a while; `worked` gets the bytes that were gone through. False once all is done.
  [[nodiscard]] bool step(std::uint64_t& worked);
  /// Once, when step() said false.
  [[nodiscard]] std::shared_ptr<const GitBundle> finish();

 private:
  struct State;
  explicit GitBundleReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nhi
