// containers.hpp - is a blob a closed container: one whose content is not in its bytes as they lie?
//
// This version opens no container. What stands in one may be compressed, encrypted, cut into pages
// or in a container of its own, so going through the bytes proves nothing about it, and whoever
// read such a blob must say so. A blob is called closed if bytes that people put in need not stand
// in it as they were: a tar is, for its members may be archives; a library of object code is not.
#pragma once

#include <span>
#include <string_view>

#include "scanner/base/bytes.hpp"

namespace nhi {

/// The end of a zip, with the longest comment it may have.
inline constexpr std::size_t kContainerTailBytes = 22 + 65'535;

/// The kind of container that begins with `head`, by magic bytes and what must stand around them:
/// one of container_kinds(), or empty.
/// Shapes: `head` is the start of the blob, as much as is at hand; ISO 9660 needs 32,775 bytes, a
///         pointer of Git LFS all of its blob.
/// Source: PKWARE APPNOTE 4.3; RFC 1952, 8878, 7292, 5958; POSIX.1 ustar, cpio; Git LFS's
///         docs/spec.md; the magic database of file(1) for the rest.
[[nodiscard]] std::string_view closed_container(Bytes head);

/// The same of a blob with something else in front: a program or script with a zip behind it (jars
/// that start themselves, zipapps). `head` and `tail` are its first and last bytes; they may
/// overlap.
[[nodiscard]] std::string_view container_behind(Bytes head, Bytes tail);

/// The kind that a name promises (`.p12`, `.jar`) where the bytes keep it from nobody's sight: for
/// a blob that is neither text nor a container that is known, so damaged, or of a make not known
/// here.
[[nodiscard]] std::string_view promised_container(std::string_view path, Bytes head);

/// The kind of packs and bundles of git, which are opened where they are files.
inline constexpr std::string_view kGitPackKind = "git-pack";

/// All kinds, sorted.
[[nodiscard]] std::span<const std::string_view> container_kinds();

}  // namespace nhi
