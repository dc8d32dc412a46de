// bundle_head.hpp - what stands before the pack of a bundle, and what a bundle comes to.
//
// Source: gitformat-bundle(5). Versions 2 and 3, SHA-1.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "scanner/base/provenance.hpp"
#include "scanner/base/result.hpp"
#include "scanner/sources/git/pack.hpp"
#include "scanner/sources/git/refs.hpp"

namespace nhi {

/// What stands before the pack of a bundle, up to the empty line: a quarter of a million refs.
/// Over it: "corrupt-bundle".
inline constexpr std::size_t kBundleHeadBytesMax = 32 * kMiB;

struct GitBundleHead {
  GitRefs refs;               // and prerequisites
  std::uint64_t pack_at = 0;  // where the pack begins
};
/// `text` begins with the bundle and ends somewhere behind its empty line.
/// Errors: kGit "corrupt-bundle"; "sha256-repository"; "unsupported-bundle", of another version or
/// one that asks for what is not known here: git refuses it as well.
[[nodiscard]] Result<GitBundleHead> parse_bundle_head(Bytes text);

/// A bundle whose pack has an index. Immutable, so shared by all workers.
struct GitBundle {
  std::shared_ptr<const PackFile> pack;
  GitRefs refs;
  /// As in GitStore::problems(); ".git" is the bundle. "corrupt-pack" (of so many bytes is not
  /// known what they are), "missing-object" (what an object in it was told as a change of),
  /// "git-object-too-large" and "history-too-large" (the limits of pack_indexer.hpp).
  std::vector<Unread> problems;
};

}  // namespace nhi
